package front

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"takt/features/embedded/chdb"
)

func TestListenOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "localhost:0", "192.0.2.1:80", "[::]:0"} {
		if l, err := Listen(address); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v %v", address, l, err)
		}
	}
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

// An empty token is a mistake in wiring and opens nothing.
func TestEmptyTokenRefuses(t *testing.T) {
	for _, key := range []string{"", "x"} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("SELECT 1"))
		r.Header.Set("X-ClickHouse-Key", key)
		w := httptest.NewRecorder()
		(&Handler{}).ServeHTTP(w, r)
		if w.Code == http.StatusOK || !strings.HasPrefix(w.Body.String(), "Code: 516.") {
			t.Errorf("key %q: %d %s", key, w.Code, w.Body)
		}
	}
}

func TestRoutes(t *testing.T) {
	for path, want := range map[string]int{"/": 200, "/ping": 200, "/replicas_status": 200, "/play": 404, "/?query=SELECT+1": 401} {
		w := httptest.NewRecorder()
		(&Handler{Token: "t"}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("GET %s: %d, want %d", path, w.Code, want)
		}
	}
	w := httptest.NewRecorder()
	(&Handler{Token: "t"}).ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", w.Code)
	}
}

func TestQuoting(t *testing.T) {
	if got := literal(`a'b\c`); got != `'a\'b\\c'` {
		t.Error(got)
	}
	if got := identifier("a`b\\c"); got != "`a\\`b\\\\c`" {
		t.Error(got)
	}
}

func TestDropHeader(t *testing.T) {
	piece := "\"a \"\"q\"\"\nb\"\n\"T\"\n1\n"
	if got := dropHeader(1)([]byte(piece), false); string(got) != "\"T\"\n1\n" {
		t.Errorf("one line: %q", got)
	}
	if got := dropHeader(2)([]byte(piece), false); string(got) != "1\n" {
		t.Errorf("two lines: %q", got)
	}
	if got := dropHeader(2)([]byte(piece), true); string(got) != piece {
		t.Errorf("first piece: %q", got)
	}
	if got := dropHeader(1)([]byte("no line end"), false); len(got) != 0 {
		t.Errorf("header only: %q", got)
	}
}

// FuzzJoinArrow holds the joiner to staying inside what it is given.
func FuzzJoinArrow(f *testing.F) {
	f.Add([]byte("\xff\xff\xff\xff\x04\x00\x00\x00abcdBODY\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, piece []byte) {
		if got := joinArrow(piece, false); !bytes.Contains(piece, got) {
			t.Fatalf("%q gives %q", piece, got)
		}
	})
}

func TestBlocksRoundTrip(t *testing.T) {
	text := bytes.Repeat([]byte("block "), blockSize/4)
	for _, method := range []string{"LZ4", "ZSTD"} {
		var packed bytes.Buffer
		w, err := newBlockWriter(&packed, method)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		whole := packed.Bytes()
		if got, err := io.ReadAll(newBlockReader(bytes.NewReader(whole))); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %d bytes of %d, %v", method, len(got), len(text), err)
		}
		// Cut anywhere but at the end of a block, the stream is broken, and its reader says so every time.
		for _, cut := range []int{1, 20, 25, len(whole) / 3, len(whole) - 1} {
			r := newBlockReader(bytes.NewReader(whole[:cut]))
			_, err := io.ReadAll(r)
			_, again := r.Read(make([]byte, 1))
			var e *chdb.Error
			if !errors.As(err, &e) || e.Code != codeIncorrectData || again != err {
				t.Errorf("%s cut at %d: %v, then %v", method, cut, err, again)
			}
		}
	}
}

func TestExceptionForms(t *testing.T) {
	if e := asException(errors.New("disk on fire.")); e.Code != 1002 || e.Message != "Code: 1002. DB::Exception: disk on fire. (UNKNOWN_EXCEPTION)" {
		t.Errorf("%+v", e)
	}
	h := http.Header{}
	describe(h, &chdb.Error{Code: 60, Message: "Code: 60. DB::Exception: (X_Y) No. (UNKNOWN_TABLE) (version 26.7.2.1)"})
	if h.Get("X-ClickHouse-Exception-Name") != "UNKNOWN_TABLE" || h.Get("X-ClickHouse-Exception-Code") != "60" {
		t.Errorf("%v", h)
	}
	for code, want := range map[int]int{60: 404, 62: 400, 241: 500, 516: 403, 194: 401, 48: 501, 159: 408} {
		if got := status(code); got != want {
			t.Errorf("code %d: %d, want %d", code, got, want)
		}
	}
}

func TestHelloOnlyForTheDriver(t *testing.T) {
	revision := "54460"
	if clickhouse.ClientTCPProtocolVersion != 54460 {
		t.Errorf("the driver reads its greeting at revision %d: check what it expects beyond 54460", clickhouse.ClientTCPProtocolVersion)
	}
	if !isHello(helloQuery, "Native", revision) || isHello(helloQuery, "TSV", revision) || isHello(helloQuery, "Native", "") || isHello("SELECT 1", "Native", revision) {
		t.Error("greeting not recognised, or something else taken for it")
	}
}
