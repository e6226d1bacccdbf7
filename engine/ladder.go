package engine

import (
	"fmt"
	"time"
)

// Rung is the ladder's answer: the step that comes next and when.
type Rung struct {
	Step Step
	Wait int  // days until the step is due; 0: due now
	OK   bool // false: the ladder has no further step
}

// Next is the step at position done (steps climbed so far) or after, at dpd days past due and
// sinceLast days after the last contact (ignored if done is 0). A ladder is climbed rung by rung: a step is due once its day is reached
// and the days between it and the step before have passed since the last contact, so that a case
// that comes late gets the same spacing as one that comes on time. Steps whose channel is not in
// can are left out; a hand-over needs none.
func (l *Ladder) Next(dpd, done, sinceLast int, can ChannelSet) Rung {
	for i := done; i < len(l.Steps); i++ {
		s := &l.Steps[i]
		if s.Kind != KindHandover && !can.Has(s.Channel) {
			continue
		}
		wait := s.Day - dpd
		if done > 0 {
			wait = max(wait, s.Day-l.Steps[done-1].Day-sinceLast)
		}
		return Rung{Step: *s, Wait: max(wait, 0), OK: true}
	}
	return Rung{}
}

// Validate reports the first thing that is wrong, or nil: days ascend from 0 to 3,650, a contact
// names channel, tone and offer, nothing follows a hand-over.
func (l *Ladder) Validate() error {
	for i := range l.Steps {
		if err := l.Steps[i].validate(); err != nil {
			return Within(fmt.Sprintf("/steps/%d", i), err)
		}
		if i == 0 {
			continue
		}
		before := &l.Steps[i-1]
		if before.Kind == KindHandover {
			return &FieldError{fmt.Sprintf("/steps/%d", i), "follows the hand-over; end the ladder there"}
		}
		if l.Steps[i].Day <= before.Day {
			return &FieldError{fmt.Sprintf("/steps/%d/day", i), fmt.Sprintf("is %d; use more than %d of the step before", l.Steps[i].Day, before.Day)}
		}
	}
	return nil
}

func (s *Step) validate() error {
	switch {
	case s.Day < 0 || s.Day > 3650:
		return &FieldError{"/day", fmt.Sprintf("is %d; use 0 to 3650 days past due", s.Day)}
	case s.Kind == KindHandover:
		return nil
	case s.Kind != KindContact && s.Kind != 0:
		return &FieldError{"/kind", fmt.Sprintf("is %v; use contact or handover", s.Kind)}
	case s.Channel == 0 || s.Channel >= Channels:
		return &FieldError{"/channel", "is missing; name a channel such as letter"}
	case s.Tone == 0 || s.Tone >= Tones:
		return &FieldError{"/tone", "is missing; name a tone such as neutral"}
	case s.Offer == 0 || s.Offer >= Offers:
		return &FieldError{"/offer", "is missing; name an offer such as none"}
	}
	return nil
}

// DefaultLadder is the status quo that reference studies describe: letters on days 10, 24 and 38
// past due, ever firmer, firm calls on days 45 and 48, hand-over to an agency on day 60.
func DefaultLadder() Ladder {
	return Ladder{Steps: []Step{
		{Day: 10, Kind: KindContact, Channel: Letter, Tone: Neutral, Offer: OfferNone},
		{Day: 24, Kind: KindContact, Channel: Letter, Tone: Firm, Offer: OfferNone},
		{Day: 38, Kind: KindContact, Channel: Letter, Tone: Formal, Offer: OfferNone},
		{Day: 45, Kind: KindContact, Channel: Phone, Tone: Firm, Offer: OfferNone},
		{Day: 48, Kind: KindContact, Channel: Phone, Tone: Firm, Offer: OfferNone},
		{Day: 60, Kind: KindHandover},
	}}
}

// progress is how far up the ladder the contacts since the due day have come, and the days since
// the latest of them. A contact counts as the next step of its channel that was due by then, or
// else as one step: whoever was reminded otherwise need not be reminded the same way again. It asks
// what the law needs anyway (when and how was this debtor contacted), nothing about the person.
func (l *Ladder) progress(f *Facts, c *CaseFacts, due Date, now time.Time, loc *time.Location) (done, sinceLast int) {
	last, from := due, due.In(loc).UnixMicro()
	fresh := c.LastContact == 0                 // what was carried out was for another case
	for i := len(f.Contacts) - 1; i >= 0; i-- { // oldest first
		k := &f.Contacts[i]
		if k.At >= from && (k.State == ContactPending || k.State != 0 && !fresh) {
			last = DateOf(time.UnixMicro(k.At).In(loc))
			done = l.step(done, k.Channel, int(last-due))
		}
	}
	return done, int(DateOf(now.In(loc)) - last)
}

// step is the position after a contact by the channel on a day past due.
func (l *Ladder) step(done int, channel Channel, dpd int) int {
	for j := done; j < len(l.Steps) && l.Steps[j].Day <= dpd; j++ {
		if s := &l.Steps[j]; s.Channel == channel && s.Kind != KindHandover {
			return j + 1
		}
	}
	if done < len(l.Steps) && l.Steps[done].Kind != KindHandover {
		return done + 1
	}
	return done
}
