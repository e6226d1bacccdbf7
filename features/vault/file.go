package vault

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"takt/features/internal/disk"
)

// The file: a head (magic, master key, CRC), then entries, little endian:
//
//	0  kind   u8   0 erased: all but len is zero
//	1  tenant u8   bytes of the tenant
//	2  len    u16  bytes of tenant and name
//	4  crc    u32  CRC-32C of all the rest
//	8  owner  u32
//	12 salt   u64
//	20 key    16 bytes
//	36 tenant and name
//
// An erased entry keeps its length and nothing else, so the numbers behind it stay.
const (
	magic       = "TAKTVLT1"
	headBytes   = 8 + 32 + 4
	entryBytes  = 36
	entryLength = 2
)

func sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// start writes the head of a new file.
func (v *Vault) start() error {
	if at, err := v.f.Seek(0, io.SeekEnd); err != nil || at >= headBytes {
		return err
	}
	b := append(make([]byte, 0, headBytes), magic...)
	b = b[:40]
	if _, err := rand.Read(b[8:]); err != nil {
		return err
	}
	if _, err := v.f.WriteAt(binary.LittleEndian.AppendUint32(b, sum(b)), 0); err != nil {
		return err
	}
	return errors.Join(v.f.Sync(), disk.SyncDir(filepath.Dir(v.path)))
}

func appendEntry(b []byte, e *entry, tenant, name string) []byte {
	from := len(b)
	b = append(b, byte(e.kind), e.tenant)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(tenant)+len(name)))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, e.owner)
	b = binary.LittleEndian.AppendUint64(b, e.salt)
	b = append(append(append(b, e.key[:]...), tenant...), name...)
	binary.LittleEndian.PutUint32(b[from+4:], check(b[from:]))
	return b
}

// check is the CRC of an entry, without the CRC.
func check(b []byte) uint32 {
	return crc32.Update(sum(b[:4]), crc32.MakeTable(crc32.Castagnoli), b[8:])
}

// load reads head and entries; v.end is where the whole ones end.
func (v *Vault) load(f *os.File) error {
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, 1<<62), 1<<20)
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:8]) != magic || sum(head[:40]) != binary.LittleEndian.Uint32(head[40:]) {
		return ErrDamaged
	}
	copy(v.master[:], head[8:])
	v.end = headBytes
	return v.loadEntries(r)
}

// loadEntries takes the entries up to the first that is not whole, which must be the last.
func (v *Vault) loadEntries(r *bufio.Reader) error {
	b := make([]byte, entryBytes+2*maxName)
	for {
		if _, err := io.ReadFull(r, b[:entryBytes]); err != nil {
			return nil // the end, or a torn entry
		}
		n := int(binary.LittleEndian.Uint16(b[entryLength:]))
		if n > 2*maxName || int(b[1]) > n {
			return ErrDamaged
		}
		if _, err := io.ReadFull(r, b[entryBytes:entryBytes+n]); err != nil {
			return nil
		}
		one := b[:entryBytes+n]
		e := entry{kind: kind(one[0]), tenant: one[1], name: uint8(n - int(one[1])), owner: binary.LittleEndian.Uint32(one[8:]), salt: binary.LittleEndian.Uint64(one[12:])}
		switch {
		case e.kind > claim:
			return ErrDamaged
		case e.kind != erased && check(one) == binary.LittleEndian.Uint32(one[4:]):
		case e.kind != erased && atEnd(r): // torn, never acknowledged
			return nil
		default: // erased, perhaps not to its last byte
			v.keep(entry{}, "", "")
			v.gone = append(v.gone, hole{v.end, len(one)})
			v.end += int64(len(one))
			continue
		}
		copy(e.key[:], one[20:])
		text := one[entryBytes:]
		v.keep(e, string(text[:e.tenant]), string(text[e.tenant:]))
		v.end += int64(len(one))
	}
}

func atEnd(r *bufio.Reader) bool {
	_, err := r.Peek(1)
	return err != nil
}

// hole is an erased entry.
type hole struct {
	at int64
	n  int
}

// finish overwrites erased entries whose erasure a crash broke off.
func (v *Vault) finish() error {
	var errs []error
	for _, h := range v.gone {
		errs = append(errs, v.zero(h.at, h.n))
	}
	v.gone = nil
	return errors.Join(errs...)
}

// zero overwrites an entry of n bytes, all but its length.
func (v *Vault) zero(at int64, n int) error {
	b := make([]byte, n)
	binary.LittleEndian.PutUint16(b[entryLength:], uint16(n-entryBytes))
	_, err := v.f.WriteAt(b, at)
	return err
}

// reread takes what the writing process has added since, and reports whether there was anything.
func (v *Vault) reread() bool {
	f, err := os.Open(v.path)
	if err != nil {
		return false
	}
	defer f.Close()
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.end
	if info, err := f.Stat(); err != nil || info.Size() <= before {
		return false
	}
	_ = v.loadEntries(bufio.NewReader(io.NewSectionReader(f, before, 1<<62))) // what cannot be read stays unknown
	return v.end > before
}

// wipe overwrites the entry in file and memory; v.mu is held, and the caller syncs.
func (v *Vault) wipe(i uint32) error {
	e := &v.entries[i]
	tenant, name := v.nameOf(e)
	n := len(tenant) + len(name)
	if err := v.zero(e.at, entryBytes+n); err != nil {
		return err
	}
	v.boxes.forget(i)
	delete(v.places, v.place(e.kind, tenant, name))
	clear(v.names[e.from : int(e.from)+n])
	*e = entry{at: e.at, from: e.from}
	return nil
}

// Copy writes the vault to the path, whole or not at all: what stood there before is gone, and with it
// the keys destroyed since.
func (v *Vault) Copy(path string) (err error) {
	if err := v.Sync(); err != nil {
		return err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	b := make([]byte, v.end)
	if _, err := v.f.ReadAt(b, 0); err != nil {
		return fmt.Errorf("copy vault: %w", err)
	}
	return Place(path, b)
}

// ErrOther is returned where the vault of another installation stands in the way.
var ErrOther = errors.New("the vault of another installation is there; keep the backups of each in a directory of its own")

// Place writes a copy of a vault to the path; it refuses what is none, and replaces no other's.
func Place(path string, b []byte) error {
	if len(b) < headBytes || !bytes.HasPrefix(b, []byte(magic)) {
		return ErrDamaged
	}
	if old, err := os.ReadFile(path); err == nil && !bytes.HasPrefix(old, b[:headBytes]) {
		return fmt.Errorf("copy vault to %s: %w", path, ErrOther)
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".vault-*")
	if err != nil {
		return fmt.Errorf("copy vault: %w", err)
	}
	defer os.Remove(t.Name()) // fails after the rename, as it should
	if _, err = t.Write(b); err != nil {
		return errors.Join(fmt.Errorf("copy vault: %w", err), t.Close())
	}
	if err = errors.Join(t.Sync(), t.Close()); err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err == nil {
		err = disk.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("copy vault: %w", err)
	}
	return nil
}
