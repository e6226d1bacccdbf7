package learner

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// lateDays is how a channel settles: a share of the claims, the first after some days, on average so many later.
type lateDays struct{ rate, least, mean float64 }

var lateLanes = []lateDays{{.2, 0, 12}, {.5, 0, 3}, {.45, 5, 12}} // hold, the first channel, the second: like text message and letter

// lateCampaign is n decisions over 90 days. Actions change with time: the slow channel has most of its decisions in the last
// weeks, so that a cut leaves many of them open. Feature 0 moves the rate by ± a fifth.
func lateCampaign(tn *engine.Tenant, n int, seed uint64) (logs logs) {
	r := rand.New(rand.NewPCG(seed, 8))
	half := (tn.Grid.Size() - 1) / 2 // actions of the first channel come first
	for i := range n {
		at := time.Duration(float64(i) / float64(n) * 90 * float64(day))
		lane := 0
		if u := r.Float64(); u < .1+.6*float64(i)/float64(n) {
			lane = 2
		} else if u < .8 {
			lane = 1
		}
		action := engine.Hold
		if lane > 0 {
			action = 1 + (lane-1)*half + r.IntN(half)
		}
		d := decided(tn, i, action)
		d.IssuedAt = start().Add(at)
		d.X[0] = float32(r.IntN(2))
		log := history.Log{Tenant: tn.ID, Debtor: d.Debtor, Decisions: []engine.Decision{d}}
		if lane > 0 {
			log.Events = append(log.Events, reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
		}
		l := lateLanes[lane]
		if after := l.least + r.ExpFloat64()*l.mean; r.Float64() < l.rate*(.8+.4*float64(d.X[0])) {
			log.Events = append(log.Events, reported(&d, engine.PaymentReceived, time.Duration(after*float64(day)), engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
		logs = append(logs, log)
	}
	return logs
}

// logs are a source of debtors in order.
type logs []history.Log

func (s logs) Scan(_ context.Context, _ history.Range, f func(*history.Log) error) error {
	for i := range s {
		if err := f(&s[i]); err != nil {
			return err
		}
	}
	return nil
}

// A log that is cut 10 days after its last decision, when of four in ten decisions the horizon still runs, gives each
// channel's rate of settlement, hold's too, within 1.5 points of that of the final labels. Taking open labels for zeros, or
// leaving them out where the mix of debtors or the time turns, would not.
func TestCutLogGivesTheFinalRates(t *testing.T) {
	tn := tenant()
	tn.Grid.Tones, tn.Grid.Offers = tn.Grid.Tones[:1], tn.Grid.Offers[:1]
	for seed := range uint64(4) {
		s := lateCampaign(tn, 12_000, seed+1)
		o := options(tn)
		o.AsOf = start().Add(100 * day)
		cut, report := train(t, s, o)
		if report.Open < 3000 || report.Closed < 6000 {
			t.Fatalf("%d open, %d closed", report.Open, report.Closed)
		}
		model, final, zeros := lateRates(tn, s, cut, o.AsOf)
		for lane, name := range []string{"hold", "fast", "slow"} {
			t.Logf("seed %d, %s: %.4f of the cut log, %.4f finally; open labels as zeros %.4f", seed+1, name, model[lane], final[lane], zeros[lane])
			if math.Abs(model[lane]-final[lane]) > .015 {
				t.Errorf("seed %d: %s settles %.4f by the cut log, %.4f finally", seed+1, name, model[lane], final[lane])
			}
		}
		if final[2]-zeros[2] < .02 {
			t.Errorf("seed %d: zeros for open labels give %.4f, near the final %.4f: the test shows nothing", seed+1, zeros[2], final[2])
		}
	}
}

// lateRates are by lane, over all decisions: the mean P(resolve) of the snapshot, the share that finally settled within the
// horizon, and the share that had by the cut.
func lateRates(tn *engine.Tenant, s logs, snap *engine.Snapshot, cut time.Time) (model, final, zeros [3]float64) {
	var n [3]float64
	for i := range s {
		d, lane := &s[i].Decisions[0], 0
		b := &engine.Ballot{OpenMinor: d.OpenMinor, Options: []engine.Option{{Action: engine.Hold}}}
		if d.Chosen != engine.Hold {
			lane = 1 + tn.Grid.Levels(d.Chosen).Channel
			b.Options = append(b.Options, engine.Option{Action: d.Chosen})
		}
		in := &engine.Input{Tenant: tn, Request: &engine.Request{}, X: d.X}
		n[lane]++
		model[lane] += snap.Policy.(engine.Scorer).Scores(b, in, len(b.Options)-1).PResolve
		for _, e := range s[i].Events {
			if e.Type == engine.PaymentReceived && e.At.Sub(d.IssuedAt) <= tn.Reward.Horizon {
				final[lane]++
				if !e.At.After(cut) {
					zeros[lane]++
				}
			}
		}
	}
	for lane := range n {
		model[lane] /= n[lane]
		final[lane] /= n[lane]
		zeros[lane] /= n[lane]
	}
	return model, final, zeros
}
