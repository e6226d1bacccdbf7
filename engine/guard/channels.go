package guard

import (
	"slices"

	"takt/engine"
)

// lane is one channel as the rules leave it.
type lane struct {
	open    bool
	anyTime bool
	contact int // index in Request.Contacts
	cost    int64
}

// check is one question about a channel; its number is also its place in the order of asking.
type check uint8

const (
	checkAllowed check = iota // by the request's constraints
	checkCost
	checkStopped
	checkZone
	checkAddress
	checkConsent
	checkValidity
	checkReturned
	checkNone // all passed
)

var checkNames = [checkNone + 1]string{"allowed", "cost", "stop", "zone", "address", "consent", "validity", "returned", ""}

// laneRules are the rules' names, channel.<channel>.<check>, made once.
var laneRules = func() (t [engine.Channels][checkNone + 1]string) {
	for c := range t {
		for k := range t[c] {
			t[c][k] = "channel." + engine.Channel(c).String()
			if checkNames[k] != "" {
				t[c][k] += "." + checkNames[k]
			}
		}
	}
	return t
}()

// channels asks which channels may be used and by which address.
func (r *run) channels() engine.Verdict {
	open, narrowed, zone := 0, false, false
	for _, c := range r.in.Tenant.Grid.Channels {
		failed := r.lane(c)
		if failed == checkNone {
			open++
			r.tr.Add(laneRules[c][failed], engine.Pass, 0)
			continue
		}
		r.tr.Add(laneRules[c][failed], engine.Block, 0)
		narrowed = narrowed || failed == checkAllowed || failed == checkCost
		zone = zone || failed == checkZone
	}
	switch {
	case open > 0:
		return engine.Verdict{}
	case narrowed:
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonConstraints}
	case zone:
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonZone, Queue: queueData}
	}
	return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoChannel, Queue: queueAddress}
}

// lane opens channel c with its best address, or names the check that failed. Of several
// addresses the one most probably right is taken, the first of equals.
func (r *run) lane(c engine.Channel) check {
	spec := &r.in.Tenant.Specs[c]
	k := &r.q.Constraints
	most := spec.CostMicro + spec.ReachedMicro // a limit is a limit: what it may cost, not what it does on average
	switch {
	case len(k.AllowChannels) > 0 && !slices.Contains(k.AllowChannels, c):
		return checkAllowed
	case k.MaxCostMinor >= 0 && most > k.MaxCostMinor*engine.MicroPerMinor(r.in.Tenant.Reward.Currency):
		return checkCost
	case r.f.Stopped.Has(c):
		return checkStopped
	}
	best, validity, failed := -1, 0.0, checkAddress
	for i := range r.q.Contacts {
		p := &r.q.Contacts[i]
		if p.Channel != c {
			continue
		}
		v, bad := r.address(p, spec)
		switch {
		case bad != checkNone:
			failed = max(failed, bad)
		case best < 0 || v > validity:
			best, validity = i, v
		}
	}
	if best < 0 {
		return failed
	}
	if r.in.Zone == nil && !spec.AnyTime {
		return checkZone // asked last: a zone is worth finding only for a channel that could be used
	}
	r.lanes[c] = lane{open: true, anyTime: spec.AnyTime, contact: best, cost: spec.Expected()}
	return checkNone
}

// unknownValidity is assumed of an address that nobody has rated: it passes every sensible
// minimum, but a rated good one is taken first.
const unknownValidity = .5

// address checks consent, validity and returns of one address.
func (r *run) address(p *engine.ContactPoint, spec *engine.ChannelSpec) (validity float64, failed check) {
	service := r.f.Consents[p.Channel].Service
	given := service == engine.ConsentGiven || p.Consent == "service"
	if service == engine.ConsentWithdrawn || p.Consent == "none" || spec.Opt && !given {
		return 0, checkConsent
	}
	key := engine.AddressKey(p.Channel, p.AddressRef)
	validity = p.Validity
	if a := &r.f.Addresses[p.Channel]; a.Key == key && a.Validity >= 0 && (validity < 0 || float64(a.Validity) < validity) {
		validity = float64(a.Validity)
	}
	if validity >= 0 && validity < spec.MinValidity {
		return 0, checkValidity
	}
	if slices.Contains(r.f.Returned[:], key) {
		return 0, checkReturned
	}
	if validity < 0 {
		validity = unknownValidity
	}
	return validity, checkNone
}

// tonality asks which tones and offers may be used.
func (r *run) tonality() engine.Verdict {
	k, g := &r.q.Constraints, &r.in.Tenant.Grid
	rule, soft := "tone.soft", r.flags&(engine.Hardship|engine.Vulnerable) != 0
	if !soft && r.notDue() {
		rule, soft = "tone.pre_due", true
	}
	tones, offers, hard := 0, 0, 0
	for _, t := range g.Tones {
		switch {
		case soft && t.Presses():
			hard++
		case len(k.AllowTones) == 0 || slices.Contains(k.AllowTones, t):
			r.tones[t] = true
			tones++
		}
	}
	for _, o := range g.Offers {
		if len(k.AllowOffers) == 0 || slices.Contains(k.AllowOffers, o) {
			r.offers[o] = true
			offers++
		}
	}
	if soft {
		r.tr.Add(rule, engine.Block, 0, engine.Number("tones", float64(hard)))
	} else {
		r.tr.Add("tone.soft", engine.Pass, 0)
	}
	switch {
	case tones == 0 && hard == len(g.Tones):
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoTone, Queue: queueCare}
	case tones == 0 || offers == 0:
		r.tr.Add("constraints", engine.Block, 0)
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonConstraints}
	}
	return engine.Verdict{}
}

// notDue reports whether the claim is not late yet: no pressing tone then.
func (r *run) notDue() bool {
	stage := r.q.Case.Stage
	if stage == "" {
		stage = engine.Stages[int(r.c.Stage)%len(engine.Stages)]
	}
	return stage == engine.Stages[stagePreDue] || !r.q.Case.OldestDue.IsZero() && r.q.Case.OldestDue >= r.today
}
