package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

// live is a tenant on the replay clock, in whose time facts, decisions and checks follow each other.
type live struct {
	*harness
	n     int
	noon  time.Time // of the scene's day, a Wednesday
	ask   string    // members of every request's "channels"
	open  string    // of its case
	extra string    // members of the request's case
}

// courteous is a creditor whose contacts go out between 10 and 12 h of the day.
func courteous() *engine.Tenant {
	t := uniformTenant("acme")
	t.Clock = engine.ReplayClock
	t.Grid = engine.Grid{Channels: []engine.Channel{engine.Email, engine.Letter}, Tones: []engine.Tone{engine.Empathetic, engine.Firm},
		Slots: []engine.Slot{{Day: 0, From: 600, To: 720}}, Offers: []engine.Offer{engine.OfferNone, engine.Instalments}}
	return t
}

func liven(t *testing.T) *live {
	return &live{harness: start(t, func(s *setup) { s.tenants = []*engine.Tenant{courteous()} }), noon: time.Date(2025, 11, 26, 12, 0, 0, 0, berlin)}
}

// scene begins a new debtor on another Wednesday.
func (l *live) scene() (debtor string) {
	l.n++
	l.noon = l.noon.AddDate(0, 0, 7)
	l.ask = `{"channel":"email","address_ref":"e:1","consent":"service"}`
	l.open, l.extra = `{"amount_minor":5990,"currency":"EUR"}`, ""
	return fmt.Sprint("D-", l.n)
}

// clock is an instant of the scene, given as hours from its noon.
func (l *live) clock(hours float64) string {
	return l.noon.Add(time.Duration(hours * float64(time.Hour))).Format(time.RFC3339)
}

func (l *live) request(debtor, suffix string, hours float64) string {
	return fmt.Sprintf(`{"case":{"id":%q,"portfolio":%q,"stage":"dunning","open":%s,"oldest_due":%q%s},
 "debtor":{"id":%q,"kind":"person","tz":"Europe/Berlin","region":"DE-BY","language":"de"},
 "channels":[%s],"as_of":%q,"want":{"alternatives":10,"explain":"full"}}`, "C-"+debtor+suffix, "campaign"+suffix, l.open, l.noon.AddDate(0, 0, -10).Format(time.DateOnly), l.extra, debtor, l.ask, l.clock(hours))
}

// acted is what these tests read of a decision.
type acted struct {
	decision
	Queue   string
	Bundled string `json:"bundled_with"`
	Action  *struct {
		Channel, Tone string
		Address       string `json:"address_ref"`
		Offer         struct{ Type string }
	} `json:"action"`
	Alternatives []struct {
		Action struct{ Kind, Tone, Offer string }
	}
}

func (l *live) next(debtor, suffix string, hours float64) acted {
	l.t.Helper()
	l.n++
	got, _ := l.harness.decide(fmt.Sprint("k-", l.n), l.request(debtor, suffix, hours))
	return decode[acted](l.t, got.body)
}

// tell reports an event; data may use {case}, {other} and {id} of the first decision.
func (l *live) tell(debtor, name, data string, hours float64, id string) {
	l.t.Helper()
	l.n++
	data = strings.NewReplacer("{case}", "C-"+debtor, "{other}", "C-"+debtor+"-other", "{id}", id, "{tomorrow}", l.clock(24), "{day}", l.noon.AddDate(0, 0, 3).Format(time.DateOnly)).Replace(data)
	l.report(strings.Replace(event(fmt.Sprint("e-", l.n), name, debtor, data), "2025-11-21T09:02:00+01:00", l.clock(hours), 1))
}

// checked is what revalidation answers.
type checked struct {
	Allowed               bool
	Verdict, Kind, Reason string
	Until                 time.Time
	Open                  *struct {
		Minor int64 `json:"amount_minor"`
	}
	Compliance struct {
		Verdict string
		Trace   []map[string]any
	}
}

func (l *live) check(id string, hours float64) checked {
	l.t.Helper()
	got := l.do(ask{method: "POST", path: "/v1/decisions/" + id + "/revalidate", body: `{"as_of":"` + l.clock(hours) + `"}`, who: "acme/decide"})
	if got.status != 200 {
		l.t.Fatalf("revalidate: %d %s", got.status, got.body)
	}
	return decode[checked](l.t, got.body)
}

