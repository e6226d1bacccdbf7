package payload

import (
	"encoding/json"
	"slices"
	"time"

	"takt/engine"
	"takt/engine/explain"
	"takt/engine/explain/debtor"
	"takt/features"
)

// Told is the expected net value that a stored reply names; false if it names none.
func Told(reply []byte) (minor int64, ok bool) {
	var r struct {
		Scores *struct {
			Net *int64 `json:"expected_net_minor"`
		} `json:"scores"`
	}
	if json.Unmarshal(reply, &r) != nil || r.Scores == nil || r.Scores.Net == nil {
		return 0, false
	}
	return *r.Scores.Net, true
}

// Noted is what a stored reply says of how it was made.
type Noted struct {
	Zone    *time.Location  // the debtor's; nil if it was unknown
	Reasons []engine.Reason // with the sums of features; none if they were not asked for
}

// ReadNoted reads a stored reply; what it does not say, or what cannot be read of it, is left empty.
func ReadNoted(reply []byte) Noted {
	var r struct {
		TZ      string
		Reasons []struct {
			Code, Feature string
			Weight        float64
		}
	}
	var n Noted
	if json.Unmarshal(reply, &r) != nil {
		return n
	}
	if loc, err := time.LoadLocation(r.TZ); r.TZ != "" && err == nil && loc != time.Local {
		n.Zone = loc
	}
	for _, v := range r.Reasons {
		reason := engine.Reason{Code: v.Code, Feature: -1, WeightMinor: v.Weight}
		if v.Code == engine.ReasonFeature {
			reason.Feature = slices.IndexFunc(features.Vector, func(f features.Feature) bool { return f.Name == v.Feature })
			if reason.Feature < 0 { // the columns behind, or a feature of a later program
				reason.Feature = len(features.Vector)
				if v.Feature != features.GroupName {
					reason.Feature++
				}
			}
		}
		n.Reasons = append(n.Reasons, reason)
	}
	return n
}

// AppendToDebtor appends the JSON of what the debtor is told.
func AppendToDebtor(b []byte, e *debtor.Explanation) []byte {
	o := out{b: b}
	o.raw(`{"decision_id":"`)
	o.b, _ = e.Decision.ID.AppendText(o.b)
	o.raw(`","audience":"debtor"`)
	o.texts("text", e.Text())
	o.key("sections")
	o.raw("[")
	for i := range e.Sections {
		s := &e.Sections[i]
		o.item()
		o.raw("{")
		o.text("code", s.Code)
		o.texts("title", s.Title)
		o.texts("text", s.Text)
		o.raw("}")
	}
	o.raw("]}")
	return o.b
}

// AppendExplanation appends the JSON of an account; names gives a feature its name.
func AppendExplanation(b []byte, a *explain.Account, names func(feature int) string) []byte {
	o := out{b: b}
	d := a.Decision
	o.raw(`{"decision_id":"`)
	o.b, _ = d.ID.AppendText(o.b)
	o.raw(`"`)
	o.text("kind", d.Kind.String())
	o.text("status", a.Status.String())
	o.texts("text", a.Text())
	o.key("policy")
	o.raw("{")
	o.text("id", d.Policy)
	o.textOrNull("version", d.Version)
	o.textOrNull("snapshot_id", d.Snapshot)
	o.number("propensity", d.Propensity)
	o.flag("exploration", a.Explored)
	o.raw("}")
	o.textOrNull("reason", d.Reason)
	o.textOrNull("currency", a.Currency())
	o.key("action")
	if a.Status != explain.Compared {
		o.raw(`null,"versus":null}`)
		return o.b
	}
	o.choice(d, d.Chosen, a.Action())
	o.raw(`,"versus":{`)
	o.comparison("hold", a.Hold, d, names)
	o.comparison("next", a.Next, d, names)
	o.raw("}}")
	return o.b
}

// texts writes a text in both languages.
func (o *out) texts(name string, t explain.Text) {
	o.key(name)
	o.raw("{")
	o.text("en", t[explain.English])
	o.text("de", t[explain.German])
	o.raw("}")
}

// choice writes an action of the decision's grid, in levels and in words.
func (o *out) choice(d *engine.Decision, action int, words explain.Text) {
	o.raw("{")
	g, err := engine.ParseGrid(d.Grid)
	if action == engine.Hold || err != nil { // a grid that cannot be read has no comparison
		o.text("kind", "hold")
	} else {
		l := g.Levels(action)
		o.text("kind", "contact")
		o.text("channel", g.Channels[l.Channel].String())
		o.text("tone", g.Tones[l.Tone].String())
		o.text("slot", g.Slots[l.Slot].String())
		o.text("offer", g.Offers[l.Offer].String())
	}
	o.texts("text", words)
	o.raw("}")
}

func (o *out) comparison(name string, c *explain.Comparison, d *engine.Decision, names func(int) string) {
	if c == nil {
		o.null(name)
		return
	}
	o.key(name)
	o.raw("{")
	o.key("action")
	o.choice(d, c.Other, c.OtherAction())
	o.integer("value_minor", c.ValueMinor())
	o.integer("other_value_minor", c.OtherMinor())
	o.integer("difference_minor", c.Difference())
	o.texts("text", c.Text())
	o.lines("by_factor", c, c.Factors, names)
	o.lines("by_feature", c, c.Features, names)
	o.lines("crossed", c, c.Crossed, names)
	o.raw("}")
}

func (o *out) lines(name string, c *explain.Comparison, list []explain.Line, names func(int) string) {
	o.key(name)
	o.raw("[")
	for i := range list {
		l := &list[i]
		o.item()
		o.raw("{")
		o.text("code", l.Code)
		if l.Feature >= 0 {
			o.text("feature", names(l.Feature))
		}
		o.integer("weight", l.Minor)
		o.texts("text", c.Line(l))
		o.raw("}")
	}
	o.raw("]")
}
