package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// crashed makes a log of n records, one write each, and returns what a crash
// right after the last acknowledgement leaves.
func crashed(t testing.TB, n int, o *Options) string {
	t.Helper()
	l := open(t, t.TempDir(), o)
	add(t, l, n)
	img := crashImage(t, l.dir)
	l.Close()
	return img
}

// TestTornTail cuts the log at every byte of its last record, once by file end
// and once by the zeros of a preallocated file.
func TestTornTail(t *testing.T) {
	const n = 6 // its payload is short
	img := crashed(t, n, small())
	data, err := os.ReadFile(lastSegment(t, img))
	if err != nil {
		t.Fatal(err)
	}
	size := recordHeader + len(payload(n))
	end := segmentHeader
	for i := range n {
		end += recordHeader + len(payload(uint64(i+1)))
	}
	data = data[:end]
	for keep := range size {
		for _, zeros := range []int{0, 3000} {
			cut := append(slices.Clone(data[:end-size+keep]), make([]byte, zeros)...)
			if err := os.WriteFile(lastSegment(t, img), cut, 0o600); err != nil {
				t.Fatal(err)
			}
			dir := crashImage(t, img)
			var log bytes.Buffer
			l, err := Open(dir, &Options{Logger: logTo(&log)})
			if err != nil {
				t.Fatalf("keep %d of %d bytes, %d zeros: %v", keep, size, zeros, err)
			}
			s := l.Stats()
			if torn := keep > 0; (s.TornTails == 1) != torn || strings.Contains(log.String(), "unacknowledged") != torn ||
				s.TornBytes > int64(keep) || torn && s.TornBytes == 0 {
				t.Fatalf("keep %d, %d zeros: %+v, log %q", keep, zeros, s, &log)
			}
			if got := tailSeqs(t, l); !slices.Equal(got, run(1, n-1)) {
				t.Fatalf("keep %d, %d zeros: records %v", keep, zeros, got)
			}
			add(t, l, 2) // number n again: it was never acknowledged
			l.Close()
			if rep, err := Read(dir, nil); err != nil || rep.TornBytes != 0 || rep.LastSeq != n+1 {
				t.Fatalf("keep %d: second start: %+v, %v", keep, rep, err)
			}
		}
	}
}

// TestBitFlips: no flipped bit goes unnoticed. Anywhere but in the last write it
// is an error that names the file; in the last write, after a crash, it looks
// like a torn write: reported, cut, and no wrong record read.
func TestBitFlips(t *testing.T) {
	const n = 40
	img := crashed(t, n, small())
	lastStart := int64(0)
	names, _ := segmentNames(img)
	last := names[len(names)-1]
	found := map[string]int64{} // bytes in use
	im, err := loadImage(img)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range im.segs {
		found[filepath.Base(e.path)] = e.end
	}
	lastStart = found[last] - int64(recordHeader+len(payload(n)))
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "segment")
		at := rapid.Int64Range(0, found[name]-1).Draw(rt, "offset")
		bit := rapid.IntRange(0, 7).Draw(rt, "bit")
		dir := crashImage(t, img)
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			rt.Fatal(err)
		}
		data[at] ^= 1 << bit
		os.WriteFile(path, data, 0o600)
		var got []uint64
		rep, err := Read(dir, func(r Record) error {
			if !bytes.Equal(r.Payload, payload(r.Seq)) {
				rt.Errorf("record %d reads %q", r.Seq, r.Payload)
			}
			got = append(got, r.Seq)
			return nil
		})
		if name == last && at >= lastStart {
			if err != nil || rep.TornBytes == 0 || !slices.Equal(got, run(1, n-1)) {
				rt.Fatalf("last record: %v, %+v, %v", err, rep, got)
			}
			return
		}
		var c *CorruptError
		if !errors.As(err, &c) || c.Path != path || !strings.Contains(err.Error(), "restore") {
			rt.Fatalf("got %v", err)
		}
		if c.Offset > at {
			rt.Fatalf("damage at %d reported at %d", at, c.Offset)
		}
		if _, err := Open(dir, small()); !errors.Is(err, ErrCorrupt) {
			rt.Fatalf("Open gives %v", err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, data) {
			rt.Fatal("Open changed a damaged segment")
		}
	})
}

// TestCleanCloseRemembersEnd: after Close, and for shipped or planned records,
// even the last record cannot be mistaken for a torn write.
func TestCleanCloseRemembersEnd(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	add(t, l, 3)
	l.Close()
	path := lastSegment(t, dir)
	st, _ := os.Stat(path)
	patch(t, path, st.Size()-1, []byte{'!'})
	if _, err := Open(dir, nil); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "checksum") {
		t.Fatalf("got %v", err)
	}
	os.Remove(path)
	if _, err := Open(dir, nil); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("with the segment gone: %v", err)
	}
}

