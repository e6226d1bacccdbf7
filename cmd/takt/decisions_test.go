package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"takt/experiments"
	"takt/features/columnar"
)

// Decisions that were asked for over HTTP come out as a table, beside the running server and after it was killed,
// when the journal alone has the last one.
func TestDecisionsExported(t *testing.T) {
	needEngine(t)
	s := startServer(t, t.TempDir())
	key := createKey(t, s.data, "acme", "decide")
	time.Sleep(1100 * time.Millisecond) // a running server looks at new keys once a second
	ids := map[string]bool{}
	for i := range 20 {
		if i == 10 {
			beside := exportCSV(t, s, 10)
			for id := range ids {
				if !strings.Contains(beside, id) {
					t.Errorf("decision %s is missing beside the server", id)
				}
			}
		}
		var reply struct {
			ID string `json:"decision_id"`
		}
		text := ask(t, s, key, fmt.Sprint("k", i), decisionBody(fmt.Sprint("C", i), fmt.Sprint("D", i), time.Now().UTC().Format(time.RFC3339)))
		if err := json.Unmarshal([]byte(text), &reply); err != nil {
			t.Fatal(err)
		}
		ids[reply.ID] = true
	}
	whole := exportCSV(t, s, 20)
	readByClickHouse(t, s)
	rows, err := csv.NewReader(strings.NewReader(whole)).ReadAll()
	if err != nil || len(rows) != 21 || rows[0][0] != "decision_id" || rows[0][1] != "debtor_id" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		delete(ids, row[0])
	}
	if len(ids) > 0 {
		t.Errorf("missing: %v", ids)
	}
	for _, name := range []string{"d.parquet", "d.arrow", "d.npz", "arrays"} {
		exportFile(t, s, filepath.Join(t.TempDir(), name))
	}
	holdoutOf(t, s, 20)
	ask(t, s, key, "last", decisionBody("C-last", "D-last", ""))
	s.kill()
	out, errs, code := takt(t, "decisions", "export", "--data", s.data, "--tenant", "acme", "--format", "csv")
	if code != 0 || strings.Count(out, "\n") != 22 || !strings.Contains(out, "D-last") {
		t.Errorf("after the kill: %d %s\n%s", code, errs, out)
	}
	holdoutOf(t, s, 21)
}

// holdoutOf shows the hold-out of n debtors.
func holdoutOf(t *testing.T, s *served, n int) {
	t.Helper()
	out, errs, code := takt(t, "holdout", "--data", s.data, "--tenant", "acme", "--json")
	var r experiments.HoldoutResult
	if err := json.Unmarshal([]byte(out), &r); code != 0 || err != nil || r.Policy.Debtors+r.Holdout.Debtors != n || r.Sizing.Share < .01 || r.Sizing.Year != time.Now().UTC().Year() {
		t.Errorf("hold-out of %d debtors: %d %s %s", n, code, out, errs)
	}
	out, errs, code = takt(t, "holdout", "--data", s.data, "--tenant", "acme", "--lang", "de")
	if code != 0 || !strings.Contains(out, "der Schuldner bleiben auf der Mahnleiter") {
		t.Errorf("in German: %d %s %s", code, out, errs)
	}
}

// exportCSV exports to standard output until the store has n decisions: it gets them within about a second.
func exportCSV(t *testing.T, s *served, n int) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		out, errs, code := takt(t, "decisions", "export", "--data", s.data, "--tenant", "acme", "--format", "csv", "--json")
		if code != 0 {
			t.Fatalf("export: %d %s", code, errs)
		}
		var sum exported
		if err := json.Unmarshal([]byte(errs), &sum); err != nil {
			t.Fatalf("%v in %s", err, errs)
		}
		if sum.Rows == n && sum.File == "-" && sum.Format == "csv" && sum.Debtors == n {
			return out
		}
		if time.Now().After(end) {
			t.Fatalf("summary %+v, want %d decisions", sum, n)
		}
	}
}

