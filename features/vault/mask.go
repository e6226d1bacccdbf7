package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"sync/atomic"
	"unsafe"

	"takt/engine"
	"takt/features/record"
)

// MaskEvent is e as journal and store get it. It draws a key for a debtor who has none.
func (v *Vault) MaskEvent(e *engine.Event) (engine.Event, error) {
	m := v.Masker()
	err := m.event(e, record.AppendEvent(nil, e))
	return m.e, err
}

// MaskDecision is d as journal and store get it.
func (v *Vault) MaskDecision(d *engine.Decision) (engine.Decision, error) {
	m := v.Masker()
	err := m.decision(d)
	return m.d, err
}

// AnswerKey stands for an idempotency key: callers like to put case numbers into them.
func (v *Vault) AnswerKey(tenant, key string) string { return v.Fingerprint(tenant, key) }

// Masker masks many facts in memory of its own. Not for concurrent use.
type Masker struct {
	v     *Vault
	e     engine.Event // the last one masked; texts lie in arena
	d     engine.Decision
	arena []byte
	plain []byte
}

// Masker is a new one.
func (v *Vault) Masker() *Masker { return &Masker{v: v} }

// AppendEvent appends the masked event as package record writes it; plain is the record of e.
func (m *Masker) AppendEvent(dst []byte, e *engine.Event, plain []byte) ([]byte, error) {
	if err := m.event(e, plain); err != nil {
		return dst, err
	}
	return record.AppendEvent(dst, &m.e), nil
}

// AppendDecision appends the masked decision as package record writes it.
func (m *Masker) AppendDecision(dst []byte, d *engine.Decision) ([]byte, error) {
	if err := m.decision(d); err != nil {
		return dst, err
	}
	return record.AppendDecision(dst, &m.d), nil
}

// event masks e into m.e.
func (m *Masker) event(e *engine.Event, plain []byte) error {
	box, i, err := m.begin(e.Tenant, e.Debtor, len(plain))
	if err != nil {
		return err
	}
	d := &e.Data
	m.e = engine.Event{Tenant: e.Tenant, Source: e.Source, ID: m.fingerprint(e.Tenant, e.Source, e.ID), Type: e.Type, Debtor: m.text(i), At: e.At, Received: e.Received, Seq: e.Seq}
	m.e.Data = engine.EventData{Has: d.Has, Portfolio: d.Portfolio, Stage: d.Stage, Fulfilment: d.Fulfilment, Open: d.Open, OldestDue: d.OldestDue, DunningLevel: d.DunningLevel,
		Kind: d.Kind, Region: d.Region, Language: d.Language, Channel: d.Channel, Tone: d.Tone, Purpose: d.Purpose, State: d.State, Template: d.Template,
		DecisionID: d.DecisionID, ActedAt: d.ActedAt, CostMicro: d.CostMicro, Action: d.Action, AmountMinor: d.AmountMinor, Currency: d.Currency, Unmatched: d.Unmatched,
		Due: d.Due, Instalments: d.Instalments, MadeTo: d.MadeTo, Scope: d.Scope, Until: d.Until}
	if m.e.Data.CaseID, err = m.caseName(e.Tenant, d.CaseID, i); err != nil {
		return err
	}
	if d.EventID != "" {
		m.e.Data.EventID = m.fingerprint(e.Tenant, e.Source, d.EventID)
	}
	m.e.Sealed = m.seal(box, plain)
	return nil
}

