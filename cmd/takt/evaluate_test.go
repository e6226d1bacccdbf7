package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"takt/experiments/decided"
	"takt/experiments/ope"
)

// From decisions over HTTP to what other policies would have earned: beside the server, and the same by lock.
func TestEvaluateOwnLog(t *testing.T) {
	needEngine(t)
	data, conf := t.TempDir(), filepath.Join(t.TempDir(), "takt.yaml")
	if err := os.WriteFile(conf, []byte("clock: replay\nlearn: {every: 0s}\ntenants:\n  acme:\n    holdout: {share: 0}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data, "--config", conf)
	asOf := time.Date(2025, 11, 18, 10, 0, 0, 0, time.UTC)
	shadows := 0
	for i := range 300 {
		shadows += decideAndPay(t, s, key, asOf.Add(time.Duration(i)*time.Minute), i)
	}
	changes(t, s, key, "0") // a list read ships the journal first
	later := asOf.AddDate(0, 2, 0).Format(time.RFC3339)
	out, errs, code := takt(t, "train", "--config", conf, "--data", data, "--tenant", "acme", "--as-of", later, "--json")
	if code != 0 {
		t.Fatal(errs)
	}
	var trained struct {
		Snapshot string `json:"snapshot_id"`
	}
	if err := json.Unmarshal([]byte(out), &trained); err != nil {
		t.Fatal(err)
	}
	args := []string{"evaluate", "--config", conf, "--data", data, "--tenant", "acme", "--as-of", later, "--policy", "logged", "--policy", "uniform",
		"--policy", "snapshot:" + trained.Snapshot[:12], "--policy", "snapshot:live/greedy", "--policy", "channel=email", "--bootstrap", "100"}
	beside, errs, code := takt(t, append(args, "--json")...)
	if code != 0 {
		t.Fatal(errs)
	}
	checkOwnLog(t, beside, shadows)
	for report, parts := range map[string][]string{"intensity": {"Kontakte je Fall und 28 Tage", "keine zwei Gruppen"}, "proxies": {"270 Personen", "Ausgeschlossen: vulnerable, score_payment, score_risk"}} {
		out, errs, code := takt(t, "evaluate", report, "--config", conf, "--data", data, "--tenant", "acme", "--as-of", later, "--lang", "de")
		for _, part := range parts {
			if code != 0 || !strings.Contains(out, part) {
				t.Errorf("%s: exit %d, %s, no %q in\n%s", report, code, errs, part, out)
			}
		}
		if _, errs, code := takt(t, "evaluate", report, "--config", conf, "--data", data, "--tenant", "acme", "--as-of", later, "--by", "ages"); code != exitUsage || !strings.Contains(errs, `did you mean "age"?`) {
			t.Errorf("%s by ages: exit %d, %s", report, code, errs)
		}
	}
	for _, wrong := range [][]string{{"--policy", "snapshot:none"}, {"--policy", "always=fax"}, {"--from", "yesterday"}} {
		if _, errs, code := takt(t, append([]string{"evaluate", "--config", conf, "--data", data, "--tenant", "acme", "--as-of", later}, wrong...)...); code != exitUsage {
			t.Errorf("%v: exit %d, %s", wrong, code, errs)
		}
	}
	if _, errs, code := takt(t, "evaluate", "--config", conf, "--data", data, "--tenant", "acme", "--as-of", asOf.Format(time.RFC3339)); code != exitFailed || !strings.Contains(errs, "no decision to judge") {
		t.Errorf("before any label closed: exit %d, %s", code, errs)
	}
	s.stop()
	byLock, errs, code := takt(t, append(args, "--json")...)
	if code != 0 || byLock != beside {
		t.Errorf("by lock: %d %s\n%s\nbeside the server:\n%s", code, errs, byLock, beside)
	}
	if table, errs, code := takt(t, args...); code != 0 || !strings.Contains(table, "logged: Σw") || !strings.Contains(table, "shadow") {
		t.Errorf("%d %s %s", code, table, errs)
	}
}

// decideAndPay asks for a decision, reports it executed and lets every third debtor pay; each tenth is shadow. It says
// whether it was.
func decideAndPay(t *testing.T, s *served, key string, at time.Time, i int) int {
	t.Helper()
	mode, shadow := "live", 0
	if i%10 == 9 {
		mode, shadow = "shadow", 1
	}
	body := fmt.Sprintf(`{"case":{"id":"C-%[1]d","portfolio":"invoices","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-01"},
		"debtor":{"id":"D-%[1]d","tz":"Europe/Berlin","language":"de"},"want":{"mode":%[2]q},
		"channels":[{"channel":"letter","address_ref":"p:%[1]d","validity":0.9},{"channel":"email","address_ref":"e:%[1]d","validity":0.8}],"as_of":%[3]q}`, i, mode, at.Format(time.RFC3339))
	status, b, err := s.call(http.MethodPost, "/v1/decisions", key, map[string]string{"Idempotency-Key": fmt.Sprint("k-", i)}, []byte(body))
	var r askReply
	if err != nil || status != http.StatusOK || json.Unmarshal(b, &r) != nil {
		t.Fatalf("decide: %d %s %v", status, b, err)
	}
	event := func(kind, id, data string) {
		e := fmt.Sprintf(`{"specversion":"1.0","id":%[1]q,"source":"erp","type":"de.takt.%[2]s.v1","subject":"D-%[3]d","time":%[4]q,"data":{"case_id":"C-%[3]d",%[5]s}}`,
			fmt.Sprint(id, i), kind, i, at.Add(time.Second).Format(time.RFC3339), data)
		if status, b, err := s.call(http.MethodPost, "/v1/events", key, nil, []byte(e)); err != nil || status != http.StatusAccepted {
			t.Fatalf("%s: %d %s %v", kind, status, b, err)
		}
	}
	if r.Kind == "contact" && shadow == 0 {
		event("decision.executed", "x", fmt.Sprintf(`"decision_id":%q`, r.ID))
	}
	if i%3 == 0 {
		event("payment.received", "p", `"amount_minor":5990,"currency":"EUR"`)
	}
	return shadow
}

func checkOwnLog(t *testing.T, text string, shadows int) {
	t.Helper()
	var r decided.Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.Decisions != 300 || r.LeftOut[decided.Shadow] != shadows || r.N < 200 || len(r.Policies) != 5 {
		t.Fatalf("%d judged of %d, left out %v, %d policies", r.N, r.Decisions, r.LeftOut, len(r.Policies))
	}
	for _, a := range r.Actions {
		if a.Z > 4.5 || a.Z < -4.5 {
			t.Errorf("%s: drawn %d times, z %.1f", a.Action, a.N, a.Z)
		}
	}
	logged := r.Policies[0]
	if logged.Gain == nil || logged.Gain.Value != 0 || logged.Audit.ESS != float64(r.N) {
		t.Errorf("the log against itself: %+v", logged)
	}
	for _, v := range r.Policies[1:] {
		learned := strings.Contains(strings.Join(v.Notes, " "), "has learned from")
		if v.NotEstimable == "" && learned != strings.HasPrefix(v.Policy, "snapshot:") {
			t.Errorf("%s: %v", v.Policy, v.Notes)
		}
		for _, f := range v.Estimates {
			if i, ok := f.Intervals[ope.GaussianName]; ok && !(i[0] <= f.Value && f.Value <= i[1]) {
				t.Errorf("%s %s: %v not in %v", v.Policy, f.Estimator, f.Value, i)
			}
		}
	}
}
