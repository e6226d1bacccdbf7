package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"

	"takt/features/internal/disk"
)

// The file POSITION has two slots, at 0 and 4096, written in turn in place, so
// that a torn write leaves the other one and a full disk never stops shipping.
// A slot, little endian:
//
//	0  magic   "TAKTJPOS"
//	8  version u32  1
//	12         u32  0
//	16 log id  16 bytes
//	32 gen     u64  the higher sound one counts
//	40 shipped, 48 planned, 56 synced, 64 next   u64 each, see position
//	72 crc     u32  CRC-32C over bytes 0..72
const (
	positionName    = "POSITION"
	positionMagic   = "TAKTJPOS"
	positionVersion = 1
	positionBytes   = 76
	slotStride      = 4096
)

// position is what the log remembers besides its records.
type position struct {
	gen     uint64
	shipped uint64 // every record up to here was accepted by the store
	planned uint64 // last record of the batch being shipped, 0 if none
	synced  uint64 // records up to here were durable: fewer now is damage
	next    uint64 // no lower seq may be given again
}

func (p position) encode(id [16]byte) []byte {
	b := make([]byte, positionBytes)
	copy(b, positionMagic)
	binary.LittleEndian.PutUint32(b[8:], positionVersion)
	copy(b[16:], id[:])
	for i, v := range []uint64{p.gen, p.shipped, p.planned, p.synced, p.next} {
		binary.LittleEndian.PutUint64(b[32+8*i:], v)
	}
	binary.LittleEndian.PutUint32(b[72:], crc32.Checksum(b[:72], crcTable()))
	return b
}

func decodePosition(b []byte) (id [16]byte, p position, ok bool) {
	if len(b) < positionBytes || string(b[:8]) != positionMagic ||
		binary.LittleEndian.Uint32(b[8:]) != positionVersion ||
		crc32.Checksum(b[:72], crcTable()) != binary.LittleEndian.Uint32(b[72:]) {
		return id, p, false
	}
	for i, v := range []*uint64{&p.gen, &p.shipped, &p.planned, &p.synced, &p.next} {
		*v = binary.LittleEndian.Uint64(b[32+8*i:])
	}
	return [16]byte(b[16:32]), p, true
}

// readPosition returns the newest sound slot and how many were damaged.
func readPosition(r io.ReaderAt, path string) (id [16]byte, p position, bad int, err error) {
	for slot := range int64(2) {
		b := make([]byte, positionBytes)
		if _, err := r.ReadAt(b, slot*slotStride); err != nil && err != io.EOF {
			return id, p, 0, fmt.Errorf("read %s: %w", path, err)
		}
		i, q, ok := decodePosition(b)
		switch {
		case !ok:
			bad++
		case q.gen >= p.gen:
			id, p = i, q
		}
	}
	if bad == 2 {
		return id, p, bad, &CorruptError{Path: path, Reason: "neither copy of the shipped position is sound"}
	}
	return id, p, bad, nil
}

// createPosition writes a new POSITION, whole or not at all.
func createPosition(dir string, id [16]byte, p position) error {
	b := make([]byte, slotStride+positionBytes)
	for slot := range 2 {
		copy(b[slot*slotStride:], p.encode(id))
	}
	path := filepath.Join(dir, positionName)
	f, err := os.OpenFile(path+tempExt, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("create journal position: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		return fmt.Errorf("write journal position: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync journal position: %w", err)
	}
	if err := os.Rename(path+tempExt, path); err != nil {
		return fmt.Errorf("name journal position: %w", err)
	}
	return disk.SyncDir(dir)
}

// positionFile is the open POSITION; it has its own lock because writer and
// shipper both update it, and neither may hold the log's lock over an fsync.
type positionFile struct {
	f  *os.File
	id [16]byte

	mu  sync.Mutex
	cur position
}

// update applies change and makes it durable, or leaves the position as it was:
// the next update then writes the same slot again.
func (p *positionFile) update(change func(*position)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.cur
	change(&q)
	q.gen++
	if _, err := p.f.WriteAt(q.encode(p.id), int64(q.gen%2)*slotStride); err != nil {
		return fmt.Errorf("write journal position: %w", err)
	}
	if err := syncData(p.f); err != nil {
		return fmt.Errorf("sync journal position: %w", err)
	}
	p.cur = q
	return nil
}

func (p *positionFile) load() position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cur
}
