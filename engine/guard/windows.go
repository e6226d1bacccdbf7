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

// forever is later than any window.
const forever = int64(1) << 60

// times asks caps and hours. They fix every slot's send window: its local hours on its day within the hours allowed, not in
// the past, not before caps allow, within the request's limits. If none is left the decision is a hold until one opens.
func (r *run) times() engine.Verdict {
	r.caps()
	r.bands()
	d := local{loc: r.loc}
	var first *lane
	open := false
	for i, c := range r.in.Tenant.Grid.Channels {
		l := &r.lanes[c]
		if !l.open {
			continue
		}
		if first == nil {
			first = l
		}
		if twin := r.twin(i, l); twin != nil {
			l.at, l.first, l.hours = twin.at, twin.first, twin.hours
		} else {
			r.slots(l, &d)
		}
		open = open || l.first >= 0
	}
	if open {
		r.noteHours(&d)
		return engine.Verdict{}
	}
	v := engine.Verdict{Kind: engine.KindHold}
	until := int64(0)
	for i, c := range r.in.Tenant.Grid.Channels {
		if l := &r.lanes[c]; l.open && r.twin(i, l) == nil {
			if t := r.opens(l, &d); t != 0 && (until == 0 || t < until) {
				until, first = t, l
			}
		}
	}
	if v.Reason = r.late(first, &d); v.Reason == engine.ReasonConstraints && !r.q.Constraints.LatestExecute.IsZero() {
		until = 0 // no time helps; the caller must ask again without that limit
	}
	if until != 0 {
		v.Until = time.Unix(until, 0)
	}
	r.noteHours(&d)
	if v.Reason == engine.ReasonConstraints {
		r.tr.Add("request.window", engine.Defer, until)
	}
	return v
}

// twin is an open lane before the i-th channel that has the same times as l, or nil.
func (r *run) twin(i int, l *lane) *lane {
	for _, c := range r.in.Tenant.Grid.Channels[:i] {
		if t := &r.lanes[c]; t.open && t.home == l.home && t.away == l.away && t.after == l.after && t.never == l.never {
			return t
		}
	}
	return nil
}

// slots works out a lane's windows.
func (r *run) slots(l *lane, d *local) {
	l.at = len(r.windows)
	from, to := r.bounds(l)
	for i, s := range r.in.Tenant.Grid.Slots {
		date := r.today + engine.Date(s.Day)
		w := r.piece(l, s, date, from, to, d)
		if w.open {
			l.hours = true
			if l.first < 0 || w.from < r.windows[l.at+l.first].from {
				l.first = i
			}
		}
		l.hours = l.hours || r.piece(l, s, date, r.now, forever, d).open
		r.windows = append(r.windows, w)
	}
}

// bounds are the limits of a lane's windows beside its hours: the request's, and caps.
func (r *run) bounds(l *lane) (from, to int64) {
	from, to = r.asked()
	if l.never {
		return forever, to
	}
	return max(from, l.after), to
}

// asked are the request's limits.
func (r *run) asked() (from, to int64) {
	k := &r.q.Constraints
	if from, to = r.now, forever; !k.EarliestExecute.IsZero() {
		from = max(from, seconds(k.EarliestExecute.UnixMicro()))
	}
	if !k.LatestExecute.IsZero() {
		to = k.LatestExecute.Unix()
	}
	return from, to
}

// piece is what is left of a slot on a date between two instants: open if it is long enough.
func (r *run) piece(l *lane, s engine.Slot, date engine.Date, from, to int64, d *local) window {
	if !r.allows(&l.home, date) {
		return window{}
	}
	b := &l.home
	w := window{from: max(from, d.at(date, s.From)), to: min(to, d.at(date, min(s.To, b.to)))}
	if b.from > 0 {
		w.from = max(w.from, d.last(date, b.from))
	}
	need := min(shortest, int64(s.To-s.From)*60)
	if l.away != always {
		for _, z := range r.in.Zones {
			w = r.cut(&l.away, z, w, need)
		}
	}
	w.open = w.to-w.from >= need && w.to > w.from
	return w
}

// cut is the first part of a window, long enough, that lies within a band in another zone.
func (r *run) cut(b *band, z *time.Location, w window, need int64) window {
	for d := engine.DateOf(time.Unix(w.from, 0).In(z)); w.from < w.to && d.At(0, z) < w.to; d++ {
		part := window{from: max(w.from, d.At(0, z)), to: min(w.to, d.At(b.to, z))}
		if b.from > 0 {
			part.from = max(w.from, d.AtLast(b.from, z))
		}
		if r.allows(b, d) && part.to-part.from >= need {
			return part
		}
	}
	return window{}
}

