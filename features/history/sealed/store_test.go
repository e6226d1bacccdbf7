package sealed_test

import (
	"path/filepath"
	"testing"

	"takt/features/embedded/embeddedtest"
	"takt/features/history"
	"takt/features/history/clickhouse"
	"takt/features/history/historytest"
	"takt/features/history/memory"
	"takt/features/history/sealed"
	"takt/features/vault"
)

func open(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.Open(filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func TestMemory(t *testing.T) {
	v := open(t)
	historytest.Exercise(t, func(*testing.T) history.Store { return sealed.New(memory.New(), v) })
}

func TestClickHouse(t *testing.T) {
	url, v := embeddedtest.DSN(t), open(t)
	historytest.Exercise(t, func(t *testing.T) history.Store {
		s, err := clickhouse.Open(t.Context(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return sealed.New(s, v)
	})
}