// contact is a first decision to contact; the uniform policy may wait, and may choose what is not wanted.
func (l *live) contact(prepare func(), wanted func(*acted) bool) (debtor string, d acted) {
	l.t.Helper()
	for range 40 {
		debtor = l.scene()
		if prepare != nil {
			prepare()
		}
		if d = l.next(debtor, "", -3); d.Kind == "contact" && (wanted == nil || wanted(&d)) {
			return debtor, d
		}
	}
	l.t.Fatalf("no such contact in 40 decisions: %+v", d)
	return
}

// named reports whether the trace holds the rule with a result other than pass.
func named(trace []map[string]any, rule string) bool {
	return slices.ContainsFunc(trace, func(c map[string]any) bool { return c["rule"] == rule && c["result"] != "pass" })
}

// TestEveryFactChangesTheNextDecision: a contact is decided at 9 h for 10 to 12 h; what is reported at 9:30 decides at once, and
// the earlier decision is not carried out at 10:30.
func TestEveryFactChangesTheNextDecision(t *testing.T) {
	l := liven(t)
	const resume = 7*24 - 5 // before the next scene begins, whatever a clock change does between them
	type row struct {
		event, data  string
		kind, reason string
		until        string // hours from the scene's noon
		rule         string
		queue        string
		resumes      float64 // hours from noon at which a contact is decided again; 0: no matter
	}
	for name, c := range map[string]row{
		"consent withdrawn":             {"consent.changed", `{"channel":"email","state":"withdrawn"}`, "agent_review", "no_channel", "", "consent.refused", "address", 0},
		"STOP":                          {"stop.received", `{"channel":"email"}`, "agent_review", "no_channel", "", "core.channel.stop", "address", 0},
		"paid":                          {"payment.received", `{"case_id":"{case}","amount_minor":5990,"currency":"EUR"}`, "no_contact", "nothing_open", "", "core.claim", "", 0},
		"closed":                        {"case.closed", `{"case_id":"{case}","reason":"paid"}`, "no_contact", "case_closed", "", "core.claim", "", 0},
		"promise":                       {"promise.made", `{"case_id":"{case}","due":"{day}","amount_minor":5990,"currency":"EUR"}`, "hold", "promise_open", "132", "core.promise", "", resume},
		"dispute":                       {"dispute.opened", `{"case_id":"{case}","reason":"price"}`, "hold", "disputed", "", "de.dispute", "", 0},
		"insolvency":                    {"insolvency.opened", `{"date":"{day}"}`, "route", "insolvent", "", "de.stop.insolvency", "", 0},
		"death":                         {"debtor.deceased", `{}`, "no_contact", "deceased", "", "de.stop.deceased", "", 0},
		"representative":                {"representative.named", `{"reference":"R-1"}`, "route", "represented", "", "de.stop.represented", "", 0},
		"moratorium":                    {"moratorium.claimed", `{"until":"{tomorrow}"}`, "hold", "moratorium", "24", "core.hold", "", resume},
		"complaint":                     {"complaint.received", `{"channel":"email","reason":"tone"}`, "hold", "reply_pause", "45.5", "core.reply", "", resume},
		"Mahnstopp of the debtor":       {"hold.set", `{"reason":"goodwill","until":"{tomorrow}"}`, "hold", "hold_set", "24", "core.hold", "", resume},
		"Mahnstopp of the case":         {"hold.set", `{"case_id":"{case}","reason":"goodwill","until":"{tomorrow}"}`, "hold", "hold_set", "24", "core.hold", "", resume},
		"Mahnstopp of the only invoice": {"hold.set", `{"case_id":"{case}","scope":"invoice","reference":"R-1","reason":"goodwill","until":"{tomorrow}"}`, "hold", "hold_set", "24", "core.hold", "", resume},
		"Mahnstopp without end":         {"hold.set", `{"reason":"goodwill"}`, "hold", "hold_set", "", "core.hold", "", 0},
		"goods under way":               {"case.updated", `{"case_id":"{case}","fulfilment":"in_transit"}`, "hold", "not_delivered", "", "core.fulfilment", "", 0},
		"goods returned":                {"case.updated", `{"case_id":"{case}","fulfilment":"returned"}`, "hold", "not_delivered", "", "core.fulfilment", "", 0},
		"portal visit":                  {"portal.visited", `{}`, "hold", "reply_pause", "45.5", "core.reply", "", resume},
		"reply":                         {"contact.replied", `{"case_id":"{case}","channel":"email"}`, "hold", "reply_pause", "45.5", "core.reply", "", resume},
		"chat":                          {"contact.connected", `{"channel":"chat"}`, "hold", "reply_pause", "45.5", "core.reply", "", resume},
		"plan agreed":                   {"plan.agreed", `{"case_id":"{case}","instalments":3,"amount_minor":5990,"currency":"EUR"}`, "hold", "plan_running", "", "core.plan", "", 0},
		"handed over":                   {"handed.over", `{"case_id":"{case}"}`, "no_contact", "handed_over", "", "core.claim", "", 0},
		"erasure":                       {"erasure.requested", `{}`, "no_contact", "erasure_requested", "", "core.stop.erasure", "", 0},
	} {
		debtor, first := l.contact(nil, nil)
		if c := l.check(first.ID, -2.75); c.Allowed || c.Reason != "window_not_open" || !c.Until.Equal(l.noon.Add(-2*time.Hour)) {
			t.Errorf("%s: before its window %+v", name, c)
		}
		l.tell(debtor, c.event, c.data, -2.5, first.ID)
		l.open = "null" // the history knows
		d := l.next(debtor, "", -2.4)
		if d.ID == first.ID || d.Kind != c.kind || d.Reason != c.reason || d.Queue != c.queue || !named(d.Compliance.Trace, c.rule) {
			t.Errorf("%s: %+v, want %+v", name, d, c)
		}
		r := l.check(first.ID, -1.5)
		if r.Allowed || r.Kind != c.kind || r.Reason != c.reason || !named(r.Compliance.Trace, c.rule) || r.Verdict != r.Compliance.Verdict {
			t.Errorf("%s: revalidated %+v, want %+v", name, r, c)
		}
		if c.until != "" {
			var hours float64
			fmt.Sscan(c.until, &hours)
			want := l.noon.Add(time.Duration(hours * float64(time.Hour)))
			if !d.Until.Equal(want) || !r.Until.Equal(want) {
				t.Errorf("%s: until %v and %v, want %v", name, d.Until, r.Until, want)
			}
		} else if !d.Until.IsZero() || !r.Until.IsZero() {
			t.Errorf("%s: until %v and %v, want none", name, d.Until, r.Until)
		}
		if c.resumes != 0 {
			l.tell(debtor, "decision.skipped", `{"decision_id":"{id}","reason":"held"}`, c.resumes-1, first.ID)
			if d := l.next(debtor, "", c.resumes); d.Kind != "contact" && d.Compliance.Verdict != "allowed" {
				t.Errorf("%s: not resumed: %+v", name, d)
			}
		}
	}
}

