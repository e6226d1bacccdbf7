package rules

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"takt/engine"
)

// Difference is how one rule differs between two sets of rules from a day to a day, both included; zero is without end.
type Difference struct {
	ID     string      `json:"id"`
	What   string      `json:"what"`             // added, removed, tightened, loosened or changed
	Detail string      `json:"detail,omitempty"` // such as close 20:00 -> 19:00
	From   engine.Date `json:"from,omitzero"`
	Until  engine.Date `json:"until,omitzero"`
}

// Diff compares two sets of rules on all days, by id.
func Diff(a, b *engine.Rules) []Difference {
	var all []Difference
	open := map[string]int{} // the latest difference of each id in all, plus 1
	for _, from := range starts(a, b) {
		for _, d := range DiffOn(a, b, from) {
			at := open[d.ID]
			if at > 0 && all[at-1].What == d.What && all[at-1].Detail == d.Detail && all[at-1].Until == from-1 {
				all[at-1].Until = end(a, b, from)
				continue
			}
			d.From, d.Until = from, end(a, b, from)
			all = append(all, d)
			open[d.ID] = len(all)
		}
	}
	for i := range all {
		if all[i].From == math.MinInt32 {
			all[i].From = 0
		}
		if all[i].Until == math.MaxInt32 {
			all[i].Until = 0
		}
	}
	slices.SortStableFunc(all, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From)) })
	return all
}

// starts are the days on which one of the two changes.
func starts(a, b *engine.Rules) (days []engine.Date) {
	for _, r := range []*engine.Rules{a, b} {
		for _, s := range r.Spans() {
			days = append(days, s.From)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// end is the last day on which both stay as they are on the given one.
func end(a, b *engine.Rules, on engine.Date) engine.Date { return min(a.On(on).Until, b.On(on).Until) }

// DiffOn compares two sets of rules on one day, by id.
func DiffOn(a, b *engine.Rules, on engine.Date) (list []Difference) {
	was, is := a.On(on), b.On(on)
	for _, old := range was.Rules {
		now := is.Rule(old.ID)
		if now == nil {
			list = append(list, Difference{ID: old.ID, What: "removed"})
		} else if d := differ(old, now); d.What != "" {
			list = append(list, d)
		}
	}
	for _, now := range is.Rules {
		if was.Rule(now.ID) == nil {
			list = append(list, Difference{ID: now.ID, What: "added"})
		}
	}
	slices.SortFunc(list, func(a, b Difference) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// differ says how a rule changed: loosened if any part of it did.
func differ(old, now *engine.Rule) Difference {
	d := Difference{ID: now.ID}
	if old.Kind != now.Kind {
		d.What, d.Detail = "changed", "kind "+old.Kind.String()+" -> "+now.Kind.String()
		return d
	}
	var detail []string
	for _, c := range changes(now.Kind, &old.Params, &now.Params) {
		detail = append(detail, c.String())
		if c.looser {
			d.What = "loosened"
		} else if d.What == "" {
			d.What = "tightened"
		}
	}
	if old.Unverified != now.Unverified {
		detail = append(detail, "status "+Status(old)+" -> "+Status(now))
	}
	if old.Source != now.Source {
		detail = append(detail, "source "+old.Source+" -> "+now.Source)
	}
	if d.What == "" && len(detail) > 0 {
		d.What = "changed"
	}
	d.Detail = strings.Join(detail, ", ")
	return d
}
