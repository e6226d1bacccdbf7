package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"math/bits"
	"os"
	"sync"
	"sync/atomic"
)

// Vault is an open key file. It is safe for concurrent use. One process writes it; others may read it
// meanwhile, see Read.
type Vault struct {
	path   string
	f      *os.File // nil: read only
	master [32]byte // of fingerprints
	run    [6]byte  // drawn at Open: the first half of nonces
	sealed atomic.Uint64
	seeds  [4]maphash.Seed

	mu      sync.RWMutex
	places  map[place]uint32 // of living names
	entries []entry
	names   []byte // tenants and names of the entries, one behind the other
	end     int64  // of the file
	gone    []hole // erased entries, while the file is opened
	failed  error  // of a sync: no new names and no erasures after it

	syncing sync.Mutex
	boxes   boxes
	written atomic.Int64 // bytes of the file
	synced  atomic.Int64 // of these on disk
}

// place is a keyed 128-bit hash of (kind, tenant, name).
type place [2]uint64

// entry is one name in memory; its number in the file is its index.
type entry struct {
	key          [16]byte // AES-128, of a debtor
	salt         uint64   // makes the pseudonym random
	at           int64    // in the file
	owner        uint32   // of a case: the debtor whose erasure ends it
	from         uint32   // in names
	tenant, name uint8    // lengths
	kind         kind
}

type kind uint8

// The kinds of names; the numbers are stored.
const (
	erased kind = iota
	debtor
	claim // a case
)

// maxName is the longest tenant or name in bytes; the API takes at most 200.
const maxName = 255

// ErrName is returned for a name that is too long to be kept.
var ErrName = fmt.Errorf("a name of more than %d bytes", maxName)

// ErrDamaged is returned by Open for a file that is no vault, or whose middle is damaged.
var ErrDamaged = errors.New("the vault is damaged; restore it from the copy that takt backup keeps beside its backups")

// Open opens the file, which it makes if need be. What a crash left half written at its end was never
// acknowledged, and is cut off.
func Open(path string) (*Vault, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v := fresh(path)
	v.f = f
	_, err = rand.Read(v.run[:])
	if err == nil {
		err = v.start()
	}
	if err == nil {
		err = v.load(f)
	}
	if err == nil {
		err = errors.Join(v.finish(), f.Truncate(v.end), f.Sync())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open vault: %w", err), f.Close())
	}
	v.written.Store(v.end)
	v.synced.Store(v.end)
	return v, nil
}

// Read opens the file of a running server for reading: names that come later are found, none are made.
func Read(path string) (*Vault, error) {
	v := fresh(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read vault: %w", err)
	}
	defer f.Close()
	if err := v.load(f); err != nil {
		return nil, fmt.Errorf("read vault: %w", err)
	}
	return v, nil
}

func fresh(path string) *Vault {
	v := &Vault{path: path, places: map[place]uint32{}}
	for i := range v.seeds {
		v.seeds[i] = maphash.MakeSeed()
	}
	return v
}

// Close gives the file back; what was not synced was not acknowledged.
func (v *Vault) Close() error {
	if v == nil || v.f == nil {
		return nil
	}
	return errors.Join(v.Sync(), v.f.Close())
}

// Len is the number of debtors who have a key.
func (v *Vault) Len() (n int) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range v.entries {
		if v.entries[i].kind == debtor {
			n++
		}
	}
	return n
}

// Sync makes all names given so far durable; it costs nothing if they are.
func (v *Vault) Sync() error {
	if v == nil || v.f == nil || v.synced.Load() >= v.written.Load() {
		return nil
	}
	v.syncing.Lock()
	defer v.syncing.Unlock()
	written := v.written.Load()
	if v.synced.Load() >= written {
		return nil // while we waited
	}
	v.mu.RLock()
	err := v.failed
	v.mu.RUnlock()
	if err == nil { // else a second try could succeed without having written what the first one lost
		if err = v.f.Sync(); err == nil {
			v.synced.Store(written)
			return nil
		}
		v.mu.Lock()
		v.failed = err
		v.mu.Unlock()
	}
	return fmt.Errorf("sync vault: %w", err)
}

// nameBytes is the length of pseudonyms and fingerprints.
const nameBytes = 24