// TestPressureIsLowered: hardship leaves soft tones and help, a returned letter another address, a payment in part and an
// invoice on hold the rest of the claim.
func TestPressureIsLowered(t *testing.T) {
	l := liven(t)
	skip := func(debtor, id string) {
		l.tell(debtor, "decision.skipped", `{"decision_id":"{id}","reason":"held"}`, -2.3, id)
	}
	t.Run("hardship", func(t *testing.T) {
		debtor, first := l.contact(nil, func(d *acted) bool { return d.Action.Tone == "firm" })
		l.tell(debtor, "hardship.declared", `{"reason":"illness"}`, -2.5, first.ID)
		if r := l.check(first.ID, -1.5); r.Allowed || r.Reason != "no_tone" || !named(r.Compliance.Trace, "core.tones.soft") {
			t.Errorf("revalidated %+v", r)
		}
		skip(debtor, first.ID)
		d := l.next(debtor, "", -1.5)
		if !named(d.Compliance.Trace, "core.tones.soft") || !named(d.Compliance.Trace, "core.plan_offer") || d.Kind == "contact" && (d.Action.Tone != "empathetic" || d.Action.Offer.Type != "instalments") {
			t.Errorf("%+v", d)
		}
		for _, a := range d.Alternatives {
			if a.Action.Kind != "hold" && (a.Action.Tone != "empathetic" || a.Action.Offer != "instalments") {
				t.Errorf("alternative %+v", a)
			}
		}
	})
	t.Run("returned letter", func(t *testing.T) {
		letters := func() {
			l.ask = `{"channel":"letter","address_ref":"p:88","validity":0.9},{"channel":"letter","address_ref":"p:99","validity":0.5}`
		}
		debtor, first := l.contact(letters, nil)
		if first.Action.Address != "p:88" {
			t.Fatalf("%+v", first.Action)
		}
		l.tell(debtor, "address.returned", `{"channel":"letter","address_ref":"p:88"}`, -2.5, first.ID)
		if r := l.check(first.ID, -1.5); r.Allowed || r.Reason != "no_channel" || !named(r.Compliance.Trace, "core.address.returned") {
			t.Errorf("revalidated %+v", r)
		}
		skip(debtor, first.ID)
		for i := range 20 {
			l.tell(debtor, "case.updated", `{"case_id":"{case}","dunning_level":1}`, -1.5, "") // decide anew
			if d := l.next(debtor, "", -1.5); d.Kind == "contact" {
				if d.Action.Address != "p:99" || !named(d.Compliance.Trace, "core.address.returned") {
					t.Errorf("%+v", d.Action)
				}
				break
			} else if i == 19 {
				t.Errorf("no contact: %+v", d)
			}
		}
		l.ask = `{"channel":"letter","address_ref":"p:88","validity":1}`
		l.tell(debtor, "case.updated", `{"case_id":"{case}","dunning_level":1}`, -1.5, "")
		if d := l.next(debtor, "-2", -1.5); d.Kind != "agent_review" || d.Reason != "no_channel" {
			t.Errorf("the same address again: %+v", d)
		}
	})
	t.Run("paid in part", func(t *testing.T) {
		debtor, first := l.contact(nil, nil)
		l.tell(debtor, "payment.received", `{"case_id":"{case}","amount_minor":1000,"currency":"EUR"}`, -2.5, "")
		if r := l.check(first.ID, -1.5); !r.Allowed || r.Open == nil || r.Open.Minor != 4990 {
			t.Errorf("revalidated %+v", r)
		}
	})
	t.Run("paid before, known after", func(t *testing.T) {
		debtor, first := l.contact(nil, nil)
		l.tell(debtor, "payment.received", `{"case_id":"{case}","amount_minor":5990,"currency":"EUR"}`, -12, "")
		if r := l.check(first.ID, -1.5); r.Allowed || r.Reason != "nothing_open" {
			t.Errorf("revalidated %+v", r)
		}
	})
	t.Run("other case on hold", func(t *testing.T) {
		debtor, first := l.contact(nil, nil)
		l.tell(debtor, "hold.set", `{"case_id":"{other}","reason":"goodwill"}`, -2.5, "")
		if r := l.check(first.ID, -1.5); !r.Allowed {
			t.Errorf("revalidated %+v", r)
		}
	})
	t.Run("a stop beats every campaign", func(t *testing.T) {
		debtor, _ := l.contact(nil, nil)
		l.tell(debtor, "hold.set", `{"reason":"goodwill"}`, -2.5, "")
		if d := l.next(debtor, "-spring", -2.4); d.Kind != "hold" || d.Reason != "hold_set" {
			t.Errorf("%+v", d)
		}
	})
	t.Run("an invoice on hold", func(t *testing.T) {
		debtor, first := l.contact(nil, nil)
		l.tell(debtor, "hold.set", `{"case_id":"{case}","scope":"invoice","reference":"R-1","amount_minor":1000,"currency":"EUR","reason":"goodwill","until":"{tomorrow}"}`, -2.5, "")
		if r := l.check(first.ID, -2.4); r.Allowed || r.Reason != "hold_set" || !r.Until.Equal(l.noon.Add(24*time.Hour)) {
			t.Errorf("the whole was to be asked for: %+v", r)
		}
		skip(debtor, first.ID)
		for range 20 {
			l.tell(debtor, "case.updated", `{"case_id":"{case}","dunning_level":1}`, -2.3, "") // decide anew
			if d := l.next(debtor, "", -2.2); d.Kind == "contact" {
				if r := l.check(d.ID, -1.5); !r.Allowed || r.Open.Minor != 4990 {
					t.Errorf("%+v", r)
				}
				return
			}
		}
		t.Error("no contact about the rest")
	})
	t.Run("reported", func(t *testing.T) {
		debtor, first := l.contact(nil, nil)
		if r := l.check(first.ID, -1.5); !r.Allowed || r.Verdict != "allowed" || r.Kind != "contact" || r.Reason != "" {
			t.Errorf("nothing happened: %+v", r)
		}
		l.tell(debtor, "decision.executed", `{"decision_id":"{id}"}`, -1.4, first.ID)
		if r := l.check(first.ID, -1.3); r.Allowed || r.Reason != "reported" {
			t.Errorf("executed: %+v", r)
		}
		if r := l.check(first.ID, 24); r.Reason != "expired" {
			t.Errorf("expired: %+v", r)
		}
	})
}