func TestMissingSegment(t *testing.T) {
	img := crashed(t, 100, small())
	names, _ := segmentNames(img)
	for i := range len(names) - 1 { // without the last, a crash image ends earlier, soundly
		dir := crashImage(t, img)
		os.Remove(filepath.Join(dir, names[i]))
		if _, err := Open(dir, nil); !errors.Is(err, ErrCorrupt) {
			t.Errorf("without segment %d of %d: %v", i, len(names), err)
		}
	}
	if os.Remove(filepath.Join(img, positionName)); len(names) < 3 {
		t.Fatal("test needs 3 segments")
	}
	if _, err := Open(img, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("without POSITION: %v", err)
	}
}

func TestForeignSegment(t *testing.T) {
	a, b := crashed(t, 3, small()), crashed(t, 3, small())
	data, _ := os.ReadFile(lastSegment(t, a))
	os.WriteFile(lastSegment(t, b), data, 0o600)
	if _, err := Open(b, nil); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "another journal") {
		t.Errorf("got %v", err)
	}
}

// groupCrash makes a crash image whose last write has the given entries and
// returns the segment, the offsets of these records and its bytes.
func groupCrash(t *testing.T, batches ...[]Entry) (img string, offs []int64) {
	t.Helper()
	block := make(chan struct{})
	l := open(t, t.TempDir(), &Options{SegmentBytes: 16 << 10, OnSync: func(_ time.Duration, _, _ int) { <-block }})
	l.Append(1, payload(1))
	waitFor(t, func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.cur.records == 0 })
	off := int64(segmentHeader + recordHeader + len(payload(1)))
	for _, b := range batches { // all of them gather while the first write is stuck
		if _, err := l.AppendBatch(b); err != nil {
			t.Fatal(err)
		}
		for _, e := range b {
			offs = append(offs, off)
			off += int64(recordHeader + len(e.Payload))
		}
	}
	close(block)
	waitFor(t, func() bool { return l.Stats().PendingBytes == 0 })
	if l.Stats().Fsyncs != 2 {
		t.Fatalf("%d writes, want 2", l.Stats().Fsyncs)
	}
	return crashImage(t, l.dir), offs
}

func entries(first, n uint64) (b []Entry) {
	for i := range n {
		b = append(b, Entry{uint8(first + i), payload(first + i)})
	}
	return b
}

// TestTornWriteKeepsNoHole: a crash may keep any pages of the last write. A
// missing record followed by sound ones of the same write is torn, not damage.
func TestTornWriteKeepsNoHole(t *testing.T) {
	img, offs := groupCrash(t, entries(2, 1), entries(3, 1), entries(4, 1))
	for i, off := range offs {
		dir := crashImage(t, img)
		patch(t, lastSegment(t, dir), off, make([]byte, recordHeader+len(payload(uint64(2+i)))))
		l, err := Open(dir, nil)
		if err != nil {
			t.Fatalf("record %d lost: %v", 2+i, err)
		}
		torn := i < 2 // the last one lost leaves nothing behind it
		if got := tailSeqs(t, l); !slices.Equal(got, run(1, uint64(1+i))) || (l.Stats().TornTails == 1) != torn {
			t.Errorf("record %d lost: %v, %+v", 2+i, got, l.Stats())
		}
	}
	// The first write was acknowledged: the second one proves it.
	dir := crashImage(t, img)
	patch(t, lastSegment(t, dir), segmentHeader, make([]byte, recordHeader))
	if _, err := Open(dir, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("acknowledged record lost: %v", err)
	}
}

// TestAppendBatchIsAtomic: torn anywhere, all of it goes.
func TestAppendBatchIsAtomic(t *testing.T) {
	img, offs := groupCrash(t, entries(2, 1), entries(3, 3))
	end := offs[3] + int64(recordHeader+len(payload(5)))
	for cut := offs[1] + 1; cut < end; cut += 7 {
		dir := crashImage(t, img)
		if err := os.Truncate(lastSegment(t, dir), cut); err != nil {
			t.Fatal(err)
		}
		l, err := Open(dir, nil)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got := tailSeqs(t, l); !slices.Equal(got, run(1, 2)) || l.Stats().TornTails != 1 {
			t.Fatalf("cut at %d: %v", cut, got)
		}
		l.Close()
	}
}

