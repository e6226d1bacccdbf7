package features

import (
	"math"
	"slices"

	"takt/engine"
)

// channels gives usable_email to opens_email.
func (in *input) channels(dst []float32) []float32 {
	for ch := engine.Email; ch <= engine.Push; ch++ {
		dst = append(dst, in.usable(ch))
	}
	for _, ch := range [...]engine.Channel{engine.Email, engine.SMS, engine.Letter} {
		s := &in.p.Channels[ch]
		failed := int(s.Failures)
		if ch == engine.Letter {
			failed += int(in.p.Returns)
		}
		dst = append(dst, rate(int(s.Reached), int(s.Reached)+failed, .95, 10))
	}
	phone := &in.p.Channels[engine.Phone]
	dst = append(dst, rate(int(phone.Reached), int(phone.Attempts), .15, 5))
	for ch := engine.Email; ch <= engine.Push; ch++ {
		s := &in.p.Channels[ch]
		dst = append(dst, rate(int(s.Answered), int(s.Attempts), .2, 5))
	}
	opens := rate(0, 0, .3, 5)
	if mail := &in.p.Channels[engine.Email]; in.p.Consents[engine.Email].Tracking == engine.ConsentGiven {
		opens = rate(int(mail.Opens), int(mail.Attempts), .3, 5)
	}
	return append(dst, opens)
}

// usable is the probability that the channel has a right address that may be used.
func (in *input) usable(ch engine.Channel) float32 {
	p, a := in.p, &in.p.Addresses[ch]
	if p.Stopped.Has(ch) || p.Consents[ch].Service == engine.ConsentWithdrawn {
		return 0
	}
	for i := range in.r.Contacts {
		c := &in.r.Contacts[i]
		if c.Channel != ch {
			continue
		}
		key := engine.AddressKey(ch, c.AddressRef)
		switch {
		case c.Consent == "none" || slices.Contains(p.Returned[:], key):
			return 0
		case c.Validity >= 0:
			return float32(c.Validity)
		case key == a.Key:
			return stated(a.Validity)
		}
		return unstated
	}
	switch {
	case a.Key != 0 && slices.Contains(p.Returned[:], a.Key):
		return 0
	case a.Key != 0:
		return stated(a.Validity)
	case len(in.r.Contacts) > 0:
		return 0
	}
	return .5
}

// unstated is the validity of an address that is named without one.
const unstated = .9

func stated(validity float32) float32 {
	if validity < 0 {
		return unstated
	}
	return validity
}

// pressure gives inbound to contact.
func (in *input) pressure(dst []float32) []float32 {
	var week, month int
	for i := range in.p.Contacts {
		c := &in.p.Contacts[i]
		if c.State == 0 {
			break
		}
		if c.At > in.now-7*day {
			week++
		}
		if c.At > in.now-30*day {
			month++
		}
	}
	return append(dst, in.recency(in.p.Reply, 2), float32(week)/3, float32(month)/8, in.recency(in.p.Out.At, 7))
}

// behaviour gives active_morning to score_risk.
func (in *input) behaviour(dst []float32) []float32 {
	p := in.p
	acts, days := &p.Rhythm.Acts, &p.Rhythm.ActDays
	unit := p.Rhythm.unit(in.local.Unix())
	var all, attempts, after float32
	for _, n := range acts {
		all += n * unit
	}
	for i := range p.Channels {
		attempts += float32(p.Channels[i].Attempts)
		after += float32(p.Channels[i].PaidAfter)
	}
	delay := (float32(p.DelayDays)/30 + .3*2) / (float32(p.Delays) + 2)
	var mean int64
	if n := int64(p.Payments) - int64(p.Reversals); n > 0 {
		mean = p.PaidMinor / n
	}
	return append(dst,
		share(acts[1]*unit, all, .15), share(acts[3]*unit, all, .2), share(acts[4]*unit, all, .25),
		share((days[5]+days[6])*unit, all, .25),
		rate(int(p.PromisesKept), int(p.PromisesKept)+int(p.PromisesBroken), .7, 4), truth(in.c.PromiseDue != 0),
		rate(int(p.PlansPaid), int(p.PlansPaid)+int(p.PlansMissed), .7, 4),
		count(p.Payments)/2, in.money(mean), delay, in.recency(p.LastPayment, 30), (after+1)/(max(attempts, after)+5),
		count(p.Disputed), count(p.Complaints), count(p.Returns), in.score(0), in.score(1))
}

func (in *input) score(i int) float32 {
	s := &in.p.Scores[i]
	if !s.Set || s.Expires != 0 && s.Expires <= in.now {
		return 0
	}
	return s.Value
}

// unit is what a faded count is worth today: an act of today counts 1, one of 90 days ago ½.
func (r *Rhythm) unit(local int64) float32 {
	halves := (float64(local)/86400+dayZero)/halfLife - float64(r.Base)
	return float32(math.Exp2(-min(max(halves, 0), 60)))
}

// rate is the posterior mean of hits in trials under a Beta prior of that mean and weight; more
// hits than trials (reports differ) count as so many trials.
func rate(hits, trials int, mean, weight float32) float32 {
	return (float32(hits) + mean*weight) / (float32(max(trials, hits)) + weight)
}

// share is rate for faded counts, with a prior weight of 4.
func share(part, all, mean float32) float32 { return (part + 4*mean) / (all + 4) }

func count(n uint16) float32 { return float32(math.Log1p(float64(n))) }
