package embedded_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

func TestHTTPToken(t *testing.T) {
	c := newCurl(t)
	const hidden = "X-ClickHouse-Key: -"
	for _, given := range []string{"X-ClickHouse-Key: " + c.token, "Authorization: Bearer " + c.token} {
		if r := c.do(http.MethodPost, "SELECT 1", hidden, given); r.status != http.StatusOK || r.body != "1\n" {
			t.Errorf("%.20s: %d %s", given, r.status, r.body)
		}
	}
	for _, w := range []struct {
		given  string
		status int
	}{
		{hidden, http.StatusUnauthorized}, {"X-ClickHouse-Key: wrong", http.StatusForbidden}, {"Authorization: Bearer wrong", http.StatusForbidden},
		{"X-ClickHouse-Key: " + c.token + "x", http.StatusForbidden}, {"Authorization: Basic ZGVmYXVsdDp3cm9uZw==", http.StatusForbidden},
	} {
		r := c.do(http.MethodPost, "SELECT 1", hidden, w.given)
		if r.status != w.status || !strings.HasPrefix(r.body, "Code: 516. DB::Exception: ") || r.header.Get("X-ClickHouse-Exception-Code") != "516" {
			t.Errorf("%.20s: %d %s", w.given, r.status, r.body)
		}
	}
	resp, err := http.Get(c.url + "/ping")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "Ok.\n" {
		t.Errorf("/ping without a token: %q", b)
	}
}

func TestHTTPQueries(t *testing.T) {
	c := newCurl(t)
	for _, w := range []struct {
		want, body string
		pairs      []string
	}{
		{"1\n", "SELECT 1", nil},
		{"1\n", "", []string{"query", "SELECT 1"}},
		{"3\n", "+ 2", []string{"query", "SELECT 1"}},
		{"1\n", "SELECT 1; -- that is all", nil},
		{"{\"x\":1}\n", "SELECT 1 AS x", []string{"default_format", "JSONEachRow"}},
		{"{\"x\":1}\n", "SELECT 1 AS x", []string{"X-ClickHouse-Format: JSONEachRow"}},
		{"\"x\"\n1\n", "SELECT 1 AS x FORMAT CSVWithNames", []string{"default_format", "JSON"}},
		{"7\n", "SELECT {a:UInt8} + {b:UInt8}", []string{"param_a", "3", "param_b", "4"}},
		{"77\n", "SELECT getSetting('max_block_size')", []string{"max_block_size", "77"}},
		{"system\n", "SELECT currentDatabase()", []string{"database", "system"}},
		{"1\n1\n", "(SELECT 1) UNION ALL (SELECT 1)", nil},
		{"a;\\n\\nb\n", "SELECT 'a;\n\nb'", nil},
		{"", "SELECT 1 WHERE 0", nil},
		{"\"x\"\n", "SELECT 1 AS x WHERE 0 FORMAT CSVWithNames", nil},
		{"default\n", "SELECT database FROM system.tables WHERE 0 UNION ALL SELECT 'default'", []string{"wait_end_of_query", "1"}},
	} {
		if got := c.post(w.body, w.pairs...); got != w.want {
			t.Errorf("%q %v: %q, want %q", w.body, w.pairs, got, w.want)
		}
	}
	if r := c.do(http.MethodGet, "", "query", "SELECT 1", "query_id", "mine"); r.body != "1\n" || r.header.Get("X-ClickHouse-Query-Id") != "mine" {
		t.Errorf("GET: %+v", r)
	}
	if id := c.do(http.MethodPost, "SELECT 1").header.Get("X-ClickHouse-Query-Id"); len(id) != 36 {
		t.Errorf("query id %q", id)
	}
}

func TestHTTPInsert(t *testing.T) {
	c := newCurl(t)
	c.post("CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("5,five\n"))
	z.Close()
	c.post("INSERT INTO t FORMAT CSV\n1,one\n")
	c.post("2\ttwo\n", "query", "insert into t (a, b) settings async_insert = 0 format TSV")
	c.post("", "query", "INSERT INTO t VALUES (3, 'three')")
	c.post(`{"a": 4, "b": "four"}`, "query", "INSERT INTO t FORMAT JSONEachRow")
	c.post(zipped.String(), "query", "INSERT INTO t FORMAT CSV", "Content-Encoding: gzip")
	r := c.do(http.MethodPost, "INSERT INTO t VALUES (6, {b:String}), (7, 'x')", "param_b", "it's")
	if got := r.header.Get("X-ClickHouse-Summary"); r.status != http.StatusOK || !strings.Contains(got, `"written_rows":"2"`) {
		t.Errorf("%d %s, summary %s", r.status, r.body, got)
	}
	if got := c.post("SELECT a, b FROM t ORDER BY a"); got != "1\tone\n2\ttwo\n3\tthree\n4\tfour\n5\tfive\n6\tit\\'s\n7\tx\n" {
		t.Errorf("%q", got)
	}
	// What came out of the engine goes back in, byte for byte.
	native := c.post("SELECT a + 10 AS a, b FROM t FORMAT Native")
	c.post(native, "query", "INSERT INTO t FORMAT Native")
	c.post(c.post("SELECT a + 100 AS a, b FROM t FORMAT Native", "compress", "1"), "query", "INSERT INTO t FORMAT Native", "decompress", "1")
	if got := c.post("SELECT count(), uniqExact(a) FROM t"); got != "28\t28\n" {
		t.Errorf("count and distinct %q", got)
	}
}

// Results come from the engine block by block; put together they are what one block would have given.
func TestHTTPStreamedFormats(t *testing.T) {
	c := newCurl(t)
	for _, format := range []string{
		"TSV", "TSVRaw", "TSVWithNames", "TSVWithNamesAndTypes", "CSV", "CSVWithNames", "CSVWithNamesAndTypes", "JSONEachRow", "JSONCompactEachRow",
		"JSONCompactEachRowWithNames", "JSONCompactEachRowWithNamesAndTypes", "RowBinary", "TSKV", "JSON", "JSONCompact", "Values", "XML", "Pretty", "Markdown",
		"RowBinaryWithNamesAndTypes", "MsgPack", "JSONStringsEachRow", "Vertical",
	} {
		sql := "SELECT number AS `a \"quoted\"\nname`, toString(number) AS b FROM numbers(3000) SETTINGS output_format_write_statistics = 0, output_format_pretty_max_rows = 10, max_threads = 1, max_block_size = 1000"
		streamed := c.post(sql, "default_format", format)
		whole := c.post(sql, "default_format", format, "wait_end_of_query", "1")
		if streamed != whole {
			t.Errorf("%s: streamed %d bytes, whole %d", format, len(streamed), len(whole))
		}
	}
	arrow := c.post("SELECT number AS n, toString(number) AS s FROM numbers(3000) SETTINGS max_block_size = 1000, max_threads = 1", "default_format", "ArrowStream")
	r, err := ipc.NewReader(strings.NewReader(arrow))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	rows, batches := int64(0), 0
	for ; r.Next(); batches++ {
		record := r.Record()
		if n := record.Column(0).(*array.Uint64); n.Value(0) != uint64(rows) || record.Column(1).ValueStr(0) != n.ValueStr(0) {
			t.Fatalf("batch %d begins with %s", batches, n.ValueStr(0))
		}
		rows += record.NumRows()
	}
	if r.Err() != nil || rows != 3000 || batches < 2 {
		t.Errorf("%d rows in %d batches: %v", rows, batches, r.Err())
	}
}
