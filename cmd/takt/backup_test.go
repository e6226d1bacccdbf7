package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A backup of a running server, restored into an empty directory, answers old requests byte for
// byte, knows the same facts, and draws the same for a new case.
func TestBackupRestoredDecidesTheSame(t *testing.T) {
	needEngine(t)
	conf := filepath.Join(t.TempDir(), "takt.yaml")
	if err := os.WriteFile(conf, []byte("clock: replay\nlearn: {every: 0s}\ntenants: {acme: {policy: uniform}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data, "--config", conf)
	const asOf = "2026-11-16T09:00:00+01:00"
	replies := map[string]string{}
	for n := range 40 {
		id := fmt.Sprintf("%d", n)
		replies[id] = ask(t, s, key, "k-"+id, decisionBody("C-"+id, "D-"+id, asOf))
	}
	archive := filepath.Join(t.TempDir(), "takt.backup")
	if out, errs, code := takt(t, "backup", archive, "--data", data); code != 0 || !strings.Contains(out, archive) {
		t.Fatalf("backup: %d %s", code, errs)
	}
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup holds secrets: %v %v", info.Mode(), err)
	}
	before := timelineOf(t, s, key, "C-7")
	s.stop()

	restored := filepath.Join(t.TempDir(), "restored")
	if _, errs, code := takt(t, "restore", archive, "--data", restored, "--config", conf); code != 0 {
		t.Fatalf("restore: %d %s", code, errs)
	}
	r := startServer(t, restored, "--config", conf)
	for id, want := range replies {
		if got := ask(t, r, key, "k-"+id, decisionBody("C-"+id, "D-"+id, asOf)); got != want {
			t.Fatalf("case %s: after the restore\n%s\nbefore\n%s", id, got, want)
		}
	}
	if after := timelineOf(t, r, key, "C-7"); after != before {
		t.Errorf("timeline after\n%s\nbefore\n%s", after, before)
	}
	r.stop()

	// A backup of the stopped server goes the same way, and a new event finds its number after the old ones.
	second := filepath.Join(t.TempDir(), "second.backup")
	if _, errs, code := takt(t, "backup", second, "--data", restored, "--config", conf); code != 0 {
		t.Fatalf("backup without a server: %s", errs)
	}
}

func ask(t *testing.T, s *served, key, idem string, body []byte) string {
	t.Helper()
	status, reply, err := s.call(http.MethodPost, "/v1/decisions", key, map[string]string{"Idempotency-Key": idem}, body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("decide: %d %s %v", status, reply, err)
	}
	return string(reply)
}

func timelineOf(t *testing.T, s *served, key, caseID string) string {
	t.Helper()
	status, b, err := s.call(http.MethodGet, "/v1/cases/"+caseID+"/timeline", key, nil, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("timeline: %d %s %v", status, b, err)
	}
	return string(b)
}
