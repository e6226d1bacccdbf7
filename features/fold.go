package features

import "takt/engine"

// Fold adds one event. It is the only place where an event changes a profile; README.md lists the
// effect of each type. Events must come in fold order, each identity once and retracted ones not at
// all: [Replay] and [Ledger] see to that. Zones may be shared; nothing else is read, no clock either.
func (p *Profile) Fold(e *engine.Event, z *Zones) {
	at := e.At.UnixMicro()
	id, hash := identify(e.Source, e.ID)
	p.mark(at, KindEvent, id)
	p.Seen.Add(hash)
	var c *engine.CaseFacts
	if e.Data.CaseID != "" {
		key := engine.KeyOf(e.Data.CaseID)
		if c = &p.Cases[0]; c.Key != key {
			c = p.place(key, at)
		}
	}
	p.reopen(e, c)
	switch e.Type {
	case engine.ContactSent:
		p.sent(e, c, at, z, 0)
	case engine.ContactAttempted:
		p.sent(e, c, at, z, hour) // a decided call may take several attempts, each of which counts
	case engine.ContactDelivered:
		p.imply(e, c, at, z, 30*day)
		inc(&p.Channels[e.Data.Channel].Reached)
	case engine.ContactConnected:
		p.talked(e, c, at, z, hour)
		inc(&p.Channels[e.Data.Channel].Reached)
		p.act(e, at, z, engine.ChannelSet(0).With(engine.Chat))
	case engine.ContactFailed:
		inc(&p.Channels[e.Data.Channel].Failures)
	case engine.ContactOpened:
		p.opened(e, at, z)
	case engine.ContactClicked:
		inc(&p.Channels[e.Data.Channel].Clicks)
		p.act(e, at, z, engine.ChannelSet(0).With(engine.Chat).With(engine.Portal))
	case engine.ContactReplied:
		inc(&p.Channels[e.Data.Channel].Replies)
		p.inbound(at, z)
	case engine.DecisionExecuted, engine.DecisionSkipped, engine.DecisionOverridden:
		p.foldReport(e, c, at, z)
	case engine.PaymentReceived:
		p.paid(e, c, at, z)
	case engine.PaymentReversed:
		p.reversed(e, c, at)
	case engine.CaseOpened, engine.CaseUpdated, engine.CaseClosed, engine.HandedOver, engine.WrittenOff:
		p.foldCase(e, c, at)
	case engine.PromiseMade, engine.PromiseKept, engine.PromiseBroken, engine.PlanAgreed, engine.PlanPaid, engine.PlanMissed:
		p.foldPromise(e, c)
	case engine.DisputeOpened, engine.DisputeResolved, engine.HoldSet, engine.HoldLifted,
		engine.HardshipDeclared, engine.MoratoriumClaimed:
		p.foldHold(e, c, at, z)
	case engine.PortalVisited, engine.PaymentStarted:
		inc(&p.Visits)
		p.inbound(at, z)
	case engine.DocumentUploaded:
		inc(&p.Papers)
		p.inbound(at, z)
	case engine.EventRetracted:
		_, target := identify(e.Source, e.Data.EventID)
		p.Seen.Add(target) // should it arrive late, order alone must not let it in
	case engine.ScoreSet:
		p.foldScore(e)
	default:
		p.foldPerson(e, at)
	}
}

// The sets of event types by whose open decision they end, because what it was decided on has
// changed. All other types end those of every case; reports end the one they name.
const (
	endsNothing = 1<<engine.DecisionExecuted | 1<<engine.DecisionSkipped | 1<<engine.DecisionOverridden |
		1<<engine.ContactDelivered | 1<<engine.ContactOpened | 1<<engine.EventRetracted | 1<<engine.DebtorMerged
	endsOwn = 1<<engine.CaseOpened | 1<<engine.CaseUpdated | 1<<engine.CaseClosed | 1<<engine.PaymentReceived | 1<<engine.PaymentReversed |
		1<<engine.PromiseMade | 1<<engine.PromiseKept | 1<<engine.PromiseBroken | 1<<engine.PlanAgreed | 1<<engine.PlanPaid |
		1<<engine.PlanMissed | 1<<engine.DisputeOpened | 1<<engine.DisputeResolved | 1<<engine.HandedOver | 1<<engine.WrittenOff
)

// reopen ends open decisions, of all cases if the event is about none in particular. Seq decides, not
// the fold order: a fact that became known after a decision ends it though it happened before, and
// one that was known does not, whatever its time says. Without Seq the order is all there is.
func (p *Profile) reopen(e *engine.Event, c *engine.CaseFacts) {
	switch set := uint64(1) << e.Type; {
	case set&endsNothing != 0:
	case set&endsOwn != 0 && c != nil:
		p.change(0, e.Seq) // place made it the first
	default:
		p.Changed = max(p.Changed, e.Seq)
		for i := 0; i < len(p.Cases) && p.Cases[i].Key != 0; i++ {
			p.change(i, e.Seq)
		}
	}
}

func (p *Profile) change(i int, seq uint64) {
	m := &p.Moves[i]
	m.Changed = max(m.Changed, seq)
	if seq == 0 || seq > m.Decided {
		endDecision(&p.Cases[i])
	}
}

func endDecision(c *engine.CaseFacts) {
	if c.DecisionEnd != 0 {
		c.Decision, c.DecisionEnd, c.RequestHash = engine.ID{}, 0, 0
	}
}

// answer notes an act of the debtor: when they act, and that the last contact was answered.
func (p *Profile) answer(at int64, z *Zones) {
	m := momentOf(p.local(at, z))
	w := p.Rhythm.weight(m.day)
	p.Rhythm.Acts[m.band] += w
	p.Rhythm.ActDays[m.weekday] += w
	p.credit(at, w)
}

// credit counts an act within the window for the last contact, once per contact.
func (p *Profile) credit(at int64, w float32) {
	if o := &p.Out; o.At != 0 && !o.Answered && at >= o.At && at-o.At <= AnswerWindow {
		o.Answered = true
		inc(&p.Channels[o.Channel].Answered)
		p.Rhythm.Hits[o.Band] += w
	}
}

// inbound is an act of the debtor that pauses contacts.
func (p *Profile) inbound(at int64, z *Zones) {
	p.Reply = max(p.Reply, at)
	p.answer(at, z)
}

// foldScore keeps the caller's own scores that the feature vector knows, for this purpose only: a
// score of another purpose (a bureau's, say) must not steer contacts.
func (p *Profile) foldScore(e *engine.Event) {
	if e.Data.Purpose != "" && e.Data.Purpose != "dunning" {
		return
	}
	for i, name := range ScoreNames {
		if name == e.Data.Name {
			p.Scores[i] = Score{Value: float32(e.Data.Value), Set: true, Expires: micros(e.Data.Expires)}
		}
	}
}
