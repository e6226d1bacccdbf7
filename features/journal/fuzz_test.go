package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"testing"
)

var fuzzID = [16]byte([]byte("0123456789abcdef"))

// fuzzSum is the record checksum again, from the format table alone.
func fuzzSum(rec []byte) uint32 {
	message := slices.Concat(fuzzID[:], rec[24:], rec[4:24])
	return crc32.Checksum(message, crc32.MakeTable(crc32.Castagnoli))
}

// reseal gives data sound checksums as far as its lengths make sense, so that
// the fuzzer gets behind them.
func reseal(data []byte) []byte {
	data = slices.Clone(data)
	if len(data) < segmentHeader {
		return data
	}
	copy(data[16:], fuzzID[:])
	binary.LittleEndian.PutUint32(data[60:], crc32.Checksum(data[:60], crc32.MakeTable(crc32.Castagnoli)))
	for at := segmentHeader; at+24 <= len(data); {
		end := at + 24 + int(binary.LittleEndian.Uint32(data[at+4:]))
		if end > len(data) {
			break
		}
		binary.LittleEndian.PutUint32(data[at:], fuzzSum(data[at:end]))
		at = end
	}
	return data
}

// FuzzSegment: whatever the bytes, the reader does not panic, accepts only
// records whose checksum is right and whose numbers follow, and finds the same
// records again in what it would keep.
func FuzzSegment(f *testing.F) {
	seg := encodeSegmentHeader(fuzzID, 1, 0)
	seed := logSeed(fuzzID)
	for i, flags := range []uint8{0, flagMore, 0, 0} {
		p := bytes.Repeat([]byte{byte(i)}, 5*i)
		h := header{seq: uint64(i + 1), lag: uint32(i / 2), kind: byte(i), flags: flags}
		seg = appendRecord(seg, crc32.Update(seed, crcTable(), p), h, p)
		f.Add(slices.Clone(seg), false, true)
	}
	f.Add(append(slices.Clone(seg), make([]byte, 100)...), true, false)
	f.Add(seg[:len(seg)-3], false, true)
	f.Add(append(slices.Clone(seg), seg[segmentHeader:]...), false, true)
	f.Add([]byte{}, false, true)
	f.Fuzz(func(t *testing.T, data []byte, seal, final bool) {
		if seal {
			data = reseal(data)
		}
		c, err := checkSegment(bytes.NewReader(data), int64(len(data)), fuzzID, 0, final)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("error is not about damage: %v", err)
			}
			return
		}
		if c.end < segmentHeader || c.end > int64(len(data)) || c.last+1 < c.first || c.records != int64(c.last+1-c.first) {
			t.Fatalf("impossible extent %+v of %d bytes", c, len(data))
		}
		if torn := !allZero(data[c.end:]); torn != (c.torn.reason != "") || torn && !final {
			t.Fatalf("rest %x, torn %+v, final %v", data[c.end:], c.torn, final)
		}
		at := int64(segmentHeader)
		s := newScanner(bytes.NewReader(data), seed, c.first, c.end)
		for seq := c.first; seq <= c.last; seq++ {
			rec, _, err := s.scan()
			if err != nil {
				t.Fatalf("record %d: %v", seq, err)
			}
			raw := data[at : at+24+int64(len(rec.Payload))]
			if rec.Seq != seq || binary.LittleEndian.Uint64(raw[8:]) != seq || raw[20] != rec.Kind || !bytes.Equal(raw[24:], rec.Payload) {
				t.Fatalf("record %d is %+v from %x", seq, rec, raw)
			}
			if binary.LittleEndian.Uint32(raw) != fuzzSum(raw) {
				t.Fatalf("record %d accepted against its checksum", seq)
			}
			at += int64(len(raw))
		}
		if _, _, err := s.scan(); err != io.EOF || at != c.end {
			t.Fatalf("after the last record: %v at %d of %d", err, at, c.end)
		}
		again, err := checkSegment(bytes.NewReader(data[:c.end]), c.end, fuzzID, 0, false)
		c.torn = tail{}
		if err != nil || again != c {
			t.Fatalf("after the cut: %+v, %v, before %+v", again, err, c)
		}
	})
}
