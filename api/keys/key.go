package keys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Role is what a key may do.
type Role string

// The roles.
const (
	Decide  Role = "decide"  // the dunning system: decisions, events, due cases, timelines
	Analyst Role = "analyst" // reads
	Admin   Role = "admin"   // everything
)

// Right is one kind of access that a route asks for.
type Right uint8

// The rights.
const (
	Ask    Right = 1 << iota // ask for decisions, report events
	Work                     // read what a dunning system works with: decisions, due cases, timelines
	Read                     // read everything, profiles too
	Manage                   // change what decides
)

// May reports whether the role includes the right.
func (r Role) May(right Right) bool {
	switch r {
	case Decide:
		return right&(Ask|Work) == right
	case Analyst:
		return right&(Work|Read) == right
	case Admin:
		return true
	}
	return false
}

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains([]Role{Decide, Analyst, Admin}, r) {
		return r, nil
	}
	return "", fmt.Errorf("%q is no role: use decide, analyst or admin", s)
}

// Key is one entry of the file; it does not hold the secret.
type Key struct {
	ID      string    `json:"id"`
	Tenant  string    `json:"tenant"`
	Role    Role      `json:"role"`
	SHA256  string    `json:"sha256"` // hex, of the whole text of the key
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// Why a key is refused; the API answers 401 to all of them without saying which.
var (
	ErrUnknown = errors.New("unknown API key")
	ErrExpired = errors.New("API key has expired")
	ErrRevoked = errors.New("API key was revoked")
)

// Valid says whether the key may be used at the instant: nil, ErrExpired or ErrRevoked.
func (k *Key) Valid(at time.Time) error {
	switch {
	case !k.Revoked.IsZero() && !at.Before(k.Revoked):
		return ErrRevoked
	case !k.Expires.IsZero() && !at.Before(k.Expires):
		return ErrExpired
	}
	return nil
}

const (
	prefix      = "takt_"
	idBytes     = 5  // 8 letters
	secretBytes = 32 // 52 letters
)

// letters is RFC 4648 base 32 in small letters: a key survives being read aloud.
func letters() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// mint draws a key's id and text.
func mint(random io.Reader) (id, text string, err error) {
	if random == nil {
		random = rand.Reader
	}
	var b [idBytes + secretBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", "", fmt.Errorf("draw a key: %w", err)
	}
	id = letters().EncodeToString(b[:idBytes])
	return id, prefix + id + "_" + letters().EncodeToString(b[idBytes:]), nil
}

// idOf is the id inside a key's text.
func idOf(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || len(rest) > 200 {
		return "", false
	}
	id, _, ok := strings.Cut(rest, "_")
	return id, ok
}

func sum(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }
