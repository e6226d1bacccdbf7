package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"takt/engine"
	"takt/models/promotion"
	"takt/models/registry"
)

func withDesk(policy string) func(*setup) {
	return func(s *setup) {
		s.desk = true
		s.tenants[0].Policy = policy
	}
}

// post changes policies and expects the status.
func (h *harness) post(path, body string, want int) answer {
	h.t.Helper()
	got := h.do(ask{method: "POST", path: path, body: body})
	if got.status != want {
		h.t.Fatalf("%s %s: %d %s, want %d", path, body, got.status, got.body, want)
	}
	return got
}

func (h *harness) policies() promotion.List {
	h.t.Helper()
	got := h.do(ask{method: "GET", path: "/v1/policies?limit=100", who: "acme/analyst"})
	if got.status != 200 {
		h.t.Fatalf("%d %s", got.status, got.body)
	}
	return decode[promotion.List](h.t, got.body)
}

func (h *harness) figure(line string) bool {
	w := httptest.NewRecorder()
	h.server.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return strings.Contains(w.Body.String(), line+"\n")
}

// A pause is the ladder at once, of one tenant, over a restart, visible in decisions and figures; a resume ends it.
func TestPauseIsTheLadderAtOnce(t *testing.T) {
	h := start(t, withDesk("uniform"))
	asks := 0
	decides := func(want string) {
		t.Helper()
		asks++
		got, d := h.decide(fmt.Sprint("k-", asks), request(fmt.Sprint("C-", asks), fmt.Sprint("D-", asks)))
		paused := bytes.Contains(got.body, []byte(`{"code":"policy_paused","text":"Die Strategien sind angehalten; die Mahnleiter entscheidet."`))
		if d.Policy.ID != want || paused != (want == "ladder") {
			t.Errorf("%s decided, want %s: %s", d.Policy.ID, want, got.body)
		}
	}
	decides("uniform")
	h.post("/v1/policies:pause", `{"reason":"complaints on Monday"}`, 200)
	decides("ladder")
	if !h.figure(`takt_policy_paused{tenant="acme"} 1`) || !h.figure(`takt_policy_paused{tenant="other"} 0`) {
		t.Error("the pause is not in the figures")
	}
	if got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k", who: "other/admin", body: request("C-1", "D-1")}); bytes.Contains(got.body, []byte("policy_paused")) {
		t.Errorf("another tenant is paused: %s", got.body)
	}
	h.restart()
	decides("ladder")
	if l := h.policies(); !l.Paused || len(l.Log) != 1 || l.Log[0].Reason != "complaints on Monday" || !strings.HasSuffix(l.Log[0].Who, "/admin") || strings.Contains(l.Log[0].Who, "takt_") {
		t.Errorf("list %+v", l)
	}
	h.post("/v1/policies:resume", `{"reason":"solved"}`, 200)
	decides("uniform")
	if l := h.policies(); l.Paused || len(l.Log) != 2 {
		t.Errorf("list %+v", l)
	}
}

// While the store is away a pause holds all the same, and the answer says that it is not written down.
func TestPauseHoldsWithoutTheStore(t *testing.T) {
	h := start(t, withDesk("uniform"), func(s *setup) { s.idle = true })
	h.must(h.setup.store.Close())
	h.post("/v1/policies:pause", `{"reason":"now"}`, 503)
	if !h.server.Running("acme").Stage().Paused {
		t.Error("the tenant is not paused")
	}
}

