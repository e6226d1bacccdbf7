package features

import (
	"encoding/binary"
	"math/bits"

	"takt/engine"
	"takt/engine/mix"
)

// Kind says which sort of fact was folded last. At the same instant events come before decisions:
// a decision knows the events of its moment.
type Kind uint8

// The kinds of facts, in fold order.
const (
	KindEvent Kind = 1 + iota
	KindDecision
)

// FollowsEvent reports whether e certainly comes after everything folded and was never folded, so
// that it may be folded in place. False means "fold the whole log again", never "wrong".
//
// Order alone cannot see a repeated identity with a newer time, so Seen is asked as well.
func (p *Profile) FollowsEvent(e *engine.Event) bool {
	if e.Type == engine.EventRetracted || e.Type == engine.DebtorMerged {
		return false
	}
	id, hash := identify(e.Source, e.ID)
	return p.follows(e.At.UnixMicro(), KindEvent, id) && !p.Seen.Has(hash)
}

// FollowsDecision is FollowsEvent for a decision; its ids are never given twice.
func (p *Profile) FollowsDecision(d *engine.Decision) bool {
	return p.follows(d.IssuedAt.UnixMicro(), KindDecision, prefixOf(d.ID))
}

func (p *Profile) follows(at int64, kind Kind, id Prefix) bool {
	switch {
	case p.LastKind == 0 || at > p.LastAt:
		return true
	case at < p.LastAt || kind < p.LastKind:
		return false
	}
	return kind > p.LastKind || id.Head > p.LastID.Head || id.Head == p.LastID.Head && id.Rest > p.LastID.Rest
}

// mark notes the place of a fact in the order.
func (p *Profile) mark(at int64, kind Kind, id Prefix) {
	if p.LastKind == 0 {
		p.start(at)
	}
	p.LastAt, p.LastKind, p.LastID = at, kind, id
}

// start prepares for the first fact.
func (p *Profile) start(at int64) {
	p.begin()
	p.First = at
	p.Rhythm.Base = int32(momentOf(at).day / halfLife)
}

// Prefix is the first 16 bytes of an id, zero-padded, as two numbers that compare like the bytes. It
// is a struct because Go passes structs in registers and arrays through memory, where two narrow
// writes before a wide read stall.
type Prefix struct{ Head, Rest uint64 }

func prefix(id string) Prefix {
	if len(id) > 8 {
		return Prefix{bigWord(id), bigWord(id[8:])}
	}
	return Prefix{bigWord(id), 0}
}

// bigWord reads up to eight bytes as they compare.
func bigWord(s string) uint64 {
	switch n := len(s); {
	case n >= 8:
		return bits.ReverseBytes64(mix.Word(s))
	case n >= 4: // the last four bytes overlap the first four where they are the same bytes
		return uint64(bits.ReverseBytes32(mix.Half(s)))<<32 | uint64(bits.ReverseBytes32(mix.Half(s[n-4:])))<<(64-8*n)
	}
	var w uint64
	for i := range len(s) {
		w |= uint64(s[i]) << (56 - 8*i)
	}
	return w
}

func prefixOf(id engine.ID) Prefix {
	return Prefix{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

// Seen is a Bloom filter of event identities (Bloom, 1970): 512 bits, two per identity. It never
// misses one that was added; it takes 3 % of new ones for known after 50 events, 29 % after 200, and
// each such mistake costs one refold and no exactness.
type Seen [8]uint64

// Has reports whether h may have been added.
func (s *Seen) Has(h uint64) bool {
	return s[h>>6&7]>>(h&63)&1&(s[h>>15&7]>>(h>>9&63)) != 0
}

// Add adds h.
func (s *Seen) Add(h uint64) {
	s[h>>6&7] |= 1 << (h & 63)
	s[h>>15&7] |= 1 << (h >> 9 & 63)
}

// identify gives an event's place among those of its instant, and a hash of its identity (source, id)
// in the manner of wyhash: 16 bytes at a time through a product (package mix). It needs no key: a
// collision costs a refold only.
func identify(source, id string) (Prefix, uint64) {
	h := uint64(len(source))<<32 ^ uint64(len(id)) ^ mix.K1
	at := prefix(id) // the first 16 bytes
	for ; len(source) > 16; source = source[16:] {
		h = mix.Fold(h^mix.Word(source), mix.K0^mix.Word(source[8:]))
	}
	for n := len(id); n > 16; n -= 16 {
		h = mix.Fold(h^mix.Word(id[n-16:]), mix.K2^mix.Word(id[n-8:]))
	}
	s0, s1 := mix.Ends(source)
	return at, mix.Fold(h^at.Head^bits.RotateLeft64(s0, 29), mix.K0^at.Rest^bits.RotateLeft64(s1, 41))
}