// TestOneContactForAllCases: a debtor's second case waits for the contact of the first, in a batch too, and the cap counts
// over campaigns.
func TestOneContactForAllCases(t *testing.T) {
	l := liven(t)
	debtor, first := l.contact(nil, nil)
	d := l.next(debtor, "-2", -2.5)
	if d.Kind != "hold" || d.Reason != "bundled" || d.Bundled != first.ID || d.Until.IsZero() || !named(d.Compliance.Trace, "core.gap") {
		t.Errorf("%+v", d)
	}
	debtor = l.scene()
	for i, day := range []float64{-6 * 24, -3 * 24} {
		l.tell(debtor, "contact.sent", fmt.Sprintf(`{"case_id":"C-old-%d","channel":"letter"}`, i), day, "")
	}
	if d := l.next(debtor, "-3", -2.5); d.Kind != "hold" || d.Reason != "contact_cap" || !named(d.Compliance.Trace, "core.cap.week") {
		t.Errorf("a third contact in a week: %+v", d)
	}
	contacts := 0
	for range 10 {
		debtor = l.scene()
		var lines []string
		for _, suffix := range []string{"-a", "-b", "-c"} {
			l.n++
			lines = append(lines, line(fmt.Sprint("k-", l.n), l.request(debtor, suffix, -3)))
		}
		own, bundled := "", 0
		for _, a := range l.batch("acme/decide", lines...) {
			d := decode[acted](t, a.Decision)
			switch {
			case d.Kind == "contact" && own == "":
				own, contacts = d.ID, contacts+1
			case d.Kind == "contact":
				t.Errorf("a second contact: %+v", d)
			case d.Reason == "bundled" && d.Bundled == own && own != "":
				bundled++
			case own != "":
				t.Errorf("%+v", d)
			}
		}
	}
	if contacts < 5 {
		t.Errorf("%d of 10 debtors are contacted", contacts)
	}
}

