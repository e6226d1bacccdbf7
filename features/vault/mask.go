package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"takt/engine"
	"takt/features/record"
)

// MaskEvent is e as journal and store get it. It draws a key for a debtor who has none.
func (v *Vault) MaskEvent(e *engine.Event) (engine.Event, error) {
	i, err := v.give(debtor, e.Tenant, e.Debtor, 0)
	if err != nil {
		return engine.Event{}, err
	}
	box, name, err := v.box(i)
	if err != nil {
		return engine.Event{}, err
	}
	d := &e.Data
	m := engine.Event{Tenant: e.Tenant, Source: e.Source, ID: v.Fingerprint(e.Tenant, e.Source, e.ID), Type: e.Type, Debtor: name, At: e.At, Received: e.Received, Seq: e.Seq}
	m.Data = engine.EventData{Has: d.Has, Portfolio: d.Portfolio, Stage: d.Stage, Fulfilment: d.Fulfilment, Open: d.Open, OldestDue: d.OldestDue, DunningLevel: d.DunningLevel,
		Kind: d.Kind, Region: d.Region, Language: d.Language, Channel: d.Channel, Tone: d.Tone, Purpose: d.Purpose, State: d.State, Template: d.Template,
		DecisionID: d.DecisionID, ActedAt: d.ActedAt, CostMicro: d.CostMicro, Action: d.Action, AmountMinor: d.AmountMinor, Currency: d.Currency, Unmatched: d.Unmatched,
		Due: d.Due, Instalments: d.Instalments, MadeTo: d.MadeTo, Scope: d.Scope, Until: d.Until}
	if m.Data.CaseID, err = v.caseName(e.Tenant, d.CaseID, i); err != nil {
		return m, err
	}
	if d.EventID != "" {
		m.Data.EventID = v.Fingerprint(e.Tenant, e.Source, d.EventID)
	}
	m.Sealed = seal(box, record.AppendEvent(nil, e))
	return m, nil
}

// OpenEvent turns a masked event back, in place; one that is plain stays as it is. It reports false, and
// clears e, where the key is gone.
func (v *Vault) OpenEvent(e *engine.Event) (bool, error) {
	var o Opener
	o.v = v
	return o.Event(e)
}

// MaskDecision is d as journal and store get it.
func (v *Vault) MaskDecision(d *engine.Decision) (engine.Decision, error) {
	i, err := v.give(debtor, d.Tenant, d.Debtor, 0)
	if err != nil {
		return engine.Decision{}, err
	}
	box, name, err := v.box(i)
	if err != nil {
		return engine.Decision{}, err
	}
	rest := *d // what is not sealed twice
	rest.Eligible, rest.Votes, rest.Reply, rest.Sealed = nil, nil, nil, ""
	m := *d
	m.Debtor, m.X, m.RequestHash = name, nil, 0
	m.Action.AddressRef = ""
	if m.Case, err = v.caseName(d.Tenant, d.Case, i); err != nil {
		return m, err
	}
	if d.Key != "" {
		m.Key = v.AnswerKey(d.Tenant, d.Key)
	}
	m.Sealed = seal(box, record.AppendDecision(nil, &rest))
	if len(d.Reply) > 0 {
		m.Reply = []byte(seal(box, d.Reply))
	}
	return m, nil
}

// OpenDecision is OpenEvent for a decision.
func (v *Vault) OpenDecision(d *engine.Decision) (bool, error) {
	var o Opener
	o.v = v
	return o.Decision(d)
}

// AnswerKey stands for an idempotency key: callers like to put case numbers into them.
func (v *Vault) AnswerKey(tenant, key string) string { return v.Fingerprint(tenant, key) }

