package gate_test

import (
	"errors"
	"math"
	"testing"

	"takt/engine"
	"takt/experiments/ope"
	"takt/experiments/ope/gate"
	"takt/models/promotion"
)

// Two teachers' worlds: SMS settles one claim in two and all else one in five, or e-mail does.
func teachers() (sms, email pays) {
	return pays{0: .2, engine.Email: .2, engine.SMS: .5}, pays{0: .2, engine.Email: .5, engine.SMS: .2}
}

// taught is a snapshot from 3,000 uniform decisions in a world of the seed.
func taught(t *testing.T, seed uint64, of pays, version string) *engine.Snapshot {
	w := newWorld(t, seed)
	w.play(t, 3000, start(), of, "uniform", nil)
	return w.train(t, version, start().Add(60*day))
}

// met is the world in which the live version decides for n new debtors, later than all it has seen.
func met(t *testing.T, n int, live *engine.Snapshot, truth pays) *world {
	w := newWorld(t, 3)
	w.n = 3000
	w.play(t, n, start().Add(60*day), truth, "bandit", live)
	return w
}

// The live version was taught in one world (seed 1), the candidate in another (seed 2), both decide in a third (seed 3):
// they differ in nearly all they do, and the truth is known.
func TestGateKnowsBetterEqualAndWorse(t *testing.T) {
	sms, email := teachers()
	both := pays{0: .2, engine.Email: .45, engine.SMS: .45}
	for name, c := range map[string]struct {
		live, candidate, truth pays
		want                   string
	}{
		"better": {email, sms, sms, promotion.Better},
		"equal":  {email, sms, both, promotion.NonInferior},
		"worse":  {sms, email, sms, promotion.Worse},
	} {
		t.Run(name, func(t *testing.T) {
			live, candidate := taught(t, 1, c.live, "bandit-1"), taught(t, 2, c.candidate, "bandit-2")
			w := met(t, 4000, live, c.truth)
			q := promotion.Question{Tenant: w.tenant, Candidate: candidate, Live: "bandit-1", AsOf: start().Add(120 * day), Margin: .15}
			v, err := gate.New().Judge(t.Context(), w.store, q)
			if err != nil {
				t.Fatal(err)
			}
			diff, value := w.truth(t, candidate, 30_001, c.truth)
			t.Logf("true difference %.1f, true live value %.1f: %+v", diff, value, v)
			if v.Result != c.want || v.Decisions != 4000 || v.Debtors != 4000 {
				t.Errorf("%s on %d decisions, want %s: %s", v.Result, v.Decisions, c.want, v.Reason)
			}
			if !(v.Lower <= diff && diff <= v.Upper) || math.Abs(v.Live-value) > 150 {
				t.Errorf("difference %.1f in [%.1f, %.1f], true %.1f; live %.1f, true %.1f", v.Diff, v.Lower, v.Upper, diff, v.Live, value)
			}
		})
	}
}

// What the gate says is needed is needed, by the formula of the sequence, at the same difference and variance:
// with that many decisions the bound passes, with fewer not.
func TestGateSaysWhatIsNeeded(t *testing.T) {
	sms, email := teachers()
	live, candidate := taught(t, 1, email, "bandit-1"), taught(t, 2, sms, "bandit-2")
	both := pays{0: .2, engine.Email: .45, engine.SMS: .45}
	for n, want := range map[int]string{0: promotion.NotEstimable, 900: promotion.NotShown} {
		w := met(t, n, live, both)
		v, err := gate.New().Judge(t.Context(), w.store, promotion.Question{Tenant: w.tenant, Candidate: candidate, Live: "bandit-1", AsOf: start().Add(120 * day)})
		if err != nil || v.Result != want || v.Needed == 0 {
			t.Fatalf("after %d decisions: %+v, %v", n, v, err)
		}
		if n == 0 {
			if v.Needed != 200 {
				t.Errorf("%d needed to begin, want 200", v.Needed)
			}
			continue
		}
		half := func(size int) float64 {
			return (v.Diff - v.Lower) / ope.SequenceHalf(float64(n), .9, 1000) * ope.SequenceHalf(float64(size), .9, 1000)
		}
		gap := v.Diff + v.Margin
		if gap <= 0 {
			gap = v.Margin
		}
		t.Logf("%+v", v)
		if half(n+v.Needed) >= gap || half(n+v.Needed-2) < gap {
			t.Errorf("%d more: half width %.4f, two fewer %.4f; the gap is %.4f", v.Needed, half(n+v.Needed), half(n+v.Needed-2), gap)
		}
	}
}

// A version is never judged on what it has seen.
func TestGateRefusesSeenRows(t *testing.T) {
	w := newWorld(t, 1)
	w.play(t, 300, start(), pays{0: .2, engine.Email: .3, engine.SMS: .4}, "uniform", nil)
	c := w.train(t, "bandit-2", start().Add(60*day))
	q := promotion.Question{Tenant: w.tenant, Candidate: c, Live: "uniform", AsOf: start().Add(120 * day), FromSeq: c.Header.ToSeq}
	if _, err := gate.New().Judge(t.Context(), w.store, q); !errors.Is(err, promotion.ErrSeen) {
		t.Errorf("judged on seen rows: %v", err)
	}
	q.FromSeq = 0
	v, err := gate.New().Judge(t.Context(), w.store, q)
	if err != nil || v.Decisions != 0 || v.LeftOut["seen"] != 300 || v.Result != promotion.NotEstimable {
		t.Errorf("%+v, %v", v, err)
	}
}
