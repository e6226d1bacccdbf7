package front

import (
	"errors"
	"fmt"
	"net"
)

// ErrNotLoopback is returned for an address other machines could reach: the store has one token and no
// users, so it serves its own machine only.
var ErrNotLoopback = errors.New("the embedded store listens on loopback only: use 127.0.0.1 or [::1]")

// Listen opens a TCP listener on a loopback address such as "127.0.0.1:0".
func Listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	// A name is refused too: what it resolves to is not ours to say.
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen on %q: %w", address, ErrNotLoopback)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	return l, nil
}