// Fingerprint stands for a name that need not be read back, such as an event's id: it is equal for equal
// names, and without this vault nobody can make it.
func (v *Vault) Fingerprint(parts ...string) string {
	return string(v.appendFingerprint(make([]byte, 0, nameBytes), parts...))
}

func (v *Vault) appendFingerprint(dst []byte, parts ...string) []byte {
	var room [256]byte
	b := append(room[:0], v.master[:]...)
	for _, p := range parts {
		b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
	}
	h := sha256.Sum256(b)
	return hex.AppendEncode(dst, h[:nameBytes/2])
}

func (v *Vault) place(k kind, tenant, name string) (p place) {
	for i := range p {
		p[i] = maphash.String(v.seeds[2*i], tenant) ^ bits.RotateLeft64(maphash.String(v.seeds[2*i+1], name), 32+int(k))
	}
	return p
}

// appendText appends the pseudonym of entry i: its number first, so that the order of pseudonyms is the
// order in which the debtors came, then 64 random bits. v.mu is held.
func (v *Vault) appendText(dst []byte, i uint32) []byte {
	var b [nameBytes / 2]byte
	binary.BigEndian.PutUint32(b[:], i)
	binary.BigEndian.PutUint64(b[4:], v.entries[i].salt)
	return hex.AppendEncode(dst, b[:])
}

func (v *Vault) text(i uint32) string { return string(v.appendText(nil, i)) }

// number reads a pseudonym; false for anything else, and for one whose name is gone.
func (v *Vault) number(text string) (uint32, bool) {
	var b [nameBytes / 2]byte
	if len(text) != nameBytes {
		return 0, false
	}
	if _, err := hex.Decode(b[:], []byte(text)); err != nil {
		return 0, false
	}
	i := binary.BigEndian.Uint32(b[:])
	if int(i) >= len(v.entries) {
		return i, false
	}
	e := &v.entries[i]
	return i, e.kind != erased && e.salt == binary.BigEndian.Uint64(b[4:])
}

func (v *Vault) nameOf(e *entry) (tenant, name string) {
	at := e.from + uint32(e.tenant)
	return string(v.names[e.from:at]), string(v.names[at : at+uint32(e.name)])
}

// find is the number of a living name.
func (v *Vault) find(k kind, tenant, name string) (uint32, bool) {
	p := v.place(k, tenant, name)
	v.mu.RLock()
	i, ok := v.places[p]
	v.mu.RUnlock()
	if !ok && v.f == nil && v.reread() {
		v.mu.RLock()
		defer v.mu.RUnlock()
		i, ok = v.places[p]
	}
	return i, ok
}

// give is the number of a name, which is drawn if it is new.
func (v *Vault) give(k kind, tenant, name string, owner uint32) (uint32, error) {
	if i, ok := v.find(k, tenant, name); ok {
		return i, nil
	}
	if len(tenant) > maxName || len(name) > maxName {
		return 0, ErrName
	}
	e := entry{kind: k, owner: owner, tenant: uint8(len(tenant)), name: uint8(len(name))}
	var r [24]byte
	if _, err := rand.Read(r[:]); err != nil {
		return 0, fmt.Errorf("draw a key: %w", err)
	}
	copy(e.key[:], r[:16])
	e.salt = binary.LittleEndian.Uint64(r[16:])
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.place(k, tenant, name)
	if i, ok := v.places[p]; ok {
		return i, nil // somebody was faster
	}
	switch {
	case v.failed != nil:
		return 0, fmt.Errorf("write vault: %w", v.failed)
	case v.f == nil:
		return 0, errors.New("write vault: it is open for reading")
	}
	b := appendEntry(nil, &e, tenant, name)
	if _, err := v.f.WriteAt(b, v.end); err != nil {
		return 0, fmt.Errorf("write vault: %w", err) // the next one overwrites it
	}
	v.keep(e, tenant, name)
	v.end += int64(len(b))
	v.written.Store(v.end)
	return uint32(len(v.entries) - 1), nil
}

// keep puts an entry at the end of those in memory; v.mu is held.
func (v *Vault) keep(e entry, tenant, name string) {
	e.from, e.at = uint32(len(v.names)), v.end
	v.names = append(append(v.names, tenant...), name...)
	v.entries = append(v.entries, e)
	if e.kind != erased {
		v.places[v.place(e.kind, tenant, name)] = uint32(len(v.entries) - 1)
	}
}
