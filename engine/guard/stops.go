package guard

import "takt/engine"

// flagReasons name a flag's reason, the hardest first.
var flagReasons = [...]struct {
	flag   engine.Flags
	reason string
}{
	{engine.Deceased, engine.ReasonDeceased},
	{engine.Insolvent, engine.ReasonInsolvent},
	{engine.Erasure, engine.ReasonErasure},
	{engine.Represented, engine.ReasonRepresented},
	{engine.Minor, engine.ReasonMinor},
	{engine.Guardian, engine.ReasonGuardian},
	{engine.Agency, engine.ReasonHandedOver},
	{engine.WrittenOffFlag, engine.ReasonWrittenOff},
	{engine.Moratorium, engine.ReasonMoratorium},
	{engine.Hardship, engine.ReasonHardship},
	{engine.Objection, engine.ReasonObjection},
}

// The queues of agent_review.
const (
	queueLegal   = "legal"   // capacity, court, limitation
	queueAddress = "address" // no permitted way to the debtor
	queueData    = "data"    // something the rules need is unknown
	queueCare    = "care"    // soft tones or an offer are needed and none can be had
	queueContent = "content" // the catalogue has no text that may be used
)

// hardness orders the outcomes of stops.
var hardness = [...]int{engine.KindNoContact: 3, engine.KindRoute: 2, engine.KindAgentReview: 1}

// stops asks for what ends contact with the person. All of it is noted and the hardest counts, the first of equals.
func (r *run) stops() (v engine.Verdict) {
	for _, rule := range r.span.Of(engine.RuleStop) {
		if hit := r.flags & rule.Params.Flags; hit != 0 {
			r.stop(&v, rule, flagReason(hit))
		} else {
			r.tr.AddRule(rule, engine.Pass, 0)
		}
	}
	for _, rule := range r.span.Of(engine.RuleMinor) {
		if r.flags&engine.Minor != 0 || r.young(int(rule.Params.Age)) {
			r.stop(&v, rule, engine.ReasonMinor)
		} else {
			r.tr.AddRule(rule, engine.Pass, 0)
		}
	}
	return v
}

func (r *run) stop(v *engine.Verdict, rule *engine.Rule, reason string) {
	result, kind := engine.Route, rule.Params.Outcome
	if kind == engine.KindNoContact {
		result = engine.Block
	}
	r.tr.AddRule(rule, result, 0, engine.Text("reason", reason))
	if hardness[kind] <= hardness[v.Kind] {
		return
	}
	*v = engine.Verdict{Kind: kind, Reason: reason}
	if kind == engine.KindAgentReview {
		v.Queue = queueLegal
	}
}

func flagReason(hit engine.Flags) string {
	for i := range flagReasons {
		if hit&flagReasons[i].flag != 0 {
			return flagReasons[i].reason
		}
	}
	return engine.ReasonRule
}

// young reports whether either statement of the birth year leaves room for being under age, counted in calendar years:
// whoever comes of age this year may not have yet.
func (r *run) young(age int) bool {
	if r.party == engine.Business {
		return false
	}
	year := r.in.Now.In(r.loc).Year()
	for _, born := range [...]int{r.q.Debtor.BirthYear, int(r.f.BornYear)} {
		if born != 0 && year-born <= age {
			return true
		}
	}
	return false
}

// state asks for what the claim's own state rules out.
func (r *run) state() (v engine.Verdict) {
	for _, rule := range r.span.Of(engine.RuleClaim) {
		s, reason := r.lost(rule.Params.Claim)
		if s == 0 {
			r.tr.AddRule(rule, engine.Pass, 0)
			continue
		}
		is := engine.Verdict{Kind: engine.KindNoContact, Reason: reason}
		result := engine.Block
		switch s {
		case engine.ClaimAmountUnknown:
			is.Kind, is.Queue, result = engine.KindAgentReview, queueData, engine.Route
		case engine.ClaimLegal:
			is.Kind, is.Queue, result = engine.KindAgentReview, queueLegal, engine.Route
		}
		r.tr.AddRule(rule, result, 0, engine.Text("reason", reason))
		if hardness[is.Kind] > hardness[v.Kind] {
			v = is
		}
	}
	for _, rule := range r.span.Of(engine.RuleLimitation) {
		if end := r.barred(rule); end.IsZero() || r.today <= end {
			r.tr.AddRule(rule, engine.Pass, 0)
			continue
		}
		r.tr.AddRule(rule, engine.Route, 0, engine.Number("years", float64(rule.Params.Years)))
		if v.Kind == 0 {
			v = engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonTimeBarred, Queue: queueLegal}
		}
	}
	return v
}

// lost is the first of the states that the claim is in, those without a way back first.
func (r *run) lost(states engine.Set[engine.ClaimState]) (s engine.ClaimState, reason string) {
	for _, x := range [...]struct {
		is     bool
		state  engine.ClaimState
		reason string
	}{
		{r.flags&engine.Agency != 0, engine.ClaimHandedOver, engine.ReasonHandedOver},
		{r.flags&engine.WrittenOffFlag != 0, engine.ClaimWrittenOff, engine.ReasonWrittenOff},
		{r.named && r.c.Closed, engine.ClaimClosed, engine.ReasonClosed},
		{r.amount == 0, engine.ClaimNothingOpen, engine.ReasonNothingOpen},
		{r.amount < 0, engine.ClaimAmountUnknown, engine.ReasonAmount},
		{r.at(engine.SetOf(stageLegal)), engine.ClaimLegal, engine.ReasonLegal},
	} {
		if x.is && states.Has(x.state) {
			return x.state, x.reason
		}
	}
	return 0, ""
}

// Indices in engine.Stages.
const (
	stagePreDue engine.Stage = 1
	stageLegal  engine.Stage = 4
)

// at reports whether request or history say one of the stages.
func (r *run) at(stages engine.Set[engine.Stage]) bool {
	if r.c.Stage != 0 && stages.Has(engine.Stage(r.c.Stage)) {
		return true
	}
	for s := stagePreDue; int(s) < len(engine.Stages); s++ {
		if r.q.Case.Stage == engine.Stages[s] {
			return stages.Has(s)
		}
	}
	return false
}

// due is the oldest due day: the request's, or else the history's.
func (r *run) due() engine.Date {
	if !r.q.Case.OldestDue.IsZero() {
		return r.q.Case.OldestDue
	}
	return r.c.OldestDue
}

// barred is the last day on which the claim is not time-barred; none if the due day is unknown, or was asked when the
// contact was decided.
func (r *run) barred(rule *engine.Rule) engine.Date {
	due := r.due()
	if due.IsZero() || r.again {
		return 0
	}
	return due.Years(int(rule.Params.Years), rule.Params.YearEnd)
}
