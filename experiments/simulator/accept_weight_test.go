package simulator

import (
	"math"
	"testing"

	"takt/engine"
)

// The more a kept customer weighs, the less is pressed and complained: from one weight of the grid to the next neither
// the share of contacts in the firm and formal tones nor that of cases with a complaint rises by more than 2 standard
// errors, and both fall significantly from 0 to 4. One snapshot, and the same people with the same luck for all weights.
// The small run, which has some twenty complaints, looks at the tones from 0 to 4 alone.
func TestAcceptRetentionWeight(t *testing.T) {
	long(t)
	done := make([][]outcome, len(sweepKeep))
	for _, seed := range seeds(t, 1) {
		s := scenario(t, "base")
		in := lesson(t, s, s.Tenant("simulator"), seed, size(5_000, 50_000))
		for i, keep := range sweepKeep {
			if r := s.Reward(); accepting() || keep == 0 || keep == 4 {
				r.WKeep = keep
				done[i] = append(done[i], judged(t, s, in, r, seed, size(1_500, 60_000))...)
				t.Logf("seed %d, weight %g: firm or formal %.4f of contacts, complaints %.4f of cases", seed, keep, pressed(done[i]), complained(done[i]))
			}
		}
	}
	for what, more := range map[string]func(a, b []outcome) (rise, se float64){"firm and formal": morePressed, "complaints": moreComplaints} {
		if !accepting() && what == "complaints" {
			continue
		}
		for i := 1; i < len(done) && accepting(); i++ {
			if rise, se := more(done[i-1], done[i]); rise > 2*se {
				t.Errorf("from weight %g to %g %s rise by %.5f, %.1f standard errors", sweepKeep[i-1], sweepKeep[i], what, rise, rise/se)
			}
		}
		rise, se := more(done[0], done[len(done)-1])
		if t.Logf("from weight 0 to 4: %s %+.5f, standard error %.5f", what, rise, se); !(rise < -1.96*se) {
			t.Errorf("from weight 0 to 4 %s do not fall significantly: %+.5f, standard error %.5f", what, rise, se)
		}
	}
}

// presses counts a case's contacts in the firm and the formal tone.
func (o *outcome) presses() float64 {
	return float64(o.byTone[engine.Firm]) + float64(o.byTone[engine.Formal])
}

// pressed is the share of contacts in the firm and the formal tone.
func pressed(list []outcome) float64 {
	var r ratio
	for i := range list {
		r.add(list[i].presses(), float64(list[i].contacts))
	}
	return r.a / r.b
}

func complained(list []outcome) float64 {
	var r ratio
	for i := range list {
		r.add(one(list[i].complaint), 1)
	}
	return r.a / r.b
}

// morePressed is pressed of b less that of a and its standard error: the influences of a case on both ratios, paired.
func morePressed(a, b []outcome) (rise, se float64) {
	return paired(a, b, influence(a), influence(b), pressed)
}

func moreComplaints(a, b []outcome) (rise, se float64) {
	f := func(o *outcome) float64 { return one(o.complaint) }
	return paired(a, b, f, f, complained)
}

// influence of a case on pressed.
func influence(list []outcome) func(o *outcome) float64 {
	share, contacts := pressed(list), 0.
	for i := range list {
		contacts += float64(list[i].contacts)
	}
	mean := contacts / float64(len(list))
	return func(o *outcome) float64 { return (o.presses() - share*float64(o.contacts)) / mean }
}

func paired(a, b []outcome, fa, fb func(o *outcome) float64, level func([]outcome) float64) (rise, se float64) {
	var d ratio
	for i := range a {
		d.add(fb(&b[i])-fa(&a[i]), 1)
	}
	f := d.figure()
	return level(b) - level(a), (f.Hi - f.Lo) / (2 * z95)
}

// The standard error of a difference of twins is that of differences of many small samples.
func TestPairedStandardError(t *testing.T) {
	one := mustRun(t, Options{Policy: "sms/firm/17-20", Cases: 10_000}, "base").outcomes
	two := mustRun(t, Options{Policy: "uniform", Cases: 10_000}, "base").outcomes
	for name, f := range map[string]func(a, b []outcome) (rise, se float64){"pressed": morePressed, "complaints": moreComplaints} {
		var sum, square, ses float64
		const parts = 100
		for k := range parts {
			rise, se := f(one[k*100:(k+1)*100], two[k*100:(k+1)*100])
			sum, square, ses = sum+rise, square+rise*rise, ses+se
		}
		sd := math.Sqrt((square - sum*sum/parts) / (parts - 1))
		if got := ses / parts; math.Abs(got/sd-1) > .25 {
			t.Errorf("%s: standard error %.4f, spread of small samples %.4f", name, got, sd)
		}
	}
}
