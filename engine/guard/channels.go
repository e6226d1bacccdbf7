package guard

import (
	"slices"
	"strings"

	"takt/engine"
)

// lane is one channel as the rules leave it.
type lane struct {
	open    bool
	anyTime bool
	contact int // index in Request.Contacts
	cost    int64

	after    int64 // no contact before this instant because of caps, Unix seconds
	afterFor string
	never    bool // caps leave no contact at all
	home     band // hours in the debtor's zone
	away     band // hours in the others it may be
	at       int  // index of its first slot's window
	first    int  // slot of its earliest open window; -1: none
	hours    bool // the hours leave something of a slot
}

// Names of sets of words as the trace shows them, made once.
var (
	setNames  = setsOf[engine.Channel](engine.Channels)
	toneNames = setsOf[engine.Tone](engine.Tones)
	dayNames  = setsOf(engine.Saturday + 1)
)

// setsOf are the names of every set of the words below n, with commas, by its bits.
func setsOf[T interface {
	~uint8
	String() string
}](n T) []string {
	all := make([]string, 1<<n)
	for s := range all {
		for w := T(1); w < n; w++ {
			if s>>w&1 != 0 {
				all[s] += "," + w.String()
			}
		}
		all[s] = strings.TrimPrefix(all[s], ",")
	}
	return all
}

// closes notes that a rule closed channels, or none.
func (r *run) closes(rule *engine.Rule, s engine.ChannelSet) {
	if s == 0 {
		r.tr.AddRule(rule, engine.Pass, 0)
		return
	}
	r.tr.AddRule(rule, engine.Block, 0, engine.Text("channels", setNames[s]))
}

// closesOwn is closes for what no pack states; that nothing was closed is not worth a line.
func (r *run) closesOwn(id string, s engine.ChannelSet) {
	if s != 0 {
		r.tr.Add(id, engine.Block, 0, engine.Text("channels", setNames[s]))
	}
}

// channels asks which channels may be used and by which address.
func (r *run) channels() engine.Verdict {
	var all engine.ChannelSet
	for _, c := range r.in.Tenant.Grid.Channels {
		all = all.With(c)
	}
	return r.choose(all)
}

func (r *run) choose(all engine.ChannelSet) engine.Verdict {
	narrowed := r.narrowed(all)
	left := all &^ narrowed
	left &^= r.forbidden(left)
	left = r.addresses(left)
	silent := engine.ChannelSet(0)
	for _, rule := range r.span.Of(engine.RuleZone) { // asked last: a zone is worth finding only for a channel that could be used
		s := left & rule.Params.Channels
		if r.in.Zone != nil {
			s = 0
		}
		r.closes(rule, s)
		silent |= s
	}
	left &^= silent
	for c := engine.Email; c < engine.Channels; c++ {
		r.lanes[c].open = left.Has(c)
	}
	switch {
	case left != 0:
		return engine.Verdict{}
	case narrowed != 0:
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonConstraints}
	case silent != 0:
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonZone, Queue: queueData}
	}
	return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoChannel, Queue: queueAddress}
}

// narrowed are the channels that the request's own limits close.
func (r *run) narrowed(all engine.ChannelSet) engine.ChannelSet {
	k := &r.q.Constraints
	var named, dear engine.ChannelSet
	for c := engine.Email; c < engine.Channels; c++ {
		spec := &r.in.Tenant.Specs[c]
		most := spec.CostMicro + spec.ReachedMicro // a limit is a limit: what it may cost, not what it does on average
		switch {
		case !all.Has(c):
		case len(k.AllowChannels) > 0 && !slices.Contains(k.AllowChannels, c):
			named = named.With(c)
		case k.MaxCostMinor >= 0 && most > k.MaxCostMinor*engine.MicroPerMinor(r.in.Tenant.Reward.Currency):
			dear = dear.With(c)
		}
	}
	r.closesOwn("request.allow_channels", named)
	r.closesOwn("request.max_cost", dear)
	return named | dear
}

// forbidden are the channels that rules close whatever the address.
func (r *run) forbidden(left engine.ChannelSet) (out engine.ChannelSet) {
	for _, rule := range r.span.Of(engine.RuleChannelStop) {
		s := left & r.f.Stopped & rule.Params.Channels
		r.closes(rule, s)
		out |= s
	}
	for _, rule := range r.span.Of(engine.RuleFirstContact) {
		s := engine.ChannelSet(0)
		if r.firstContact(rule) {
			s = left &^ rule.Params.By
		}
		r.closes(rule, s)
		out |= s
	}
	for _, rule := range r.span.Of(engine.RuleWishes) {
		s := engine.ChannelSet(0)
		if rule.Params.Wishes.Has(engine.WishChannel) {
			s = left & r.f.Wishes.Avoid
		}
		r.closes(rule, s)
		out |= s
	}
	return out
}

