package outcome

import (
	"math"
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

const day = 24 * time.Hour

var (
	issue  = time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)
	reward = engine.DefaultReward() // 28 days, 5 % a year
	rules  = Of(&reward)
	late   = issue.Add(100 * day)
	theID  = engine.ID{1, 2, 3}
)

func decision(k engine.Kind) engine.Decision {
	d := engine.Decision{ID: theID, Debtor: "D", Case: "C", Kind: k, IssuedAt: issue, OpenMinor: 10_000, Currency: "EUR"}
	if k == engine.KindContact {
		d.Chosen, d.CostMicro = 1, 500_000
	}
	return d
}

// event builds one of the case, after days.
func event(id string, t engine.EventType, after float64, data engine.EventData) engine.Event {
	if data.CaseID == "" {
		data.CaseID = "C"
	}
	return engine.Event{Source: "erp", ID: id, Type: t, Debtor: "D", At: issue.Add(time.Duration(after * float64(day))), Data: data}
}

func euros(minor int64) engine.EventData {
	return engine.EventData{AmountMinor: minor, Currency: "EUR"}
}

func executed(after float64) engine.Event {
	return event("x", engine.DecisionExecuted, after, engine.EventData{DecisionID: theID})
}

func label(d engine.Decision, asOf time.Time, es ...engine.Event) engine.Outcome {
	slices.SortFunc(es, func(a, b engine.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	return rules.Label(&history.Log{Debtor: "D", Events: es, Decisions: []engine.Decision{d}}, &d, asOf)
}

func TestStates(t *testing.T) {
	hold, contact := decision(engine.KindHold), decision(engine.KindContact)
	shadow := contact
	shadow.Mode = engine.Shadow
	skip := func(reason string) engine.Event {
		return event("s", engine.DecisionSkipped, 1, engine.EventData{DecisionID: theID, Reason: reason})
	}
	end := issue.Add(28*day + Booking)
	for _, c := range []struct {
		name     string
		d        engine.Decision
		asOf     time.Time
		events   []engine.Event
		state    engine.LabelState
		executed bool
	}{
		{"hold runs", hold, end.Add(-1), nil, engine.LabelOpen, true},
		{"hold ends", hold, end, nil, engine.LabelClosed, true},
		{"contact runs", contact, end.Add(-1), []engine.Event{executed(0)}, engine.LabelOpen, true},
		{"contact runs unreported", contact, end.Add(-1), nil, engine.LabelOpen, false},
		{"contact reported", contact, end, []engine.Event{executed(1)}, engine.LabelClosed, true},
		{"contact never reported", contact, end, nil, engine.LabelMissing, false},
		{"contact reported after the close", contact, late, []engine.Event{executed(50)}, engine.LabelMissing, false},
		{"contact paid before it went out", contact, end, []engine.Event{skip("paid")}, engine.LabelClosed, false},
		{"contact disputed", contact, end, []engine.Event{skip("disputed")}, engine.LabelClosed, false},
		{"contact expired", contact, end, []engine.Event{skip("expired")}, engine.LabelClosed, false},
		{"contact overridden", contact, end, []engine.Event{event("o", engine.DecisionOverridden, 1, engine.EventData{DecisionID: theID})}, engine.LabelClosed, false},
		{"contact told by its sending", contact, end, []engine.Event{event("c", engine.ContactSent, 1, engine.EventData{DecisionID: theID})}, engine.LabelClosed, true},
		{"contact that failed", contact, end, []engine.Event{event("c", engine.ContactFailed, 1, engine.EventData{DecisionID: theID})}, engine.LabelClosed, false},
		{"contact told by its answer", contact, end, []engine.Event{event("c", engine.ContactReplied, 1, engine.EventData{DecisionID: theID})}, engine.LabelClosed, true},
		{"another decision's report", contact, end, []engine.Event{event("x", engine.DecisionExecuted, 1, engine.EventData{DecisionID: engine.ID{9}})}, engine.LabelMissing, false},
		{"shadow", shadow, end, []engine.Event{executed(1)}, engine.LabelClosed, false},
	} {
		o := label(c.d, c.asOf, c.events...)
		if o.State != c.state || o.Executed != c.executed {
			t.Errorf("%s: %d executed %v, want %d and %v", c.name, o.State, o.Executed, c.state, c.executed)
		}
	}
}

func TestMoney(t *testing.T) {
	paid := func(id string, after float64, minor int64) engine.Event {
		return event(id, engine.PaymentReceived, after, euros(minor))
	}
	back := func(id string, after float64, minor int64) engine.Event {
		return event(id, engine.PaymentReversed, after, euros(minor))
	}
	closed := event("z", engine.CaseClosed, 20, engine.EventData{Reason: "paid"})
	other := paid("p", 3, 10_000)
	other.Data.CaseID = "C2"
	dollars := paid("p", 3, 10_000)
	dollars.Data.Currency = "USD"
	worth := func(minor, after float64) float64 { return minor * math.Pow(1.05, -after/365) }
	for _, c := range []struct {
		name     string
		events   []engine.Event
		resolved bool
		in       float64 // days
		cash     float64
	}{
		{"nothing", nil, false, 0, 0},
		{"in full", []engine.Event{paid("a", 10, 10_000)}, true, 10, worth(10_000, 10)},
		{"in two parts", []engine.Event{paid("a", 2, 4_000), paid("b", 9, 6_000)}, true, 9, worth(4_000, 2) + worth(6_000, 9)},
		{"in part", []engine.Event{paid("a", 2, 4_000)}, false, 0, worth(4_000, 2)},
		{"on the last instant", []engine.Event{paid("a", 28, 10_000)}, true, 28, worth(10_000, 28)},
		{"too late", []engine.Event{paid("a", 28.001, 10_000)}, false, 0, 0},
		{"before the decision", []engine.Event{paid("a", 0, 10_000)}, false, 0, 0},
		{"reversed", []engine.Event{paid("a", 2, 10_000), back("b", 5, 10_000)}, false, 0, 0},
		{"reversed after the horizon", []engine.Event{paid("a", 27, 10_000), back("b", 30, 10_000)}, false, 0, 0},
		{"reversed and paid again", []engine.Event{paid("a", 2, 10_000), back("b", 5, 10_000), paid("c", 8, 10_000)}, true, 8, worth(10_000, 8)},
		{"reversal of an earlier payment", []engine.Event{paid("a", -9, 7_000), paid("b", 2, 10_000), back("c", 3, 7_000)}, true, 2, worth(10_000, 2)},
		{"reversed in part", []engine.Event{paid("a", 2, 10_000), back("b", 5, 1_000)}, false, 0, worth(9_000, 2)},
		{"retracted", []engine.Event{paid("a", 2, 10_000), event("r", engine.EventRetracted, 40, engine.EventData{EventID: "a"})}, true, 2, worth(10_000, 2)},
		{"retracted in time", []engine.Event{paid("a", 2, 10_000), event("r", engine.EventRetracted, 30, engine.EventData{EventID: "a"})}, false, 0, 0},
		{"of another case", []engine.Event{other}, false, 0, 0},
		{"in another currency", []engine.Event{dollars}, false, 0, 0},
		{"closed as paid, payments unknown", []engine.Event{closed}, true, 20, worth(10_000, 20)},
		{"closed as paid after a discount", []engine.Event{paid("a", 19, 9_000), closed}, true, 20, worth(9_000, 19)},
		{"closed as paid, then charged back", []engine.Event{paid("a", 19, 9_000), closed, back("b", 25, 9_000)}, false, 0, 0},
		{"closed as paid, charged back, closed again", []engine.Event{closed, back("b", 22, 9_000), event("zz", engine.CaseClosed, 26, engine.EventData{Reason: "paid"})}, true, 26, worth(10_000, 26)},
		{"closed for another reason", []engine.Event{event("z", engine.CaseClosed, 20, engine.EventData{Reason: "written_off"})}, false, 0, 0},
	} {
		o := label(decision(engine.KindHold), late, c.events...)
		in := time.Duration(c.in * float64(day))
		if o.Resolved != c.resolved || o.ResolveIn != in || math.Abs(o.CashMinor-c.cash) > 1e-9 {
			t.Errorf("%s: resolved %v in %v, cash %v; want %v, %v, %v", c.name, o.Resolved, o.ResolveIn, o.CashMinor, c.resolved, in, c.cash)
		}
	}
}

func TestCosts(t *testing.T) {
	cost := func(micro int64) engine.EventData {
		return engine.EventData{Has: engine.FieldCostMicro, DecisionID: theID, CostMicro: micro}
	}
	contact := decision(engine.KindContact)
	for _, c := range []struct {
		name   string
		d      engine.Decision
		events []engine.Event
		want   int64
	}{
		{"expected", contact, []engine.Event{executed(1)}, 500_000},
		{"stated", contact, []engine.Event{event("x", engine.DecisionExecuted, 1, cost(700_000))}, 700_000},
		{"stated as nothing", contact, []engine.Event{event("x", engine.DecisionExecuted, 1, cost(0))}, 0},
		{"attempt and talk", contact, []engine.Event{event("x", engine.ContactAttempted, 1, cost(500_000)), event("y", engine.ContactConnected, 1, cost(5_500_000))}, 6_000_000},
		{"the whole and its parts", contact, []engine.Event{event("w", engine.DecisionExecuted, 1, cost(6_000_000)), event("x", engine.ContactAttempted, 1, cost(500_000))}, 6_000_000},
		{"never executed", contact, nil, 0},
		{"skipped", contact, []engine.Event{event("s", engine.DecisionSkipped, 1, engine.EventData{DecisionID: theID, Reason: "paid"})}, 0},
		{"executed after the horizon", contact, []engine.Event{executed(29)}, 0},
		{"hold", decision(engine.KindHold), nil, 0},
	} {
		if o := label(c.d, late, c.events...); o.CostMicro != c.want {
			t.Errorf("%s: costs %d, want %d", c.name, o.CostMicro, c.want)
		}
	}
}

func TestComplaintAndChurnAreTheDebtors(t *testing.T) {
	elsewhere := engine.EventData{CaseID: "C2"}
	o := label(decision(engine.KindHold), late,
		event("a", engine.ComplaintReceived, 5, elsewhere), event("b", engine.ContractCancelled, 6, elsewhere))
	if !o.Complaint || !o.Churn {
		t.Errorf("%+v", o)
	}
	o = label(decision(engine.KindHold), late, event("a", engine.ComplaintReceived, -1, elsewhere), event("b", engine.ContractCancelled, 29, elsewhere))
	if o.Complaint || o.Churn {
		t.Errorf("outside the horizon: %+v", o)
	}
}
