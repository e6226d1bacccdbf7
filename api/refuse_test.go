package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Whatever is wrong with a request, it is refused with its place, and nothing is stored.
func TestBadDecisions(t *testing.T) {
	h := start(t)
	h.decide("k-0", request("C-0", "D-0")) // the case's history is in EUR
	good := request("C-0", "D-0")
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the request has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	h.report(event("e-0", "case.opened", "D-0", `{"case_id":"C-0","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`))
	tests := []struct {
		name, body string
		status     int
		places     string
	}{
		{"malformed", `{"case":{"id":`, 400, "/case/id"},
		{"empty", ``, 400, ""},
		{"not JSON", `case=C-0`, 400, ""},
		{"duplicate key", swap(`{"id":"C-0"`, `{"id":"C-0","id":"C-1"`), 400, "/case/id"},
		{"trailing data", good + `{}`, 400, ""},
		{"deep nesting", `{"case":` + strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000) + `}`, 400, "/case"},
		{"unknown field", swap(`"want":`, `"wish":1,"want":`), 422, "/wish"},
		{"unknown channel", swap(`"channel":"email"`, `"channel":"pigeon"`), 422, "/channels/0/channel"},
		{"unknown flag", swap(`"flags":[]`, `"flags":["rich"]`), 422, "/debtor/flags/0"},
		{"unknown stage", swap(`"stage":"dunning"`, `"stage":"court"`), 422, "/case/stage"},
		{"unknown mode", swap(`"mode":"live"`, `"mode":"test"`), 422, "/want/mode"},
		{"unknown tone", swap(`"want":`, `"constraints":{"allow_tones":["rude"]},"want":`), 422, "/constraints/allow_tones/0"},
		{"unknown offer", swap(`"want":`, `"constraints":{"allow_offers":["gift"]},"want":`), 422, "/constraints/allow_offers/0"},
		{"wrong currency", swap(`"currency":"EUR"`, `"currency":"XYZ"`), 422, "/case/open/currency"},
		{"other currency", swap(`"currency":"EUR"`, `"currency":"CHF"`), 422, "/case/open/currency"},
		{"negative amount", swap(`5990`, `-5990`), 422, "/case/open/amount_minor"},
		{"fractional amount", swap(`5990`, `59.9`), 422, "/case/open/amount_minor"},
		{"impossible zone", swap(`Europe/Berlin`, `Europe/Atlantis`), 422, "/debtor/tz"},
		{"gap of the zone", swap(`2025-11-21T09:12:00`, `2025-03-30T02:30:00`), 422, "/as_of"},
		{"early", swap(`2025-11-21T09:12:00`, `2025-11-21T09:01:00`), 422, "/as_of"},
		{"late", swap(`2025-11-21T09:12:00`, `2025-11-21T09:23:00`), 422, "/as_of"},
		{"two faults", swap(`"currency":"EUR"`, `"currency":"XYZ","cents":1`), 422, "/case/open/currency /case/open/cents"},
	}
	before := h.stored()
	for _, tt := range tests {
		got := h.do(ask{method: "POST", path: "/v1/decisions", key: "bad-" + strings.ReplaceAll(tt.name, " ", "-"), body: tt.body})
		p := decode[problem](t, got.body)
		if got.status != tt.status || p.Status != tt.status || !strings.HasPrefix(p.places(), tt.places) || len(p.Errors) == 0 {
			t.Errorf("%s: %d at %q, want %d at %q: %s", tt.name, got.status, p.places(), tt.status, tt.places, got.body)
		}
		if p.Instance == "" || p.Instance != got.header.Get("X-Request-Id") {
			t.Errorf("%s: instance %q, request id %q", tt.name, p.Instance, got.header.Get("X-Request-Id"))
		}
	}
	if h.stored() != before {
		t.Errorf("%d records were stored", h.stored()-before)
	}
}

