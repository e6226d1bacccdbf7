package keys

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// file is the content of keys.json.
type file struct {
	Version int               `json:"version"`
	Keys    []Key             `json:"keys"`
	Secrets map[string][]byte `json:"secrets,omitempty"` // by tenant; see Secret
}

// New describes a key to create.
type New struct {
	Tenant  string
	Role    Role
	Expires time.Time // zero: never
	Now     time.Time // zero: time.Now
	Rand    io.Reader // nil: crypto/rand
}

// Create adds a key to the file, which it makes if need be, and returns its text: nobody can read it again.
func Create(path string, n New) (Key, string, error) {
	if n.Tenant == "" {
		return Key{}, "", errors.New("create key: name the tenant")
	}
	if _, err := ParseRole(string(n.Role)); err != nil {
		return Key{}, "", fmt.Errorf("create key: %w", err)
	}
	if n.Now.IsZero() {
		n.Now = time.Now()
	}
	id, text, err := mint(n.Rand)
	if err != nil {
		return Key{}, "", err
	}
	digest := sum(text)
	k := Key{ID: id, Tenant: n.Tenant, Role: n.Role, SHA256: hex.EncodeToString(digest[:]),
		Created: n.Now.UTC().Truncate(time.Second), Expires: n.Expires.UTC()}
	err = change(path, func(f *file) error {
		for i := range f.Keys {
			if f.Keys[i].ID == id {
				return fmt.Errorf("key id %s is taken: try again", id)
			}
		}
		f.Keys = append(f.Keys, k)
		return nil
	})
	return k, text, err
}

// List is the keys in the file, in the order of their creation; none if there is no file.
func List(path string) ([]Key, error) {
	f, err := read(path)
	return f.Keys, err
}

// Expire ends a key at the instant.
func Expire(path, id string, at time.Time) error {
	return update(path, id, func(k *Key) { k.Expires = at.UTC() })
}

// Revoke refuses a key from the instant on; nothing brings it back.
func Revoke(path, id string, at time.Time) error {
	return update(path, id, func(k *Key) { k.Revoked = at.UTC() })
}

// Rotate creates a key like the one with the id, which goes on working for the grace time.
func Rotate(path, id string, grace time.Duration, n New) (Key, string, error) {
	all, err := List(path)
	if err != nil {
		return Key{}, "", err
	}
	if n.Now.IsZero() {
		n.Now = time.Now()
	}
	for _, k := range all {
		if k.ID != id {
			continue
		}
		if err := k.Valid(n.Now); err != nil {
			return Key{}, "", fmt.Errorf("rotate key %s: %w", id, err)
		}
		n.Tenant, n.Role = k.Tenant, k.Role
		fresh, text, err := Create(path, n)
		if err != nil {
			return Key{}, "", err
		}
		return fresh, text, Expire(path, id, n.Now.Add(grace))
	}
	return Key{}, "", missing(id)
}

func missing(id string) error {
	return fmt.Errorf("key %s: %w (list them with: takt keys list)", id, ErrUnknown)
}

func update(path, id string, set func(*Key)) error {
	return change(path, func(f *file) error {
		for i := range f.Keys {
			if f.Keys[i].ID == id {
				set(&f.Keys[i])
				return nil
			}
		}
		return missing(id)
	})
}

// change edits the file under its lock and replaces it whole, or leaves it as it was.
func change(path string, edit func(*file) error) error {
	unlock, err := lock(path + ".lock")
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	defer unlock()
	f, err := read(path)
	if err != nil {
		return err
	}
	if err := edit(&f); err != nil {
		return err
	}
	return replace(path, f)
}

func read(path string) (file, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return file{Version: 1}, nil
	}
	if err != nil {
		return file{}, fmt.Errorf("read keys: %w", err)
	}
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return file{}, fmt.Errorf("read keys %s: %w; bring it back from a backup, or move it away and create new keys", path, err)
	}
	if f.Version != 1 {
		return file{}, fmt.Errorf("read keys %s: version %d, this program knows 1", path, f.Version)
	}
	return f, nil
}

func replace(path string, f file) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	// CreateTemp makes the file 0600, so the digests are never readable by others, not even for a moment.
	t, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	defer os.Remove(t.Name()) // fails after the rename, as it should
	_, err = t.Write(append(b, '\n'))
	err = errors.Join(err, t.Sync(), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	return nil
}
