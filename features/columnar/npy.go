package columnar

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Array writes one NumPy array file (.npy), row by row. Its format is version 1.0 of
// numpy.org/doc/stable/reference/generated/numpy.lib.format.html: the magic "\x93NUMPY", two bytes of
// version, the length of the header in two little-endian bytes, a Python literal of dtype, order and shape
// padded with spaces to a multiple of 64 bytes and ended by a newline, then the values in C order.
type Array struct {
	f     *os.File
	w     *bufio.Writer
	descr string
	row   []int
	size  int64 // bytes of a row
	wrote int64
}

// npyHead is the space kept for the header: the number of rows is known at the end only.
const npyHead = 128

// CreateArray begins a file of rows of the shape (none: one value) and dtype, little-endian: <f4, <f8,
// <i4, <i8, |b1, <M8[us] or <Un of n characters.
func CreateArray(path, descr string, row ...int) (*Array, error) {
	size, err := itemSize(descr)
	if err != nil {
		return nil, err
	}
	for _, n := range row {
		size *= int64(n)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("write a NumPy array: %w", err)
	}
	a := &Array{f: f, w: bufio.NewWriterSize(f, 1<<16), descr: descr, row: row, size: size}
	_, err = a.w.Write(make([]byte, npyHead))
	return a, err
}

// itemSize is the number of bytes of one value.
func itemSize(descr string) (int64, error) {
	switch descr {
	case "|b1":
		return 1, nil
	case "<f4", "<i4":
		return 4, nil
	case "<f8", "<i8", "<M8[us]":
		return 8, nil
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(descr, "<U"), 10, 32)
	if !strings.HasPrefix(descr, "<U") || err != nil || n < 1 {
		return 0, fmt.Errorf("NumPy array: dtype %q is none that is written", descr)
	}
	return 4 * n, nil
}

// Append adds values in C order: a slice of the dtype's Go type (float32, float64, int32, int64, bool), of
// microseconds for <M8[us], of code points as int32 for <Un.
func (a *Array) Append(values any) error {
	n := binary.Size(values)
	if n < 0 {
		return fmt.Errorf("NumPy array: %T has no fixed size", values)
	}
	a.wrote += int64(n)
	return binary.Write(a.w, binary.LittleEndian, values)
}

// Close writes the header and closes the file.
func (a *Array) Close() error {
	err := a.finish()
	return errors.Join(err, a.f.Close())
}

func (a *Array) finish() error {
	if err := a.w.Flush(); err != nil {
		return fmt.Errorf("write a NumPy array: %w", err)
	}
	rows := int64(0)
	if a.size > 0 {
		rows = a.wrote / a.size
		if a.wrote%a.size != 0 {
			return fmt.Errorf("NumPy array: %d bytes are no whole rows of %d", a.wrote, a.size)
		}
	}
	shape := strconv.FormatInt(rows, 10) + ","
	for i, n := range a.row {
		if shape += " " + strconv.Itoa(n); i+1 < len(a.row) {
			shape += ","
		}
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", a.descr, shape)
	head := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(head[8:], npyHead-10)
	head = append(head, dict...)
	if len(head) >= npyHead {
		return fmt.Errorf("NumPy array: its header %s is too long", dict)
	}
	head = append(head, bytes.Repeat([]byte(" "), npyHead-1-len(head))...)
	if _, err := a.f.WriteAt(append(head, '\n'), 0); err != nil {
		return fmt.Errorf("write the header of a NumPy array: %w", err)
	}
	return nil
}

// headerText is the literal of a header, keys in the order in which NumPy writes them.
var headerText = regexp.MustCompile(`^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(((?:\d+, ?)*\d*)\), \} *\n$`)

// ReadArray reads a .npy file of version 1.0 in C order: its dtype, its shape and its values' bytes.
func ReadArray(r io.Reader) (descr string, shape []int, data []byte, err error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return "", nil, nil, fmt.Errorf("read a NumPy array: %w", err)
	}
	if len(b) < 10 || string(b[:8]) != "\x93NUMPY\x01\x00" {
		return "", nil, nil, errors.New("read a NumPy array: it does not begin like a .npy file of version 1.0")
	}
	end := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	if end > len(b) || end%64 != 0 {
		return "", nil, nil, fmt.Errorf("read a NumPy array: a header of %d bytes in a file of %d", end, len(b))
	}
	m := headerText.FindSubmatch(b[10:end])
	if m == nil {
		return "", nil, nil, fmt.Errorf("read a NumPy array: header %q", b[10:end])
	}
	want := int64(1)
	for _, s := range strings.FieldsFunc(string(m[2]), func(c rune) bool { return c == ',' || c == ' ' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return "", nil, nil, fmt.Errorf("read a NumPy array: shape (%s)", m[2])
		}
		shape, want = append(shape, n), want*int64(n)
	}
	size, err := itemSize(string(m[1]))
	if err != nil {
		return "", nil, nil, err
	}
	if want *= size; want != int64(len(b)-end) {
		return "", nil, nil, fmt.Errorf("read a NumPy array: %d bytes of values, its header promises %d", len(b)-end, want)
	}
	return string(m[1]), shape, b[end:], nil
}
