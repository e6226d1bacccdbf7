package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"takt/cmd/app"
	"takt/engine"
	"takt/models/promotion"
	"takt/models/registry"
)

// asks gets one decision and returns the policy word and the whole reply.
func (s *served) asks(key, n string) (string, string) {
	s.t.Helper()
	body := fmt.Sprintf(`{"case":{"id":"C-%s","open":{"amount_minor":5990,"currency":"EUR"}},"debtor":{"id":"D-%s","tz":"Europe/Berlin","language":"en"},
		"channels":[{"channel":"email","address_ref":"e:1","consent":"service"}],"want":{"explain":"short"}}`, n, n)
	status, reply, err := s.call(http.MethodPost, "/v1/decisions", key, map[string]string{"Idempotency-Key": "k-" + n}, []byte(body))
	var d struct {
		Policy struct {
			ID string `json:"id"`
		}
	}
	if err != nil || status != http.StatusOK || json.Unmarshal(reply, &d) != nil {
		s.t.Fatalf("decide: %d %s %v", status, reply, err)
	}
	return d.Policy.ID, string(reply)
}

// policyCommand runs takt policy and expects the exit code.
func policyCommand(t *testing.T, data string, code int, args ...string) (string, string) {
	t.Helper()
	out, errs, got := takt(t, append([]string{"policy", args[0], "--data", data, "--tenant", "acme"}, args[1:]...)...)
	if got != code {
		t.Fatalf("policy %v: code %d, want %d: %s%s", args, got, code, out, errs)
	}
	return out, errs
}

// showsDrift publishes a snapshot whose training raised alarms and one whose did not, and expects list and show to tell.
func showsDrift(t *testing.T, s *served, quiet promotion.Record) {
	t.Helper()
	ctx := t.Context()
	r, err := app.OpenReader(ctx, s.data, &s.run)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	shelf := registry.New(r)
	a, err := shelf.Get(ctx, "acme", registry.Policy, promotion.Name, quiet.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	alarmed := quiet
	alarmed.Version, alarmed.Report.Drift = "bandit-3", []engine.Drift{{Day: "2025-10-02", Rows: 5100, Channel: "all", Shift: -.08}, {Day: "2025-11-03", Rows: 6200, Channel: "sms", Shift: .054}}
	meta, err := json.Marshal(alarmed)
	if err != nil {
		t.Fatal(err)
	}
	if err := shelf.Publish(ctx, "acme", registry.Policy, promotion.Name, strings.Repeat("d", 64), a.Data, meta); err != nil {
		t.Fatal(err)
	}
	list, _ := policyCommand(t, s.data, 0, "list")
	for _, want := range []string{`LAST DRIFT`, `dddddddddddd .* 0 +2025-11-03 sms \+0\.054  live`, quiet.Snapshot[:12] + ` .* 0 +- +live`} {
		if !regexp.MustCompile(want).MatchString(list) {
			t.Errorf("list lacks %q:\n%s", want, list)
		}
	}
	if out, _ := policyCommand(t, s.data, 0, "list", "--json"); !strings.Contains(out, `"channel": "sms",`) {
		t.Errorf("list as JSON: %s", out)
	}
	for version, want := range map[string]string{"bandit-3": "2025-11-03 sms +0.054", quiet.Snapshot: "-"} {
		if out, _ := policyCommand(t, s.data, 0, "show", version); !strings.Contains(out, "\nlast drift alarm: "+want+"\n") {
			t.Errorf("show %s: %s", version, out)
		}
	}
}

// takt policy beside a running server: train, promote, pause at once, over a power cut, roll back.
func TestPolicyCommands(t *testing.T) {
	needEngine(t)
	s := startServer(t, t.TempDir(), "--learn-every", "0s")
	key := createKey(t, s.data, "acme", "decide")
	time.Sleep(1100 * time.Millisecond) // a running server looks for new keys once a second
	s.asks(key, "1")
	out, _ := policyCommand(t, s.data, 0, "train", "--json")
	var first promotion.Record
	if err := json.Unmarshal([]byte(out), &first); err != nil || first.State != "live" {
		t.Fatalf("%s %v", out, err)
	}
	if out, _ := policyCommand(t, s.data, 0, "train", "--version", "bandit-2"); !strings.Contains(out, "version bandit-2, is a candidate") {
		t.Error(out)
	}
	out, errs := policyCommand(t, s.data, 1, "promote", "bandit-2")
	if !strings.Contains(out, "decisions still needed before anything can be said: about 200") || !strings.Contains(errs, "overrule with force and a reason") {
		t.Errorf("%s%s", out, errs)
	}
	policyCommand(t, s.data, exitUsage, "promote", "bandit-2", "--force")
	policyCommand(t, s.data, 0, "promote", "bandit-2", "--force", "--reason", "a trial")
	policyCommand(t, s.data, exitUsage, "pause")
	policyCommand(t, s.data, 0, "pause", "--reason", "complaints")
	if id, reply := s.asks(key, "2"); id != "ladder" || !strings.Contains(reply, `"policy_paused"`) {
		t.Errorf("paused: %s", reply)
	}
	s.kill()
	s = startServer(t, s.data, "--learn-every", "0s")
	if id, reply := s.asks(key, "3"); id != "ladder" {
		t.Errorf("paused, after a power cut: %s", reply)
	}
	if resp, err := http.Get(s.run.Metrics); err != nil {
		t.Error(err)
	} else {
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(b), `takt_policy_paused{tenant="acme"} 1`) {
			t.Error("the pause is not in the figures")
		}
	}
	out, _ = policyCommand(t, s.data, 0, "list")
	for _, want := range []string{"PAUSED", "version bandit-2", "live, forced", "a trial", "cli", "complaints"} {
		if !strings.Contains(out, want) {
			t.Errorf("list lacks %q:\n%s", want, out)
		}
	}
	policyCommand(t, s.data, 0, "resume")
	if out, _ := policyCommand(t, s.data, 0, "rollback", "--reason", "over"); !strings.Contains(out, first.Snapshot[:12]) {
		t.Error(out)
	}
	if id, reply := s.asks(key, "4"); id != "bandit" || !strings.Contains(reply, first.Snapshot) {
		t.Errorf("rolled back: %s", reply)
	}
	for _, args := range [][]string{{"show", "bandit-2"}, {"show", first.Snapshot[:10], "--json"}, {"shadow"}, {"list", "--json"}} {
		if out, _ := policyCommand(t, s.data, 0, args...); out == "" {
			t.Errorf("%v prints nothing", args)
		}
	}
	if out, _ := policyCommand(t, s.data, 0, "prior", "--from", first.Snapshot[:12]); !strings.Contains(out, "\nscale: 0.25\n") {
		t.Errorf("prior of a published snapshot: %s", out)
	}
	policyCommand(t, s.data, 1, "show", "bandit-9")
	showsDrift(t, s, first)
	s.stop()
	policyCommand(t, s.data, 0, "pause", "--reason", "without a server")
	if out, _ := policyCommand(t, s.data, 0, "list", "--json"); !strings.Contains(out, `"paused": true`) {
		t.Errorf("paused without a server: %s", out)
	}
}
