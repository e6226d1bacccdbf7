package simulator

import (
	"testing"

	"takt/engine"
	"takt/experiments"
	"takt/features"
	label "takt/features/outcome"
)

// Where tones do nothing, having them to choose from costs at most 1 % of the net value: frozen after 50,000 decisions
// Takt earns with the tone factor what it earns with one tone only, with the same people. The small run, after 5,000
// decisions, asks that it is not clearly 3 % less.
func TestAcceptNullToneNet(t *testing.T) {
	long(t)
	var with, without []outcome
	for _, seed := range seeds(t, 5) {
		s := scenario(t, "null_tone")
		plain := s.Tenant("simulator")
		plain.Grid.Tones = []engine.Tone{engine.Neutral}
		a := judged(t, s, lesson(t, s, s.Tenant("simulator"), seed, size(5_000, 50_000)), s.Reward(), seed, size(1_000, 20_000))
		b := judged(t, s, lesson(t, s, plain, seed, size(5_000, 50_000)), s.Reward(), seed, size(1_000, 20_000))
		t.Logf("seed %d: net %.1f with tones, %.1f with one; gap %.1f", seed, meanNet(a).Mean, meanNet(b).Mean, Gap(&Result{outcomes: a}, &Result{outcomes: b}))
		with, without = append(with, a...), append(without, b...)
	}
	gap, net := Gap(&Result{outcomes: with}, &Result{outcomes: without}), meanNet(without).Mean
	t.Logf("all: %.2f %% of the net value, %.2f to %.2f", 100*gap.Mean/net, 100*gap.Lo/net, 100*gap.Hi/net)
	if accepting() && gap.Mean < -.01*net || gap.Hi < -.03*net {
		t.Errorf("with tones that do nothing Takt earns %.1f minor units a case more than %.1f without", gap.Mean, net)
	}
}

// Who reports that a tone works better must be wrong in 5 % of null worlds: the 95 % interval of firm − friendly covers 0 in
// .935 to .975 of 2,000. The logs are Takt's own under its uniform policy, some 900 decisions each, labels by the
// product's rules. As each tone is drawn with the same probability, the contrast is the difference of the rates of settlement of
// its contacts, with debtors as clusters (experiments.Contrast); a shrunken posterior would cover 0 too often.
func TestAcceptNullToneContrast(t *testing.T) {
	long(t)
	covered, n, list := 0, 0, seeds(t, 2000)
	if !accepting() {
		list = []uint64{1, 2, 3, 4, 5, 6, 7, 8}
	}
	s := scenario(t, "null_tone")
	tenant := s.Tenant("uniform")
	tenant.Policy = "uniform"
	w, decisions := ready(t, s), 0
	for _, seed := range list {
		in, err := newInside(tenant)
		if err != nil {
			t.Fatal(err)
		}
		in.learns, in.taking = true, true
		p := &play{w: w, by: in, watched: true, prefix: "T", seed: mix(seed), cases: 250, days: 2}
		if _, err := p.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		decisions += in.chosen
		e, ok := contrast(w, in, engine.Firm, engine.Friendly)
		if !ok {
			t.Fatalf("seed %d: no interval", seed)
		}
		if n++; e.Lower <= 0 && 0 <= e.Upper {
			covered++
		}
	}
	t.Logf("covered in %d of %d logs of %d decisions", covered, n, decisions/n)
	share := float64(covered) / float64(n)
	if n >= 2000 && (share < .935 || share > .975) || n < 2000 && share < .7 {
		t.Errorf("firm − friendly covers 0 in %.4f of %d null worlds, want .935 to .975", share, n)
	}
}

// contrast is the difference in settlement between the contacts of two tones that Takt took.
func contrast(w *world, in *inside, first, second engine.Tone) (experiments.Estimate, bool) {
	var c experiments.Contrast
	rules, after := label.Of(&in.tenant.Reward), w.at(1000, 0)
	for _, k := range in.desks {
		log := k.log
		features.Tidy(&log)
		var rows experiments.Cluster
		for i := range log.Decisions {
			d := &log.Decisions[i]
			if d.Kind != engine.KindContact || d.Action.Tone != first && d.Action.Tone != second {
				continue
			}
			o := rules.Label(&log, d, after)
			rows.Row(int(one(d.Action.Tone == second)), one(o.Resolved))
		}
		c.Add(rows)
	}
	return c.Value()
}