// TestPayloadCannotForge: a payload that holds an image of a later record, torn
// in half, must not pass for damage, and a copied record must not be accepted.
func TestPayloadCannotForge(t *testing.T) {
	forged := appendRecord(nil, 0, header{seq: 9, kind: 1}, nil) // right but for the secret seed
	img, offs := groupCrash(t, []Entry{{1, append(make([]byte, 50), forged...)}})
	if err := os.Truncate(lastSegment(t, img), offs[0]+recordHeader+50+int64(len(forged))-1); err != nil {
		t.Fatal(err)
	}
	if rep, err := Read(img, nil); err != nil || rep.LastSeq != 1 || rep.TornBytes == 0 {
		t.Errorf("%+v, %v", rep, err)
	}
	// Record 1 again in the place of record 2, checksum and all.
	data, _ := os.ReadFile(lastSegment(t, img))
	one := data[segmentHeader : segmentHeader+recordHeader+len(payload(1))]
	patch(t, lastSegment(t, img), offs[0], one)
	if _, err := Read(img, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a doubled record gives %v", err)
	}
}

func TestDamagedPosition(t *testing.T) {
	l := open(t, t.TempDir(), small())
	add(t, l, 30)
	shipTo(t, l, 20)
	img := crashImage(t, l.dir)
	newest := int64(l.pos.load().gen % 2)
	for slot := range int64(2) {
		dir := crashImage(t, img)
		patch(t, filepath.Join(dir, positionName), slot*slotStride+40, []byte{0xff})
		rep, err := Read(dir, nil)
		if err != nil || rep.DamagedSlots != 1 {
			t.Fatalf("%+v, %v", rep, err)
		}
		if want := map[bool]uint64{true: 10, false: 20}[slot == newest]; rep.ShippedSeq != want {
			t.Errorf("slot %d damaged: shipped %d, want %d", slot, rep.ShippedSeq, want)
		}
		open(t, dir, small()).Close()
		if rep, _ := Read(dir, nil); rep.DamagedSlots != 0 {
			t.Error("the damaged slot was not written again")
		}
	}
	os.Truncate(filepath.Join(img, positionName), 10)
	if _, err := Open(img, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("got %v", err)
	}
}

// TestUnnamedFiles: what a crash left before it got its name is removed.
func TestUnnamedFiles(t *testing.T) {
	img := crashed(t, 3, small())
	junk := segmentPath(img, 4) + tempExt
	os.WriteFile(junk, []byte("half a header"), 0o600)
	empty := encodeSegmentHeader(mustID(t, img), 4, 3) // named, but no record came
	os.WriteFile(segmentPath(img, 4), append(empty, make([]byte, 100)...), 0o600)
	l := open(t, img, nil)
	if _, err := os.Stat(junk); !errors.Is(err, os.ErrNotExist) {
		t.Error("temporary file is still there")
	}
	add(t, l, 1)
	if got := tailSeqs(t, l); !slices.Equal(got, run(1, 4)) {
		t.Error(got)
	}
}

func mustID(t *testing.T, dir string) [16]byte {
	t.Helper()
	im, err := loadImage(dir)
	if err != nil {
		t.Fatal(err)
	}
	return im.id
}

// TestFormat pins the bytes of version 1 by hand.
func TestFormat(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, &Options{Rand: bytes.NewReader([]byte("0123456789abcdef"))})
	c, _ := l.AppendBatch([]Entry{{5, []byte("hi")}, {6, nil}})
	c.Wait(t.Context())
	l.Close()
	data, err := os.ReadFile(filepath.Join(dir, "00000000000000000001.seg"))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x", "TAKTJRNL") + "01000000" + "00000000" + fmt.Sprintf("%x", "0123456789abcdef") +
		"0100000000000000" + "0000000000000000" + strings.Repeat("00", 12)
	if got := fmt.Sprintf("%x", data[:60]); got != want {
		t.Errorf("header\n%s, want\n%s", got, want)
	}
	// CRC-32C by the bit-wise definition, reflected polynomial 0x82f63b78.
	crc := func(parts ...[]byte) uint32 {
		sum := ^uint32(0)
		for _, b := range bytes.Join(parts, nil) {
			sum ^= uint32(b)
			for range 8 {
				sum = sum>>1 ^ 0x82f63b78*(sum&1)
			}
		}
		return ^sum
	}
	if got := binary.LittleEndian.Uint32(data[60:]); got != crc(data[:60]) {
		t.Errorf("header checksum %08x", got)
	}
	rec := data[64:]
	want = "02000000" + "0100000000000000" + "00000000" + "05" + "01" + "0000" + fmt.Sprintf("%x", "hi") // record 1
	if got := fmt.Sprintf("%x", rec[4:26]); got != want {
		t.Errorf("record\n%s, want\n%s", got, want)
	}
	id := []byte("0123456789abcdef")
	if got := binary.LittleEndian.Uint32(rec); got != crc(id, rec[24:26], rec[4:24]) {
		t.Errorf("record checksum %08x", got)
	}
	want = "00000000" + "0200000000000000" + "01000000" + "06" + "00" + "0000"
	if got := fmt.Sprintf("%x", rec[30:]); got != want {
		t.Errorf("record\n%s, want\n%s", got, want)
	}
}