// readByClickHouse reads what was exported with another implementation of the formats.
func readByClickHouse(t *testing.T, s *served) {
	t.Helper()
	for name, format := range map[string]string{"d.parquet": "Parquet", "d.arrow": "Arrow"} {
		path := filepath.Join(t.TempDir(), name)
		exportFile(t, s, path)
		const what = "SELECT count(), uniq(decision_id), max(abs(arraySum(propensities)-1)) < 1e-12, countIf(propensities[indexOf(eligible, action)] = propensity), sum(x_bias) > 0"
		if got := strings.Fields(sql(t, s, what+" FROM file('"+path+"', '"+format+"')")); strings.Join(got, " ") != "20 20 1 20 1" {
			t.Errorf("ClickHouse reads %v from %s", got, name)
		}
	}
}

// exportFile exports to a path and leaves nothing beside it.
func exportFile(t *testing.T, s *served, path string) {
	t.Helper()
	args := []string{"decisions", "export", "--data", s.data, "--tenant", "acme", "--out", path, "--json"}
	if filepath.Ext(path) == "" {
		args = append(args, "--format", "npy")
	}
	out, errs, code := takt(t, args...)
	var sum exported
	if err := json.Unmarshal([]byte(out), &sum); code != 0 || err != nil || sum.Rows != 20 || sum.File != path {
		t.Fatalf("export to %s: %d %s %v %s", path, code, out, err, errs)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("beside %s lie %v, %v", path, files, err)
	}
	if filepath.Ext(path) != "" {
		return
	}
	b, err := os.ReadFile(filepath.Join(path, "propensities.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if _, shape, _, err := columnar.ReadArray(bytes.NewReader(b)); err != nil || shape[0] != 20 || shape[1] != len(sum.Actions) {
		t.Errorf("propensities of shape %v for %d actions, %v", shape, len(sum.Actions), err)
	}
	if _, errs, code := takt(t, args...); code != exitUsage || !strings.Contains(errs, "is not empty") {
		t.Errorf("export over a directory: %d %s", code, errs)
	}
}

func TestExportTroubleNamesTheWayOut(t *testing.T) {
	dir := t.TempDir()
	createKey(t, dir, "acme", "decide")
	for want, args := range map[string][]string{
		`--format: "xls" is not one of parquet, arrow, npy, csv`: {"--tenant", "acme", "--format", "xls"},
		`--format: "" is not one of`:                             {"--tenant", "acme"},
		`--tenant: nobody knows "amce"`:                          {"--tenant", "amce", "--format", "csv"},
		`--tenant: name the tenant`:                              {"--format", "csv"},
		`--from: "monday" is neither`:                            {"--tenant", "acme", "--format", "csv", "--from", "monday"},
		`--to: is not after --from`:                              {"--tenant", "acme", "--format", "csv", "--from", "2026-02-01", "--to", "2026-02-01"},
		`--as-of: on the replay clock`:                           {"--tenant", "acme", "--format", "csv", "--clock", "replay"},
	} {
		_, errs, code := takt(t, append([]string{"decisions", "export", "--data", dir, "--store", "memory://"}, args...)...)
		if code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s, want %s", args, code, errs, want)
		}
	}
	out, errs, code := takt(t, "decisions", "export", "--data", dir, "--store", "memory://", "--tenant", "acme", "--format", "csv")
	if code != 0 || strings.Count(out, "\n") != 1 || !strings.Contains(errs, "-: 0 decisions of 0 debtors of tenant acme") {
		t.Errorf("nothing decided yet: %d %s %s", code, out, errs)
	}
	_, errs, code = takt(t, "decisions", "export", "--data", dir, "--store", "memory://", "--tenant", "acme", "--out", filepath.Join(dir, "no", "d.csv"))
	if code != exitFailed || !strings.Contains(errs, "--out: ") {
		t.Errorf("into no directory: %d %s", code, errs)
	}
}
