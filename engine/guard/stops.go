package guard

import (
	"time"

	"takt/engine"
)

// flagStops are the stops that a flag alone decides, hardest first.
var flagStops = [...]struct {
	flag   engine.Flags
	rule   string
	kind   engine.Kind
	result engine.Result
	reason string
	queue  string
}{
	{engine.Deceased, "stop.deceased", engine.KindNoContact, engine.Block, engine.ReasonDeceased, ""},
	{engine.Insolvent, "stop.insolvent", engine.KindNoContact, engine.Block, engine.ReasonInsolvent, ""},
	{engine.Erasure, "stop.erasure", engine.KindNoContact, engine.Block, engine.ReasonErasure, ""},
	{engine.Represented, "stop.represented", engine.KindRoute, engine.Route, engine.ReasonRepresented, ""},
	{engine.Minor, "stop.minor", engine.KindAgentReview, engine.Route, engine.ReasonMinor, queueLegal},
	{engine.Guardian, "stop.guardian", engine.KindAgentReview, engine.Route, engine.ReasonGuardian, queueLegal},
}

// The queues of agent_review.
const (
	queueLegal   = "legal"   // capacity, court
	queueAddress = "address" // no permitted way to the debtor
	queueData    = "data"    // something the rules need is unknown
	queueCare    = "care"    // soft tones are needed and none is configured
)

// adult is the age from which a debtor is certainly of age, counted in calendar years: whoever
// turns 18 this year may still be 17.
const adult = 19

// person asks for stops that lie in the person.
func (r *run) person() engine.Verdict {
	flags := r.flags
	if r.young() {
		flags |= engine.Minor
	}
	for i := range flagStops {
		s := &flagStops[i]
		if flags&s.flag != 0 {
			r.tr.Add(s.rule, s.result, 0)
			return engine.Verdict{Kind: s.kind, Reason: s.reason, Queue: s.queue}
		}
		r.tr.Add(s.rule, engine.Pass, 0)
	}
	return engine.Verdict{}
}

// young reports whether either statement of the birth year leaves room for being under age.
func (r *run) young() bool {
	if r.q.Debtor.Kind == "business" {
		return false
	}
	year := r.in.Now.In(r.loc).Year()
	for _, born := range [...]int{r.q.Debtor.BirthYear, int(r.f.BornYear)} {
		if born != 0 && year-born < adult {
			return true
		}
	}
	return false
}

// claim asks for stops that lie in the claim and its stage.
func (r *run) claim() engine.Verdict {
	gone := func(stop bool, rule, reason string) bool {
		if stop {
			r.tr.Add(rule, engine.Block, 0, engine.Text("reason", reason))
		} else {
			r.tr.Add(rule, engine.Pass, 0)
		}
		return stop
	}
	no := func(reason string) engine.Verdict { return engine.Verdict{Kind: engine.KindNoContact, Reason: reason} }
	switch {
	case gone(r.flags&engine.Agency != 0, "claim.handed_over", engine.ReasonHandedOver):
		return no(engine.ReasonHandedOver)
	case gone(r.flags&engine.WrittenOffFlag != 0, "claim.written_off", engine.ReasonWrittenOff):
		return no(engine.ReasonWrittenOff)
	case gone(r.named && r.c.Closed, "claim.closed", engine.ReasonClosed):
		return no(engine.ReasonClosed)
	case gone(r.amount == 0, "claim.open", engine.ReasonNothingOpen):
		return no(engine.ReasonNothingOpen)
	case gone(r.amount < 0, "claim.amount", engine.ReasonAmount):
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonAmount, Queue: queueData}
	}
	if r.q.Case.Stage == "legal" || r.c.Stage == stageLegal {
		r.tr.Add("claim.stage", engine.Route, 0, engine.Text("stage", "legal"))
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonLegal, Queue: queueLegal}
	}
	r.tr.Add("claim.stage", engine.Pass, 0)
	return engine.Verdict{}
}

// stageLegal and stagePreDue are indices in engine.Stages.
const (
	stagePreDue = 1
	stageLegal  = 4
)

// holds asks for everything that stops contacts for a time; all of it is noted and the longest counts.
func (r *run) holds() engine.Verdict {
	r.hold("hold.moratorium", r.moratorium(), engine.ReasonMoratorium)
	r.hold("hold.dispute", endless(r.q.Case.Disputed || r.c.Disputes > 0), engine.ReasonDisputed)
	if r.f.HoldFor != engine.HoldMoratorium {
		reason := r.f.HoldFor.String()
		if reason == "" {
			reason = engine.ReasonHold
		}
		r.hold("hold.debtor", r.f.HoldTill, reason)
	}
	r.hold("hold.case", r.c.HoldTill, engine.ReasonHold)
	r.hold("hold.fulfilment", endless(undelivered(r.q.Case.Fulfilment) || undelivered(engine.Fulfilments[int(r.c.Fulfilled)%len(engine.Fulfilments)])), engine.ReasonNotDelivered)
	r.hold("hold.promise", r.promise(), engine.ReasonPromise)
	r.hold("hold.plan", endless(r.c.Plan), engine.ReasonPlan)
	reply := int64(0)
	if r.f.Reply != 0 {
		reply = r.f.Reply + r.limits.ReplyPause.Microseconds()
	}
	r.hold("hold.reply", reply, engine.ReasonReply)
	if r.holdTill == 0 {
		return engine.Verdict{}
	}
	v := engine.Verdict{Kind: engine.KindHold, Reason: r.holdReason}
	if r.holdTill < engine.HoldForever {
		v.Until = time.Unix(seconds(r.holdTill), 0)
	}
	return v
}

// hold notes a hold that ends at till, in microseconds; the longest one is kept, the first of equals.
func (r *run) hold(rule string, till int64, reason string) {
	if till <= r.micros {
		r.tr.Add(rule, engine.Pass, 0)
		return
	}
	end := int64(0)
	if till < engine.HoldForever {
		end = seconds(till)
	}
	r.tr.Add(rule, engine.Defer, end, engine.Text("reason", reason))
	if till > r.holdTill {
		r.holdTill, r.holdReason = min(till, engine.HoldForever), reason
	}
}

func endless(stop bool) int64 {
	if stop {
		return engine.HoldForever
	}
	return 0
}

// moratorium is the end of a claimed moratorium: the history's, or none if a flag says so.
func (r *run) moratorium() int64 {
	till := endless(r.flags&engine.Moratorium != 0)
	if r.f.HoldFor == engine.HoldMoratorium {
		till = max(till, r.f.HoldTill)
	}
	return till
}

// promise is the end of an open promise: the end of the due day in the debtor's zone and the grace.
func (r *run) promise() int64 {
	if r.c.PromiseDue.IsZero() {
		return 0
	}
	return (r.c.PromiseDue+1).At(0, r.loc)*1e6 + r.limits.PromiseGrace.Microseconds()
}

func undelivered(state string) bool {
	return state == "in_transit" || state == "returned" || state == "refund"
}
