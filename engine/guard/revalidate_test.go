package guard_test

import (
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/guard/oracle"
	"takt/engine/policy"
)

// What was decided may be carried out from its window's start to its end as long as nothing
// happens; its own pending contact is no obstacle.
func TestRevalidateOfUnchangedFacts(t *testing.T) {
	w := oracle.NewWorld(8, laws(t)...)
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	seen := 0
	for i := range 4000 {
		in := w.Input()
		var d engine.Decision
		if err := r.Decide(&d, in); err != nil {
			t.Fatal(err)
		}
		if d.Kind != engine.KindContact {
			continue
		}
		seen++
		if k := in.Request.Debtor.Kind; k != "" { // a kind that only the request said is unknown by then, which is stricter
			in.Facts.Kind = map[string]engine.Party{"person": engine.Consumer, "micro_business": engine.MicroBusiness, "business": engine.Business}[k]
		}
		pend(in.Facts, &d)
		for _, at := range []time.Time{d.Action.NotBefore, d.Action.NotBefore.Add(d.Action.NotAfter.Sub(d.Action.NotBefore) / 2), d.Action.NotAfter.Add(-time.Second)} {
			law := in.Tenant.Rules
			if in.Now = at; !at.Before(d.Expires) || law.On(engine.DateOf(at)) != law.On(engine.DateOf(d.IssuedAt)) {
				continue // too late, or by another law
			}
			if v := r.Revalidate(&d, in, nil); v.Kind != engine.KindContact {
				t.Fatalf("world %d: %v %s at %v of %+v", i, v.Kind, v.Reason, at, d.Action)
			}
		}
		if in.Now = d.Action.NotBefore.Add(-time.Second); r.Revalidate(&d, in, nil).Kind == engine.KindContact {
			t.Fatalf("world %d: too early, but permitted", i)
		}
		if in.Now = d.Expires; r.Revalidate(&d, in, nil).Reason != engine.ReasonExpired {
			t.Fatalf("world %d: expired, but permitted", i)
		}
	}
	if seen < 500 {
		t.Errorf("only %d contacts", seen)
	}
}

// pend adds the decision's own contact and names it as the open one, as a profile does when it is issued.
func pend(f *engine.Facts, d *engine.Decision) {
	f.Case(engine.KeyOf(d.Case)).Decision = d.ID
	copy(f.Contacts[1:], f.Contacts[:len(f.Contacts)-1])
	f.Contacts[0] = engine.ContactFacts{At: d.Action.NotBefore.UnixMicro(), Expires: d.Expires.UnixMicro(), Decision: d.ID, Channel: d.Action.Channel, State: engine.ContactPending}
}

func TestRevalidateAfterNews(t *testing.T) {
	base := wide(t)
	base.Tenant.Policy = "ladder"
	base.Request.Contacts = base.Request.Contacts[engine.Letter-1 : engine.Letter]
	base.Request.Case.OldestDue = engine.DateOf(base.Now) - 40
	base.Facts.Contacts = [16]engine.ContactFacts{{At: base.Now.UnixMicro() - 20*86400e6, Channel: engine.Letter, State: engine.ContactDone}}
	base.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf(base.Request.Case.ID), OpenMinor: -1, LastContact: base.Facts.Contacts[0].At}
	r := engine.NewDecider(guard.New())
	var d engine.Decision
	if err := r.Decide(&d, base); err != nil || d.Action.Tone != engine.Firm && d.Action.Tone != engine.LossFramed {
		t.Fatalf("%v: %+v", err, d)
	}
	pend(base.Facts, &d)
	base.Now = d.Action.NotBefore.Add(time.Minute)
	at := base.Now.UnixMicro()
	for want, news := range map[string]func(*engine.Facts, *engine.CaseFacts){
		engine.ReasonNothingOpen: func(_ *engine.Facts, c *engine.CaseFacts) { c.OpenMinor, c.OpenAt = 0, at },
		engine.ReasonClosed:      func(_ *engine.Facts, c *engine.CaseFacts) { c.Closed = true },
		engine.ReasonDisputed:    func(_ *engine.Facts, c *engine.CaseFacts) { c.Disputes = 1 },
		engine.ReasonPromise:     func(_ *engine.Facts, c *engine.CaseFacts) { c.PromiseDue = engine.DateOf(base.Now) + 3 },
		engine.ReasonDeceased:    func(f *engine.Facts, _ *engine.CaseFacts) { f.Flags = engine.Deceased },
		engine.ReasonReply:       func(f *engine.Facts, _ *engine.CaseFacts) { f.Reply = at },
		engine.ReasonNoTone:      func(f *engine.Facts, _ *engine.CaseFacts) { f.Hardship = at },
		engine.ReasonNoChannel:   func(f *engine.Facts, _ *engine.CaseFacts) { f.Stopped = f.Stopped.With(engine.Letter) },
		engine.ReasonGap: func(f *engine.Facts, _ *engine.CaseFacts) {
			f.Contacts[1] = engine.ContactFacts{At: at, Channel: engine.Email, State: engine.ContactDone}
		},
	} {
		in, f := *base, *base.Facts
		in.Facts = &f
		news(&f, &f.Cases[0])
		if v := r.Revalidate(&d, &in, nil); v.Kind == engine.KindContact || v.Reason != want {
			t.Errorf("%v %q, want %q", v.Kind, v.Reason, want)
		}
	}
	if v := r.Revalidate(&d, base, nil); v.Kind != engine.KindContact {
		t.Errorf("no news, but %v %s", v.Kind, v.Reason)
	}
	base.Profiled = false
	if v := r.Revalidate(&d, base, nil); v.Reason != engine.ReasonProfile {
		t.Errorf("no history, but %v %s", v.Kind, v.Reason)
	}
	d.Kind, d.Reason = engine.KindNoContact, "x"
	if v := r.Revalidate(&d, base, nil); v.Kind != engine.KindNoContact || v.Reason != "x" {
		t.Errorf("nothing to carry out, but %v %s", v.Kind, v.Reason)
	}
}

