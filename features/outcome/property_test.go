package outcome

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/history"
)

// types are the events that a label can depend on.
var types = []engine.EventType{engine.PaymentReceived, engine.PaymentReversed, engine.CaseClosed, engine.ComplaintReceived,
	engine.ContractCancelled, engine.DecisionExecuted, engine.DecisionSkipped, engine.ContactSent, engine.EventRetracted, engine.PortalVisited}

func logs(t *rapid.T) (*history.Log, engine.Decision) {
	d := decision(rapid.SampledFrom([]engine.Kind{engine.KindHold, engine.KindContact}).Draw(t, "kind"))
	l := &history.Log{Debtor: "D", Decisions: []engine.Decision{d}}
	for i := range rapid.IntRange(0, 12).Draw(t, "events") {
		e := event(fmt.Sprint(i), rapid.SampledFrom(types).Draw(t, "type"), rapid.Float64Range(-20, 60).Draw(t, "days"), euros(rapid.SampledFrom([]int64{1, 5_000, 10_000}).Draw(t, "minor")))
		e.Data.DecisionID = rapid.SampledFrom([]engine.ID{{}, theID, {7}}).Draw(t, "decision")
		e.Data.Reason = rapid.SampledFrom([]string{"paid", "other"}).Draw(t, "reason")
		e.Data.EventID = fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "retracts"))
		l.Events = append(l.Events, e)
	}
	order(l)
	return l, d
}

func order(l *history.Log) {
	slices.SortFunc(l.Events, func(a, b engine.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
}

// Facts from after the close never change a label: it is final.
func TestClosedLabelsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, d := logs(t)
		end := rules.Close(d.IssuedAt)
		asOf := end.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours")) * time.Hour)
		before := rules.Label(l, &d, end)
		for i := range rapid.IntRange(1, 5).Draw(t, "more") {
			e := event(fmt.Sprint("late", i), rapid.SampledFrom(types).Draw(t, "type"), 35+float64(i), euros(10_000))
			e.Data.DecisionID, e.Data.Reason, e.Data.EventID = theID, "paid", fmt.Sprint(i)
			l.Events = append(l.Events, e)
		}
		order(l)
		if after := rules.Label(l, &d, asOf); after != before {
			t.Fatalf("label %+v became %+v", before, after)
		}
	})
}

// A label as of an instant does not look ahead: cutting the log there changes nothing.
func TestLabelsDoNotLookAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, d := logs(t)
		asOf := issue.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours")) * time.Hour)
		whole := rules.Label(l, &d, asOf)
		cut := *l
		cut.Events = slices.DeleteFunc(slices.Clone(l.Events), func(e engine.Event) bool { return e.At.After(asOf) })
		if got := rules.Label(&cut, &d, asOf); got != whole {
			t.Fatalf("with later facts %+v, without %+v", whole, got)
		}
	})
}

// What a label says always hangs together.
func TestLabelsAreConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, d := logs(t)
		o := rules.Label(l, &d, issue.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "days"))*day))
		switch {
		case o.State < engine.LabelOpen || o.State > engine.LabelMissing,
			o.Age < 0 || o.Age > reward.Horizon,
			!o.Resolved && o.ResolveIn != 0, o.ResolveIn < 0 || o.ResolveIn > reward.Horizon,
			!(o.CashMinor >= 0), o.CostMicro < 0, o.CostMicro > 0 && !o.Executed,
			o.State == engine.LabelMissing && o.Executed:
			t.Fatalf("%+v", o)
		}
	})
}
