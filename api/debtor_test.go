package api_test

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// told is what the debtor is told.
type told struct {
	ID       string `json:"decision_id"`
	Audience string
	Text     said
	Sections []struct {
		Code        string
		Title, Text said
	}
}

// tell asks for the text to the debtor, and holds the whole against its sections.
func (h *harness) tell(id string) (told, []byte) {
	h.t.Helper()
	got := h.do(ask{method: "GET", path: "/v1/decisions/" + id + "/explanation?audience=debtor", who: "acme/decide"})
	if got.status != 200 {
		h.t.Fatalf("%d %s", got.status, got.body)
	}
	x := decode[told](h.t, got.body)
	var en, de []string
	for _, s := range x.Sections {
		en, de = append(en, s.Title.EN+"\n"+s.Text.EN), append(de, s.Title.DE+"\n"+s.Text.DE)
	}
	if x.ID != id || x.Audience != "debtor" || x.Text.EN != strings.Join(en, "\n\n") || x.Text.DE != strings.Join(de, "\n\n") || len(x.Sections) != 9 {
		h.t.Errorf("%s", got.body)
	}
	return x, got.body
}

func (x *told) section(code string) said {
	for _, s := range x.Sections {
		if s.Code == code {
			return s.Text
		}
	}
	return said{}
}

// heldOut puts everybody into the hold-out.
type heldOut struct{}

func (heldOut) Assign(*engine.Tenant, string, time.Time) engine.Variant {
	return engine.Variant{Experiment: "holdout", Arm: "holdout", Share: .022}
}

// muster is a creditor with one possible contact, an e-mail in the evening, and waiting.
func muster(name string) *engine.Tenant {
	t := engine.DefaultTenant("acme")
	t.Policy, t.Holdout.Share, t.Reward.RetentionMinor = name, 0, 1000
	t.Grid = engine.Grid{Channels: []engine.Channel{engine.Email}, Tones: []engine.Tone{engine.Friendly}, Slots: []engine.Slot{{Day: 0, From: 1020, To: 1200}}, Offers: []engine.Offer{engine.PaymentLink}}
	t.Ladder = engine.Ladder{Steps: []engine.Step{{Day: 10, Kind: engine.KindContact, Channel: engine.Email, Tone: engine.Neutral, Offer: engine.OfferNone}}}
	t.Contact = engine.Service{Name: "Muster AG, Kundenservice", Email: "service@muster.example", Phone: "+49 30 1234567", URL: "https://muster.example/hilfe"}
	return t
}