// Size, media type and access are refused before anything is read.
func TestRefusedAtTheDoor(t *testing.T) {
	h := start(t)
	good := request("C-1", "D-1")
	huge := `{"case":{"id":"` + strings.Repeat("x", 10<<20) + `"}}`
	tests := []struct {
		name   string
		ask    ask
		status int
	}{
		{"10 MB decision", ask{path: "/v1/decisions", body: huge, key: "k"}, 413},
		{"just too large", ask{path: "/v1/decisions", body: good + strings.Repeat(" ", 1<<20), key: "k"}, 413},
		{"10 MB of events", ask{path: "/v1/events", body: huge}, 413},
		{"form", ask{path: "/v1/decisions", body: good, key: "k", mediaType: "application/x-www-form-urlencoded"}, 415},
		{"charset", ask{path: "/v1/decisions", body: good, key: "k", mediaType: "application/json; charset=latin1"}, 415},
		{"XML events", ask{path: "/v1/events", body: "<x/>", mediaType: "text/xml"}, 415},
		{"JSON batch", ask{path: "/v1/decisions:batch", body: good}, 415},
		{"packed", ask{path: "/v1/decisions", body: good, key: "k", header: map[string]string{"Content-Encoding": "gzip"}}, 415},
		{"no key", ask{path: "/v1/decisions", body: good, key: "k", who: "nobody"}, 401},
		{"wrong key", ask{path: "/v1/decisions", body: good, key: "k", who: "nobody", header: map[string]string{"Authorization": "Bearer takt_aaaaaaaa_bbbb"}}, 401},
		{"no bearer", ask{path: "/v1/decisions", body: good, key: "k", who: "nobody", header: map[string]string{"Authorization": "Basic eDp5"}}, 401},
		{"analyst decides", ask{path: "/v1/decisions", body: good, key: "k", who: "acme/analyst"}, 403},
		{"analyst reports", ask{path: "/v1/events", body: event("e", "portal.visited", "D", "{}"), who: "acme/analyst"}, 403},
	}
	before := h.stored()
	for _, tt := range tests {
		tt.ask.method = "POST"
		got := h.do(tt.ask)
		if got.status != tt.status || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want %d: %s", tt.name, got.status, got.header.Get("Content-Type"), tt.status, got.body)
		}
		if tt.status == 401 && got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no WWW-Authenticate", tt.name)
		}
	}
	if h.stored() != before {
		t.Errorf("%d records were stored", h.stored()-before)
	}
	if got := h.do(ask{method: "POST", path: "/v1/decisions", body: good, key: "k", mediaType: "application/json", header: map[string]string{"Content-Type": "Application/JSON; charset=UTF-8"}}); got.status != 200 {
		t.Errorf("media type in other letters: %d %s", got.status, got.body)
	}
}

func TestBadEvents(t *testing.T) {
	h := start(t)
	good := event("e-1", "payment.received", "D-1", `{"case_id":"C-1","amount_minor":100,"currency":"EUR"}`)
	swap := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	before := h.stored()
	for _, tt := range []struct {
		name, body string
		status     int
		places     string
	}{
		{"malformed", good[:40], 400, ""},
		{"empty", "", 400, ""},
		{"unknown type", swap("payment.received", "payment.dreamt"), 422, "/type"},
		{"unknown field", swap(`"case_id"`, `"mood":1,"case_id"`), 422, "/data/mood"},
		{"field of another type", swap(`"case_id"`, `"due":"2025-12-01","case_id"`), 422, "/data/due"},
		{"currency", swap("EUR", "XYZ"), 422, "/data/currency"},
		{"amount", swap("100", "-1"), 422, "/data/amount_minor"},
		{"no debtor", swap(`"subject":"D-1",`, ``), 422, "/subject"},
		{"time", swap("2025-11-21T09:02:00+01:00", "yesterday"), 422, "/time"},
		{"day after tomorrow", swap("2025-11-21T09:02:00+01:00", "2025-11-22T09:13:00+01:00"), 422, "/time"},
		{"to be done", event("e-1", "decision.executed", "D-1", `{"decision_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","at":"2026-11-21T09:02:00Z"}`), 422, "/data/at"},
		{"null", "null", 422, ""},
		{"a word", `"x"`, 422, ""},
		{"zero bytes", "\x00\x00", 400, ""},
	} {
		got := h.do(ask{method: "POST", path: "/v1/events", body: tt.body})
		if p := decode[problem](t, got.body); got.status != tt.status || !strings.HasPrefix(p.places(), tt.places) {
			t.Errorf("%s: %d at %q, want %d at %q", tt.name, got.status, p.places(), tt.status, tt.places)
		}
	}
	if h.stored() != before {
		t.Errorf("%d records were stored", h.stored()-before)
	}
}

