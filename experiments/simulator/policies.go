package simulator

import (
	"fmt"
	"slices"
	"strings"

	"takt/engine"
)

// rule is a policy that needs no engine: it looks at a case on a day and says what to do and on
// which day to look again. It sees what a creditor sees, but for the oracle.
type rule interface {
	decide(w *world, c *course, day int) (p plan, review int)
}

// never is a day after every case.
const never = 1 << 30

// act is a plan to contact today.
func act(ch engine.Channel, t engine.Tone, window uint8) plan {
	return plan{Action: action(ch, t, window), contact: true}
}

// action is an action of the reference catalogue: instalments go with the empathetic tone, a link to
// pay with every other one on digital channels.
func action(ch engine.Channel, t engine.Tone, window uint8) Action {
	a := Action{ch, t, engine.OfferNone, window}
	switch {
	case t == engine.Empathetic:
		a.Offer = engine.Instalments
	case digital(ch):
		a.Offer = engine.PaymentLink
	}
	if ch == engine.Letter {
		a.Window = 0
	}
	return a
}

// free is the first day from the given one on that gap and cap leave for another contact.
func (w *world) free(c *course, day int) int {
	n := len(c.contacts)
	if n > 0 {
		day = max(day, c.contacts[n-1].day+w.gap)
	}
	if w.limit > 0 && n >= w.limit {
		day = max(day, c.contacts[n-w.limit].day+w.span)
	}
	return max(day, w.first, c.held)
}

// none never contacts.
type none struct{}

func (none) decide(*world, *course, int) (plan, int) { return plan{}, never }

// uniform contacts as often as it may, by any action of the catalogue.
type uniform struct{}

func (uniform) decide(w *world, c *course, day int) (plan, int) {
	if free := w.free(c, day); free > day {
		return plan{}, free
	}
	k := 0
	for _, ch := range channels {
		if c.known.Has(ch) {
			k += choices(ch)
		}
	}
	i := int(c.draw(day, forPolicy) * float64(k))
	for _, ch := range channels {
		if !c.known.Has(ch) {
			continue
		}
		if n := choices(ch); i >= n {
			i -= n
			continue
		}
		return act(ch, tones[i%len(tones)], uint8(i/len(tones))), day + 1
	}
	return plan{}, day + 1
}

var tones = [...]engine.Tone{engine.Friendly, engine.Neutral, engine.LossFramed, engine.Firm, engine.Formal, engine.Empathetic}

// choices is the number of actions that a channel has: a letter has no window.
func choices(ch engine.Channel) int {
	if ch == engine.Letter {
		return len(tones)
	}
	return len(tones) * windows
}

// fixed contacts as often as it may, always by the same action; without the address by text message,
// e-mail or letter.
type fixed struct{ Action }

func (f fixed) decide(w *world, c *course, day int) (plan, int) {
	if free := w.free(c, day); free > day {
		return plan{}, free
	}
	for _, ch := range [...]engine.Channel{f.Channel, engine.SMS, engine.Email, engine.Letter} {
		if c.known.Has(ch) {
			return act(ch, f.Tone, f.Window), day + 1
		}
	}
	return plan{}, never
}

// parseFixed reads CHANNEL/TONE/WINDOW such as sms/empathetic/17-20.
func parseFixed(text string) (fixed, error) {
	parts := strings.Split(text, "/")
	bad := func(err error) (fixed, error) {
		return fixed{}, fmt.Errorf("%w: fixed action %q: %s; write CHANNEL/TONE/WINDOW such as sms/empathetic/17-20", ErrOptions, text, strings.TrimSpace(err.Error()))
	}
	if len(parts) != 3 {
		return bad(fmt.Errorf("has %d parts", len(parts)))
	}
	var a Action
	if err := a.Channel.UnmarshalText([]byte(parts[0])); err != nil {
		return bad(err)
	}
	if !slices.Contains(channels[:], a.Channel) {
		return bad(fmt.Errorf("%q is no channel of the simulated creditor", parts[0]))
	}
	if err := a.Tone.UnmarshalText([]byte(parts[1])); err != nil {
		return bad(err)
	}
	for i, name := range windowNames {
		if name == parts[2] {
			a.Window = uint8(i)
			return fixed{action(a.Channel, a.Tone, a.Window)}, nil
		}
	}
	return bad(fmt.Errorf("%q is no window", parts[2]))
}

var windowNames = [windows]string{"8-11", "11-14", "14-17", "17-20"}

// String gives CHANNEL/TONE/WINDOW.
func (a Action) String() string {
	return a.Channel.String() + "/" + a.Tone.String() + "/" + windowNames[a.Window]
}
