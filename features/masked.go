package features

import (
	"takt/engine"
	"takt/features/journal"
	"takt/features/record"
)

// parseEvent reads an event of the journal; known is false for one whose debtor was erased. The record's
// payload becomes the plain one.
func (l *Ledger) parseEvent(r *journal.Record) (e engine.Event, known bool, err error) {
	if e, err = record.ParseEvent(r.Payload); err != nil || e.Sealed == "" {
		return e, err == nil, err
	}
	if l.o.Vault == nil {
		return e, false, nil
	}
	if known, err = l.o.Vault.OpenEvent(&e); known {
		r.Payload = record.AppendEvent(nil, &e)
	}
	return e, known, err
}

// parseDecision is parseEvent for a decision.
func (l *Ledger) parseDecision(r *journal.Record) (d *engine.Decision, known bool, err error) {
	if d, err = record.ParseDecision(r.Payload); err != nil || d.Sealed == "" {
		return d, err == nil, err
	}
	if l.o.Vault == nil {
		return d, false, nil
	}
	if known, err = l.o.Vault.OpenDecision(d); known {
		r.Payload = record.AppendDecision(nil, d)
	}
	return d, known, err
}

// answerKey is under which key the answer to an idempotency key is found in memory.
func (l *Ledger) answerKey(tenant, key string) Key {
	if l.o.Vault != nil {
		key = l.o.Vault.AnswerKey(tenant, key)
	}
	return l.profiles.hash.pair(tenant, key)
}

// Unanswer forgets that a key was answered with a decision that is no more.
func (l *Ledger) Unanswer(tenant, key string, decision engine.ID) {
	l.answers.forget(l.answerKey(tenant, key), decision)
}
