package clickhouse

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"
)

// ErrURL is returned for a store URL that cannot be used.
var ErrURL = errors.New("use a store URL such as http://user:password@host:8123/database or clickhouse://host:9000/database")

// parseURL reads the store's URL. Errors never quote it: it may hold a password.
func parseURL(text string, o Options) (*driver.Options, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("read the store URL: %w", ErrURL)
	}
	q := u.Query()
	secure := u.Scheme == "https" || strings.EqualFold(q.Get("secure"), "true") || q.Get("secure") == "1"
	switch u.Scheme {
	case "http", "https", "clickhouse":
	default:
		return nil, fmt.Errorf("read the store URL with scheme %q: %w", u.Scheme, ErrURL)
	}
	if u.Scheme == "https" {
		q.Set("secure", "true")
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), defaultPort(u.Scheme, secure))
	}
	u.RawQuery = q.Encode()
	opt, err := driver.ParseDSN(u.String())
	if err != nil {
		return nil, fmt.Errorf("read the store URL: %w", ErrURL)
	}
	if o.Address != nil && opt.Protocol != driver.HTTP {
		return nil, fmt.Errorf("read the store URL: an address that changes needs http://: %w", ErrURL)
	}
	if secure && opt.TLS == nil {
		opt.TLS = &tls.Config{}
	}
	return opt, nil
}

func defaultPort(scheme string, secure bool) string {
	switch {
	case scheme == "http":
		return "8123"
	case scheme == "https":
		return "8443"
	case secure:
		return "9440"
	}
	return "9000"
}

// connect makes a pool of at most n connections, opened when they are needed.
func connect(opt driver.Options, o Options, timeout time.Duration, n int) (driver.Conn, error) {
	opt.DialTimeout, opt.ReadTimeout = o.DialTimeout, timeout
	opt.MaxOpenConns, opt.MaxIdleConns = n, n
	opt.ConnMaxLifetime = 10 * time.Minute
	if o.Address != nil {
		opt.TransportFunc = func(t *http.Transport) (http.RoundTripper, error) {
			return &roaming{t, o.Address}, nil
		}
	}
	conn, err := driver.Open(&opt)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", ErrURL) // the driver's text may quote the URL
	}
	return conn, nil
}

// roaming sends each request to where the store is now.
type roaming struct {
	next    http.RoundTripper
	address func() (addr, password string)
}

// RoundTrip implements http.RoundTripper.
func (r *roaming) RoundTrip(req *http.Request) (*http.Response, error) {
	addr, password := r.address()
	there := req.Clone(req.Context())
	there.URL.Host, there.Host = addr, addr
	user := "default"
	if u := req.URL.User; u != nil && u.Username() != "" {
		user = u.Username()
	}
	there.URL.User = nil
	there.Header.Del("X-ClickHouse-User") // a server refuses two ways to log in at once
	there.Header.Del("X-ClickHouse-Key")
	there.SetBasicAuth(user, password)
	return r.next.RoundTrip(there)
}

// CloseIdleConnections lets the driver's http.Client give back what it holds.
func (r *roaming) CloseIdleConnections() {
	if c, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
