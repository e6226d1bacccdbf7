package clickhouse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// asText reads the one row of a tenant, column by column, as SQL prints it; record and reply are left out.
func asText(t *testing.T, s *Store, table, tenant string) map[string]string {
	t.Helper()
	names, err := query(t.Context(), s.short, "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} AND name NOT IN ('record', 'reply', 'identity')",
		[]any{named("table", table)}, func(row func(...any) error) (n string, err error) { return n, row(&n) })
	if err != nil || len(names) == 0 {
		t.Fatalf("columns of %s: %v", table, err)
	}
	values, err := query(t.Context(), s.short, "SELECT ["+"toString("+strings.Join(names, "), toString(")+")] FROM "+table+" WHERE tenant = {tenant:String}",
		[]any{named("tenant", tenant)}, func(row func(...any) error) (v []string, err error) { return v, row(&v) })
	if err != nil || len(values) != 1 {
		t.Fatalf("%d rows of %s: %v", len(values), table, err)
	}
	got := map[string]string{}
	for i, n := range names {
		got[n] = values[0][i]
	}
	return got
}

// expect compares every column with the text that an analyst should see.
func expect(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, v := range got {
		if v != want[name] {
			t.Errorf("column %s is %q, want %q", name, v, want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d columns, want %d", len(got), len(want))
	}
}

// TestEventColumns: the columns for SQL say what the record says, by readable names.
func TestEventColumns(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	at := time.Date(2025, 11, 21, 9, 2, 0, 123456000, time.UTC)
	e := engine.Event{Tenant: "columns-" + time.Now().Format("150405.000000000"), Source: "erp", ID: "e-1", Type: engine.PromiseMade, Debtor: "D-9", At: at, Received: at.Add(time.Second), Seq: 7,
		Data: engine.EventData{Has: engine.FieldWeekdays<<1 - 1,
			CaseID: "C-1", Portfolio: "telco", Stage: "dunning", Fulfilment: "delivered", Reason: "später", Open: engine.Money{AmountMinor: 12990, Currency: "EUR"},
			OldestDue: 20000, ContractDate: 19000, DunningLevel: -1, Kind: "person", TZ: "Europe/Berlin", Region: "DE-BE", Language: "de", BirthYear: 1981, Flags: engine.Insolvent | engine.Vulnerable,
			Channel: engine.Letter, Tone: engine.LossFramed, AddressRef: "a-1", Purpose: "service", State: "given", Basis: "contract", Template: "t-1", Validity: .75,
			DecisionID: engine.ID{1}, ActedAt: at.Add(time.Hour), CostMicro: 70_000, Action: "sms", AmountMinor: -5, Currency: "CHF", Unmatched: true, EventID: "e-0", Other: "D-2",
			Name: "score", Value: -.5, Due: 20500, Instalments: 6, MadeTo: "bot", Scope: "case", Reference: "AZ", Until: at.AddDate(0, 1, 0), Date: 20400, HourFrom: 540, HourTo: 1440, Weekdays: engine.SetOf(engine.Sunday, engine.Saturday)}}
	if err := s.Append(t.Context(), history.Batch{Token: e.Tenant, Events: []engine.Event{e}}); err != nil {
		t.Fatal(err)
	}
	expect(t, asText(t, s, "events", e.Tenant), map[string]string{
		"tenant": e.Tenant, "debtor_id": "D-9", "at": "2025-11-21 09:02:00.123456", "id": "e-1", "source": "erp", "type": "promise_made", "seq": "7",
		"received": "2025-11-21 09:02:01.123456", "has": fmt.Sprint(uint64(e.Data.Has)), "case_id": "C-1", "portfolio": "telco", "stage": "dunning", "fulfilment": "delivered",
		"reason": "später", "open_minor": "12990", "open_currency": "EUR", "oldest_due": "2024-10-04", "contract_date": "2022-01-08", "dunning_level": "-1", "kind": "person",
		"tz": "Europe/Berlin", "region": "DE-BE", "language": "de", "birth_year": "1981", "flags": fmt.Sprint(uint32(e.Data.Flags)), "channel": "letter", "tone": "loss_framed",
		"address_ref": "a-1", "purpose": "service", "state": "given", "basis": "contract", "template": "t-1", "validity": "0.75", "decision_id": engine.ID{1}.String(),
		"acted_at": "2025-11-21 10:02:00.123456", "cost_micro": "70000", "action": "sms", "amount_minor": "-5", "currency": "CHF", "unmatched": "true", "event_id": "e-0",
		"other": "D-2", "name": "score", "value": "-0.5", "expires": "1970-01-01 00:00:00.000000", "due": "2026-02-16", "instalments": "6", "made_to": "bot", "scope": "case",
		"reference": "AZ", "until": "2025-12-21 09:02:00.123456", "date": "2025-11-08", "hour_from": "540", "hour_to": "1440", "weekdays": "130"})
}

// TestEventTypes: the table knows every type, channel and tone by the engine's name.
func TestEventTypes(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	b := history.Batch{Token: "types-" + time.Now().Format("150405.000000000")}
	var want []string
	for typ := 1; typ < engine.EventTypes; typ++ {
		e := engine.Event{Tenant: b.Token, Source: "erp", ID: fmt.Sprint(typ), Type: engine.EventType(typ), Debtor: "D", At: time.Unix(int64(typ), 0), Seq: uint64(typ),
			Data: engine.EventData{Has: engine.FieldChannel | engine.FieldTone, Channel: engine.Channel(typ % engine.Channels), Tone: engine.Tone(typ % engine.Tones)}}
		b.Events, want = append(b.Events, e), append(want, fmt.Sprintf("%s %s %s", e.Type, e.Data.Channel, e.Data.Tone))
	}
	if err := s.Append(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	got, err := query(t.Context(), s.short, "SELECT concat(toString(type), ' ', toString(channel), ' ', toString(tone)) FROM events WHERE tenant = {tenant:String} ORDER BY at",
		[]any{named("tenant", b.Token)}, func(row func(...any) error) (v string, err error) { return v, row(&v) })
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDecisionColumns(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	at := time.Date(2025, 11, 21, 9, 2, 0, 0, time.UTC)
	d := engine.Decision{ID: engine.ID{1, 2}, Tenant: "columns-" + time.Now().Format("150405.000000000"), Debtor: "D-9", Case: "C-1", Seq: 8, Kind: engine.KindContact, Mode: engine.Shadow,
		IssuedAt: at, Recorded: at.Add(time.Second), Expires: at.Add(time.Hour), Review: at.Add(2 * time.Hour), ProfileAsOf: at.Add(-time.Hour), Schema: 1, X: []float32{.5, -1},
		Portfolio: "telco", Segment: "s", OpenMinor: 12990, Currency: "EUR", Policy: "bandit", Version: "3", Snapshot: "ab", Ruleset: "r1",
		Variant: engine.Variant{Experiment: "x", Arm: "b", Share: .25}, Grid: "email|firm|d0.0800-1100|none", Eligible: []uint16{0, 1}, Votes: []engine.Vote{{Action: 1, Weight: 31}}, Epsilon: .05, Draw: .5,
		Chosen: 1, Propensity: .97, Action: engine.ContactAction{Channel: engine.Email, Tone: engine.Firm, Offer: engine.PaymentLink, AddressRef: "a-1", Template: "t", Language: "de",
			NotBefore: at.Add(3 * time.Hour), NotAfter: at.Add(4 * time.Hour), TZ: "Europe/Berlin"},
		Reason: "why", Queue: "q", CostMicro: 70_000, RequestHash: 1 << 63, Key: "k", BodyHash: [16]byte([]byte("0123456789abcdef")), Reply: []byte("{}")}
	if err := s.Append(t.Context(), history.Batch{Token: d.Tenant, Decisions: []engine.Decision{d}}); err != nil {
		t.Fatal(err)
	}
	expect(t, asText(t, s, "decisions", d.Tenant), map[string]string{
		"tenant": d.Tenant, "debtor_id": "D-9", "issued_at": "2025-11-21 09:02:00.000000", "id": d.ID.String(), "case_id": "C-1", "seq": "8", "kind": "contact", "mode": "shadow",
		"recorded": "2025-11-21 09:02:01.000000", "expires": "2025-11-21 10:02:00.000000", "review": "2025-11-21 11:02:00.000000", "profile_as_of": "2025-11-21 08:02:00.000000",
		"schema": "1", "x": "[0.5,-1]", "portfolio": "telco", "segment": "s", "open_minor": "12990", "currency": "EUR", "policy": "bandit", "version": "3", "snapshot": "ab",
		"ruleset": "r1", "experiment": "x", "arm": "b", "share": "0.25", "grid": "email|firm|d0.0800-1100|none", "eligible": "[0,1]", "vote_actions": "[1]", "vote_weights": "[31]",
		"epsilon": "0.05", "draw": "0.5", "chosen": "1", "propensity": "0.97", "channel": "email", "tone": "firm", "offer": "payment_link", "address_ref": "a-1", "template": "t",
		"language": "de", "not_before": "2025-11-21 12:02:00.000000", "not_after": "2025-11-21 13:02:00.000000", "tz": "Europe/Berlin", "until": "1970-01-01 00:00:00.000000",
		"reason": "why", "queue": "q", "cost_micro": "70000", "request_hash": "9223372036854775808", "idempotency_key": "k", "body_hash": "0123456789abcdef"})
}