// An answer is not many times the size of what was sent: faults, places and items are bounded.
func TestAnswersAreBounded(t *testing.T) {
	h := start(t)
	flags := `"q"` + strings.Repeat(`,"q"`, 10_000)
	fields := `"a":1`
	for i := range 5000 {
		fields += fmt.Sprintf(`,"f%d":1`, i)
	}
	for _, tt := range []struct {
		name   string
		ask    ask
		status int
	}{
		{"unknown flags", ask{path: "/v1/events", body: event("e", "debtor.updated", "D", `{"flags":[`+flags+`]}`)}, 422},
		{"unknown fields", ask{path: "/v1/events", body: event("e", "portal.visited", "D", "{"+fields+"}")}, 422},
		{"long name", ask{path: "/v1/events", body: event("e", "portal.visited", "D", `{"`+strings.Repeat("k", 60_000)+`":1}`)}, 422},
		{"scraps", ask{path: "/v1/events", body: "[1" + strings.Repeat(",1", 100_000) + "]"}, 413},
		{"deep decision", ask{path: "/v1/decisions", key: "k", body: strings.Repeat(`{"a":`, 100_000)}, 400},
		{"deep array", ask{path: "/v1/decisions", key: "k", body: strings.Repeat(`[`, 100_000)}, 400},
		{"long name of a decision", ask{path: "/v1/decisions", key: "k", body: `{"` + strings.Repeat("k", 900_000) + `":1}`}, 422},
	} {
		tt.ask.method = "POST"
		if got := h.do(tt.ask); got.status != tt.status || len(got.body) > 8<<10 {
			t.Errorf("%s: %d with %d bytes, want %d: %.300s", tt.name, got.status, len(got.body), tt.status, got.body)
		}
	}
}

// Whoever sends a body to its end before looking for the answer gets that answer, not a broken connection.
func TestLargeBodyIsAnswered(t *testing.T) {
	h := start(t)
	for _, who := range []string{"acme/decide", "acme/analyst"} { // too large; not allowed, so never read
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		h.must(err)
		defer conn.Close()
		body := bytes.Repeat([]byte(" "), 20<<20)
		fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: takt\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", h.keys[who], len(body))
		if _, err := conn.Write(body); err != nil {
			t.Errorf("%s: the body is not taken: %v", who, err)
			continue
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		h.must(err)
		resp.Body.Close()
		if want := map[string]int{"acme/decide": 413, "acme/analyst": 403}[who]; resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", who, resp.StatusCode, want)
		}
	}
}

// Another tenant's ids are answered like ids that do not exist.
func TestForeignTenant(t *testing.T) {
	h := start(t)
	_, d := h.decide("k-1", request("C-1", "D-1"))
	h.report(event("e-1", "portal.visited", "D-1", `{"case_id":"C-1"}`))
	for _, path := range []string{"/v1/decisions/" + d.ID, "/v1/cases/C-1/timeline", "/v1/debtors/D-1/profile"} {
		if own := h.do(ask{method: "GET", path: path}); own.status != 200 {
			t.Errorf("own %s: %d %s", path, own.status, own.body)
		}
		foreign := h.do(ask{method: "GET", path: path, who: "other/admin"})
		none := h.do(ask{method: "GET", path: strings.NewReplacer(d.ID, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "C-1", "C-none", "D-1", "D-none").Replace(path), who: "other/admin"})
		f, n := decode[problem](t, foreign.body), decode[problem](t, none.body)
		if foreign.status != 404 || f.Type != n.Type || f.Detail != n.Detail {
			t.Errorf("foreign %s: %d %s, none: %s", path, foreign.status, foreign.body, none.body)
		}
	}
	got := h.do(ask{method: "GET", path: "/v1/decisions?changed_since=0", who: "other/admin"})
	if strings.Contains(string(got.body), d.ID) {
		t.Errorf("changes of another tenant: %s", got.body)
	}
}

func TestUnknownRoutes(t *testing.T) {
	h := start(t)
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404}, {"GET", "/v1", 404}, {"GET", "/v1/decision", 404}, {"POST", "/v1/decisions:other", 404}, {"GET", "/v2/decisions", 404},
		{"GET", "/v1/decisions:batch", 405}, {"GET", "/v1/events", 405}, {"DELETE", "/v1/decisions", 405}, {"PUT", "/v1/decisions/x", 405},
		{"HEAD", "/v1/decisions", 405}, {"OPTIONS", "/v1/decisions", 405}, {"POST", "/healthz", 405}, {"PATCH", "/v1/cases/due", 405},
		{"GET", "/v1/decisions/x", 404}, {"GET", "/v1/decisions/../keys.json", 404}, {"GET", "/v1/cases/%ZZ/timeline", 400},
	} {
		if tt.status == 400 {
			continue // net/http refuses to send it
		}
		got := h.do(ask{method: tt.method, path: tt.path})
		if got.status != tt.status || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d %s, want %d", tt.method, tt.path, got.status, got.header.Get("Content-Type"), tt.status)
		}
		if tt.status == 405 && got.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", tt.method, tt.path)
		}
	}
}
