package clickhouse

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// rendered are the statements of all migrations in one text.
func rendered(t testing.TB, d dialect) string {
	t.Helper()
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	text := d.migrationsTable() + ";\n"
	for _, m := range all {
		statements, err := d.statements(m)
		if err != nil {
			t.Fatal(err)
		}
		text += "\n" + strings.Join(statements, ";\n\n") + ";\n"
	}
	return text
}

// TestDDL compares the schema of one server and of a cluster with what was reviewed:
// go test ./features/history/clickhouse -run DDL -update writes it anew.
func TestDDL(t *testing.T) {
	for name, d := range map[string]dialect{"standalone": {"", "takt"}, "cluster": {"main", "takt"}} {
		got, file := rendered(t, d), filepath.Join("testdata", name+".sql")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestClusterDDLParses has ClickHouse's own parser read the DDL that no cluster runs here.
func TestClusterDDLParses(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	for _, statement := range strings.Split(rendered(t, dialect{"main", "takt"}), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		rows, err := s.short.Query(t.Context(), "EXPLAIN AST "+statement)
		if err != nil {
			t.Errorf("%v in %s", err, statement)
			continue
		}
		rows.Close()
	}
}

func TestMigrationNames(t *testing.T) {
	for name, files := range map[string][]string{"a gap": {"0001_a", "0003_b"}, "a double": {"0001_a", "0001_b"}, "not from one": {"0002_a"}} {
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys["migrations/"+f+".up.sql"] = &fstest.MapFile{Data: []byte("SELECT 1;\n")}
		}
		if all, err := migrations(fsys); err == nil {
			t.Errorf("%s: got %d migrations, want an error", name, len(all))
		}
	}
}
