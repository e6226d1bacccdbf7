package embedded_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A body that breaks off is not an insert, in whatever layer it breaks.
func TestHTTPInsertBrokenOff(t *testing.T) {
	c := newCurl(t)
	c.post("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
	blocks := c.post("SELECT number AS a FROM numbers(1000) FORMAT TSV", "compress", "1")
	if r := c.do(http.MethodPost, blocks[:len(blocks)-5], "query", "INSERT INTO t FORMAT TSV", "decompress", "1"); r.status == http.StatusOK {
		t.Error("half a compressed block was taken")
	}
	body, w := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, c.url+"/?database="+c.database+"&query=INSERT+INTO+t+FORMAT+TSV", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-ClickHouse-Key", c.token)
	go func() {
		_, _ = io.WriteString(w, "1\n2\n3\n")
		w.CloseWithError(errors.New("the caller went away"))
	}()
	if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
		resp.Body.Close()
		t.Errorf("status %d for half a body", resp.StatusCode)
	}
	if got := c.post("SELECT count() FROM t"); got != "0\n" {
		t.Errorf("%q rows of broken inserts stayed", got)
	}
}

func TestHTTPExceptions(t *testing.T) {
	c := newCurl(t)
	for _, w := range []struct {
		body, code string
		status     int
		pairs      []string
	}{
		{"SELECT * FROM nowhere", "60", 404, nil},
		{"SELEC 1", "62", 400, nil},
		{"SELECT 1; SELECT 2", "62", 400, nil},
		{"SELECT 1", "115", 404, []string{"no_such_setting", "1"}},
		{"SELECT 1", "115", 404, []string{"bad setting", "1"}},
		{"SELECT 1", "81", 404, []string{"database", "nowhere`; SELECT"}},
		{"SELECT 1 FORMAT Nonsense", "73", 404, nil},
		{"SELECT throwIf(1)", "395", 500, nil},
		{"INSERT INTO t VALUES (1)", "60", 404, nil},
		{"SELECT {x:UInt8}", "456", 500, nil},
		{"SELECT 1", "36", 400, []string{"compress", "1", "network_compression_method", "x"}},
		{"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n1\r\n--x--\r\n", "48", 501, []string{"query", "SELECT * FROM f", "Content-Type: multipart/form-data; boundary=x"}},
	} {
		r := c.do(http.MethodPost, w.body, w.pairs...)
		if r.status != w.status || r.header.Get("X-ClickHouse-Exception-Code") != w.code || !strings.HasPrefix(r.body, "Code: "+w.code+". DB::Exception: ") {
			t.Errorf("%s %v: %d %s %s", w.body, w.pairs, r.status, r.header.Get("X-ClickHouse-Exception-Code"), r.body)
		}
	}
	if r := c.do(http.MethodGet, "", "query", "CREATE TABLE t (a UInt8) ENGINE = Memory"); r.header.Get("X-ClickHouse-Exception-Code") != "164" {
		t.Errorf("GET may write: %d %s", r.status, r.body)
	}
	if got := c.post("--x\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT {a:UInt8}\r\n--x--\r\n", "param_a", "5", "Content-Type: multipart/form-data; boundary=x"); got != "5\n" {
		t.Errorf("form: %q", got)
	}
}

func TestHTTPExceptionMidStream(t *testing.T) {
	c := newCurl(t)
	const sql = "SELECT throwIf(number = 500000) FROM numbers(1000000) SETTINGS max_block_size = 1000, max_threads = 1"
	for _, pairs := range [][]string{nil, {"compress", "1"}, {"enable_http_compression", "1", "Accept-Encoding: gzip"}} {
		r := c.do(http.MethodPost, sql, pairs...)
		body := r.body
		if r.header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(z)
			body = string(text)
		}
		tag := r.header.Get("X-ClickHouse-Exception-Tag")
		_, frame, found := strings.Cut(body, "\r\n__exception__\r\n"+tag+"\r\nCode: 395. ")
		if r.status != http.StatusOK || len(tag) != 16 || !found || !strings.HasSuffix(frame, " "+tag+"\r\n__exception__\r\n") {
			t.Errorf("%v: status %d, tag %q, end of body %q", pairs, r.status, tag, body[max(0, len(body)-300):])
		}
		if r.err == nil {
			t.Errorf("%v: the body ends as if it were complete", pairs)
		}
	}
	r := c.do(http.MethodPost, sql, "wait_end_of_query", "1")
	if r.status != http.StatusInternalServerError || r.header.Get("X-ClickHouse-Exception-Code") != "395" {
		t.Errorf("wait_end_of_query: %d %.200s", r.status, r.body)
	}
	// Nothing of a failed statement comes out with a later one on the same connection.
	for range 40 {
		if r := c.do(http.MethodPost, "SELECT number, throwIf(number = 30000) FROM numbers(60000) FORMAT JSON SETTINGS max_block_size = 1000, max_threads = 1"); r.status != http.StatusInternalServerError {
			t.Fatalf("%d %.200s", r.status, r.body)
		}
		if got := c.post("SELECT 1 FORMAT JSONEachRow"); got != "{\"1\":1}\n" {
			t.Fatalf("%.200q", got)
		}
	}
}
