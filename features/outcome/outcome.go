// Package outcome says what a decision earned: its label, read off the log of its debtor.
//
// Every decision, hold included, has its own label over one horizon from its issue, whatever
// contacts follow (intention to treat). The label is open while the horizon and the days of booking
// after it run, then closed; a contact that was never reported back is missing.
//
//	rules := outcome.Of(&tenant.Reward)
//	for i := range log.Decisions {
//		o := rules.Label(log, &log.Decisions[i], time.Now())
//		if o.State == engine.LabelClosed {
//			value := tenant.Reward.Earned(&o)
//		}
//	}
package outcome

import (
	"time"

	"takt/engine"
	"takt/features/history"
)

// Booking is how long after the horizon a payment inside it may still become known: three bank
// days around a weekend and a holiday.
const Booking = 6 * 24 * time.Hour

// Rules say how a log is read.
type Rules struct {
	Reward  *engine.Reward // horizon and discount
	Booking time.Duration  // after the horizon, until the label is closed
}

// Of gives the rules of a tenant's reward with the default days of booking.
func Of(r *engine.Reward) Rules { return Rules{r, Booking} }

// Close is when the label of a decision issued at t is final.
func (r Rules) Close(t time.Time) time.Time { return t.Add(r.Reward.Horizon + r.Booking) }

// Label is the outcome of d as known at asOf from the log of its debtor, which is in fold order.
// Facts later than asOf do not count, nor do facts later than the label's close. It changes neither
// log nor decision and depends on nothing else.
//
// Resolved: the case was closed with the reason paid, or surviving payments of the case covered the
// amount that was open at the decision, and no later reversal undid it. CashMinor are surviving
// payments inside the horizon, discounted to the issue; the open amount if the case was closed as
// paid and its log knows no payment at all. Complaint and churn are the debtor's. A shadow decision
// is labelled like any other and never counts as executed.
func (r Rules) Label(l *history.Log, d *engine.Decision, asOf time.Time) engine.Outcome {
	issued, until := d.IssuedAt, d.IssuedAt.Add(r.Reward.Horizon)
	seen := r.Close(issued)
	o := engine.Outcome{State: engine.LabelClosed, Age: min(max(asOf.Sub(issued), 0), r.Reward.Horizon)}
	if asOf.Before(seen) {
		o.State, seen = engine.LabelOpen, asOf
	}
	es := known(l, seen)
	report := reportOf(es, d)
	o.Executed = report.executed
	o.CostMicro = report.costMicro(d, until)
	if o.State == engine.LabelClosed && !report.any && d.Kind == engine.KindContact && d.Mode == engine.Live {
		o.State = engine.LabelMissing
	}
	for i := range es {
		if e := es[i]; e.At.After(issued) && !e.At.After(until) {
			o.Complaint = o.Complaint || e.Type == engine.ComplaintReceived
			o.Churn = o.Churn || e.Type == engine.ContractCancelled
		}
	}
	r.money(&o, es, d, until)
	return o
}

// known are the events up to seen that no retraction up to seen took back.
func known(l *history.Log, seen time.Time) []*engine.Event {
	n := len(l.Events)
	for n > 0 && l.Events[n-1].At.After(seen) {
		n--
	}
	gone := Retractions(l.Events[:n])
	es := make([]*engine.Event, 0, n)
	for i := range l.Events[:n] {
		if e := &l.Events[i]; gone[Identity{e.Source, e.ID}] == nil {
			es = append(es, e)
		}
	}
	return es
}