// The life of versions over HTTP: a first training is live, a second name is a candidate that the gate lets not
// pass without decisions, a human overrules with a reason, a rollback goes back and holds refreshes.
func TestPolicyLifeOverHTTP(t *testing.T) {
	h := start(t, withDesk("bandit"))
	first := decode[promotion.Record](t, h.post("/v1/policies:train", "", 200).body)
	if first.State != "live" || first.Version != "bandit-1" || h.server.Running("acme").Snapshot().ID != first.Snapshot {
		t.Errorf("first training %+v", first)
	}
	if again := decode[promotion.Record](t, h.post("/v1/policies:train", "{}", 200).body); again.State != "unchanged" || again.Snapshot != first.Snapshot {
		t.Errorf("training without news %+v", again)
	}
	second := decode[promotion.Record](t, h.post("/v1/policies:train", `{"version":"bandit-2"}`, 200).body)
	if second.State != "candidate" || h.server.Running("acme").Snapshot().ID != first.Snapshot {
		t.Errorf("a new version %+v", second)
	}
	refused := h.post("/v1/policies/bandit-2:promote", "{}", 409)
	p := decode[struct{ Verdict promotion.Verdict }](t, refused.body)
	if p.Verdict.Result != promotion.NotEstimable || p.Verdict.Needed != 200 {
		t.Errorf("refused with %s", refused.body)
	}
	h.post("/v1/policies/bandit-2:promote", `{"force":true}`, 422)
	h.post("/v1/policies/"+second.Snapshot[:12]+":promote", `{"force":true,"reason":"a trial"}`, 200)
	if h.server.Running("acme").Snapshot().ID != second.Snapshot {
		t.Error("the forced version does not decide")
	}
	l := h.policies()
	if l.Version != "bandit-2" || !l.Log[0].Forced || l.Log[0].Reason != "a trial" || len(l.Items) != 2 || l.Items[0].Now != "live" {
		t.Errorf("list %+v", l)
	}
	back := decode[promotion.Promoted](t, h.post("/v1/policies:rollback", `{"reason":"worse"}`, 200).body)
	if back.Snapshot != first.Snapshot || !h.policies().Frozen || h.server.Running("acme").Snapshot().ID != first.Snapshot {
		t.Errorf("rolled back to %+v", back)
	}
	h.post("/v1/policies:rollback", "", 409)
	h.post("/v1/policies:pause", `{"reason":"between"}`, 200)
	h.post("/v1/policies:rollback", `{"version":"bandit-1"}`, 409) // is live
	if named := decode[promotion.Promoted](t, h.post("/v1/policies:rollback", `{"version":"bandit-2"}`, 200).body); named.Snapshot != second.Snapshot {
		t.Errorf("rolled back to %+v", named)
	}
	h.post("/v1/policies:resume", "", 200)
	if h.policies().Frozen {
		t.Error("refreshes are held after a resume")
	}
	for path, want := range map[string]int{"/v1/policies/bandit-1": 200, "/v1/policies/bandit-2": 200, "/v1/policies/" + first.Snapshot: 200, "/v1/policies/bandit-9": 404, "/v1/policies/shadow": 200} {
		if got := h.do(ask{method: "GET", path: path}); got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if !h.figure(`takt_policy_trainings_total{result="candidate",tenant="acme"} 1`) || !h.figure(`takt_policy_trainings_total{result="live",tenant="acme"} 1`) {
		t.Error("trainings are not counted")
	}
	if got := h.do(ask{method: "GET", path: "/v1/policies", who: "other/admin"}); bytes.Contains(got.body, []byte(first.Snapshot)) {
		t.Errorf("another tenant sees %s", got.body)
	}
}

// A list and a version tell of the last drift alarm by their training, and one without alarms of none.
func TestPoliciesTellOfDrift(t *testing.T) {
	h := start(t, withDesk("bandit"))
	first := decode[promotion.Record](t, h.post("/v1/policies:train", "", 200).body)
	shelf := h.server.Options.Policies.Registry
	a, err := shelf.Get(t.Context(), "acme", registry.Policy, promotion.Name, first.Snapshot)
	h.must(err)
	alarmed := first
	alarmed.Version, alarmed.Report.Drift = "bandit-2", []engine.Drift{{Day: "2025-10-02", Rows: 5100, Channel: "all", Shift: -.08}, {Day: "2025-11-03", Rows: 6200, Channel: "sms", Shift: .054}}
	meta, err := json.Marshal(alarmed)
	h.must(err)
	id := strings.Repeat("d", 64)
	h.must(shelf.Publish(t.Context(), "acme", registry.Policy, promotion.Name, id, a.Data, meta))
	items := h.policies().Items
	if len(items) != 2 || items[0].Drift == nil || *items[0].Drift != alarmed.Report.Drift[1] || items[1].Drift != nil {
		t.Errorf("list %+v", items)
	}
	for path, want := range map[string]bool{"/v1/policies/bandit-2": true, "/v1/policies/" + first.Snapshot: false} {
		got := h.do(ask{method: "GET", path: path})
		if has := bytes.Contains(got.body, []byte(`"drift":{"day":"2025-11-03","rows":6200,"channel":"sms","shift":0.054}`)); got.status != 200 || has != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

// Bad input is a problem that points at the place, and changes nothing.
func TestPolicyRequestsAreChecked(t *testing.T) {
	h := start(t, withDesk("bandit"))
	for _, c := range []struct {
		path, body string
		status     int
		place      string
	}{
		{"/v1/policies:train", `{"version":"a b"}`, 422, "/version"},
		{"/v1/policies:train", `{"version":"shadow"}`, 422, "/version"},
		{"/v1/policies:train", `{"version":7,"as_of":"soon"}`, 422, "/version /as_of"},
		{"/v1/policies:train", `{"as_of":"2025-12-24T00:00:00Z"}`, 422, "/as_of"},
		{"/v1/policies:train", `{"force":true}`, 422, "/force"},
		{"/v1/policies:train", `[]`, 400, ""},
		{"/v1/policies:train", `{"version":"a","version":"b"}`, 400, ""},
		{"/v1/policies:train", `{} {}`, 400, ""},
		{"/v1/policies:pause", `{}`, 422, "/reason"},
		{"/v1/policies:pause", `{"reason":" "}`, 422, "/reason"},
		{"/v1/policies:pause", `{"reason":"` + strings.Repeat("x", 501) + `"}`, 422, "/reason"},
		{"/v1/policies/bandit-9:promote", `{}`, 404, ""},
		{"/v1/policies:rollback", `{"version":"bandit-9"}`, 409, ""},
	} {
		got := h.post(c.path, c.body, c.status)
		if p := decode[problem](t, got.body); strings.TrimSpace(p.places()) != c.place {
			t.Errorf("%s %s points at %q, want %q", c.path, c.body, p.places(), c.place)
		}
	}
	if got := h.do(ask{method: "GET", path: "/v1/policies?limit=0"}); got.status != 422 {
		t.Errorf("limit 0: %d", got.status)
	}
	if l := h.policies(); len(l.Items) != 0 || len(l.Log) != 0 || l.Version != "prior" {
		t.Errorf("something changed: %+v", l)
	}
}

// Snapshots are swapped, ramped and paused while decisions are made: each decision names one whole state of
// things, and no swap waits for one (run it with -race; Stage is one atomic pointer).
func TestSwapsHoldNoDecisionUp(t *testing.T) {
	h := start(t, withDesk("bandit"))
	h.post("/v1/policies:train", "", 200)
	h.post("/v1/policies:train", `{"version":"bandit-2"}`, 200)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			h.server.Halt("acme", i%2 == 0)
			st := *h.server.Running("acme").Stage()
			st.Challenger, st.Share = st.Live, .5
			if err := h.server.Deploy("acme", &st); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range 100 {
		_, d := h.decide(fmt.Sprint("k-", i), request(fmt.Sprint("C-", i), fmt.Sprint("D-", i)))
		if d.Policy.ID != "bandit" && d.Policy.ID != engine.LadderName {
			t.Errorf("%s decided", d.Policy.ID)
		}
	}
	close(done)
	wg.Wait()
}

// On a ramp each debtor is one arm's for good, and a decision is logged with the arm's version and its share, so
// that the propensity inside the arm stays exact.
func TestRampDividesDebtors(t *testing.T) {
	h := start(t, withDesk("bandit"))
	h.post("/v1/policies:train", "", 200)
	h.post("/v1/policies:train", `{"version":"bandit-2"}`, 200)
	first, err := h.server.Options.Policies.Stage(t.Context(), h.setup.tenants[0])
	h.must(err)
	h.must(h.server.Options.Policies.Registry.Ramp(t.Context(), "acme", "policy", "bandit", h.policies().Items[0].Snapshot, .25, registry.Change{}))
	h.must(h.server.Options.Policies.Refresh(t.Context(), h.setup.tenants[0]))
	if !h.figure(`takt_policy_ramp_share{tenant="acme"} 0.25`) || h.policies().Items[0].Now != "ramp" {
		t.Error("the ramp is not shown")
	}
	arms := map[string]int{}
	for i := range 200 {
		got, _ := h.decide(fmt.Sprint("k-", i), request(fmt.Sprint("C-", i), fmt.Sprint("D-", i%100)))
		d := decode[struct {
			Policy struct {
				ID, Version, Model string
				Experiment         struct {
					ID, Arm string
					Share   float64
				}
			}
		}](t, got.body)
		e := d.Policy.Experiment
		if d.Policy.ID != "bandit" {
			continue // two cases of a debtor: the guard may have settled it
		}
		share := .75
		if e.Arm == "bandit-2" {
			share = .25
		} else if !strings.HasSuffix(d.Policy.Model, first.Live.Snapshot.ID) {
			t.Errorf("arm %s with model %s", e.Arm, d.Policy.Model)
		}
		if e.ID != "ramp" || e.Share != share || d.Policy.Version != e.Arm {
			t.Errorf("decision of arm %+v by version %s", e, d.Policy.Version)
		}
		arms[e.Arm]++
	}
	if arms["bandit-2"] < 10 || arms["bandit-1"] < 40 {
		t.Errorf("arms %v", arms)
	}
}
