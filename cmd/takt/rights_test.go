package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"takt/features/audit"
	"takt/features/vault"
)

// mustDecide makes a decision for a debtor whose id and case say who it is.
func mustDecide(t *testing.T, s *served, key, who string) {
	t.Helper()
	ask(t, s, key, "k-"+who, decisionBody("Fall-"+who, who, ""))
}

func exportStatus(t *testing.T, s *served, key, who string) int {
	t.Helper()
	status, _, err := s.call(http.MethodGet, "/v1/debtors/"+who+"/export", key, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// everyFile is all bytes below the directories.
func everyFile(t *testing.T, dirs ...string) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // the store removes parts meanwhile
			}
			b, _ := os.ReadFile(path)
			all.Write(b)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// A person who was erased is gone from the running server, from its files, from a backup made before,
// restored with the keys of now, and from one restored with keys of before the erasure but an audit log after it.
func TestErasedFromEveryCopy(t *testing.T) {
	needEngine(t)
	data, backups := t.TempDir(), t.TempDir()
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data)
	for _, who := range []string{"Erna-Erased", "Stefan-Stays"} {
		mustDecide(t, s, key, who)
	}
	before, after := filepath.Join(backups, "before.takt"), filepath.Join(backups, "after.takt")
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := takt(t, append(args, "--data", data)...)
		if code != 0 {
			t.Fatalf("takt %v: %d %s", args, code, errs)
		}
		return out
	}
	run("backup", before)
	oldKeys, err := os.ReadFile(filepath.Join(backups, "takt.vault"))
	if err != nil {
		t.Fatal(err)
	}
	if out := run("debtors", "export", "Erna-Erased", "--tenant", "acme"); !strings.Contains(out, "Fall-Erna-Erased") {
		t.Errorf("export: %s", out)
	}
	if out := run("debtors", "erase", "Erna-Erased", "--tenant", "acme", "--reason", "asked", "--yes"); !strings.Contains(out, "1 decisions") || !strings.Contains(out, "replaced") {
		t.Errorf("erase: %s", out)
	}
	if out := run("audit", "--tenant", "acme"); !strings.Contains(out, "erasure") || strings.Contains(out, "Erna") {
		t.Errorf("audit: %s", out)
	}
	run("backup", after)
	if bytes := everyFile(t, filepath.Join(data, "journal"), filepath.Join(data, "store")); strings.Contains(bytes, "Erna-Erased") || strings.Contains(bytes, "Stefan-Stays") {
		t.Error("journal or store name a debtor")
	}
	if bytes := everyFile(t, data, backups); strings.Contains(bytes, "Erna-Erased") {
		t.Error("some file names the erased debtor")
	}
	s.stop()
	stale := filepath.Join(t.TempDir(), "stale.vault")
	if err := os.WriteFile(stale, oldKeys, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{"before, keys of now": {before}, "after, keys of before": {after, "--vault", stale}} {
		restored := filepath.Join(t.TempDir(), "restored")
		if _, errs, code := takt(t, append([]string{"restore", "--data", restored}, args...)...); code != 0 {
			t.Fatalf("%s: %s", name, errs)
		}
		r := startServer(t, restored)
		if status := exportStatus(t, r, key, "Erna-Erased"); status != http.StatusNotFound {
			t.Errorf("%s: the erased debtor is back: %d", name, status)
		}
		if status := exportStatus(t, r, key, "Stefan-Stays"); status != http.StatusOK {
			t.Errorf("%s: the other is gone: %d", name, status)
		}
		r.stop()
	}
}

// What a crash left between the entry in the audit log and the destroyed key is done at the start.
func TestErasureGoesOnAfterACrash(t *testing.T) {
	needEngine(t)
	data := t.TempDir()
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data)
	mustDecide(t, s, key, "Erna")
	mustDecide(t, s, key, "Stefan")
	s.kill()
	v, err := vault.Read(filepath.Join(data, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := audit.Open(filepath.Join(data, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	detail := fmt.Appendf(nil, `{"pseudonyms":[%q],"events":0,"decisions":1,"from_seq":1,"to_seq":1}`, v.Pseudonym("acme", "Erna"))
	if _, err := l.Append(audit.Entry{Tenant: "acme", Act: audit.Erasure, At: time.Now(), Who: "k/admin", Detail: detail}); err != nil {
		t.Fatal(err)
	}
	l.Close()
	s = startServer(t, data)
	if e, st := exportStatus(t, s, key, "Erna"), exportStatus(t, s, key, "Stefan"); e != http.StatusNotFound || st != http.StatusOK {
		t.Errorf("Erna %d, Stefan %d", e, st)
	}
	for end := time.Now().Add(10 * time.Second); !strings.Contains(auditOf(t, s, key), `"act":"erased"`); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the erasure is not finished: %s", auditOf(t, s, key))
		}
	}
}

func auditOf(t *testing.T, s *served, key string) string {
	t.Helper()
	status, b, err := s.call(http.MethodGet, "/v1/audit", key, nil, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("audit: %d %s %v", status, b, err)
	}
	return string(b)
}

// kill -9 at a random moment of an erasure: whoever was told that it is done, or has an entry, is gone; else
// all is there.
func TestKilledWhileErasing(t *testing.T) {
	needEngine(t)
	if testing.Short() {
		t.Skip("six restarts; left out of -short")
	}
	data := t.TempDir()
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data)
	chance := rand.New(rand.NewPCG(3, 4))
	for n := range 6 {
		who := fmt.Sprintf("Erna-%d", n)
		mustDecide(t, s, key, who)
		erasures := strings.Count(auditOf(t, s, key), `"act":"erasure"`)
		told := make(chan bool, 1)
		go func() {
			status, reply, err := s.call(http.MethodDelete, "/v1/debtors/"+who, key, nil, nil)
			var v erasedReply
			told <- err == nil && status == http.StatusOK && json.Unmarshal(reply, &v) == nil && v.Erased
		}()
		time.Sleep(time.Duration(chance.IntN(60)) * time.Millisecond)
		s.kill()
		done := <-told
		s = startServer(t, data)
		entry := strings.Count(auditOf(t, s, key), `"act":"erasure"`) > erasures
		status := exportStatus(t, s, key, who)
		if done && !entry || entry && status != http.StatusNotFound || !entry && status != http.StatusOK {
			t.Errorf("%s: told %v, entry %v, export %d", who, done, entry, status)
		}
		t.Logf("%s: told %v, entry %v, export %d", who, done, entry, status)
	}
}
