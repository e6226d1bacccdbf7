package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A decision is explained with the prices it was made with, not with those of today: they stand in
// the store. In both languages, for people and as JSON.
func TestDecisionsExplain(t *testing.T) {
	needEngine(t)
	dir := t.TempDir()
	file, ask := filepath.Join(dir, "takt.yaml"), filepath.Join(dir, "ask.json")
	configure := func(margin float64) {
		t.Helper()
		text := fmt.Sprintf("data: %s\nclock: replay\ntenants:\n  acme:\n    contact: {email: service@acme.example}\n    holdout: {share: 0}\n    reward: {margin: %g}\n", filepath.Join(dir, "data"), margin)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	body := `{"case":{"id":"C-1","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"},"debtor":{"id":"D-1","tz":"Europe/Berlin"},"channels":[{"channel":"letter","address_ref":"p:1"}],"as_of":"2025-11-21T09:12:00+01:00"}`
	if err := os.WriteFile(ask, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := takt(t, append(args, "--config", file)...)
		if code != 0 {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
		return out
	}
	configure(1)
	var d struct {
		ID string `json:"decision_id"`
	}
	if err := json.Unmarshal([]byte(run("decide", "--tenant", "acme", ask)), &d); err != nil {
		t.Fatal(err)
	}
	first := run("decisions", "explain", d.ID, "--tenant", "acme")
	for _, want := range []string{" worth ", " waiting", "by factor", "by feature", "by both", "€"} {
		if !strings.Contains(first, want) {
			t.Errorf("without %q:\n%s", want, first)
		}
	}
	configure(.3)
	if again := run("decisions", "explain", d.ID, "--tenant", "acme"); again != first {
		t.Errorf("with other prices:\n%s\nbefore:\n%s", again, first)
	}
	if german := run("decisions", "explain", d.ID, "--tenant", "acme", "--language", "de"); !strings.Contains(german, "Abwarten") || !strings.Contains(german, "nach Faktoren") {
		t.Errorf("in German:\n%s", german)
	}
	for lang, want := range map[string]string{"en": "What was decided\nOn 21 November 2025 ", "de": "Was entschieden wurde\nAm 21. November 2025 "} {
		told := run("decisions", "explain", d.ID, "--tenant", "acme", "--audience", "debtor", "--lang", lang)
		if !strings.HasPrefix(told, want) || !strings.Contains(told, "service@acme.example") || strings.Contains(told, "€") {
			t.Errorf("to the debtor:\n%s", told)
		}
	}
	var y struct{ Audience string }
	if err := json.Unmarshal([]byte(run("decisions", "explain", d.ID, "--tenant", "acme", "--audience", "debtor", "--json")), &y); err != nil || y.Audience != "debtor" {
		t.Errorf("as JSON: %+v, %v", y, err)
	}
	var x struct{ Status string }
	if err := json.Unmarshal([]byte(run("decisions", "explain", d.ID, "--tenant", "acme", "--json")), &x); err != nil || x.Status != "compared" {
		t.Errorf("as JSON: %+v, %v", x, err)
	}
	for args, want := range map[string]int{"decisions explain 01KAJ8W5M0T3V9Q2J7X4C6B8N1": exitFailed, "decisions explain": exitUsage, "decisions explain 01KAJ8W5M0T3V9Q2J7X4C6B8N1 --audience press": exitUsage, "decisions expalin": exitUsage} {
		if _, errs, code := takt(t, append(strings.Fields(args), "--tenant", "acme", "--config", file)...); code != want || errs == "" {
			t.Errorf("%s: %d %s", args, code, errs)
		}
	}
}