// leaning is a snapshot by which the e-mail is worth more or less than waiting by bias, and for whom
// answers to e-mails, the amount, the weekday and complaints speak.
func leaning(t *testing.T, tenant *engine.Tenant, bias float32) *engine.Snapshot {
	t.Helper()
	spec, l := policy.DefaultPrior(), policy.NewLayout(&tenant.Grid, len(features.Vector))
	w := policy.PriorWeights(l, &spec, 1)
	blocks, _ := l.Blocks(nil, nil, engine.Levels{})
	lean := func(param int, by float32) {
		w.Means[param*policy.Heads+int(policy.Resolve)] += by
		for m := range policy.Lanes {
			w.Draws[param*policy.Lanes+m] += by
		}
	}
	lean(blocks[1], bias)
	for i, v := range features.Vector {
		lean(blocks[1]+1+i, map[string]float32{"answer_email": .2, "overdue": .02, "amount": -.03, "answer_sms": .001, "promises_kept": .1}[v.Name])
	}
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Version: "1", Grid: tenant.Grid.String(), Schema: features.Schema,
		Features: len(features.Vector), Rows: 5000, Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// past is what is known of a debtor of these tests.
func past(debtor string) string {
	dated := func(id, day, name, data string) string {
		return strings.Replace(event(debtor+id, name, debtor, data), "2025-11-21", day, 1)
	}
	return "[" + strings.Join([]string{
		dated("-1", "2025-10-01", "case.opened", `{"case_id":"OLD","open":{"amount_minor":1200,"currency":"EUR"},"oldest_due":"2025-09-20"}`),
		dated("-2", "2025-10-10", "contact.sent", `{"case_id":"OLD","channel":"email","tone":"friendly","address_ref":"e:1f"}`),
		dated("-3", "2025-10-11", "contact.replied", `{"case_id":"OLD","channel":"email"}`),
		dated("-4", "2025-10-12", "payment.received", `{"case_id":"OLD","amount_minor":1200,"currency":"EUR"}`),
		dated("-5", "2025-10-13", "case.closed", `{"case_id":"OLD","reason":"paid"}`),
	}, ",") + "]"
}

// The texts to the debtor in both languages, over HTTP: testdata/debtor.txt.
func TestDebtorGolden(t *testing.T) {
	var b strings.Builder
	n := 0
	// ask decides cases of ever new debtors until the decision is one of those that are wanted.
	ask := func(h *harness, change func(string) string, wanted func(decision, scored) bool) string {
		t.Helper()
		for range 600 {
			n++
			debtor := fmt.Sprint("DEBTOR-", n)
			h.report(past(debtor))
			got, d := h.decide(fmt.Sprint("k-", n), change(request(fmt.Sprint("CASE-", n), debtor)))
			if wanted(d, decode[scored](t, got.body)) {
				return d.ID
			}
		}
		t.Fatal("600 decisions are none of those")
		return ""
	}
	show := func(name string, h *harness, id string) {
		t.Helper()
		x, _ := h.tell(id)
		for _, text := range []string{x.Text.EN, x.Text.DE} {
			fmt.Fprintf(&b, "== %s\n%s\n", name, strings.ReplaceAll(text, id, "DECISION"))
		}
	}
	same := func(s string) string { return s }
	replace := func(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }
	any := func(decision, scored) bool { return true }

	tenant := muster("bandit")
	model := func(bias float32) *harness {
		h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant, engine.DefaultTenant("other")} })
		h.must(h.server.Swap("acme", leaning(t, tenant, bias)))
		return h
	}
	h := model(.05)
	id := ask(h, same, func(d decision, s scored) bool { return d.Kind == "contact" && !s.Policy.Exploration })
	show("a contact that the model decided", h, id)
	show("waiting, though the contact was rated better", h, ask(h, same, func(d decision, s scored) bool { return d.Kind == "hold" && s.Policy.Exploration }))
	h.must(h.server.Swap("acme", leaning(t, tenant, .06)))
	show("the first contact, after its snapshot has gone", h, id)
	h = model(-1)
	show("a contact that was drawn to learn", h, ask(h, same, func(d decision, s scored) bool { return d.Kind == "contact" && s.Policy.Exploration }))

	h = start(t, func(s *setup) { s.tenants, s.assigner = []*engine.Tenant{tenant}, heldOut{} })
	show("a contact of the ladder in the hold-out", h, ask(h, same, any))
	bare := muster("ladder")
	bare.Contact = engine.Service{}
	h = start(t, func(s *setup) { s.tenants = []*engine.Tenant{bare} })
	n++
	h.report(later(event("e-1", "promise.made", "DEBTOR-P", `{"case_id":"CASE-P","due":"2025-12-01","amount_minor":5990,"currency":"EUR"}`)))
	_, d := h.decide("k-p", replace(`"as_of":"2025-11-21T09:12:00+01:00",`, "")(request("CASE-P", "DEBTOR-P")))
	show("waiting for a promise", h, d.ID)
	show("a human looks, for no address is known", h, ask(h, func(s string) string {
		from, to := strings.Index(s, `"channels":[`), strings.Index(s, `"as_of"`)
		return s[:from] + `"channels":[],` + s[to:]
	}, any))
	show("no contact, for nothing is open", h, ask(h, replace("5990", "0"), any))

	if *update {
		if err := os.WriteFile("testdata/debtor.txt", []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/debtor.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("have\n%s\nwant testdata/debtor.txt (write it anew with -update)", got)
	}
}

