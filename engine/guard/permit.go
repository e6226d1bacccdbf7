package guard

import (
	"time"

	"takt/engine"
)

// Permits reports whether a decided contact may be carried out at in.Now; see engine.Guard. It
// asks the same rules as Options, but of one channel, one tone and one instant.
func (g *Guard) Permits(a *engine.ContactAction, in *engine.Input, tr *engine.Trace) engine.Verdict {
	r := g.pool.Get().(*run)
	defer g.pool.Put(r)
	r.begin(in, tr)
	v := r.permit(a)
	v.OpenMinor, v.Currency = max(r.amount, 0), r.currency
	return v
}

func (r *run) permit(a *engine.ContactAction) engine.Verdict {
	for _, group := range [...]func(*run) engine.Verdict{(*run).person, (*run).claim, (*run).holds} {
		if v := group(r); v.Kind != 0 {
			return v
		}
	}
	if failed := r.lane(a.Channel); failed != checkNone {
		r.tr.Add(laneRules[a.Channel][failed], engine.Block, 0)
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoChannel, Queue: queueAddress}
	}
	r.tr.Add(laneRules[a.Channel][checkNone], engine.Pass, 0)
	if r.flags&(engine.Hardship|engine.Vulnerable) != 0 && a.Tone.Presses() {
		r.tr.Add("tone.soft", engine.Block, 0)
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonNoTone}
	}
	if v := r.caps(); v.Kind != 0 {
		return v
	}
	if r.after > r.now {
		return engine.Verdict{Kind: engine.KindHold, Reason: r.afterFor, Until: time.Unix(r.after, 0)}
	}
	return r.permitNow(a)
}

// permitNow asks for the send window, where the channel's send time matters.
func (r *run) permitNow(a *engine.ContactAction) engine.Verdict {
	local := r.in.Now.In(r.loc)
	minute := local.Hour()*60 + local.Minute()
	loud := minute < r.limits.QuietTo || minute >= r.limits.QuietFrom || r.today.Sunday() && !r.limits.Sundays
	if !r.in.Tenant.Specs[a.Channel].AnyTime && (loud || !r.in.Now.Before(a.NotAfter)) {
		r.tr.Add("time.hours", engine.Block, 0, engine.Text("tz", r.loc.String()))
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonHours}
	}
	r.tr.Add("time.hours", engine.Pass, 0, engine.Text("tz", r.loc.String()))
	return engine.Verdict{Kind: engine.KindContact}
}
