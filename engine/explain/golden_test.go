package explain_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/explain"
	"takt/engine/policy"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// handMade is a snapshot whose arithmetic can be followed by hand. 100.00 € are open, everybody
// settles (P = 1), and one percent of the share that comes in is one euro. In percent:
//
//	whoever and whatever   50      SMS × answer_sms (x = .5)      4.4
//	waiting                −1      evening × hour_sin (x = .6)    1
//	SMS                     2      evening × hour_cos (x = .8)    −.5
//	letter               3.05
//	friendly              −.5
//	formal                 .1
//	evening               .45
//	payment link          .25
//	SMS and friendly      .15
//
// An SMS costs .10 €, a letter 1.10 €. So a friendly SMS in the evening with a link is worth
// 50 + 2 + .5·4.4 − .5 + .45 + .6·1 − .8·.5 + .25 + .15 − .10 = 54.65 €, a formal letter
// 50 + 3.05 + .1 − 1.10 = 52.05 €, and waiting 49.00 €.
func handMade(t *testing.T) (*engine.Decision, explain.Basis) {
	t.Helper()
	tenant := engine.DefaultTenant("hand")
	tenant.Grid = engine.Grid{Channels: []engine.Channel{engine.SMS, engine.Letter}, Tones: []engine.Tone{engine.Friendly, engine.Formal},
		Slots: []engine.Slot{{Day: 0, From: 1020, To: 1200}, {Day: 1, From: 480, To: 660}}, Offers: []engine.Offer{engine.OfferNone, engine.PaymentLink}}
	tenant.Reward.WKeep = 0
	spec, l := policy.DefaultPrior(), policy.NewLayout(&tenant.Grid, 4)
	w := policy.NewWeights(l)
	set := func(param int, percent float32) { w.Means[param*policy.Heads+int(policy.Amount)] = percent / 100 }
	sms, smsPairs := l.Blocks(nil, nil, engine.Levels{Channel: 0, Tone: 0, Slot: 0, Offer: 1})
	letter, _ := l.Blocks(nil, nil, engine.Levels{Channel: 1, Tone: 1, Slot: 1, Offer: 0})
	hold := l.HoldBlocks(nil)
	w.Means[sms[0]*policy.Heads+int(policy.Resolve)] = 1000
	set(sms[0], 50)
	set(hold[1], -1)
	set(sms[1], 2)
	set(sms[1]+2, 4.4)
	set(sms[2], -.5)
	set(sms[3], .45)
	set(sms[3]+3, 1)
	set(sms[3]+4, -.5)
	set(sms[4], .25)
	set(smsPairs[0], .15)
	set(letter[1], 3.05)
	set(letter[2], .1)
	d := &engine.Decision{Policy: "bandit", Kind: engine.KindContact, Grid: tenant.Grid.String(), Schema: 1, OpenMinor: 10_000,
		X: []float32{1, .5, .6, .8}, CostMicro: 100_000}
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Grid: d.Grid, Schema: 1, Features: 4, Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	d.Snapshot, d.Chosen = s.ID, tenant.Grid.Index(engine.Levels{Channel: 0, Tone: 0, Slot: 0, Offer: 1})
	d.Eligible = []uint16{engine.Hold, uint16(d.Chosen), uint16(tenant.Grid.Index(engine.Levels{Channel: 1, Tone: 1, Slot: 1, Offer: 0}))}
	names := []explain.Text{{"constant", "Konstante"}, {"share of text messages that got a response", "Anteil der SMS mit Reaktion"}, {"time of day", "Tageszeit"}, {"time of day", "Tageszeit"}}
	return d, explain.Basis{Tenant: tenant, Snapshot: s, Words: &explain.Words{Groups: []int{0, 1, 2, 2}, Constant: 0, Text: func(i int, language string) string {
		if language == "de" {
			return names[i][explain.German]
		}
		return names[i][explain.English]
	}}}
}

// The texts of the hand-made snapshot, in both languages: testdata/golden.txt.
func TestGoldenTexts(t *testing.T) {
	var b strings.Builder
	for _, change := range []struct {
		name string
		f    func(*engine.Decision, *explain.Basis)
	}{
		{"an SMS", func(*engine.Decision, *explain.Basis) {}},
		{"a letter, though an SMS is worth more", func(d *engine.Decision, _ *explain.Basis) { d.Chosen, d.CostMicro = int(d.Eligible[2]), 1_100_000 }},
		{"waiting, though an SMS is worth more", func(d *engine.Decision, _ *explain.Basis) {
			d.Chosen, d.CostMicro, d.Kind = engine.Hold, 0, engine.KindHold
		}},
		{"an SMS or another hour of it", func(d *engine.Decision, base *explain.Basis) {
			d.Eligible[2] = uint16(base.Tenant.Grid.Index(engine.Levels{Channel: 0, Tone: 0, Slot: 1, Offer: 1}))
		}},
		{"waiting alone", func(d *engine.Decision, _ *explain.Basis) {
			d.Chosen, d.CostMicro, d.Kind, d.Eligible = engine.Hold, 0, engine.KindHold, d.Eligible[:1]
		}},
	} {
		d, base := handMade(t)
		change.f(d, &base)
		vote(t, d, base.Tenant, base.Snapshot)
		a, err := explain.Of(d, base)
		if err != nil {
			t.Fatal(err)
		}
		for lang := range 2 {
			fmt.Fprintf(&b, "== %s\n%s\n", change.name, a.Text()[lang])
			for _, c := range []*explain.Comparison{a.Hold, a.Next} {
				if c == nil {
					continue
				}
				fmt.Fprintf(&b, "-- %s: %d - %d = %d\n", c.OtherAction()[lang], c.ValueMinor(), c.OtherMinor(), c.Difference())
				for i, list := range [][]explain.Line{c.Factors, c.Features, c.Crossed} {
					for _, l := range list {
						fmt.Fprintf(&b, "%s %s\n", []string{"factor ", "feature", "crossed"}[i], c.Line(&l)[lang])
					}
				}
			}
		}
	}
	if *update {
		if err := os.WriteFile("testdata/golden.txt", []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("have\n%s\nwant testdata/golden.txt (write it anew with -update)", got)
	}
}
