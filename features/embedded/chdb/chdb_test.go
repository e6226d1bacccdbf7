package chdb

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// What runs inside the engine is tested through the store process, in the package above: a test binary
// that loads the library could not run under -race.

func TestLoadMissingOrWrong(t *testing.T) {
	text := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "none.so"), text, "libm.so.6"} {
		lib, err := Load(path)
		if err == nil || lib != nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestClosedConnection(t *testing.T) {
	c := &Conn{}
	_, query := c.Query("SELECT 1", "TSV", nil, nil)
	_, insert := c.Insert("INSERT INTO t", "TSV", nil, strings.NewReader(""))
	stream := c.Stream("SELECT 1", "TSV", nil, nil)
	for _, err := range []error{query, insert, stream} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	c.Close()
}

func TestParseError(t *testing.T) {
	for _, c := range []struct {
		text string
		code int
		want string
	}{
		{"Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)\n", 60, "Code: 60. DB::Exception: No table. (UNKNOWN_TABLE)"},
		{"Error on processing query: Code: 62. DB::Exception: Bad", 62, "Code: 62. DB::Exception: Bad"},
		{"Code: 73. DB::Exception: Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format", 73, "Code: 73. DB::Exception: Unknown format"},
		{"Code: 1. DB::Exception: Code: 2. DB::Exception: x", 1, "Code: 1. DB::Exception: Code: 2. DB::Exception: x"},
		{"send_insert does not support it", 0, "send_insert does not support it"},
		{"Code: 99999999999999999999. DB::Exception: x", 0, "Code: 99999999999999999999. DB::Exception: x"},
	} {
		if e := parseError(c.text); e.Code != c.code || e.Message != c.want {
			t.Errorf("%q: %d %q", c.text, e.Code, e.Message)
		}
	}
}

func TestFillKeepsErrorsApart(t *testing.T) {
	for _, c := range []struct {
		r    io.Reader
		want error
	}{
		{iotest.OneByteReader(strings.NewReader("abc")), io.EOF},
		{iotest.DataErrReader(strings.NewReader("abc")), io.EOF},
		{io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
	} {
		buf := make([]byte, 8)
		if n, err := fill(c.r, buf); err != c.want || string(buf[:n]) != "abc" {
			t.Errorf("%q, %v; want %v", buf[:n], err, c.want)
		}
	}
	if n, err := fill(strings.NewReader("abcdef"), make([]byte, 4)); n != 4 || err != nil {
		t.Errorf("full buffer: %d, %v", n, err)
	}
}
