package explain

import (
	"math"
	"testing"

	"takt/engine"
	"takt/engine/policy"
)

// Hamilton's method by hand: ten seats for shares of 47, 16, 15.8, 12, 6.1 and 3.1 percent, seven by
// whole quotas and three to the remainders .7, .61 and .6; then negative numbers, and ties to the
// earlier line.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		exact []float64
		want  []int64
	}{
		{[]float64{4.7, 1.6, 1.58, 1.2, .61, .31}, []int64{5, 2, 1, 1, 1, 0}},
		{[]float64{-.5, -.5, 1}, []int64{0, -1, 1}},
		{[]float64{.4, .4, .4}, []int64{1, 0, 0}},
		{[]float64{-1.25, 3.5}, []int64{-1, 3}}, // 2.25 rounds to 2
		{[]float64{2.5}, []int64{2}},            // half to even
		{nil, nil},
	} {
		list := make([]Line, len(c.exact))
		sum := 0.0
		for i, v := range c.exact {
			list[i].Exact = v
			sum += v
		}
		share(list, engine.RoundMinor(sum))
		for i, l := range list {
			if l.Minor != c.want[i] {
				t.Errorf("%v: line %d is %d, want %d", c.exact, i, l.Minor, c.want[i])
			}
		}
	}
}

// 1.5 and .5 are shown as 2 and 0: the lines split 1, and the missing unit has a line.
func TestRoundingHasALine(t *testing.T) {
	got := settle([]Line{{Exact: .6}, {Exact: .4}}, engine.RoundMinor(1.5)-engine.RoundMinor(.5))
	if len(got) != 3 || got[0].Minor != 1 || got[1].Minor != 0 || got[2].Minor != 1 || got[2].Code != CodeRounding {
		t.Errorf("%+v", got)
	}
	if got := settle(nil, 0); len(got) != 0 {
		t.Errorf("nothing is split into %+v", got)
	}
}

func FuzzSettle(f *testing.F) {
	f.Add(.5, 1.5, -2.25, int64(0))
	f.Fuzz(func(t *testing.T, a, b, c float64, total int64) {
		for _, v := range []*float64{&a, &b, &c} {
			if !(math.Abs(*v) < maxPiece) {
				*v = 1
			}
		}
		total %= engine.MaxAmountMinor
		list, sum := settle([]Line{{Exact: a}, {Exact: b}, {Exact: c}}, total), int64(0)
		for _, l := range list {
			sum += l.Minor
		}
		if sum != total {
			t.Errorf("%v %v %v: sum to %d, want %d: %+v", a, b, c, sum, total, list)
		}
	})
}

// Decimals by ISO 4217, marks by CLDR for en and de-DE; the sign is U+2212, the blank U+00A0.
func TestMoney(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		currency string
		en, de   string
	}{
		{120, "EUR", "+1.20\u00a0€", "+1,20\u00a0€"},
		{-40, "EUR", "−0.40\u00a0€", "−0,40\u00a0€"},
		{0, "EUR", "0.00\u00a0€", "0,00\u00a0€"},
		{123456789, "CHF", "+1,234,567.89\u00a0CHF", "+1.234.567,89\u00a0CHF"},
		{-1000, "JPY", "−1,000\u00a0JPY", "−1.000\u00a0JPY"},
		{5, "KWD", "+0.005\u00a0KWD", "+0,005\u00a0KWD"},
	} {
		if en, de := signed(c.minor, c.currency, English), signed(c.minor, c.currency, German); en != c.en || de != c.de {
			t.Errorf("%d %s: %q and %q, want %q and %q", c.minor, c.currency, en, de, c.en, c.de)
		}
	}
}

