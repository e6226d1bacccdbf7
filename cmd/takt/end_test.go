package main

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C reaches every process of the terminal's group, and the store is in another: the server ends
// cleanly within seconds and takes it along. A caller in the middle of a body holds nothing up for long.
func TestEndsWhenAsked(t *testing.T) {
	needEngine(t)
	s := startServer(t, t.TempDir())
	store := s.children()
	for _, pid := range store {
		if group, err := syscall.Getpgid(pid); err != nil || group != pid {
			t.Errorf("the store %d is in group %d, %v", pid, group, err)
		}
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.run.API, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	key := createKey(t, s.data, "acme", "decide")
	fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: takt\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", key)
	time.Sleep(100 * time.Millisecond) // the request is under way
	start := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, s.log)
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
	if n := strings.Count(s.log.String(), "store started"); n != 1 {
		t.Errorf("the store was started %d times:\n%s", n, s.log)
	}
	for _, pid := range store {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("the store %d lives on", pid)
		}
	}
}