// late says why a lane has no window: no hours, the request's limits, or caps.
func (r *run) late(l *lane, d *local) string {
	from, to := r.asked()
	for _, s := range r.in.Tenant.Grid.Slots {
		if r.piece(l, s, r.today+engine.Date(s.Day), from, to, d).open {
			return l.afterFor
		}
	}
	if l.hours {
		return engine.ReasonConstraints
	}
	return engine.ReasonHours
}

// searchDays is how far ahead opens looks: past every cap window in use.
const searchDays = 400

// opens is the first instant at which a decision could be carried out at once by the lane, caps and the
// request's earliest time considered; 0 if there is none. Where every slot lies on a later day
// than its decision, it is the start of the first day whose decision has an open slot.
func (r *run) opens(l *lane, d *local) int64 {
	start, _ := r.bounds(l)
	if l.never {
		return 0
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
			if w := r.piece(l, s, day, start, forever, d); w.open && (best == 0 || w.from < best) {
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

// noteHours notes the rules of hours: they defer the channels for which they leave nothing of the slots.
func (r *run) noteHours(d *local) {
	if r.tr == nil {
		return
	}
	for _, rule := range r.span.Of(engine.RuleHours) {
		result, until := r.hours(rule.Params.Channels, d)
		seen, n := r.seen(int(rule.Params.Open), int(rule.Params.Close))
		r.tr.AddRule(rule, result, until, seen[:n]...)
	}
	result, until := r.hours(everywhere, d)
	if w := r.wished(); w != always && len(r.span.Of(engine.RuleWishes)) > 0 {
		seen, n := r.seen(w.from, w.to)
		if not := always.days &^ w.days; not != 0 {
			seen[3], n = engine.Text("not_on", dayNames[not]), 4
		}
		r.tr.AddRule(r.span.Of(engine.RuleWishes)[0], result, until, seen[:n]...)
	}
	own := r.own()
	seen, n := r.seen(own.from, own.to)
	r.tr.Add("creditor.hours", result, until, seen[:n]...)
}

// seen are local hours as the trace shows them, and in how many zones they must suit if the debtor may be in several.
func (r *run) seen(from, to int) (p [4]engine.Param, n int) {
	p = [...]engine.Param{engine.Text("from", clock(from)), engine.Text("to", clock(to)), engine.Text("tz", r.loc.String()), {}}
	if len(r.in.Zones) == 0 {
		return p, 3
	}
	p[3] = engine.Number("zones", float64(1+len(r.in.Zones)))
	return p, 4
}

// hours is the answer of rules about the channels' hours.
func (r *run) hours(channels engine.ChannelSet, d *local) (result engine.Result, until int64) {
	result = engine.Pass
	for c := engine.Email; c < engine.Channels; c++ {
		if l := &r.lanes[c]; l.open && channels.Has(c) && !l.hours {
			if t := r.opens(l, d); until == 0 || t != 0 && t < until {
				until = t
			}
			result = engine.Defer
		}
	}
	return result, until
}

// clocks are the minutes of a day as text, five bytes each.
var clocks = func() string {
	b := make([]byte, 0, 5*(24*60+1))
	for m := range 24*60 + 1 {
		b = append(b, byte('0'+m/600), byte('0'+m/60%10), ':', byte('0'+m%60/10), byte('0'+m%10))
	}
	return string(b)
}()

// clock is a minute of the day as text, such as 08:00.
func clock(minute int) string {
	m := min(max(minute, 0), 24*60)
	return clocks[5*m : 5*m+5]
}

// local turns local minutes into instants and remembers what it found out about the last day.
type local struct {
	loc    *time.Location
	date   engine.Date
	known  bool
	steady bool
	ahead  int64
}

// at is the minute's instant, of a repeated one the first.
func (l *local) at(date engine.Date, minute int) int64 {
	if l.runs(date) {
		return int64(date)*86400 + int64(minute)*60 - l.ahead
	}
	return date.At(minute, l.loc)
}

// last is the minute's instant, of a repeated one the last.
func (l *local) last(date engine.Date, minute int) int64 {
	if l.runs(date) {
		return int64(date)*86400 + int64(minute)*60 - l.ahead
	}
	return date.AtLast(minute, l.loc)
}

// runs reports whether clocks run through on the date.
func (l *local) runs(date engine.Date) bool {
	if !l.known || l.date != date {
		l.date, l.known = date, true
		l.ahead, l.steady = date.Steady(l.loc)
	}
	return l.steady
}
