package vault

import (
	"crypto/cipher"
	"fmt"

	"takt/engine"
	"takt/features/record"
)

// OpenEvent turns a masked event back, in place; one that is plain stays as it is. It reports false, and
// clears e, where the key is gone.
func (v *Vault) OpenEvent(e *engine.Event) (bool, error) {
	var o Opener
	o.v = v
	return o.Event(e)
}

// OpenDecision is OpenEvent for a decision.
func (v *Vault) OpenDecision(d *engine.Decision) (bool, error) {
	var o Opener
	o.v = v
	return o.Decision(d)
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