// Whoever is told nothing of others, of addresses, of templates or of the machinery; what is said to
// have spoken for or against a choice is what moved it most in the analyst's explanation, with its sign.
func TestDebtorIsToldTheSameAndNoMore(t *testing.T) {
	secret := []string{"DEBTOR", "CASE", "retail", "e:1f", "p:88", "friendly_email", "discreet", "bandit", "squarecb", "€", "EUR", "59.90", "59,90", "snapshot", "d0.", "core/1", "de-2026", "core."}
	own := map[string]string{}
	for i := range len(features.Vector) + 1 {
		name := features.GroupName
		if i < len(features.Vector) {
			if name = features.Vector[i].Name; strings.Contains(name, "_") {
				secret = append(secret, name)
			}
		}
		if _, ok := own[features.OwnText(i, "en")]; !ok { // of the periodic pairs the first
			own[features.OwnText(i, "en")] = name
		}
	}
	kinds, reasons := map[string]int{}, 0
	for _, name := range []string{"bandit", policy.SquareCBName} {
		h, _ := taught(t, name)
		for i := range 60 {
			debtor := fmt.Sprint("DEBTOR-", i)
			if i%2 == 0 {
				h.report(past(debtor))
			}
			limits := `"as_of"`
			if i%12 > 8 { // a letter costs more than is open: one waits
				limits = `"constraints":{"allow_channels":["letter"]},"as_of"`
			}
			_, d := h.decide(fmt.Sprint("k-", i), strings.NewReplacer(`"dunning_level":1`, fmt.Sprintf(`"dunning_level":%d`, i%4), "5990", fmt.Sprint(5990>>(i%12)), `"as_of"`, limits).Replace(request(fmt.Sprint("CASE-", i), debtor)))
			x, body := h.tell(d.ID)
			for _, s := range append(secret, h.server.Running("acme").Snapshot().ID) {
				if bytes.Contains(body, []byte(s)) {
					t.Errorf("tells %s: %s", s, body)
				}
			}
			a, _ := h.explain(d.ID)
			c := a.Versus.Hold
			if c == nil {
				c = a.Versus.Next
			}
			kinds[d.Kind]++
			var want []string
			for _, l := range c.ByFeature {
				if l.Code == "feature" && l.Weight != 0 && len(want) < 3 {
					want = append(want, fmt.Sprint(l.Feature, cmp.Compare(l.Weight, 0)))
				}
			}
			var got []string
			for line := range strings.Lines(x.section("reasons").EN) {
				if what, way, ok := strings.Cut(strings.TrimPrefix(line, "- "), ": spoke "); ok {
					sign := -1
					if strings.HasPrefix(way, "for ") {
						sign = 1
					}
					got = append(got, fmt.Sprint(own[what], sign))
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("told %v, the analyst %v: %s", got, want, body)
			}
			reasons += len(got)
			if drawn := strings.Contains(x.section("chance").EN, "another choice was rated better"); drawn != a.Policy.Exploration {
				t.Errorf("drawn %v: %s", drawn, body)
			}
		}
	}
	if kinds["contact"] == 0 || kinds["hold"] == 0 || reasons < 200 {
		t.Errorf("%v, %d reasons: the cases are not met", kinds, reasons)
	}
}

// Whatever became of the model, the debtor is told; the reasons that were answered then stay, and
// where there are none it is said.
func TestDebtorIsToldWithoutValues(t *testing.T) {
	h, tenant := taught(t, "bandit")
	_, d := h.decide("k-1", request("C-1", "D-1"))
	_, silent := h.decide("k-2", strings.Replace(request("C-2", "D-2"), `"explain":"full"`, `"explain":"none"`, 1))
	own := h.server.Running("acme").Snapshot()
	for want, then := range map[string]func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error){
		"no longer stored": func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
			return nil, nil, history.ErrNotFound
		},
		"of another version": func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
			return nil, nil, policy.ErrAlgorithm
		},
		"does not give": func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
			dear := *tenant
			dear.Reward.Margin = .5
			return &dear, own, nil
		},
	} {
		h.server.Then = then
		x, body := h.tell(d.ID)
		if s := x.section("reasons").EN; !strings.Contains(s, want) || d.Kind == "contact" && !strings.Contains(s, ": spoke ") {
			t.Errorf("%s: %s", want, body)
		}
		x, body = h.tell(silent.ID)
		if s := x.section("reasons").EN; !strings.Contains(s, want) || !strings.Contains(s, "No reasons are named") {
			t.Errorf("%s: %s", want, body)
		}
	}
	h.server.Then = func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
		return nil, nil, context.Canceled
	}
	if got := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID + "/explanation?audience=debtor"}); got.status != 503 {
		t.Errorf("broken off: %d %s", got.status, got.body)
	}
}

