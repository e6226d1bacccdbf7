package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask is one request.
type ask struct {
	method, path, body string
	key                string // Idempotency-Key
	who                string // tenant/role; acme/admin by default, "" is "-"
	mediaType          string // application/json by default
	header             map[string]string
}

// answer is one reply.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and holds the exchange against openapi.yaml.
func (h *harness) do(a ask) answer {
	h.t.Helper()
	got := h.send(a)
	if a.method == http.MethodHead {
		return got
	}
	if a.mediaType == "" && a.method == http.MethodPost {
		a.mediaType = "application/json"
	}
	mediaType, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	h.must(err)
	path, _, _ := strings.Cut(a.path, "?")
	if err := h.contract.check(a.method, path, a.mediaType, []byte(a.body), got.status, mediaType, got.body); err != nil {
		h.t.Errorf("%s %s: %v", a.method, a.path, err)
	}
	return got
}

// send sends a request.
func (h *harness) send(a ask) answer {
	h.t.Helper()
	if a.who == "" {
		a.who = "acme/admin"
	}
	if a.mediaType == "" && a.method == http.MethodPost {
		a.mediaType = "application/json"
	}
	r, err := http.NewRequest(a.method, h.url+a.path, strings.NewReader(a.body))
	h.must(err)
	if text := h.keys[a.who]; text != "" {
		r.Header.Set("Authorization", "Bearer "+text)
	}
	if a.key != "" {
		r.Header.Set("Idempotency-Key", a.key)
	}
	if a.mediaType != "" {
		r.Header.Set("Content-Type", a.mediaType)
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	h.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	h.must(err)
	if resp.Header.Get("X-Request-Id") == "" {
		h.t.Errorf("%s %s: no X-Request-Id", a.method, a.path)
	}
	return answer{resp.StatusCode, resp.Header, body}
}

// decide asks for a decision and expects one.
func (h *harness) decide(key, body string) (answer, decision) {
	h.t.Helper()
	got := h.do(ask{method: "POST", path: "/v1/decisions", body: body, key: key})
	if got.status != http.StatusOK {
		h.t.Fatalf("decide: %d %s", got.status, got.body)
	}
	return got, decode[decision](h.t, got.body)
}

// report posts events and expects that all are taken.
func (h *harness) report(body string) {
	h.t.Helper()
	if got := h.do(ask{method: "POST", path: "/v1/events", body: body}); got.status != http.StatusAccepted || bytes.Contains(got.body, []byte("refused\",")) {
		h.t.Fatalf("events: %d %s", got.status, got.body)
	}
}

// decision is what tests read of a reply.
type decision struct {
	ID     string    `json:"decision_id"`
	Case   string    `json:"case_id"`
	Kind   string    `json:"kind"`
	Mode   string    `json:"mode"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	Action *struct {
		Channel string `json:"channel"`
	} `json:"action"`
	Policy struct {
		ID         string  `json:"id"`
		Propensity float64 `json:"propensity"`
	} `json:"policy"`
	Compliance struct {
		Verdict string           `json:"verdict"`
		Trace   []map[string]any `json:"trace"`
	} `json:"compliance"`
	Profile struct {
		Stale bool `json:"stale"`
	} `json:"profile"`
}

// problem is what tests read of a problem.
type problem struct {
	Type     string `json:"type"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
	Errors   []struct {
		Pointer   *string `json:"pointer"`
		Header    string  `json:"header"`
		Parameter string  `json:"parameter"`
		Detail    string  `json:"detail"`
	} `json:"errors"`
}

// places are where a problem points, separated by blanks.
func (p problem) places() string {
	var all []string
	for _, e := range p.Errors {
		switch {
		case e.Pointer != nil:
			all = append(all, *e.Pointer)
		default:
			all = append(all, e.Header+e.Parameter)
		}
	}
	return strings.Join(all, " ")
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode[T any](t testing.TB, b []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return v
}

// request is a good decision request about a case of a debtor.
func request(caseID, debtor string) string {
	return fmt.Sprintf(`{"case":{"id":%q,"portfolio":"retail","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03","dunning_level":1},
 "debtor":{"id":%q,"kind":"person","tz":"Europe/Berlin","region":"DE-BY","language":"de","flags":[]},
 "channels":[{"channel":"email","address_ref":"e:1f","validity":0.97,"consent":"service"},{"channel":"letter","address_ref":"p:88","validity":0.9}],
 "as_of":"2025-11-21T09:12:00+01:00","want":{"alternatives":3,"explain":"full","mode":"live"}}`, caseID, debtor)
}

// event is a good event.
func event(id, name, debtor, data string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"erp","type":"de.takt.%s.v1","subject":%q,"time":"2025-11-21T09:02:00+01:00","data":%s}`, id, name, debtor, data)
}
