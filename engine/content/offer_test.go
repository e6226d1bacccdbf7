package content_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/engine/content"
)

const day = engine.Date(20_000)

// The rates sum to the amount to the cent, keep to every bound, and are as many as the bounds let be.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := engine.PlanLimits{MinRateMinor: rapid.Int64Range(1, 100_000).Draw(t, "least"), MaxCount: rapid.IntRange(2, 120).Draw(t, "most"),
			EveryDays: rapid.IntRange(1, 366).Draw(t, "every")}
		l.MaxDays = rapid.IntRange(l.FirstDays()+l.EveryDays, 3660).Draw(t, "days")
		if err := l.Validate(); err != nil {
			t.Fatal(err)
		}
		open := rapid.OneOf(rapid.Int64Range(0, 100_000), rapid.Int64Range(0, engine.MaxAmountMinor)).Draw(t, "open")
		arrives := engine.Date(rapid.IntRange(1, 60_000).Draw(t, "arrives"))
		p, ok := content.NewPlan(open, &l, arrives)
		if !ok {
			if open >= 2*l.MinRateMinor {
				t.Fatal("two rates fit and there is no plan")
			}
			return
		}
		sum, last := int64(0), arrives
		for i := range p.Count {
			due, minor := p.Rate(i)
			if minor < l.MinRateMinor || i > 0 && due-last != engine.Date(l.EveryDays) || i == 0 && due-arrives != engine.Date(l.FirstDays()) || due-arrives > engine.Date(l.MaxDays) {
				t.Fatalf("rate %d of %+v: %d on %s, the one before on %s", i, p, minor, due, last)
			}
			sum, last = sum+minor, due
		}
		if sum != open || p.Count < 2 || p.Count > l.MaxCount {
			t.Fatalf("%+v sums to %d of %d", p, sum, open)
		}
		if n := int64(p.Count + 1); p.Count < l.MaxCount && open/n >= l.MinRateMinor && int(last-arrives)+l.EveryDays <= l.MaxDays {
			t.Fatalf("%+v: one more rate would fit", p)
		}
	})
}

// 100.00 in three rates: the last takes the cent.
func TestPlanRest(t *testing.T) {
	p, ok := content.NewPlan(10_000, &engine.PlanLimits{MinRateMinor: 3_000, MaxCount: 6, MaxDays: 180, EveryDays: 30}, day)
	var got []int64
	for i := range p.Count {
		_, minor := p.Rate(i)
		got = append(got, minor)
	}
	if !ok || !slices.Equal(got, []int64{3333, 3333, 3334}) {
		t.Errorf("%v: %v", ok, got)
	}
	if _, ok := content.NewPlan(10_000, &engine.PlanLimits{}, day); ok {
		t.Error("a plan without bounds")
	}
}

// decided is a contact about 59.90 EUR by a creditor that offers everything.
func decided(c engine.Channel, o engine.Offer) (*engine.Decision, *engine.Tenant) {
	t := engine.DefaultTenant("acme")
	t.Grid.Channels = []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone}
	t.Grid.Tones = []engine.Tone{engine.Friendly, engine.Neutral, engine.Empathetic, engine.LossFramed, engine.Firm, engine.Formal}
	t.Grid.Offers = []engine.Offer{engine.OfferNone, engine.PaymentLink, engine.Instalments, engine.Deferral}
	t.Creditor = engine.Creditor{Name: "Muster AG", IBAN: "DE89370400440532013000"}
	d := &engine.Decision{Kind: engine.KindContact, Case: "C-4711", OpenMinor: 5990, Currency: "EUR",
		Action: engine.ContactAction{Channel: c, Tone: engine.Friendly, Offer: o, NotBefore: time.Date(2025, 11, 21, 17, 0, 0, 0, time.UTC)}}
	for a := range t.Grid.Size() {
		d.Eligible = append(d.Eligible, uint16(a))
	}
	return d, t
}

// A letter takes five days, and the first rate is due two weeks after it.
func TestPlanOf(t *testing.T) {
	d, tenant := decided(engine.Letter, engine.Instalments)
	p, ok := content.PlanOf(d, tenant)
	due, minor := p.Rate(1)
	if !ok || p.First.String() != "2025-12-10" || p.Count != 2 || due.String() != "2026-01-09" || minor != 2995 {
		t.Errorf("%v %+v: then %d on %s", ok, p, minor, due)
	}
	for name, change := range map[string]func(*engine.Decision){
		"amount unknown": func(d *engine.Decision) { d.OpenMinor = 0 },
		"too small":      func(d *engine.Decision) { d.OpenMinor = 3999 },
		"other currency": func(d *engine.Decision) { d.Currency = "CHF" },
	} {
		d, tenant := decided(engine.Letter, engine.Instalments)
		change(d)
		if p, ok := content.PlanOf(d, tenant); ok {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// The code stands in letters and beside the payment link, and nowhere else.
func TestGiroCodeOf(t *testing.T) {
	for _, c := range []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone} {
		for o := engine.OfferNone; o < engine.Offers; o++ {
			d, tenant := decided(c, o)
			got := content.GiroCodeOf(d, tenant)
			if want := c == engine.Letter || o == engine.PaymentLink; (got != "") != want || want && !strings.HasSuffix(got, "\nEUR59.90\n\n\nC-4711") {
				t.Errorf("%s, %s: %q", c, o, got)
			}
		}
	}
	for name, change := range map[string]func(*engine.Decision, *engine.Tenant){
		"no creditor":    func(_ *engine.Decision, t *engine.Tenant) { t.Creditor = engine.Creditor{} },
		"currency":       func(d *engine.Decision, _ *engine.Tenant) { d.Currency = "CHF" },
		"amount unknown": func(d *engine.Decision, _ *engine.Tenant) { d.OpenMinor, d.Currency = 0, "EUR" },
		"reference":      func(d *engine.Decision, _ *engine.Tenant) { d.Case = strings.Repeat("C", 141) },
	} {
		d, tenant := decided(engine.Letter, engine.OfferNone)
		change(d, tenant)
		if got := content.GiroCodeOf(d, tenant); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Ranked by kind as the channel suits it, within a kind as the creditor listed them; each once.
func TestMethods(t *testing.T) {
	all := []engine.Method{engine.Transfer, engine.PayPal, engine.GiroQR, engine.SEPAInstant, engine.Card, engine.Wallet, engine.DirectDebit}
	const links = "paypal sepa_instant card wallet direct_debit"
	for _, c := range []struct {
		channel       engine.Channel
		link, without string
	}{
		{engine.Email, links + " giro_qr transfer", "transfer"},
		{engine.Portal, links + " giro_qr transfer", "transfer"},
		{engine.Chat, links + " giro_qr transfer", "transfer"},
		{engine.SMS, links + " transfer giro_qr", "transfer"},
		{engine.Messenger, links + " transfer giro_qr", "transfer"},
		{engine.Push, links + " transfer giro_qr", "transfer"},
		{engine.Phone, links + " transfer giro_qr", "transfer"},
		{engine.Letter, "giro_qr " + links + " transfer", "giro_qr transfer"},
	} {
		for link, want := range map[bool]string{true: c.link, false: c.without} {
			var names []string
			for _, m := range content.Methods(nil, all, c.channel, link) {
				names = append(names, m.String())
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s, link %v: %s, want %s", c.channel, link, got, want)
			}
		}
	}
	var buf [engine.Methods]engine.Method
	if n := testing.AllocsPerRun(100, func() { content.Methods(buf[:0], all, engine.Letter, true) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
