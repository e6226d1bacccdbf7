package engine_test

import (
	"errors"
	"strings"
	"testing"

	"takt/engine"
)

// The table is the ladder's text: days 10, 24, 38 by letter, 45 and 48 by phone, 60 hand-over.
func TestLadderNext(t *testing.T) {
	l := engine.DefaultLadder()
	post := engine.ChannelSet(0).With(engine.Letter)
	both := post.With(engine.Phone)
	for _, c := range []struct {
		dpd, done, since int
		can              engine.ChannelSet
		day, wait        int
	}{
		{0, 0, 0, both, 10, 10},
		{10, 0, 0, both, 10, 0},
		{90, 0, 0, both, 10, 0},   // late, but from the first step on
		{90, 1, 3, both, 24, 11},  // 14 days between the steps, 3 have passed
		{20, 1, 10, both, 24, 4},  // the day decides
		{38, 2, 14, both, 38, 0},  //
		{45, 3, 7, post, 60, 15},  // no phone: on to the hand-over
		{200, 3, 30, post, 60, 0}, //
		{90, 5, 1, both, 60, 11},  // 12 days after the last call
		{12, 0, 0, 0, 60, 48},     // no channel at all
		{5, 0, 0, engine.ChannelSet(0).With(engine.Phone), 45, 40},
	} {
		r := l.Next(c.dpd, c.done, c.since, c.can)
		if !r.OK || r.Step.Day != c.day || r.Wait != c.wait {
			t.Errorf("Next(%d, %d, %d): day %d in %d days, want %d in %d", c.dpd, c.done, c.since, r.Step.Day, r.Wait, c.day, c.wait)
		}
	}
	if r := l.Next(99, 6, 1, both); r.OK {
		t.Errorf("after the last step: %+v", r)
	}
}

func TestLadderValidate(t *testing.T) {
	good := engine.DefaultLadder()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func([]engine.Step){
		"/steps/1/day":     func(s []engine.Step) { s[1].Day = 10 },
		"/steps/0/day":     func(s []engine.Step) { s[0].Day = -1 },
		"/steps/2/channel": func(s []engine.Step) { s[2].Channel = 0 },
		"/steps/2/tone":    func(s []engine.Step) { s[2].Tone = engine.Tones },
		"/steps/2/offer":   func(s []engine.Step) { s[2].Offer = 0 },
		"/steps/3/kind":    func(s []engine.Step) { s[3].Kind = engine.KindRoute },
		"/steps/4":         func(s []engine.Step) { s[3].Kind = engine.KindHandover },
	} {
		l := engine.DefaultLadder()
		change(l.Steps)
		var f *engine.FieldError
		if err := l.Validate(); !errors.As(err, &f) || f.Pointer != want {
			t.Errorf("error %v, want one at %s", err, want)
		}
	}
}

func TestDefaultTenantIsValid(t *testing.T) {
	d := engine.DefaultTenant("acme")
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	if n := d.Grid.Size(); n != 1+4*4*7*3 {
		t.Errorf("%d actions, want 337", n)
	}
}

func TestTenantValidate(t *testing.T) {
	for want, change := range map[string]func(*engine.Tenant){
		"/id":             func(t *engine.Tenant) { t.ID = "" },
		"/secret":         func(t *engine.Tenant) { t.Secret = nil },
		"/epsilon":        func(t *engine.Tenant) { t.Epsilon = .6 },
		"/holdout/share":  func(t *engine.Tenant) { t.Holdout.Share = .2 },
		"/grid/tones":     func(t *engine.Tenant) { t.Grid.Tones = nil },
		"/grid/channels":  func(t *engine.Tenant) { t.Grid.Channels = append(t.Grid.Channels, engine.Email) },
		"/grid/slots":     func(t *engine.Tenant) { t.Grid.Slots = []engine.Slot{{From: 600, To: 600}} },
		"/specs/sms":      func(t *engine.Tenant) { t.Specs[engine.SMS].Reach = 2 },
		"/reward/margin":  func(t *engine.Tenant) { t.Reward.Margin = -1 },
		"/ladder/steps/0": func(t *engine.Tenant) { t.Ladder.Steps[0].Day = -4 },
		"/limits/cap":     func(t *engine.Tenant) { t.Limits.Cap = 17 },
		"/limits/quiet":   func(t *engine.Tenant) { t.Limits.QuietTo = 1300 },
		"/limits ":        func(t *engine.Tenant) { t.Limits.Gap = -1 },
	} {
		d := engine.DefaultTenant("acme")
		change(d)
		if err := d.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want one at %s", err, want)
		}
	}
}
