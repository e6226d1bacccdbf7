package outcome

import (
	"time"

	"takt/engine"
	"takt/features/history"
)

// State is what became of a decision, apart from what it earned.
type State struct {
	Word string        // one of the words below
	At   time.Time     // since when; zero: open
	By   *engine.Event // that reported it, in the log; nil: time or a later decision did
	Next engine.ID     // of the decision that superseded it
}

// What may become of a decision. Executed, skipped and overridden are reported, the others follow from the log.
const (
	Open       = "open"
	Executed   = "executed"
	Skipped    = "skipped"
	Overridden = "overridden"
	Expired    = "expired"    // nobody reported it in time
	Superseded = "superseded" // the case was decided anew before it expired
)

// StateOf is what became of l.Decisions[i] as known at asOf; l is in fold order. The last report that was not
// retracted counts, and a contact reported under the decision is one that it was executed. A newer decision of the same case and
// mode supersedes one without report, unless it only waits for that one's contact.
func StateOf(l *history.Log, i int, asOf time.Time) State {
	d := &l.Decisions[i]
	if s := reportedAs(known(l, asOf), d); s.Word != "" {
		return s
	}
	for k := i + 1; k < len(l.Decisions); k++ {
		n := &l.Decisions[k]
		if n.IssuedAt.After(asOf) || ended(d, n.IssuedAt) {
			break
		}
		if n.Case == d.Case && n.Mode == d.Mode && !waits(n, d) {
			return State{Word: Superseded, At: n.IssuedAt, Next: n.ID}
		}
	}
	if ended(d, asOf) {
		return State{Word: Expired, At: d.Expires}
	}
	return State{Word: Open}
}

// ended reports whether d had expired at t.
func ended(d *engine.Decision, t time.Time) bool { return !d.Expires.IsZero() && !t.Before(d.Expires) }

// waits reports whether n holds because of a contact that d decided.
func waits(n, d *engine.Decision) bool {
	return d.Kind == engine.KindContact && n.Kind == engine.KindHold && (n.Reason == engine.ReasonGap || n.Reason == engine.ReasonCap)
}

// reportedAs is the state by the last report about d, none without one.
func reportedAs(es []*engine.Event, d *engine.Decision) (s State) {
	for _, e := range es {
		if e.Data.DecisionID != d.ID {
			continue
		}
		word := ""
		switch e.Type {
		case engine.DecisionExecuted:
			word = Executed
		case engine.DecisionSkipped:
			word = Skipped
		case engine.DecisionOverridden:
			word = Overridden
		case engine.ContactSent, engine.ContactAttempted, engine.ContactConnected, engine.ContactDelivered:
			if s.Word == "" { // what came of it is no news
				word = Executed
			}
		}
		if word != "" {
			s = State{Word: word, At: e.At, By: e}
			if !e.Data.ActedAt.IsZero() {
				s.At = e.Data.ActedAt
			}
		}
	}
	return s
}

// Retractions are the events among es that others take back: by identity, the event that retracted it; nil for none.
func Retractions(es []engine.Event) map[Identity]*engine.Event {
	var gone map[Identity]*engine.Event
	for i := range es {
		if e := &es[i]; e.Type == engine.EventRetracted {
			if gone == nil {
				gone = map[Identity]*engine.Event{}
			}
			gone[Identity{e.Source, e.Data.EventID}] = e
		}
	}
	return gone
}

// Identity names an event within a tenant.
type Identity struct{ Source, ID string }
