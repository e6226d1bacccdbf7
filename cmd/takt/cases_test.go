package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What an agent looks up in a terminal: may the letter still go out, and what happened so far.
func TestCaseInTheTerminal(t *testing.T) {
	needEngine(t)
	dir := t.TempDir()
	file, ask := filepath.Join(dir, "takt.yaml"), filepath.Join(dir, "ask.json")
	config := "data: " + filepath.Join(dir, "data") + "\nclock: replay\ntenants:\n  acme:\n    policy: ladder\n    holdout: {share: 0}\n"
	body := `{"case":{"id":"C/1","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-01"},"debtor":{"id":"D-1","tz":"Europe/Berlin","language":"en"},
 "channels":[{"channel":"email","address_ref":"e:1","consent":"service"},{"channel":"letter","address_ref":"p:1"},{"channel":"sms","address_ref":"s:1"},{"channel":"phone","address_ref":"t:1"}],"as_of":"2025-11-21T09:12:00+01:00"}`
	for path, text := range map[string]string{file: config, ask: body} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := takt(t, append(args, "--tenant", "acme", "--config", file)...)
		if code != 0 {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
		return out
	}
	var d struct {
		ID string `json:"decision_id"`
	}
	if err := json.Unmarshal([]byte(run("decide", ask)), &d); err != nil {
		t.Fatal(err)
	}
	if got := run("decisions", "revalidate", d.ID, "--as-of", "2025-12-21T09:12:00+01:00"); !strings.HasPrefix(got, "not allowed: The decision has expired; ask for a new one. (hold, expired); open 5990 EUR") || !strings.Contains(got, "  decision.expired block\n") {
		t.Error(got)
	}
	var v struct{ Verdict string }
	if err := json.Unmarshal([]byte(run("decisions", "revalidate", d.ID, "--json")), &v); err != nil || v.Verdict != "allowed" {
		t.Errorf("%+v, %v", v, err)
	}
	if got := run("cases", "timeline", "C/1"); !strings.Contains(got, "decided: contact") || !strings.Contains(got, d.ID) || !strings.Contains(got, "open\n") {
		t.Error(got)
	}
	for args, want := range map[string]int{"cases timeline none": exitFailed, "cases timeline": exitUsage, "cases tmieline": exitUsage, "decisions revalidate": exitUsage} {
		if _, errs, code := takt(t, append(strings.Fields(args), "--tenant", "acme", "--config", file)...); code != want || errs == "" {
			t.Errorf("%s: %d %s", args, code, errs)
		}
	}
}
