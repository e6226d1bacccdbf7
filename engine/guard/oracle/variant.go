package oracle

import (
	"strconv"
	"time"

	"takt/engine"
)

// variant is the pack as it is written, or one of its variants, of which some are kept for a while: they cost a millisecond.
func (w *World) variant(pack *engine.Rules, id string) *engine.Rules {
	if w.maybe(.4) {
		return pack
	}
	key := pack.Version + " " + id
	list := w.variants[key]
	if len(list) < variants {
		w.variants[key] = append(list, w.vary(pack, id))
		return w.variants[key][len(list)]
	}
	i := w.IntN(variants)
	if w.maybe(.01) {
		list[i] = w.vary(pack, id)
	}
	return list[i]
}

// vary gives the pack with other values in some rules and without some others. With an id that rule stays, gets other
// values as often as not, and as often as not is alone of its kind; caps, gaps and pauses are of one.
func (w *World) vary(pack *engine.Rules, id string) *engine.Rules {
	var kind engine.RuleKind
	for _, r := range pack.All() {
		if r.ID == id {
			kind = r.Kind
		}
	}
	var rules []engine.Rule
	alone, other := id != "" && w.maybe(.5), w.maybe(.5)
	for _, r := range pack.All() {
		rule := *r
		switch {
		case r.ID == id && other:
			w.retune(&rule)
		case r.ID == id:
		case alone && alike(r.Kind, kind), id == "" && w.maybe(.05):
			continue
		case id == "" && w.maybe(.3):
			w.retune(&rule)
		}
		rules = append(rules, rule)
	}
	header := *pack
	header.Version += "~" + strconv.FormatUint(w.Uint64()>>32, 16)
	v, err := engine.NewRules(header, rules, nil)
	if err != nil {
		panic("oracle: " + err.Error()) // dates stay as the pack has them
	}
	return v
}

// alike reports whether two kinds of rules forbid the same contacts.
func alike(a, b engine.RuleKind) bool {
	return a == b || spaces(a) && spaces(b)
}

// spaces reports whether a kind of rules keeps contacts apart.
func spaces(k engine.RuleKind) bool {
	return k == engine.RuleCap || k == engine.RuleGap || k == engine.RuleConversation
}

// retune gives a rule other values of its kind, tighter or looser.
func (w *World) retune(r *engine.Rule) {
	p := &r.Params
	days := func(n int) time.Duration { return time.Duration(w.IntN(n)) * wholeDay }
	switch r.Kind {
	case engine.RuleMinor:
		p.Age = int16(16 + w.IntN(8))
	case engine.RuleMoratorium:
		p.ContractBefore += engine.Date(w.IntN(60) - 30)
		p.Who = p.Who.With(engine.Business)
	case engine.RuleBreathingSpace:
		p.Days, p.TreatmentDays = int16(10+w.IntN(80)), int16(5+w.IntN(40))
	case engine.RuleDispute:
		p.Partial = engine.PartialUndisputed + engine.PartialWhole - p.Partial
	case engine.RulePromise:
		p.Grace = days(5)
	case engine.RuleReply:
		p.Pause = days(5) + time.Hour
	case engine.RuleLimitation:
		p.Years, p.YearEnd = int16(1+w.IntN(5)), w.maybe(.5)
	case engine.RuleChannelConsent, engine.RuleReturnedAddress, engine.RuleChannelStop, engine.RuleWorkAddress, engine.RuleZone, engine.RuleIdentify, engine.RuleDiscreet:
		p.Channels = w.channels()
	case engine.RuleAddress:
		p.MinValidity = one(w, .2, .5, .8)
	case engine.RuleCap:
		p.Max, p.Window, p.Per = int16(w.IntN(5)), one(w, 36*time.Hour, days(9)+wholeDay), one(w, engine.PerCase, engine.PerDebtor)
		p.Counts, p.Channels = one(w, engine.CountContacts, engine.CountAttempts), w.channels()
	case engine.RuleGap:
		p.Gap, p.Per, p.Channels = one(w, 12*time.Hour, days(5)), one(w, engine.PerCase, engine.PerDebtor), w.channels()
	case engine.RuleConversation:
		p.Days, p.Per = int16(1+w.IntN(9)), one(w, engine.PerCase, engine.PerDebtor)
	case engine.RuleHours:
		p.Open, p.Close, p.Holidays = int16(360+w.IntN(5)*60), int16(900+w.IntN(8)*60), w.maybe(.5)
		p.Weekdays = engine.Set[engine.Weekday](1+w.IntN(127)) << 1
		p.Channels |= w.channels()
	case engine.RuleWishes:
		p.Wishes = engine.SetOf(one(w, engine.WishTime, engine.WishPlace, engine.WishChannel))
	case engine.RuleSoftTones, engine.RulePreDue:
		p.Tones = p.Tones.With(engine.Neutral)
	case engine.RuleFeeCap:
		p.MaxMinor, p.InContract = w.Int64N(500), w.maybe(.2)
	case engine.RuleLumpSum:
		p.MaxMinor, p.Charged = w.Int64N(5000), one(w, p.Charged, p.Charged.With(engine.MicroBusiness))
	case engine.RuleInterest:
		p.PointsPerson, p.PointsFirm = float64(w.IntN(6)), float64(w.IntN(10))
	case engine.RuleDefaultClaims:
		p.FirstFree = w.maybe(.5)
	case engine.RuleBureau:
		p.Reminders, p.Days, p.Informed, p.Undisputed = int16(w.IntN(4)), int16(w.IntN(40)), w.maybe(.5), w.maybe(.5)
	case engine.RuleServiceBlock:
		p.MinMinor, p.Instalments, p.Undisputed, p.NamesCourts = w.Int64N(20_000), int16(w.IntN(3)), w.maybe(.5), w.maybe(.5)
	case engine.RulePlanOffer:
		p.Offers = engine.SetOf(one(w, engine.Instalments, engine.Deferral, engine.PaymentLink))
	}
}

// channels are one to all of them.
func (w *World) channels() engine.ChannelSet {
	some := engine.ChannelSet(w.IntN(512) | w.IntN(512))
	return everyChannel & some.With(engine.Channel(1+w.IntN(engine.Channels-1)))
}
