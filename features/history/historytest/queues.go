package historytest

import (
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// report is an event about a decision.
func report(typ engine.EventType, d engine.Decision, seq uint64) engine.Event {
	e := event(d.Tenant, typ, seq)
	e.Debtor = d.Debtor
	e.Data = engine.EventData{Has: engine.FieldDecisionID, DecisionID: d.ID}
	return e
}

// changes: a decision comes again when a report about it is shipped, even one that happened long before;
// its state is that of the last report in fold order.
func changes(t *testing.T, s history.Store) {
	tenant := fresh()
	d1, d2 := decision(tenant, 1, 1), decision(tenant, 2, 2)
	appendBatch(t, s, history.Batch{Decisions: []engine.Decision{d1, d2}})
	expectChanges(t, s, tenant, 0, 2, history.Change{Seq: 1, Decision: d1, State: "issued", At: d1.IssuedAt},
		history.Change{Seq: 2, Decision: d2, State: "issued", At: d2.IssuedAt})
	expectChanges(t, s, tenant, 2, 2)

	done := report(engine.DecisionExecuted, d1, 5)
	sent := report(engine.ContactSent, d1, 6) // no report about the decision's state
	stray := report(engine.DecisionExecuted, decision(tenant, 9, 0), 7)
	appendBatch(t, s, history.Batch{Events: []engine.Event{done, sent, stray}})
	executed := history.Change{Seq: 5, Decision: d1, State: "executed", At: done.At}
	expectChanges(t, s, tenant, 2, 5, executed)
	expectChanges(t, s, tenant, 0, 5, history.Change{Seq: 2, Decision: d2, State: "issued", At: d2.IssuedAt}, executed)

	early := report(engine.DecisionSkipped, d1, 8) // shipped late: it happened before the execution
	early.At = done.At.Add(-time.Hour)
	again := done // a duplicate is no news
	again.Seq = 9
	over := report(engine.DecisionOverridden, d2, 10)
	over.Debtor = "D-7" // a report counts by the decision it names
	appendBatch(t, s, history.Batch{Events: []engine.Event{early, again, over}})
	executed.Seq = 8
	expectChanges(t, s, tenant, 5, 10, executed, history.Change{Seq: 10, Decision: d2, State: "overridden", At: over.At})
	expectChanges(t, s, tenant, 10, 10)

	taken := report(engine.DecisionSkipped, d2, 12) // its identity was an ordinary event's before
	taken.ID = sent.ID
	appendBatch(t, s, history.Batch{Events: []engine.Event{taken}})
	expectChanges(t, s, tenant, 10, 10)
}

func expectChanges(t *testing.T, s history.Store, tenant string, after, next history.Cursor, want ...history.Change) {
	t.Helper()
	got, cursor, err := s.Changes(ctx, tenant, after, 100)
	if err != nil {
		t.Fatalf("changes after %d: %v", after, err)
	}
	equal(t, "changes", got, want)
	if cursor != next {
		t.Errorf("changes after %d: next cursor %d, want %d", after, cursor, next)
	}
}

// changesInPages: walking with any page size meets the same changes.
func changesInPages(t *testing.T, s history.Store) {
	tenant := fresh()
	var b history.Batch
	for i := range 20 {
		d := decision(tenant, byte(i+1), uint64(1+i))
		b.Decisions = append(b.Decisions, d)
		if i%2 == 0 { // the first half of the stream is stale: newer facts follow
			b.Events = append(b.Events, report(engine.DecisionExecuted, d, uint64(40-i)))
			b.Events[len(b.Events)-1].ID = "r-" + string(rune('a'+i))
		}
	}
	appendBatch(t, s, b)
	whole, _, err := s.Changes(ctx, tenant, 0, 100)
	if err != nil || len(whole) != 20 {
		t.Fatalf("%d changes, %v; want 20", len(whole), err)
	}
	for _, size := range []int{1, 3, 20} {
		var got []history.Change
		for cursor := history.Cursor(0); ; {
			page, next, err := s.Changes(ctx, tenant, cursor, size)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			if len(page) > size || next <= cursor {
				t.Fatalf("page of %d after %d ends at %d; want at most %d and a later cursor", len(page), cursor, next, size)
			}
			got, cursor = append(got, page...), next
		}
		equal(t, "pages", got, whole)
	}
}

// answers: those given beside a decision and those that decisions carry, each key once.
func answers(t *testing.T, s history.Store) {
	tenant, other := fresh(), fresh()
	now := time.Now().UTC().Truncate(time.Microsecond) // stores may forget after 7 days
	d := decision(tenant, 1, 4)
	d.Key, d.BodyHash, d.Recorded = "k-1", [16]byte{1, 0, 255}, now
	keyless := decision(tenant, 2, 5)
	given := history.Answer{Tenant: tenant, Key: "k-2", BodyHash: [16]byte{2}, Decision: d.ID, At: now, Seq: 3}
	again := given
	again.Seq, again.BodyHash = 9, [16]byte{3}
	old := history.Answer{Tenant: tenant, Key: "k-0", Decision: d.ID, At: now.Add(-time.Hour), Seq: 1}
	same := given
	same.Tenant, same.Seq = other, 2
	appendBatch(t, s, history.Batch{Decisions: []engine.Decision{d, keyless}, Answers: []history.Answer{again, given, old, same}})

	key := "k-1"
	if m, ok := s.(interface {
		AnswerKey(tenant, key string) string
	}); ok { // a store that keeps no names
		key = m.AnswerKey(tenant, key)
	}
	want := []history.Answer{same, given, {Tenant: tenant, Key: key, BodyHash: d.BodyHash, Decision: d.ID, At: now, Seq: 4}}
	equal(t, "answers", readAnswers(t, s, now, tenant, other), want)
	equal(t, "older answers", readAnswers(t, s, now.Add(-time.Hour), tenant, other), append([]history.Answer{old}, want...))
}

func readAnswers(t tb, s history.Store, since time.Time, tenants ...string) []history.Answer {
	t.Helper()
	var got []history.Answer
	err := s.Answers(ctx, since, func(a history.Answer) error {
		for _, id := range tenants {
			if a.Tenant == id {
				got = append(got, a)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("answers: %v", err)
	}
	return got
}
