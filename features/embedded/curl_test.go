package embedded_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"takt/features/embedded/embeddedtest"
)

// curl is a raw client of the shared store.
type curl struct {
	t        testing.TB
	url      string
	database string
	token    string
}

func newCurl(t testing.TB) *curl {
	t.Helper()
	base, token := embeddedtest.URL(t)
	i := strings.LastIndexByte(base, '/')
	return &curl{t, base[:i], base[i+1:], token}
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error // of reading the body
}

// do sends body with query values given as pairs, and headers given as "Name: value" among them.
func (c *curl) do(method, body string, pairs ...string) reply {
	c.t.Helper()
	v := url.Values{"database": {c.database}}
	header := http.Header{"X-Clickhouse-Key": {c.token}}
	for i := 0; i < len(pairs); i++ {
		if name, value, ok := strings.Cut(pairs[i], ": "); ok {
			header.Set(name, value)
			continue
		}
		v.Set(pairs[i], pairs[i+1])
		i++
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/?"+v.Encode(), strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name := range header {
		if header.Get(name) != "-" {
			req.Header.Set(name, header.Get(name))
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(text), err}
}

func (c *curl) post(body string, pairs ...string) string {
	c.t.Helper()
	r := c.do(http.MethodPost, body, pairs...)
	if r.status != http.StatusOK || r.err != nil {
		c.t.Fatalf("%s %v: %d %s %v", body, pairs, r.status, r.body, r.err)
	}
	return r.body
}
