package clickhouse

import (
	"flag"
	"net/url"
	"testing"

	"takt/features/embedded/embeddedtest"
	"takt/features/history"
	"takt/features/history/historytest"
)

// serverURL runs the tests on a real server:
//
//	go test ./features/history/clickhouse -clickhouse=http://user:password@host:8123/database
var serverURL = flag.String("clickhouse", "", "store URL of a ClickHouse server to test on; its database keeps the tests' rows")

// testURL is the server of the flag, or a fresh database of the embedded store.
func testURL(t testing.TB) string {
	if *serverURL != "" {
		return *serverURL
	}
	return embeddedtest.DSN(t)
}

// with adds a parameter to a URL.
func with(t testing.TB, text, name, value string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// openStore opens a migrated store.
func openStore(t testing.TB, url string, o *Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, o)
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
	historytest.Exercise(t, func(t *testing.T) history.Store { return openStore(t, url, nil) })
}

// TestStoreByRows runs the suite on the reads that the native protocol needs, which work over HTTP as well,
// and cuts scans into chunks of a few rows.
func TestStoreByRows(t *testing.T) {
	url := testURL(t)
	historytest.Exercise(t, func(t *testing.T) history.Store {
		s := openStore(t, url, nil)
		s.byRows, s.chunkEvents, s.chunkDecisions = true, 7, 2
		return s
	})
}