// decision masks d into m.d.
func (m *Masker) decision(d *engine.Decision) error {
	rest := &m.d // first what is sealed: all that is not sealed apart or kept beside it
	*rest = *d
	rest.Eligible, rest.Votes, rest.Reply, rest.Sealed = nil, nil, nil, ""
	m.plain = record.AppendDecision(m.plain[:0], rest)
	box, i, err := m.begin(d.Tenant, d.Debtor, len(m.plain)+len(d.Reply))
	if err != nil {
		return err
	}
	m.d.Debtor, m.d.X, m.d.RequestHash, m.d.Action.AddressRef = m.text(i), nil, 0, ""
	m.d.Eligible, m.d.Votes = d.Eligible, d.Votes
	if m.d.Case, err = m.caseName(d.Tenant, d.Case, i); err != nil {
		return err
	}
	if d.Key != "" {
		m.d.Key = m.fingerprint(d.Tenant, d.Key)
	}
	m.d.Sealed = m.seal(box, m.plain)
	if len(d.Reply) > 0 {
		reply := m.seal(box, d.Reply)
		m.d.Reply = unsafe.Slice(unsafe.StringData(reply), len(reply))
	}
	return nil
}

// begin gives the debtor's cipher and number, and makes room for n bytes to seal and for names.
func (m *Masker) begin(tenant, name string, n int) (cipher.AEAD, uint32, error) {
	const names = 5*nameBytes + 2*(nonceBytes+16)
	if m.arena = m.arena[:0]; cap(m.arena) < n+names {
		m.arena = make([]byte, 0, n+names)
	}
	for v := m.v; ; {
		i, err := v.give(debtor, tenant, name, 0)
		if err != nil {
			return nil, 0, err
		}
		v.mu.RLock()
		e := v.entries[i]
		v.mu.RUnlock()
		if e.kind == debtor { // else erased between two looks: a new key is drawn
			box, err := v.boxes.get(i, &e)
			return box, i, err
		}
	}
}

// since is the text that was appended to the arena from there.
func (m *Masker) since(from int) string {
	return unsafe.String(unsafe.SliceData(m.arena[from:]), len(m.arena)-from)
}

func (m *Masker) fingerprint(parts ...string) string {
	from := len(m.arena)
	m.arena = m.v.appendFingerprint(m.arena, parts...)
	return m.since(from)
}

func (m *Masker) text(i uint32) string {
	from := len(m.arena)
	m.v.mu.RLock()
	m.arena = m.v.appendText(m.arena, i)
	m.v.mu.RUnlock()
	return m.since(from)
}

// caseName is the pseudonym of a case, which its debtor's erasure ends; "" of none.
func (m *Masker) caseName(tenant, id string, owner uint32) (string, error) {
	if id == "" {
		return "", nil
	}
	i, err := m.v.give(claim, tenant, id, owner)
	if err != nil {
		return "", err
	}
	return m.text(i), nil
}

// A sealed text is a nonce, then AES-128-GCM. The nonce is 48 bits drawn when the vault was opened and 48
// that count, so none comes twice.
const nonceBytes = 12

func (m *Masker) seal(box cipher.AEAD, plain []byte) string {
	from := len(m.arena)
	m.arena = append(m.arena, m.v.run[:]...)
	m.arena = append(m.arena, 0, 0, 0, 0, 0, 0, 0, 0)[:from+nonceBytes+2]
	binary.LittleEndian.PutUint64(m.arena[from+6:], m.v.sealed.Add(1))
	m.arena = m.arena[:from+nonceBytes]
	m.arena = box.Seal(m.arena, m.arena[from:from+nonceBytes], plain, nil)
	return m.since(from)
}

// boxes keeps the ciphers of debtors of late: making one costs as much as masking an event. It grows to
// some 20 MB.
type boxes [1 << 14]atomic.Pointer[boxed]

type boxed struct {
	number uint32
	salt   uint64
	box    cipher.AEAD
}

func (b *boxes) get(i uint32, e *entry) (cipher.AEAD, error) {
	at := &b[i%uint32(len(b))]
	if kept := at.Load(); kept != nil && kept.number == i && kept.salt == e.salt {
		return kept.box, nil
	}
	box, err := aead(e.key[:])
	if err == nil {
		at.Store(&boxed{i, e.salt, box})
	}
	return box, err
}

func (b *boxes) forget(i uint32) { b[i%uint32(len(b))].Store(nil) }

func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