// An objection is told as one, with the right that it used.
func TestDebtorIsToldOfTheObjection(t *testing.T) {
	h, _ := taught(t, "bandit")
	h.report(event("e-1", "objection.raised", "D-1", `{}`))
	_, d := h.decide("k-1", request("C-1", "D-1"))
	x, body := h.tell(d.ID)
	if d.Policy.ID != "ladder" || !strings.Contains(x.section("decider").DE, "dem Profiling widersprochen") || !strings.Contains(x.section("rights").EN, "You have objected") ||
		strings.Contains(x.section("data").EN, "model") {
		t.Errorf("%s", body)
	}
}

func TestAudiences(t *testing.T) {
	h := start(t)
	_, d := h.decide("k-1", request("C-1", "D-1"))
	path := "/v1/decisions/" + d.ID + "/explanation"
	plain := h.do(ask{method: "GET", path: path})
	for query, want := range map[string]int{"?audience=analyst": 200, "?audience=": 200, "?audience=debtor": 200, "?audience=press": 422, "?audience=Debtor": 422} {
		for _, role := range []string{"decide", "analyst", "admin"} {
			got := h.do(ask{method: "GET", path: path + query, who: "acme/" + role})
			if got.status != want {
				t.Errorf("%s: %d %s", query, got.status, got.body)
			}
			if want == 422 {
				p := decode[problem](t, got.body)
				if p.places() != "audience" || !strings.Contains(p.Errors[0].Detail, "analyst or debtor") {
					t.Errorf("%s", got.body)
				}
			} else if same := bytes.Equal(got.body, plain.body); same == strings.HasSuffix(query, "debtor") {
				t.Errorf("%s: %s", query, got.body)
			}
		}
	}
	if got := h.do(ask{method: "GET", path: path + "?audience=debtor", who: "other/admin"}); got.status != 404 {
		t.Errorf("another tenant: %d", got.status)
	}
}

// The examples of openapi.yaml are texts that are really said.
func TestDebtorExamples(t *testing.T) {
	golden, err := os.ReadFile("testdata/debtor.txt")
	if err != nil {
		t.Fatal(err)
	}
	examples, _ := loadContract(t).at("paths", "/v1/decisions/{id}/explanation", "get", "responses", "200", "content", "application/json", "examples")
	n := 0
	for name, e := range examples.(map[string]any) {
		if !strings.HasPrefix(name, "debtor_") {
			continue
		}
		x := decode[told](t, marshal(t, e.(map[string]any)["value"]))
		for _, s := range x.Sections {
			n++
			for _, part := range []string{s.Title.EN + "\n" + s.Text.EN, s.Title.DE + "\n" + s.Text.DE} {
				if !strings.Contains(string(golden), strings.ReplaceAll(part, x.ID, "DECISION")) {
					t.Errorf("%s: nobody is told %q", name, part)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("%d sections", n)
	}
}
