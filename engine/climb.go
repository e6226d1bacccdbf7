package engine

import "time"

// next is the ladder's next rung for the case, and false if the due date is unknown. It asks for
// days past due and dates of contacts alone, never for a feature.
func (w *work) next(in *Input) (r Rung, known bool) {
	q := &in.Request.Case
	c := in.Facts.Case(KeyOf(q.ID))
	due := q.OldestDue
	if due.IsZero() {
		due = c.OldestDue
	}
	if due.IsZero() {
		due = q.DefaultSince
	}
	if due.IsZero() {
		return Rung{}, false
	}
	done, since := in.Tenant.Ladder.progress(in.Facts, c, due, in.Now, w.zone)
	return in.Tenant.Ladder.Next(int(w.today-due), done, since, w.can(in)), true
}

// can are the channels a step may use: those with an option, or where the guard left none for
// now, those of the request.
func (w *work) can(in *Input) (can ChannelSet) {
	g := &in.Tenant.Grid
	if n := len(w.ballot.Options); n > 1 {
		last := -1
		for _, o := range w.ballot.Options[1:] {
			if l := g.Levels(o.Action); l.Channel != last {
				last = l.Channel
				can = can.With(g.Channels[last])
			}
		}
		return can
	}
	for i := range in.Request.Contacts {
		can = can.With(in.Request.Contacts[i].Channel)
	}
	return can
}

// climb lets the ladder decide among the eligible actions, without chance.
func (w *work) climb(d *Decision, in *Input, v *Verdict) {
	w.certain(d, LadderName, 0)
	r, known := w.next(in)
	switch {
	case !known:
		w.finish(d, in, KindHold, 0, ReasonDue)
	case !r.OK:
		w.finish(d, in, KindHold, 0, ReasonLadderDone)
	case r.Wait > 0:
		w.finish(d, in, KindHold, in.Tenant.Limits.Opening(w.today+Date(r.Wait), w.zone), ReasonLadderWait)
	case r.Step.Kind == KindHandover:
		w.finish(d, in, KindHandover, 0, ReasonLadderHandover)
	default:
		i := w.find(in, &r.Step)
		if i == 0 {
			w.finish(d, in, KindHold, 0, ReasonNoTone)
			return
		}
		w.certain(d, LadderName, i)
		w.contact(d, in, &w.ballot.Options[i])
	}
}

// pressure orders tones: where the guard or the grid lacks a step's tone, the next milder one
// speaks, never a sharper one.
var pressure = [Tones]int{Empathetic: 1, Friendly: 2, Neutral: 3, LossFramed: 4, Firm: 5, Formal: 6}

// find is the option that carries out a step: its channel, its tone or the next milder one, its
// offer or else none, as early as can be. It is 0 if there is none.
func (w *work) find(in *Input, s *Step) int {
	g := &in.Tenant.Grid
	best, bestTone, bestOffer := 0, 0, 0
	for i := 1; i < len(w.ballot.Options); i++ {
		o := &w.ballot.Options[i]
		l := g.Levels(o.Action)
		tone := pressure[g.Tones[l.Tone]]
		if g.Channels[l.Channel] != s.Channel || tone > pressure[s.Tone] {
			continue
		}
		offer := fit(g.Offers[l.Offer], s.Offer)
		switch {
		case best == 0, tone > bestTone, tone == bestTone && offer > bestOffer,
			tone == bestTone && offer == bestOffer && o.NotBefore < w.ballot.Options[best].NotBefore:
			best, bestTone, bestOffer = i, tone, offer
		}
	}
	return best
}

func fit(have, want Offer) int {
	switch have {
	case want:
		return 2
	case OfferNone:
		return 1
	}
	return 0
}

// fallback is what the ladder would do next, for callers who do not follow the decision.
func (w *work) fallback(in *Input, v *Verdict) Fallback {
	if v.Kind != KindContact && v.Kind != KindHold {
		return Fallback{Kind: v.Kind, Reason: v.Reason}
	}
	r, known := w.next(in)
	switch {
	case !known:
		return Fallback{Kind: KindHold, Reason: ReasonDue}
	case !r.OK:
		return Fallback{Kind: KindHold, Reason: ReasonLadderDone}
	}
	f := Fallback{Kind: KindContact, Step: r.Step, Reason: ReasonLadderStep}
	f.Due = in.Now.UTC()
	if r.Wait > 0 {
		f.Due = time.Unix(in.Tenant.Limits.Opening(w.today+Date(r.Wait), w.zone), 0).UTC()
	}
	if r.Step.Kind == KindHandover {
		f.Kind, f.Reason = KindHandover, ReasonLadderHandover
	}
	if v.Kind == KindHold {
		if v.Until.IsZero() {
			return Fallback{Kind: KindHold, Reason: v.Reason}
		}
		if v.Until.After(f.Due) {
			f.Due = v.Until.UTC()
		}
	}
	return f
}
