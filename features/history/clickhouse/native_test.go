package clickhouse

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"
)

// nativeSample is what ClickHouse 26.7 sends for
//
//	SELECT toUInt8(number) AS u, toString(number) AS s, CAST(['', 'a'][number % 2 + 1], 'LowCardinality(String)') AS l,
//		CAST(range(number), 'Array(UInt16)') AS r, number / 2 AS f FROM numbers(3) FORMAT Native
var nativeSample = []byte("\x05\x03" +
	"\x01u\x05UInt8\x00\x01\x02" +
	"\x01s\x06String\x010\x011\x012" +
	"\x01l\x16LowCardinality(String)\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01a" +
	"\x03\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00" +
	"\x01r\x0dArray(UInt16)\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00" +
	"\x01f\x07Float64\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xe0\x3f\x00\x00\x00\x00\x00\x00\xf0\x3f")

func TestNative(t *testing.T) {
	two := append(bytes.Clone(nativeSample), nativeSample...)
	for name, r := range map[string]io.Reader{"whole": bytes.NewReader(two), "byte by byte": iotest.OneByteReader(bytes.NewReader(two))} {
		n := newNativeReader(r)
		for range 2 {
			b, err := n.next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := b.expect([]string{"UInt8", "String", "LowCardinality(String)", "Array(UInt16)", "Float64"}); err != nil || b.rows != 3 {
				t.Fatalf("%s: %d rows, %v", name, b.rows, err)
			}
			for i, want := range []struct {
				s, l string
				r    []uint16
				f    float64
			}{{"0", "", nil, 0}, {"1", "a", []uint16{0}, .5}, {"2", "", []uint16{0, 1}, 1}} {
				c := b.columns
				from, to := c[3].span(i)
				if int(c[0].i8(i)) != i || c[1].string(i) != want.s || c[2].string(i) != want.l || to-from != len(want.r) || c[4].f64(i) != want.f {
					t.Errorf("%s: row %d is %v %q %q %d…%d %g", name, i, c[0].i8(i), c[1].string(i), c[2].string(i), from, to, c[4].f64(i))
				}
				for k := from; k < to; k++ {
					if c[3].inner.u16(k) != want.r[k-from] {
						t.Errorf("%s: row %d: %d", name, i, c[3].inner.u16(k))
					}
				}
			}
		}
		if _, err := n.next(); err != io.EOF {
			t.Errorf("%s: after the last block %v, want io.EOF", name, err)
		}
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
	f.Add([]byte("\x01\x01\x01a\x0dArray(String)\xff\xff\xff\xff\xff\xff\xff\x7f"))
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

func touch(c *cells, rows int) (sum float64) {
	for row := range rows {
		switch {
		case c.typ == typeText || c.typ == typeLow:
			sum += float64(len(c.string(row)))
		case c.inner != nil:
			from, to := c.span(row)
			sum += float64(to - from)
		case c.width == 16:
			sum += float64(c.fixed(row)[15])
		case c.width == 8:
			sum += math.Abs(c.f64(row))
		case c.width == 4:
			sum += float64(c.u32(row))
		case c.width == 2:
			sum += float64(c.u16(row))
		default:
			sum += float64(c.i8(row))
		}
	}
	if c.inner != nil && rows > 0 {
		_, to := c.span(rows - 1)
		sum += touch(c.inner, to)
	}
	return sum
}
