package clickhouse

import (
	"errors"
	"strings"
	"testing"

	"takt/features/history"
)

func TestMigrate(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("a second time: %v", err)
	}
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.applied(t.Context(), t.Context())
	if err != nil || len(done) != len(all) || done[0].sum != all[0].sum || done[0].name != all[0].name {
		t.Fatalf("recorded %+v, %v; want the %d embedded ones", done, err, len(all))
	}
}

// TestMigrateRefuses: a database that another takt made is left alone.
func TestMigrateRefuses(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]migration(nil), all...)
	changed[0].sum = strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		ms    []migration
		named string
	}{"changed": {changed, all[0].name}, "newer": {all[:len(all)-1], all[len(all)-1].name}} {
		if err := s.migrate(t.Context(), c.ms); !errors.Is(err, ErrSchema) || errors.Is(err, history.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrSchema", name, err)
		} else if !strings.Contains(err.Error(), c.named) {
			t.Errorf("%s: %q does not name the migration", name, err)
		}
	}
}

// TestMigrateAfterCrash: statements that ran before a crash, unrecorded, run again.
func TestMigrateAfterCrash(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	if err := s.short.Exec(t.Context(), "TRUNCATE TABLE migrations"); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestMigrateAddsMissing: a later migration is applied to a database that has the earlier ones.
func TestMigrateAddsMissing(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	next := migration{uint32(len(all) + 1), "9999_next.up.sql", "CREATE TABLE IF NOT EXISTS next{{onCluster}} (a UInt8) ENGINE = {{engine \"next\" \"MergeTree\"}}\nORDER BY a;\n", "sum"}
	for range 2 {
		if err := s.migrate(t.Context(), append(all, next)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.short.Exec(t.Context(), "DROP TABLE next"); err != nil {
		t.Errorf("the later migration made no table: %v", err)
	}
}

// TestWithoutSchema: reading before Migrate says what to do.
func TestWithoutSchema(t *testing.T) {
	s, err := Open(t.Context(), testURL(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if *serverURL != "" {
		t.Skip("the server's database has a schema")
	}
	_, err = s.Log(t.Context(), history.Debtor("t", "d"))
	if err == nil || errors.Is(err, history.ErrUnavailable) || !strings.Contains(err.Error(), "takt migrate") {
		t.Errorf("log: %v; want an error that names takt migrate", err)
	}
}
