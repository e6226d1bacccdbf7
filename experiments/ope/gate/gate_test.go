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
	return w.train(t, version, start().Add(63*day))
}

// met is the world in which the live version decides for n new debtors, later than all it has seen.
func met(t *testing.T, n int, live *engine.Snapshot, truth pays) *world {
	w := newWorld(t, 3)
	w.n = 3000
	w.play(t, n, start().Add(63*day), truth, "bandit", live)
	return w
}

// The live version was taught in one world (seed 1), the candidate in another (seed 2), both decide in a third (seed 3):
// they differ in nearly all they do, and the truth is known. What the gate says is still needed is needed, by the
// formula of the sequence at the same difference and variance: with that many decisions the bound passes, with fewer not.
func TestGateKnowsBetterEqualAndWorse(t *testing.T) {
	sms, email := teachers()
	both := pays{0: .2, engine.Email: .45, engine.SMS: .45}
	likesSMS, likesEmail, newSMS, newEmail := taught(t, 1, sms, "bandit-1"), taught(t, 1, email, "bandit-1"), taught(t, 2, sms, "bandit-2"), taught(t, 2, email, "bandit-2")
	for name, c := range map[string]struct {
		live, candidate *engine.Snapshot
		n               int
		truth           pays
		margin          float64
		want            string
	}{
		"better":    {likesEmail, newSMS, 4000, sms, .15, promotion.Better},
		"equal":     {likesEmail, newSMS, 4000, both, .15, promotion.NonInferior},
		"worse":     {likesSMS, newEmail, 4000, sms, .15, promotion.Worse},
		"not shown": {likesEmail, newSMS, 900, both, 0, promotion.NotShown},
	} {
		t.Run(name, func(t *testing.T) {
			w := met(t, c.n, c.live, c.truth)
			q := promotion.Question{Tenant: w.tenant, Candidate: c.candidate, Live: "bandit-1", AsOf: start().Add(126 * day), Margin: c.margin}
			v, err := gate.New().Judge(t.Context(), w.store, q)
			if err != nil {
				t.Fatal(err)
			}
			diff, value := w.truth(t, c.candidate, 30_001, c.truth)
			t.Logf("true difference %.1f, true live value %.1f: %+v", diff, value, v)
			if v.Result != c.want || v.Decisions != c.n || v.Debtors != c.n || v.Passed() != (v.Needed == 0 && c.want != promotion.Worse) {
				t.Errorf("%s on %d decisions, want %s: %s", v.Result, v.Decisions, c.want, v.Reason)
			}
			if !(v.Lower <= diff && diff <= v.Upper) || math.Abs(v.Live-value) > 250 {
				t.Errorf("difference %.1f in [%.1f, %.1f], true %.1f; live %.1f, true %.1f", v.Diff, v.Lower, v.Upper, diff, v.Live, value)
			}
			half := func(size int) float64 {
				return (v.Diff - v.Lower) / ope.SequenceHalf(float64(c.n), .9, 1000) * ope.SequenceHalf(float64(size), .9, 1000)
			}
			gap := v.Diff + v.Margin
			if gap <= 0 {
				gap = v.Margin
			}
			if v.Needed > 0 && (half(c.n+v.Needed) >= gap || half(c.n+v.Needed-2) < gap) {
				t.Errorf("%d more: half width %.4f, two fewer %.4f; the gap is %.4f", v.Needed, half(c.n+v.Needed), half(c.n+v.Needed-2), gap)
			}
		})
	}
}

// A version is never judged on what it has seen.
func TestGateRefusesSeenRows(t *testing.T) {
	w := newWorld(t, 1)
	w.play(t, 300, start(), pays{0: .2, engine.Email: .3, engine.SMS: .4}, "uniform", nil)
	c := w.train(t, "bandit-2", start().Add(63*day))
	q := promotion.Question{Tenant: w.tenant, Candidate: c, Live: "uniform", AsOf: start().Add(126 * day), FromSeq: c.Header.ToSeq}
	if _, err := gate.New().Judge(t.Context(), w.store, q); !errors.Is(err, promotion.ErrSeen) {
		t.Errorf("judged on seen rows: %v", err)
	}
	q.FromSeq = 0
	v, err := gate.New().Judge(t.Context(), w.store, q)
	if err != nil || v.Decisions != 0 || v.LeftOut["seen"] != 300 || v.Result != promotion.NotEstimable {
		t.Errorf("%+v, %v", v, err)
	}
}
