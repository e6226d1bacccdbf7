package keys

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// RingOptions tune a Ring; nil means the defaults.
type RingOptions struct {
	Now    func() time.Time // defaults to time.Now
	Logger *slog.Logger     // hears of a file that cannot be read; defaults to none
}

// Ring answers whose key a text is. It is safe for concurrent use and takes no lock on the way.
type Ring struct {
	path   string
	now    func() time.Time
	logger *slog.Logger

	local string // token of commands on this machine; see Grant

	set  atomic.Pointer[set]
	next atomic.Int64 // Unix nanoseconds of the next look at the file
	mu   sync.Mutex   // one reload at a time
}

// set is one reading of the file.
type set struct {
	keys    map[string]entry
	stat    os.FileInfo // nil: there was no file
	refused string      // why the last change of the file was not taken over; said once
}

type entry struct {
	Key
	digest [32]byte
}

// Open reads the file; no file is an empty ring. It refuses a file that others may read.
func Open(path string, o *RingOptions) (*Ring, error) {
	r := &Ring{path: path, now: time.Now, logger: slog.New(slog.DiscardHandler)}
	if o != nil && o.Now != nil {
		r.now = o.Now
	}
	if o != nil && o.Logger != nil {
		r.logger = o.Logger
	}
	s, err := r.load()
	if err != nil {
		return nil, err
	}
	r.set.Store(s)
	r.next.Store(r.now().Add(time.Second).UnixNano())
	return r, nil
}

// Len is the number of keys, spent ones included.
func (r *Ring) Len() int { return len(r.set.Load().keys) }

// Lookup is the key of the text. It returns ErrUnknown, ErrExpired or ErrRevoked.
func (r *Ring) Lookup(text string) (Key, error) {
	if strings.HasPrefix(text, localPrefix) {
		if k, ok := r.grantee(text); ok {
			return k, nil
		}
		return Key{}, ErrUnknown
	}
	now := r.now()
	r.refresh(now)
	id, ok := idOf(text)
	e := r.set.Load().keys[id] // of an unknown id the zero digest is compared: the same work
	digest := sum(text)
	if subtle.ConstantTimeCompare(digest[:], e.digest[:]) != 1 || !ok || e.ID == "" {
		return Key{}, ErrUnknown
	}
	return e.Key, e.Valid(now)
}

// refresh looks whether the file changed, at most once a second, and then takes the new keys over.
func (r *Ring) refresh(now time.Time) {
	due := r.next.Load()
	if now.UnixNano() < due || !r.next.CompareAndSwap(due, now.Add(time.Second).UnixNano()) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.set.Load()
	st, err := os.Stat(r.path)
	if err == nil && old.stat != nil && os.SameFile(st, old.stat) && st.ModTime().Equal(old.stat.ModTime()) && st.Size() == old.stat.Size() {
		return
	}
	if os.IsNotExist(err) && old.stat == nil {
		return
	}
	s, err := r.load()
	if err != nil {
		// A file that cannot be read must not lock everybody out: the last good keys stay.
		if err.Error() != old.refused {
			r.logger.Error("keys are not reloaded", "err", err)
		}
		s = &set{keys: old.keys, stat: old.stat, refused: err.Error()}
	}
	r.set.Store(s)
}

func (r *Ring) load() (*set, error) {
	st, err := os.Stat(r.path)
	if os.IsNotExist(err) {
		return &set{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read keys: others may read %s (mode %o); run: chmod 600 %s", r.path, st.Mode().Perm(), r.path)
	}
	f, err := read(r.path)
	if err != nil {
		return nil, err
	}
	s := &set{keys: make(map[string]entry, len(f.Keys)), stat: st}
	for _, k := range f.Keys {
		digest, err := hex.DecodeString(k.SHA256)
		if err != nil || len(digest) != 32 {
			return nil, fmt.Errorf("read keys %s: key %s has no SHA-256", r.path, k.ID)
		}
		s.keys[k.ID] = entry{k, [32]byte(digest)}
	}
	return s, nil
}