// What was decided by e-mail on a debtor in Berlin is asked again in the same terms: every news of a rule's facts stops it.
func TestRevalidateByRules(t *testing.T) {
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	for name, c := range map[string]struct {
		pack string
		news func(in *engine.Input, d *engine.Decision)
		want string
	}{
		"nothing": {"de", func(*engine.Input, *engine.Decision) {}, ""},
		"a holiday there": {"de", func(in *engine.Input, d *engine.Decision) {
			copy(in.Facts.Region[:], "DE-BY")
			in.Now = time.Date(2025, 6, 19, 10, 0, 0, 0, in.Zone)
			d.Expires, d.Action.NotBefore, d.Action.NotAfter = in.Now.Add(time.Hour), in.Now, in.Now.Add(time.Hour)
		}, engine.ReasonHours},
		"an hour of another zone": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Zones = []*time.Location{time.FixedZone("west", -8*3600)}
		}, engine.ReasonHours},
		"another hour is wished for": {"de", func(in *engine.Input, d *engine.Decision) { in.Facts.Wishes.From, in.Facts.Wishes.To = 1100, 1200 }, engine.ReasonHours},
		"no such channel is wished":  {"de", func(in *engine.Input, d *engine.Decision) { in.Facts.Wishes.Avoid = 1 << engine.Email }, engine.ReasonNoChannel},
		"the address is at work": {"uk", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Work[0] = engine.AddressKey(engine.Email, "a")
		}, engine.ReasonNoChannel},
		"hardship, and no plan was offered": {"de", func(in *engine.Input, d *engine.Decision) {
			d.Action.Offer, in.Facts.Hardship = engine.OfferNone, 1
		}, engine.ReasonNoOffer},
		"the text was withdrawn": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Tenant.Catalogue = engine.Catalogue{}
			in.Tenant.Catalogue.Add(engine.Template{Key: d.Action.Template, Channel: engine.Email, Tone: d.Action.Tone, Legal: engine.Withdrawn})
		}, engine.ReasonNoText},
		"a breathing space": {"uk", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Breathing.From = engine.DateOf(in.Now)
		}, engine.ReasonMoratorium},
		"a part was disputed before": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Decision: d.ID, Parts: [2]engine.Part{{Till: engine.HoldForever, Minor: 10_000, For: engine.HoldDispute}}}
		}, ""},
		"a part is disputed since": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Facts.LastAt = in.Now.UnixMicro()
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Parts: [2]engine.Part{{Till: engine.HoldForever, Minor: 10_000, For: engine.HoldDispute}}}
		}, engine.ReasonDisputed},
		"all that was open is on hold": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Parts: [2]engine.Part{{Till: engine.HoldForever, Minor: 12_000, For: engine.HoldAsked}}}
		}, engine.ReasonHold},
		"a part was out of the amount when it was decided": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Decision: d.ID, Parts: [2]engine.Part{{Till: engine.HoldForever, Minor: 12_000, For: engine.HoldAsked}}}
		}, ""},
		"the whole is disputed": {"de", func(in *engine.Input, d *engine.Decision) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Disputes: 1}
		}, engine.ReasonDisputed},
	} {
		in, d := contacted(t, r, c.pack, 9)
		c.news(in, d)
		if v := r.Revalidate(d, in, nil); v.Reason != c.want || (v.Kind == engine.KindContact) != (c.want == "") {
			t.Errorf("%s: %v %q, want %q", name, v.Kind, v.Reason, c.want)
		}
	}
}

