package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"takt/engine"
)

// contents is what tests read of what a contact holds.
type contents struct {
	Action struct {
		Template *struct {
			Key      string
			Language string
			Params   map[string]bool
			Preview  *string
			Tags     []string
		}
		Offer struct {
			Link        bool `json:"payment_link"`
			Methods     []string
			Instalments *ratePlan
			GiroCode    *string `json:"giro_code"`
		}
		Guidance *struct {
			Opener      string
			MayOffer    []string `json:"may_offer"`
			Instalments *ratePlan
			MustSay     []string `json:"must_say"`
			MustNot     []string `json:"must_not"`
		} `json:"call_guidance"`
	}
}

type ratePlan struct {
	Count    int
	Currency string
	Rates    []struct {
		Due   string
		Minor int64 `json:"amount_minor"`
	}
}

// creditor is a tenant whose ladder takes the step at once, with all that a contact may hold.
func creditor(c engine.Channel, tone engine.Tone, o engine.Offer) *engine.Tenant {
	t := engine.DefaultTenant("acme")
	t.Policy, t.Language = "ladder", "en"
	t.Ladder.Steps = []engine.Step{{Day: 1, Kind: engine.KindContact, Channel: c, Tone: tone, Offer: o}}
	t.Methods = []engine.Method{engine.PayPal, engine.Transfer, engine.GiroQR}
	t.Creditor = engine.Creditor{Name: "Muster AG", IBAN: "DE89370400440532013000"}
	t.Catalogue = engine.Catalogue{}
	for _, x := range []engine.Template{
		{Key: "mit_gebuehr", Language: "de", Legal: engine.Approved, Tags: engine.TagFee},
		{Key: "erinnerung", Language: "de", Legal: engine.Approved, Tags: engine.TagOptOut | engine.TagPlan},
		{Key: "reminder", Language: "en", Legal: engine.Approved},
	} {
		x.Channel, x.Tone = c, tone
		t.Catalogue.Add(x)
	}
	return t
}

// askFor decides on a case whose debtor can be reached by every channel of the creditor.
func askFor(t *testing.T, tenant *engine.Tenant, change ...string) contents {
	t.Helper()
	h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant} })
	body := strings.Replace(request("C-1", "D-1"), `"channels":[`, `"channels":[{"channel":"phone","address_ref":"t:1"},{"channel":"sms","address_ref":"s:1"},`, 1)
	got, d := h.decide("k-1", strings.NewReplacer(change...).Replace(body))
	if d.Kind != "contact" {
		t.Fatalf("%s", got.body)
	}
	return decode[contents](t, got.body)
}

// Each channel gets its text, its preview, the ways to pay that suit it, and the code where there is room for it.
func TestContents(t *testing.T) {
	const code = "BCD\n002\n1\nSCT\n\nMuster AG\nDE89370400440532013000\nEUR59.90\n\n\nC-1"
	for _, c := range []struct {
		channel  engine.Channel
		offer    engine.Offer
		language string
		want     string
	}{
		{engine.Email, engine.PaymentLink, "de", `erinnerung de map[discreet_subject:true] "Eine Nachricht zu Ihrem Kundenkonto" [plan_offer opt_out]; true [paypal giro_qr transfer] code`},
		{engine.SMS, engine.OfferNone, "fr", `reminder en map[discreet_subject:true] "A message about your customer account" []; false [transfer] none`},
		{engine.Letter, engine.OfferNone, "de-AT", `erinnerung de map[] none [plan_offer opt_out]; false [giro_qr transfer] code`},
		{engine.Phone, engine.PaymentLink, "de", `erinnerung de map[] none [plan_offer opt_out]; true [paypal transfer giro_qr] code`},
	} {
		a := askFor(t, creditor(c.channel, engine.Friendly, c.offer), `"language":"de"`, `"language":"`+c.language+`"`).Action
		quoted := func(s *string) string {
			switch {
			case s == nil:
				return "none"
			case *s == code:
				return "code"
			}
			return fmt.Sprintf("%q", *s)
		}
		x := a.Template
		got := fmt.Sprintf("%s %s %v %s %v; %v %v %s", x.Key, x.Language, x.Params, quoted(x.Preview), x.Tags, a.Offer.Link, a.Offer.Methods, quoted(a.Offer.GiroCode))
		if got != c.want || a.Offer.Instalments != nil || (a.Guidance != nil) != (c.channel == engine.Phone) {
			t.Errorf("%s\n got %s\nwant %s", c.channel, got, c.want)
		}
	}
}

// Instalments are a plan with dates, and none where none can be made.
func TestContentsOfPlans(t *testing.T) {
	tenant := creditor(engine.Letter, engine.Neutral, engine.Instalments)
	got, err := json.Marshal(askFor(t, tenant).Action.Offer.Instalments)
	want := `{"Count":2,"Currency":"EUR","Rates":[{"Due":"2025-12-10","amount_minor":2995},{"Due":"2026-01-09","amount_minor":2995}]}`
	if err != nil || string(got) != want {
		t.Errorf("%v: %s, want %s", err, got, want)
	}
	if p := askFor(t, tenant, `"amount_minor":5990`, `"amount_minor":3999`).Action.Offer.Instalments; p != nil {
		t.Errorf("39.99 in rates of 20.00: %+v", p)
	}
	o := askFor(t, tenant, `"currency":"EUR"`, `"currency":"CHF"`).Action.Offer
	if o.Instalments != nil || o.GiroCode != nil {
		t.Errorf("in another currency: %+v", o)
	}
}

// The agent may offer what was eligible by phone and no more, and says it in the debtor's language.
func TestContentsOfCalls(t *testing.T) {
	tenant := creditor(engine.Phone, engine.Friendly, engine.Instalments)
	g := askFor(t, tenant).Action.Guidance
	if !slices.Equal(g.MayOffer, []string{"instalments", "payment_link"}) || g.Instalments == nil || g.Instalments.Count != 2 || !strings.HasPrefix(g.Opener, "Hallo") || len(g.MustSay) < 4 || len(g.MustNot) < 3 {
		t.Errorf("%+v", g)
	}
	g = askFor(t, tenant, `"as_of"`, `"constraints":{"allow_offers":["none","payment_link"]},"as_of"`, `"language":"de"`, `"language":"en"`).Action.Guidance
	if !slices.Equal(g.MayOffer, []string{"payment_link"}) || g.Instalments != nil || !strings.HasPrefix(g.Opener, "Hello") {
		t.Errorf("the request forbids instalments: %+v", g)
	}
}

// A catalogue without a fitting text leaves no contact: a human has to see to the texts.
func TestContentsWithoutText(t *testing.T) {
	tenant := creditor(engine.Email, engine.Friendly, engine.OfferNone)
	for _, list := range tenant.Catalogue {
		for i := range list {
			list[i].Until = engine.DateOf(now) - 1
		}
	}
	h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant} })
	if got, d := h.decide("k-1", request("C-1", "D-1")); d.Kind != "agent_review" || d.Reason != engine.ReasonNoText {
		t.Errorf("%s", got.body)
	}
}
