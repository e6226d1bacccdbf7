package learner

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features/history"
)

// turned are the logs of n waiting debtors, one after the other, of whom so many settle, and so many from the one at turn on.
func turned(tn *engine.Tenant, n, turn int, every time.Duration, before, after float64) logs {
	r := rand.New(rand.NewPCG(1, 5))
	all := make(logs, n)
	for i := range all {
		d := decided(tn, i, engine.Hold)
		d.IssuedAt = start().Add(time.Duration(i) * every)
		d.X[0] = float32(r.Float64())
		all[i] = history.Log{Tenant: tn.ID, Debtor: d.Debtor, Decisions: []engine.Decision{d}}
		p := before
		if i >= turn {
			p = after
		}
		if r.Float64() < p {
			all[i].Events = []engine.Event{reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"})}
		}
	}
	return all
}

// A snapshot's header has the last alarm and the last forgetting of its training, learned day by day or from scratch,
// and says nothing where there was none.
func TestHeaderTellsOfDriftAndForgetting(t *testing.T) {
	tn := tenant()
	o, s := options(tn), turned(tn, 9000, 6500, time.Minute, .2, .7)
	o.AsOf = start().Add(36 * day)
	var l Learner
	early, report, err := l.Train(t.Context(), s, o)
	if err != nil || report.Closed < 1000 || report.Drift != nil || report.Forgot != nil {
		t.Fatalf("before the turn %+v, %v", report, err)
	}
	if line, _, _ := strings.Cut(string(early[len("takt snapshot 1\n"):]), "\n"); strings.Contains(line, "drift") || strings.Contains(line, "forgot") {
		t.Errorf("without an alarm the header is %s", line)
	}
	o.AsOf = start().Add(365 * day)
	late, report, err := l.Train(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if scratch, _, err := Train(t.Context(), s, o); err != nil || !bytes.Equal(late, scratch) {
		t.Errorf("from scratch other bytes, %v", err)
	}
	snap, err := policy.Open(late)
	if err != nil || len(report.Drift) == 0 || len(report.Forgot) == 0 {
		t.Fatalf("report %+v, %v", report, err)
	}
	turn := engine.DateOf(start().Add(6500 * time.Minute)).String()
	if d := snap.Header.Drift; d == nil || *d != report.Drift[len(report.Drift)-1] || d.Day < turn || d.Channel == "" || d.Shift < .1 {
		t.Errorf("alarms %+v, in the header %+v", report.Drift, d)
	}
	if f := snap.Header.Forgot; f == nil || *f != report.Forgot[len(report.Forgot)-1] || f.Base >= 1 {
		t.Errorf("forgot %+v, in the header %+v", report.Forgot, f)
	}
}
