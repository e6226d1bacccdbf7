package clickhouse

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/historytest"
)

// TestUnreachable: with nobody at the address every call says so, and no error tells the password or an id.
func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, scheme := range []string{"http", "clickhouse"} {
		s, err := Open(t.Context(), scheme+"://takt:sesame@"+address+"/takt", &Options{DialTimeout: time.Second})
		if err != nil {
			t.Fatalf("open: %v; want a store that waits for its server", err)
		}
		defer s.Close()
		historytest.Unavailable(t, s)
		_, err = s.Log(t.Context(), history.Debtor("acme", "D-secret"))
		for _, word := range []string{"sesame", "D-secret", "param_"} {
			if err == nil || strings.Contains(err.Error(), word) {
				t.Errorf("error %q has %q in it", err, word)
			}
		}
	}
}

// TestBadURLs: what cannot work is refused at once, without the password in the text.
func TestBadURLs(t *testing.T) {
	for _, text := range []string{"", "http://", "ftp://u:sesame@h/d", "http://u:sesame@h:port/d", "://", "http://u:ses%zame@h/d", "clickhouse:///d"} {
		s, err := Open(t.Context(), text, nil)
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", text)
		} else if !errors.Is(err, ErrURL) || strings.Contains(err.Error(), "ses") {
			t.Errorf("%q: %v; want ErrURL without the password", text, err)
		}
	}
	if _, err := Open(t.Context(), "clickhouse://h/d", &Options{Address: func() (string, string) { return "", "" }}); !errors.Is(err, ErrURL) {
		t.Errorf("a moving address over the native protocol: %v, want ErrURL", err)
	}
}

func TestDefaultPorts(t *testing.T) {
	for text, want := range map[string]string{"http://h/d": "h:8123", "https://h/d": "h:8443", "clickhouse://h/d": "h:9000", "clickhouse://h/d?secure=true": "h:9440", "http://h:1/d": "h:1"} {
		o, err := parseURL(text, Options{})
		if err != nil || o.Addr[0] != want || (o.TLS != nil) != strings.Contains(text, "sec") && !strings.HasPrefix(text, "https") {
			t.Errorf("%s: %v, %v; want %s", text, o, err, want)
		}
	}
}

// TestWrongPassword: waiting does not mend it, so it shows at once.
func TestWrongPassword(t *testing.T) {
	u, err := url.Parse(testURL(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("default", "sesame")
	_, err = Open(t.Context(), u.String(), nil)
	if err == nil || errors.Is(err, history.ErrUnavailable) || strings.Contains(err.Error(), "sesame") || !strings.Contains(err.Error(), "password") {
		t.Errorf("%v; want an error that speaks of the password", err)
	}
}

// TestShortOfMemory: the server's refusals that pass with time are ErrUnavailable, those of its parser are not.
func TestShortOfMemory(t *testing.T) {
	base := testURL(t)
	openStore(t, base, nil)
	s, err := Open(t.Context(), with(t, base, "max_memory_usage", "1000"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); !errors.Is(err, history.ErrUnavailable) || !strings.Contains(err.Error(), "MEMORY_LIMIT_EXCEEDED") {
		t.Errorf("migrate: %v, want ErrUnavailable by MEMORY_LIMIT_EXCEEDED", err)
	}
	err = s.fault(t.Context(), "select", s.short.Exec(t.Context(), "SELEC 'D-secret'"))
	if err == nil || errors.Is(err, history.ErrUnavailable) || !strings.Contains(err.Error(), "SYNTAX_ERROR") || strings.Contains(err.Error(), "D-secret") {
		t.Errorf("bad syntax: %v, want its name alone", err)
	}
}

// TestTooSlow: our own deadline is the store's failure, the caller's is the caller's.
func TestTooSlow(t *testing.T) {
	s := openStore(t, testURL(t), &Options{ReadTimeout: time.Nanosecond})
	if _, err := s.Log(t.Context(), history.Debtor("t", "d")); !errors.Is(err, history.ErrUnavailable) {
		t.Errorf("our deadline: %v, want ErrUnavailable", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := s.Log(ctx, history.Debtor("t", "d")); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, history.ErrUnavailable) {
		t.Errorf("the caller's deadline: %v, want context.DeadlineExceeded alone", err)
	}
}

// gate lets requests through to the store under an address and a password of its own.
func gate(t *testing.T, to *url.URL) *httptest.Server {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host})
	proxy.ErrorLog = nil
	g := httptest.NewServer(proxy)
	t.Cleanup(g.Close)
	return g
}

// TestMovingStore: after a restart the store has another address; the handle finds it.
func TestMovingStore(t *testing.T) {
	base, err := url.Parse(testURL(t))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := base.User.Password()
	first, second := gate(t, base), gate(t, base)
	var addr atomic.Value
	addr.Store(first.Listener.Addr().String())
	s := openStore(t, "http://embedded"+base.Path, &Options{Address: func() (string, string) { return addr.Load().(string), password }})

	e := engine.Event{Tenant: "moving", Source: "erp", ID: "1", Type: engine.PortalVisited, Debtor: "D", At: time.Unix(1e9, 0).UTC(), Received: time.Unix(1e9, 0).UTC(), Seq: 1}
	if err := s.Append(t.Context(), history.Batch{Token: "moving/1", Events: []engine.Event{e}}); err != nil {
		t.Fatal(err)
	}
	first.CloseClientConnections()
	first.Close()
	if _, err := s.Log(t.Context(), history.Debtor("moving", "D")); !errors.Is(err, history.ErrUnavailable) {
		t.Errorf("while it is down: %v, want ErrUnavailable", err)
	}
	addr.Store(second.Listener.Addr().String())
	l, err := s.Log(t.Context(), history.Debtor("moving", "D"))
	if err != nil || len(l.Events) != 1 {
		t.Errorf("after the move: %d events, %v; want 1", len(l.Events), err)
	}
}
