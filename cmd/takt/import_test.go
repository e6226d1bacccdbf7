package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"takt/cmd/app"
)

// Good rows are taken whatever is wrong with others, also what only the server's clock tells; the
// exit code says that some were not.
func TestImportCountsBadRows(t *testing.T) {
	event := func(id string, at time.Time) string {
		return `{"specversion":"1.0","id":"` + id + `","source":"erp","type":"de.takt.portal.visited.v1","subject":"D-1","time":"` + at.Format(time.RFC3339) + `"}` + "\n"
	}
	dir, data, past := t.TempDir(), t.TempDir(), time.Now().UTC().AddDate(0, 0, -1)
	createKey(t, data, "acme", "decide")
	for _, tt := range []struct {
		name, body string
		code       int
		want       app.Imported
	}{
		{"mixed.jsonl", event("e-1", past) + "{broken\n" + event("e-2", past.AddDate(30, 0, 0)) + event("e-3", past), 1, app.Imported{Rows: 4, Events: 2, Bad: 2}},
		{"future.jsonl", event("e-4", past.AddDate(30, 0, 0)), 1, app.Imported{Rows: 1, Bad: 1}},
		{"empty.jsonl", "", 0, app.Imported{}},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte(tt.body), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errs, code := takt(t, "import", path, "--data", data, "--store", "memory://", "--tenant", "acme", "--json")
		var got app.Imported
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != tt.code {
			t.Fatalf("%s: exit code %d, %v: %s%s", tt.name, code, err, out, errs)
		}
		if future := strings.Contains(tt.body, `"e-2"`) || strings.Contains(tt.body, `"e-4"`); future != strings.Contains(strings.Join(got.Errors, " "), "/time lies in the future") {
			t.Errorf("%s: told %q", tt.name, got.Errors)
		}
		got.Errors = nil
		if got.Rows != tt.want.Rows || got.Events != tt.want.Events || got.Bad != tt.want.Bad {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
