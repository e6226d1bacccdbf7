package guard

import (
	"time"

	"takt/engine"
)

// window is a slot's send window, Unix seconds, cut to what the rules leave of it.
type window struct {
	from, to int64
	open     bool
}

// shortest is what must be left of a slot: less is no time to carry a contact out.
const shortest = 10 * 60

// caps finds the first instant at which another contact keeps within cap and gap. A contact that
// was decided and never reported back counts as if it had been made at the last moment it could.
func (r *run) caps() engine.Verdict {
	var at [16]int64 // newest first
	n := 0
	for i := range r.f.Contacts {
		k := &r.f.Contacts[i]
		if k.State == 0 {
			continue
		}
		t := k.At
		if k.State == engine.ContactPending {
			t = max(t, k.Expires)
		}
		j := n
		for ; j > 0 && at[j-1] < t; j-- {
			at[j] = at[j-1]
		}
		at[j], n = t, n+1
	}
	limit, span := min(r.limits.Cap, len(at)), r.limits.CapWindow.Microseconds()
	used := 0
	for used < n && at[used] > r.micros-span {
		used++
	}
	if limit < 1 {
		r.tr.Add("cap.all", engine.Block, 0, engine.Number("used", float64(used)), engine.Number("max", 0))
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonCap}
	}
	free := int64(0)
	if n >= limit {
		free = at[limit-1] + span
	}
	r.notBefore("cap.all", free, engine.ReasonCap, float64(used), float64(limit))
	free = 0
	if n > 0 {
		free = at[0] + r.limits.Gap.Microseconds()
	}
	r.notBefore("cap.gap", free, engine.ReasonGap, float64(used), r.limits.Gap.Hours())
	return engine.Verdict{}
}

func (r *run) notBefore(rule string, free int64, reason string, used, most float64) {
	if free <= r.micros {
		r.tr.Add(rule, engine.Pass, 0, engine.Number("used", used), engine.Number("max", most))
		return
	}
	s := seconds(free)
	r.tr.Add(rule, engine.Defer, s, engine.Number("used", used), engine.Number("max", most))
	if s > r.after {
		r.after, r.afterFor = s, reason
	}
}

// hours fixes every slot's send window: its local hours on its day, outside quiet hours and
// Sundays, not in the past, not before caps allow, within the request's limits. If none is left
// the decision is a hold until one opens.
func (r *run) hours() engine.Verdict {
	open, byHours, byRequest := 0, 0, 0
	d := local{loc: r.loc}
	for _, s := range r.in.Tenant.Grid.Slots {
		w := r.band(&d, s, r.today+engine.Date(s.Day))
		need := min(shortest, int64(s.To-s.From)*60)
		fits := func() bool { return w.to-w.from >= need && w.to > w.from }
		if w.from = max(w.from, r.now); fits() {
			byHours++
			if w.from, w.to = r.within(w); fits() {
				byRequest++
				w.from = max(w.from, r.after)
				w.open = fits()
			}
		}
		if w.open {
			if open == 0 || w.from < r.windows[r.first].from {
				r.first = len(r.windows)
			}
			open++
		}
		r.windows = append(r.windows, w)
	}
	if open > 0 {
		r.tr.Add("time.hours", engine.Pass, 0, engine.Number("slots", float64(open)), engine.Text("tz", r.loc.String()))
		return engine.Verdict{}
	}
	v := engine.Verdict{Kind: engine.KindHold}
	switch {
	case byHours == 0:
		v.Reason = engine.ReasonHours
	case byRequest == 0:
		v.Reason = engine.ReasonConstraints
	default:
		v.Reason = r.afterFor
	}
	until := r.opens(&d)
	if v.Reason == engine.ReasonConstraints && !r.q.Constraints.LatestExecute.IsZero() {
		until = 0 // no time helps; the caller must ask again without that limit
	}
	if until != 0 {
		v.Until = time.Unix(until, 0)
	}
	r.tr.Add("time.hours", engine.Defer, until, engine.Number("slots", 0), engine.Text("tz", r.loc.String()))
	return v
}

// within cuts a window to the request's limits.
func (r *run) within(w window) (from, to int64) {
	k := &r.q.Constraints
	if from, to = w.from, w.to; !k.EarliestExecute.IsZero() {
		from = max(from, seconds(k.EarliestExecute.UnixMicro()))
	}
	if !k.LatestExecute.IsZero() {
		to = min(to, k.LatestExecute.Unix())
	}
	return from, to
}

// band is the slot's hours on the day without quiet hours; empty on a Sunday.
func (r *run) band(d *local, s engine.Slot, date engine.Date) window {
	from, to := max(s.From, r.limits.QuietTo), min(s.To, r.limits.QuietFrom)
	if from >= to || date.Sunday() && !r.limits.Sundays {
		return window{}
	}
	return window{from: d.at(date, from), to: d.at(date, to)}
}

// searchDays is how far ahead opens looks: past every cap window in use.
const searchDays = 400

// opens is the first instant at which a decision could be carried out at once, caps and the
// request's earliest time considered; 0 if there is none. Where every slot lies on a later day
// than its decision, it is the start of the first day whose decision has an open slot.
func (r *run) opens(d *local) int64 {
	start := max(r.now, r.after)
	if e := r.q.Constraints.EarliestExecute; !e.IsZero() {
		start = max(start, seconds(e.UnixMicro()))
	}
	slots := r.in.Tenant.Grid.Slots
	lead := engine.Date(slots[0].Day)
	for _, s := range slots {
		lead = min(lead, engine.Date(s.Day))
	}
	day := max(r.today+lead, engine.DateOf(time.Unix(start, 0).In(r.loc)))
	for end := day + searchDays; day < end; day++ {
		best := int64(0)
		for _, s := range slots {
			if engine.Date(s.Day) != lead {
				continue
			}
			w := r.band(d, s, day)
			w.from = max(w.from, start)
			if w.to > w.from && w.to-w.from >= min(shortest, int64(s.To-s.From)*60) && (best == 0 || w.from < best) {
				best = w.from
			}
		}
		switch {
		case best != 0 && lead > 0:
			return max((day-lead).At(0, r.loc), r.now+1)
		case best != 0:
			return best
		}
	}
	return 0
}

// local turns local minutes into instants and remembers what it found out about the last day.
type local struct {
	loc    *time.Location
	date   engine.Date
	known  bool
	steady bool
	ahead  int64
}

func (l *local) at(date engine.Date, minute int) int64 {
	if !l.known || l.date != date {
		l.date, l.known = date, true
		l.ahead, l.steady = date.Steady(l.loc)
	}
	if l.steady {
		return int64(date)*86400 + int64(minute)*60 - l.ahead
	}
	return date.At(minute, l.loc)
}