// Every level and code has words in both languages, every part of the day differs from the others.
func TestEverythingHasWords(t *testing.T) {
	for lang := range 2 {
		for c := engine.Email; c < engine.Channels; c++ {
			if channelWords[c].text[lang] == "" {
				t.Errorf("channel %s has no words", c)
			}
		}
		for tone := engine.Friendly; tone < engine.Tones; tone++ {
			if toneWords[tone][lang] == "" {
				t.Errorf("tone %s has no words", tone)
			}
		}
		for o := engine.OfferNone; o < engine.Offers; o++ {
			if offerWords[o].alone[lang] == "" || o != engine.OfferNone && offerWords[o].with[lang] == "" {
				t.Errorf("offer %s has no words", o)
			}
		}
		for s := NoModel; s <= NotReproducible; s++ {
			if statusTexts[s][lang] == "" {
				t.Errorf("status %s has no words", s)
			}
		}
		seen := map[string]engine.Slot{}
		for day := range 4 {
			for _, hour := range []int{1, 8, 12, 15, 18} {
				s := engine.Slot{Day: day, From: 60 * hour, To: 60*hour + 120}
				text := slotWords(s, lang)
				if other, ok := seen[text]; ok || text == "" {
					t.Errorf("%s and %s are both %q", s, other, text)
				}
				seen[text] = s
			}
		}
	}
}

// Two hours of the same part of a day are told apart.
func TestAlikeActionsShowTheirHours(t *testing.T) {
	tenant := engine.DefaultTenant("t")
	tenant.Grid = engine.Grid{Channels: []engine.Channel{engine.Email}, Tones: []engine.Tone{engine.Empathetic},
		Slots: []engine.Slot{{From: 480, To: 540}, {From: 540, To: 630}}, Offers: []engine.Offer{engine.OfferNone}}
	c := &Comparison{Chosen: 1, Other: 2, Value: 1.2, account: &Account{tenant: tenant, words: &Words{Constant: -1}},
		Factors: []Line{{Code: "slot", Part: policy.PartSlot, Feature: -1, Minor: 1}}}
	want := Text{"An empathetic e-mail (same day 8:00–9:00) is worth 0.01\u00a0€ more than an empathetic e-mail (same day 9:00–10:30), mostly because of: same day 8:00–9:00 instead of same day 9:00–10:30 (+0.01\u00a0€).",
		"Eine einfühlsame E-Mail (gleicher Tag 8:00–9:00 Uhr) ist 0,01\u00a0€ mehr wert als eine einfühlsame E-Mail (gleicher Tag 9:00–10:30 Uhr), vor allem wegen: gleicher Tag 8:00–9:00 Uhr statt gleicher Tag 9:00–10:30 Uhr (+0,01\u00a0€)."}
	if got := c.Text(); got != want {
		t.Errorf("have %q\nwant %q", got, want)
	}
}

// Decisions without a model say so, and who decided.
func TestWithoutAModel(t *testing.T) {
	for _, c := range []struct {
		d      engine.Decision
		status Status
		en, de string
	}{
		{engine.Decision{Policy: engine.LadderName, Variant: engine.Variant{Arm: "holdout"}}, NoModel,
			"The fixed dunning ladder decided. The debtor belongs to the control group that stays on the ladder. No model decided, so there are no expected values to compare.",
			"Entschieden hat die feste Mahnleiter. Die Person gehört zur Kontrollgruppe, die auf der Mahnleiter bleibt. Kein Modell hat entschieden; es gibt keine Erwartungswerte zu vergleichen."},
		{engine.Decision{Policy: "guard", Reason: engine.ReasonPromise}, NoModel,
			"The rules settled it. A promise to pay is not due yet. No model decided, so there are no expected values to compare.",
			"Entschieden haben die Regeln. Eine Zahlungszusage ist noch nicht fällig. Kein Modell hat entschieden; es gibt keine Erwartungswerte zu vergleichen."},
		{engine.Decision{Policy: "uniform", Reason: engine.ReasonDrawn}, NoModel,
			"It was drawn among the permitted actions, all alike. No model decided, so there are no expected values to compare.",
			"Es wurde unter den erlaubten Aktionen gleichmäßig gelost. Kein Modell hat entschieden; es gibt keine Erwartungswerte zu vergleichen."},
		{engine.Decision{Policy: "bandit", Snapshot: "x"}, SnapshotGone,
			"The snapshot of the model that voted is no longer stored, so its values cannot be told any more.",
			"Der Stand des Modells, der abgestimmt hat, ist nicht mehr gespeichert; seine Werte lassen sich nicht mehr nennen."},
	} {
		if got := Without(&c.d, c.status).Text(); got != (Text{c.en, c.de}) {
			t.Errorf("have %q", got)
		}
	}
}
