package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// MaxPayload is the longest payload of one record, in bytes (16 MiB).
const MaxPayload = 16 << 20

// Record is one entry of the log.
type Record struct {
	Seq     uint64 // from 1, assigned by the log, never given twice
	Kind    uint8  // the caller's
	Payload []byte
}

// Entry is what AppendBatch takes: a record before it has a number.
type Entry struct {
	Kind    uint8
	Payload []byte
}

// A record on disk, little endian:
//
//	0  crc   u32  CRC-32C, seeded by the log id, over the payload and then bytes 4..24
//	4  len   u32  payload bytes
//	8  seq   u64
//	16 lag   u32  seq minus the first seq of the same write
//	20 kind  u8
//	21 flags u8   1 = the next record belongs to the same AppendBatch
//	22       u16  0
//	24 payload
//
// The payload is summed first so that callers do it outside the lock, before
// the seq is known. lag tells a torn write from damage: see damagedOrTorn.
const (
	recordHeader = 24
	flagMore     = 1
)

// crcTable returns the Castagnoli table, which crc32 keeps and does in hardware.
func crcTable() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// logSeed starts every checksum of a log, so that a record of another log, or
// an image of one inside a payload, does not pass.
func logSeed(id [16]byte) uint32 { return crc32.Checksum(id[:], crcTable()) }

type header struct {
	crc   uint32
	len   int
	seq   uint64
	lag   uint32
	kind  uint8
	flags uint8
}

// appendRecord appends one record to dst; sum is the payload's checksum.
func appendRecord(dst []byte, sum uint32, h header, payload []byte) []byte {
	at := len(dst)
	var b [recordHeader]byte
	binary.LittleEndian.PutUint32(b[4:], uint32(len(payload)))
	binary.LittleEndian.PutUint64(b[8:], h.seq)
	binary.LittleEndian.PutUint32(b[16:], h.lag)
	b[20], b[21] = h.kind, h.flags
	dst = append(append(dst, b[:]...), payload...)
	// Over dst, not b: crc32 lets its argument escape.
	binary.LittleEndian.PutUint32(dst[at:], crc32.Update(sum, crcTable(), dst[at+4:at+recordHeader]))
	return dst
}

// parseHeader reads a header; ok is false if no log writes such a one.
func parseHeader(b []byte) (h header, ok bool) {
	h = header{
		crc:  binary.LittleEndian.Uint32(b),
		len:  int(binary.LittleEndian.Uint32(b[4:])),
		seq:  binary.LittleEndian.Uint64(b[8:]),
		lag:  binary.LittleEndian.Uint32(b[16:]),
		kind: b[20], flags: b[21],
	}
	ok = h.len <= MaxPayload && h.seq > 0 && uint64(h.lag) < h.seq &&
		h.flags&^flagMore == 0 && b[22] == 0 && b[23] == 0
	return h, ok
}

// sumRecord is the checksum of a whole record, header included.
func sumRecord(seed uint32, rec []byte) uint32 {
	sum := crc32.Update(seed, crcTable(), rec[recordHeader:])
	return crc32.Update(sum, crcTable(), rec[4:recordHeader])
}
