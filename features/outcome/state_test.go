package outcome

import (
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// What becomes of a contact and of what follows it.
func TestStateOf(t *testing.T) {
	next := func(k engine.Kind, reason string, hours float64) engine.Decision {
		d := decision(k)
		d.ID, d.Reason, d.IssuedAt = engine.ID{9}, reason, issue.Add(time.Duration(hours*float64(time.Hour)))
		return d
	}
	report := func(t engine.EventType, after float64) engine.Event {
		return event(t.String(), t, after, engine.EventData{DecisionID: theID, Reason: "x"})
	}
	other := next(engine.KindHold, engine.ReasonDisputed, 1)
	other.Case = "C-2"
	shadow := next(engine.KindContact, "", 1)
	shadow.Mode = engine.Shadow
	for name, c := range map[string]struct {
		asOf   float64 // days from the issue
		next   *engine.Decision
		events []engine.Event
		want   string
	}{
		"nothing yet":            {1, nil, nil, Open},
		"nobody told":            {2, nil, nil, Expired},
		"executed":               {5, nil, []engine.Event{executed(1)}, Executed},
		"sent":                   {5, nil, []engine.Event{report(engine.ContactSent, 1)}, Executed},
		"not known yet":          {.5, nil, []engine.Event{executed(1)}, Open},
		"skipped":                {5, nil, []engine.Event{report(engine.DecisionSkipped, 1)}, Skipped},
		"the last report counts": {5, nil, []engine.Event{executed(1), report(engine.DecisionOverridden, 1.5)}, Overridden},
		"taken back":             {1, nil, []engine.Event{executed(.5), event("r", engine.EventRetracted, .6, engine.EventData{EventID: "x"})}, Open},
		"overtaken":              {1, ptr(next(engine.KindHold, engine.ReasonDisputed, 1)), nil, Superseded},
		"overtaken by a contact": {1, ptr(next(engine.KindContact, "", 1)), nil, Superseded},
		"waited for":             {1, ptr(next(engine.KindHold, engine.ReasonGap, 1)), nil, Open},
		"executed all the same":  {3, ptr(next(engine.KindHold, engine.ReasonDisputed, 1)), []engine.Event{executed(1)}, Executed},
		"decided after its end":  {4, ptr(next(engine.KindContact, "", 49)), nil, Expired},
		"another case":           {1, &other, nil, Open},
		"a shadow":               {1, &shadow, nil, Open},
	} {
		d := decision(engine.KindContact)
		d.Expires = issue.Add(2 * day)
		l := history.Log{Debtor: "D", Events: c.events, Decisions: []engine.Decision{d}}
		if c.next != nil {
			c.next.Expires = c.next.IssuedAt.Add(2 * day)
			l.Decisions = append(l.Decisions, *c.next)
		}
		if s := StateOf(&l, 0, issue.Add(time.Duration(c.asOf*float64(day)))); s.Word != c.want || (s.By != nil) != (c.want == Executed || c.want == Skipped || c.want == Overridden) || (s.Next == engine.ID{9}) != (c.want == Superseded) {
			t.Errorf("%s: %+v, want %s", name, s, c.want)
		}
	}
}

func ptr[T any](v T) *T { return &v }
