package clickhouse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// nativeSample is what ClickHouse 26.7 sends for
//
//	SELECT toString(number) AS s, toInt64(number) - 1 AS i, number AS u FROM numbers(3) FORMAT Native
var nativeSample = []byte("\x03\x03" +
	"\x01s\x06String\x010\x011\x012" +
	"\x01i\x05Int64\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00" +
	"\x01u\x06UInt64\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00")

func TestNative(t *testing.T) {
	two := append(bytes.Clone(nativeSample), nativeSample...)
	for name, r := range map[string]io.Reader{"whole": bytes.NewReader(two), "byte by byte": iotest.OneByteReader(bytes.NewReader(two))} {
		n := newNativeReader(r)
		for range 2 {
			b, err := n.next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := b.expect([]string{"String", "Int64", "UInt64"}); err != nil || b.rows != 3 {
				t.Fatalf("%s: %d rows, %v", name, b.rows, err)
			}
			for i := range 3 {
				s, k, u := b.columns[0].string(i), int64(b.columns[1].number(i)), b.columns[2].number(i)
				if s != strconv.Itoa(i) || k != int64(i)-1 || u != uint64(i) {
					t.Errorf("%s: row %d is %q %d %d", name, i, s, k, u)
				}
			}
		}
		if _, err := n.next(); err != io.EOF {
			t.Errorf("%s: after the last block %v, want io.EOF", name, err)
		}
	}
}

// TestNativeLong reads a string that is longer than the window.
func TestNativeLong(t *testing.T) {
	long := strings.Repeat("x", 3*window+1)
	data := append([]byte("\x01\x01\x01s\x06String"), binary.AppendUvarint(nil, uint64(len(long)))...)
	b, err := newNativeReader(strings.NewReader(string(data) + long)).next()
	if err != nil || b.columns[0].string(0) != long {
		t.Errorf("%v; want the string back", err)
	}
}

// TestNativeCut: a stream that ends inside a block is not taken for one that ended.
func TestNativeCut(t *testing.T) {
	for i := 1; i < len(nativeSample); i++ {
		if _, err := newNativeReader(bytes.NewReader(nativeSample[:i])).next(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: %v, want io.ErrUnexpectedEOF", i, err)
		}
	}
}

// FuzzNative: whatever arrives, the reader ends, and what it accepts can be read without a panic.
func FuzzNative(f *testing.F) {
	f.Add(nativeSample)
	f.Add([]byte("\x01\xff\xff\xff\x07\x01s\x06String"))
	f.Add([]byte("\x01\xff\xff\xff\x07\x01i\x05Int64"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := newNativeReader(bytes.NewReader(data))
		for {
			b, err := n.next()
			if err != nil {
				return
			}
			for i := range b.columns {
				touch(&b.columns[i], b.rows)
			}
		}
	})
}

func touch(c *cells, rows int) (sum uint64) {
	for row := range rows {
		if c.typ == "String" {
			sum += uint64(len(c.string(row)))
		} else {
			sum += c.number(row)
		}
	}
	return sum
}