// contacted is an input whose contact, from the hour on, was decided and may go out since a minute.
func contacted(t *testing.T, r *engine.Decider, pack string, hour int) (*engine.Input, *engine.Decision) {
	t.Helper()
	in, d := plain(t, pack, "Europe/Berlin", "2025-11-20 09:00"), new(engine.Decision)
	in.Tenant.Policy, in.Request.Contacts = "uniform", in.Request.Contacts[:1]
	in.Tenant.Grid.Tones, in.Tenant.Grid.Slots = []engine.Tone{engine.Empathetic}, []engine.Slot{{Day: 0, From: hour * 60, To: 1080}}
	for i := byte(1); d.Kind != engine.KindContact; i++ {
		in.ID[0] = i
		if err := r.Decide(d, in); err != nil {
			t.Fatal(err)
		}
	}
	pend(in.Facts, d)
	in.Now = d.Action.NotBefore.Add(time.Minute)
	return in, d
}

// What is told of an amount that the history has stated since is in the history's currency, whatever the answer.
func TestRevalidateTellsTheNewerAmount(t *testing.T) {
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	for _, reported := range []bool{false, true} {
		in, d := contacted(t, r, "de", 9)
		in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: 700, OpenAt: in.Now.UnixMicro(), Currency: [3]byte{'C', 'H', 'F'}}
		if reported {
			in.Facts.Contacts[0].State = engine.ContactDone
		}
		if v := r.Revalidate(d, in, nil); v.OpenMinor != 700 || v.Currency != "CHF" {
			t.Errorf("reported %v: %d %s", reported, v.OpenMinor, v.Currency)
		}
	}
}

// What was reported is not carried out again, only a call may be tried again; what was only logged is nobody's to carry
// out; before the window news count already; and a hand-over is asked about person and claim.
func TestRevalidateOfDecisionsInOtherStates(t *testing.T) {
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	own := func(in *engine.Input) *engine.ContactFacts { return &in.Facts.Contacts[0] }
	early := func(in *engine.Input, d *engine.Decision) { in.Now = d.Action.NotBefore.Add(-time.Hour) }
	for name, c := range map[string]struct {
		change func(in *engine.Input, d *engine.Decision)
		kind   engine.Kind
		want   string
	}{
		"done":    {func(in *engine.Input, d *engine.Decision) { own(in).State = engine.ContactDone }, engine.KindHold, engine.ReasonReported},
		"skipped": {func(in *engine.Input, d *engine.Decision) { *own(in) = engine.ContactFacts{} }, engine.KindHold, engine.ReasonReported},
		"shadow":  {func(in *engine.Input, d *engine.Decision) { d.Mode = engine.Shadow }, engine.KindHold, engine.ReasonShadow},
		"a call that nobody answered a week ago": {func(in *engine.Input, d *engine.Decision) {
			*own(in) = engine.ContactFacts{At: in.Now.UnixMicro() - 8*86400e6, Decision: d.ID, Channel: engine.Phone, State: engine.ContactDone}
		}, engine.KindContact, ""},
		"a call just made": {func(in *engine.Input, d *engine.Decision) {
			*own(in) = engine.ContactFacts{At: in.Now.UnixMicro() - 60e6, Decision: d.ID, Channel: engine.Phone, State: engine.ContactDone}
		}, engine.KindHold, engine.ReasonGap},
		"a call and a talk": {func(in *engine.Input, d *engine.Decision) {
			own(in).Channel, own(in).State = engine.Phone, engine.ContactTalked
		}, engine.KindHold, engine.ReasonReported},
		"early": {early, engine.KindHold, engine.ReasonEarly},
		"early, but the debtor has died": {func(in *engine.Input, d *engine.Decision) {
			early(in, d)
			in.Facts.Flags = engine.Deceased
		}, engine.KindNoContact, engine.ReasonDeceased},
		"early, and the pause ends before": {func(in *engine.Input, d *engine.Decision) {
			early(in, d)
			in.Facts.HoldTill, in.Facts.HoldFor = in.Now.UnixMicro()+600e6, engine.HoldAsked
		}, engine.KindHold, engine.ReasonEarly},
		"hand-over": {func(in *engine.Input, d *engine.Decision) {
			d.Kind, d.Reason, d.Action = engine.KindHandover, engine.ReasonLadderHandover, engine.ContactAction{}
		}, engine.KindHandover, engine.ReasonLadderHandover},
		"hand-over after a promise": {func(in *engine.Input, d *engine.Decision) {
			d.Kind, d.Reason, d.Action = engine.KindHandover, engine.ReasonLadderHandover, engine.ContactAction{}
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, PromiseDue: engine.DateOf(in.Now) + 3}
		}, engine.KindHold, engine.ReasonPromise},
	} {
		in, d := contacted(t, r, "de", 11)
		c.change(in, d)
		var tr engine.Trace
		if v := r.Revalidate(d, in, &tr); v.Kind != c.kind || v.Reason != c.want || len(tr.Checks) == 0 {
			t.Errorf("%s: %v %q, want %v %q: %v", name, v.Kind, v.Reason, c.kind, c.want, tr.Checks)
		}
	}
}
