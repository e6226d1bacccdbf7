package export

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"takt/features/columnar"
)

// texts is a column of texts on its way to a NumPy array of Unicode: all of its values take as many characters as
// the longest, which is known at the end only, so they wait in a file beside it.
type texts struct {
	path string
	f    *os.File
	w    *bufio.Writer
	most int // characters
	b    []byte
}

func spool(path string) (*texts, error) {
	f, err := os.Create(path + ".part")
	if err != nil {
		return nil, fmt.Errorf("write a NumPy array of texts: %w", err)
	}
	return &texts{path: path, f: f, w: bufio.NewWriterSize(f, 1<<16), most: 1}, nil
}

func (t *texts) append(values []string) error {
	for _, s := range values {
		t.most = max(t.most, utf8.RuneCountInString(s))
		t.b = append(binary.AppendUvarint(t.b[:0], uint64(len(s))), s...)
		if _, err := t.w.Write(t.b); err != nil {
			return err
		}
	}
	return nil
}

// close makes the array and removes the file beside it.
func (t *texts) close() error {
	err := t.array()
	return errors.Join(err, t.f.Close(), os.Remove(t.path+".part"))
}

func (t *texts) array() error {
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write texts: %w", err)
	}
	if _, err := t.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read texts again: %w", err)
	}
	a, err := columnar.CreateArray(t.path, fmt.Sprintf("<U%d", t.most))
	if err != nil {
		return err
	}
	err = t.copy(a)
	return errors.Join(err, a.Close())
}

func (t *texts) copy(a *columnar.Array) error {
	r, wide := bufio.NewReaderSize(t.f, 1<<16), make([]int32, t.most)
	for {
		n, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read texts again: %w", err)
		}
		t.b = append(t.b[:0], make([]byte, n)...)
		if _, err := io.ReadFull(r, t.b); err != nil {
			return fmt.Errorf("read texts again: %w", err)
		}
		clear(wide)
		i := 0
		for _, c := range string(t.b) {
			wide[i] = c
			i++
		}
		if err := a.Append(wide); err != nil {
			return err
		}
	}
}