// firstContact reports whether the rule is about this contact: nobody was contacted about the case yet.
func (r *run) firstContact(rule *engine.Rule) bool {
	return r.at(rule.Params.Stages) && r.about(rule.Params.Who) && r.c.LastContact == 0
}

// point is an address of the request as the questions leave it.
type point struct {
	key      uint64
	validity float64 // the lower of both statements, -1: neither
	out      bool
}

// addresses gives each channel its best address and closes those without one. Of several the one most probably
// right is taken, the first of equals.
func (r *run) addresses(left engine.ChannelSet) (open engine.ChannelSet) {
	r.look(left)
	for _, kind := range [...]engine.RuleKind{engine.RuleChannelConsent, engine.RuleReturnedAddress, engine.RuleAddress, engine.RuleWorkAddress, engine.RuleWishes} {
		for _, rule := range r.span.Of(kind) {
			r.spoil(rule)
		}
	}
	var best [engine.Channels]float64
	for i := range r.points {
		p, c := &r.points[i], r.q.Contacts[i].Channel
		v := p.validity
		if v < 0 {
			v = unknownValidity
		}
		if !p.out && (!open.Has(c) || v > best[c]) {
			spec := &r.in.Tenant.Specs[c]
			r.lanes[c] = lane{anyTime: spec.AnyTime, contact: i, cost: spec.Expected(), first: -1}
			open, best[c] = open.With(c), v
		}
	}
	return open
}

// unknownValidity is assumed of an address that nobody has rated: it passes every sensible
// minimum, but a rated good one is taken first.
const unknownValidity = .5

// look lists the addresses and asks what no pack has to state: consent that was refused, and the creditor's own settings.
func (r *run) look(left engine.ChannelSet) {
	var seen, refused, opt, weak engine.ChannelSet
	for i := range r.q.Contacts {
		p := &r.q.Contacts[i]
		c := p.Channel
		if !left.Has(c) {
			r.points = append(r.points, point{out: true})
			continue
		}
		seen = seen.With(c)
		spec := &r.in.Tenant.Specs[c]
		x := point{engine.AddressKey(c, p.AddressRef), p.Validity, true}
		if a := &r.f.Addresses[c]; a.Key == x.key && a.Validity >= 0 && (x.validity < 0 || float64(a.Validity) < x.validity) {
			x.validity = float64(a.Validity)
		}
		switch {
		case r.f.Consents[c].Service == engine.ConsentWithdrawn || p.Consent == "none":
			refused = refused.With(c)
		case spec.Opt && !r.given(p):
			opt = opt.With(c)
		case x.validity >= 0 && x.validity < spec.MinValidity:
			weak = weak.With(c)
		default:
			x.out = false
		}
		r.points = append(r.points, x)
	}
	r.closesOwn("request.address", left&^seen)
	r.closesOwn("consent.refused", refused)
	r.closesOwn("creditor.consent", opt)
	r.closesOwn("creditor.min_validity", weak)
}

// given reports whether the debtor consented to messages of the service by this address.
func (r *run) given(p *engine.ContactPoint) bool {
	return r.f.Consents[p.Channel].Service == engine.ConsentGiven || p.Consent == "service"
}

// spoil takes out the addresses that a rule forbids.
func (r *run) spoil(rule *engine.Rule) {
	s, wish := engine.ChannelSet(0), rule.Kind == engine.RuleWishes
	for i := range r.points {
		p, q := &r.points[i], &r.q.Contacts[i]
		if !p.out && (wish || rule.Params.Channels.Has(q.Channel)) && r.spoils(rule, p, q) {
			p.out, s = true, s.With(q.Channel)
		}
	}
	if !wish || s != 0 { // what else it says has its own line
		r.closes(rule, s)
	}
}

// spoils reports whether a rule forbids an address.
func (r *run) spoils(rule *engine.Rule, p *point, q *engine.ContactPoint) bool {
	switch rule.Kind {
	case engine.RuleChannelConsent:
		return !r.given(q)
	case engine.RuleReturnedAddress:
		return slices.Contains(r.f.Returned[:], p.key)
	case engine.RuleAddress:
		return p.validity >= 0 && p.validity < rule.Params.MinValidity
	case engine.RuleWorkAddress:
		return q.Place == "work" || slices.Contains(r.f.Work[:], p.key)
	}
	return rule.Params.Wishes.Has(engine.WishPlace) && slices.Contains(r.f.Wishes.Places[:], p.key)
}