// caseName is the pseudonym of a case, which the debtor's erasure ends; "" of none.
func (v *Vault) caseName(tenant, id string, owner uint32) (string, error) {
	if id == "" {
		return "", nil
	}
	i, err := v.give(claim, tenant, id, owner)
	if err != nil {
		return "", err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.text(i), nil
}

// errGone is for who was erased between two looks: the caller begins anew.
var errGone = errors.New("the debtor was erased meanwhile; send it again")

// box is the cipher of debtor i, and the pseudonym.
func (v *Vault) box(i uint32) (cipher.AEAD, string, error) {
	v.mu.RLock()
	e := v.entries[i]
	name := ""
	if e.kind == debtor {
		name = v.text(i)
	}
	v.mu.RUnlock()
	if name == "" {
		return nil, "", errGone
	}
	box, err := aead(e.key[:])
	return box, name, err
}

func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// A sealed text is a random nonce of 12 bytes, then AES-128-GCM: 2^32 texts of one debtor are safe.
const nonceBytes = 12

func seal(box cipher.AEAD, plain []byte) string {
	b := make([]byte, nonceBytes, nonceBytes+len(plain)+box.Overhead())
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return string(box.Seal(b, b, plain, nil))
}

// Opener opens many facts; it keeps the cipher of the debtor whose fact came last. Not for concurrent use.
type Opener struct {
	v    *Vault
	name string
	box  cipher.AEAD // nil: the key is gone
	buf  []byte
}

// Opener is a new one.
func (v *Vault) Opener() *Opener { return &Opener{v: v} }

// turn takes up the debtor of the pseudonym and reports whether there is a key.
func (o *Opener) turn(name string) (bool, error) {
	if name == o.name && name != "" {
		return o.box != nil, nil
	}
	o.name, o.box = name, nil
	v := o.v
	v.mu.RLock()
	i, ok := v.number(name)
	beyond := int(i) >= len(v.entries)
	v.mu.RUnlock()
	if !ok && beyond && v.f == nil && v.reread() {
		v.mu.RLock()
		i, ok = v.number(name)
		v.mu.RUnlock()
	}
	if !ok {
		return false, nil
	}
	v.mu.RLock()
	e := v.entries[i]
	v.mu.RUnlock()
	if e.kind != debtor {
		return false, nil
	}
	var err error
	o.box, err = aead(e.key[:])
	return true, err
}

// open decrypts into memory of its own.
func (o *Opener) open(sealed string) (string, error) {
	if len(sealed) < nonceBytes {
		return "", fmt.Errorf("open a sealed fact: %w", record.ErrCorrupt)
	}
	o.buf = append(o.buf[:0], sealed...)
	plain, err := o.box.Open(o.buf[nonceBytes:nonceBytes], o.buf[:nonceBytes], o.buf[nonceBytes:], nil)
	if err != nil {
		return "", fmt.Errorf("open a sealed fact: %w", record.ErrCorrupt)
	}
	return string(plain), nil
}

// Event is Vault.OpenEvent.
func (o *Opener) Event(e *engine.Event) (bool, error) {
	if e.Sealed == "" {
		return true, nil
	}
	seq := e.Seq
	if ok, err := o.turn(e.Debtor); !ok || err != nil {
		*e = engine.Event{}
		return false, err
	}
	plain, err := o.open(e.Sealed)
	if err == nil {
		err = record.ReadEvent(e, plain)
	}
	e.Seq = seq
	return err == nil, err
}

// Decision is Vault.OpenDecision.
func (o *Opener) Decision(d *engine.Decision) (bool, error) {
	if d.Sealed == "" {
		return true, nil
	}
	masked := *d
	if ok, err := o.turn(d.Debtor); !ok || err != nil {
		*d = engine.Decision{}
		return false, err
	}
	plain, err := o.open(masked.Sealed)
	if err != nil {
		return false, err
	}
	whole, err := record.ReadDecision(plain)
	if err != nil {
		return false, err
	}
	*d = *whole
	d.Seq, d.Eligible, d.Votes = masked.Seq, masked.Eligible, masked.Votes
	d.Action.NotBefore, d.Action.NotAfter = masked.Action.NotBefore, masked.Action.NotAfter // with their zone
	if len(masked.Reply) > 0 {
		reply, err := o.open(string(masked.Reply))
		if err != nil {
			return false, err
		}
		d.Reply = []byte(reply)
	}
	return true, nil
}
