package clickhouse

import (
	"flag"
	"testing"

	"takt/features/embedded/embeddedtest"
	"takt/features/history"
	"takt/features/history/historytest"
)

// serverURL runs the suite on a real server: go test ./features/history/clickhouse -clickhouse=http://user:password@host:8123/database
var serverURL = flag.String("clickhouse", "", "store URL of a ClickHouse server to test on; its database keeps the test's rows")

// testURL is the server of the flag, or a fresh database of the embedded store.
func testURL(t testing.TB) string {
	if *serverURL != "" {
		return *serverURL
	}
	return embeddedtest.DSN(t)
}

// openStore opens a migrated store.
func openStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	url := testURL(t)
	historytest.Exercise(t, func(t *testing.T) history.Store { return openStore(t, url) })
}

// TestStoreByRows runs the suite on the reads that the native protocol needs; they work over HTTP as well.
func TestStoreByRows(t *testing.T) {
	url := testURL(t)
	historytest.Exercise(t, func(t *testing.T) history.Store {
		s := openStore(t, url)
		s.byRows = true
		return s
	})
}