// Every kind of decision is answered; a key that may not decide and another tenant's is not told.
func TestRevalidateAnswersEverything(t *testing.T) {
	h := start(t)
	stored := func(h *harness, key, old, new string) string {
		_, d := h.decide(key, strings.Replace(request("C-"+key, "D-"+key), old, new, 1))
		return d.ID
	}
	for name, c := range map[string]struct{ old, new, kind, verdict string }{
		"deceased":    {`"flags":[]`, `"flags":["deceased"]`, "no_contact", "blocked"},
		"represented": {`"flags":[]`, `"flags":["represented"]`, "route", "routed"},
		"minor":       {`"flags":[]`, `"flags":["minor"]`, "agent_review", "human"},
		"disputed":    {`"dunning_level":1`, `"dunning_level":1,"dispute":{"state":"open"}`, "hold", "deferred"},
	} {
		id := stored(h, name, c.old, c.new)
		before := h.stored()
		for _, body := range []string{"", "{}", `{"as_of":null}`, `{"as_of":"2025-11-21T09:15:00+01:00"}`} {
			got := h.do(ask{method: "POST", path: "/v1/decisions/" + id + "/revalidate", body: body, who: "acme/decide"})
			if r := decode[checked](t, got.body); got.status != 200 || r.Allowed || r.Kind != c.kind || r.Verdict != c.verdict || len(r.Compliance.Trace) != 1 || !strings.Contains(string(got.body), `"checked_at":"2025-11-21T09:1`) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if h.stored() != before {
			t.Errorf("%s: something was stored", name)
		}
	}
	id := stored(h, "k", "", "")
	for _, c := range []struct {
		who, id, body string
		status        int
		place         string
	}{
		{"acme/admin", id, "", 200, ""},
		{"acme/analyst", id, "", 403, ""},
		{"other/decide", id, "", 404, ""},
		{"acme/decide", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "", 404, ""},
		{"acme/decide", "x", "", 404, ""},
		{"acme/decide", id, `{"as_of":"tomorrow"}`, 422, "/as_of"},
		{"acme/decide", id, `{"as_of":1}`, 422, "/as_of"},
		{"acme/decide", id, `{"as_of":"2026-11-21T09:15:00+01:00"}`, 422, "/as_of"},
		{"acme/decide", id, `{"now":1}`, 422, "/now"},
		{"acme/decide", id, `[]`, 400, ""},
	} {
		got := h.do(ask{method: "POST", path: "/v1/decisions/" + c.id + "/revalidate", body: c.body, who: c.who})
		if got.status != c.status || c.status > 400 && decode[problem](t, got.body).places() != c.place {
			t.Errorf("%+v: %d %s", c, got.status, got.body)
		}
	}
}

// TestTimelineTellsStates: facts, decisions and what became of them, in order and at once.
func TestTimelineTellsStates(t *testing.T) {
	l := liven(t)
	debtor, first := l.contact(nil, nil)
	type item struct {
		At        time.Time
		Event     *struct{ ID, Type string }
		Retracted string `json:"retracted_by"`
		Decision  *decision
		State     *struct {
			State, Reason, Action string
			At                    time.Time
			Event                 string `json:"event_id"`
			Next                  string `json:"decision_id"`
		}
		Label *struct {
			State    string
			Closes   time.Time `json:"closes_at"`
			Resolved bool
		}
	}
	read := func() []item {
		t.Helper()
		got := l.do(ask{method: "GET", path: "/v1/cases/C-" + debtor + "/timeline", who: "acme/analyst"})
		if got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		items := decode[struct{ Items []item }](t, got.body).Items
		if !slices.IsSortedFunc(items, func(a, b item) int { return a.At.Compare(b.At) }) {
			t.Errorf("out of order: %s", got.body)
		}
		return items
	}
	states := func() (all []string) {
		for _, i := range read() {
			switch {
			case i.Decision != nil:
				all = append(all, i.Decision.Kind+" "+i.State.State+" "+i.Label.State)
			case i.Retracted != "":
				all = append(all, "retracted")
			default:
				all = append(all, i.Event.Type)
			}
		}
		return all
	}
	expect := func(want ...string) {
		t.Helper()
		if got := states(); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	expect("contact open open")
	l.tell(debtor, "promise.made", `{"case_id":"{case}","due":"{day}","amount_minor":5990,"currency":"EUR"}`, -2.5, "")
	promise := fmt.Sprint("e-", l.n)
	expect("contact open open", "de.takt.promise.made.v1")
	l.next(debtor, "", -2.4)
	expect("contact superseded open", "de.takt.promise.made.v1", "hold open open")
	l.tell(debtor, "event.retracted", `{"event_id":"`+promise+`"}`, -2.3, "")
	expect("contact superseded open", "retracted", "hold open open", "de.takt.event.retracted.v1")
	l.tell(debtor, "decision.overridden", `{"decision_id":"{id}","reason":"agent_choice","action":"called"}`, -2.2, first.ID)
	if s := read()[0].State; s.State != "overridden" || s.Reason != "agent_choice" || s.Action != "called" || s.Event != fmt.Sprint("e-", l.n) || !s.At.Equal(l.noon.Add(-132*time.Minute)) {
		t.Errorf("%+v", s)
	}
	l.tell(debtor, "decision.executed", `{"decision_id":"{id}"}`, -2.1, first.ID)
	l.tell(debtor, "payment.received", `{"case_id":"{case}","amount_minor":5990,"currency":"EUR"}`, -2, "")
	l.tell("D-else", "portal.visited", `{}`, 24*50, "") // the clock goes on
	items := read()
	if s, label := items[0].State, items[0].Label; s.State != "executed" || label.State != "closed" || !label.Resolved {
		t.Errorf("%+v, %+v", s, label)
	}
	if s := items[2].State; s.State != "expired" {
		t.Errorf("the hold: %+v", s)
	}
	if b, _ := json.Marshal(items); strings.Contains(string(b), "D-else") {
		t.Error("another debtor's event")
	}
}
