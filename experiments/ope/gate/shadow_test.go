package gate_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/experiments/ope/gate"
	"takt/features/history"
	"takt/models/promotion"
)

// In shadow mode the caller's ladder writes e-mails, though SMS settles half of the claims and e-mails a fifth: the
// report says about what that costs, which is known, and that nothing was measured. Every tenth claim it lets wait.
func TestShadowTellsWhatWouldBeGained(t *testing.T) {
	sms, _ := teachers()
	live := taught(t, 1, sms, "bandit-1")
	w := newWorld(t, 2)
	b := history.Batch{Token: "shadow"}
	var p []float64
	truth, agree, n := 0., 0, 1500
	for i := range n {
		d := w.decide(t, start(), "bandit", live, engine.Shadow)
		var err error
		if p, err = d.Propensities(p[:0]); err != nil {
			t.Fatal(err)
		}
		for j, a := range d.Eligible {
			truth += p[j] * w.worth(int(a), sms) / float64(n)
		}
		does := engine.Channel(0)
		if i%10 > 0 {
			does = engine.Email
			b.Events = append(b.Events, w.event(d, engine.ContactSent, time.Hour, engine.EventData{CaseID: d.Case, Channel: engine.Email}))
		}
		if d.Action.Channel == does {
			agree++
		}
		truth -= 5000 * sms[does] / float64(n)
		if w.Float64() < sms[does] {
			b.Events = append(b.Events, w.event(d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
		b.Decisions = append(b.Decisions, *d)
	}
	if err := w.store.Append(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	arm := promotion.Arm{Tenant: w.tenant, Snapshot: live}
	r, err := gate.Shadow(t.Context(), w.store, arm, start().Add(60*day))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("true gain %.1f: %+v", truth, r)
	if r.Decisions != n || r.Debtors != n || !r.Known || math.Abs(r.Gain-truth) > 100 || math.Abs(r.Engine-r.Ladder-r.Gain) > 1e-6 {
		t.Errorf("gain %.1f, true %.1f: %+v", r.Gain, truth, r)
	}
	if math.Abs(r.Agreement-float64(agree)/float64(n)) > 1e-12 || math.Abs(r.Executed["email"]-.9) > 1e-12 || math.Abs(r.Executed["hold"]-.1) > 1e-12 {
		t.Errorf("agreement %.3f, executed %v", r.Agreement, r.Executed)
	}
	if math.Abs(r.Observed-1000) > 4.5*2000/math.Sqrt(float64(n)) || !strings.HasPrefix(r.Weights, "not estimable") || !strings.Contains(r.Note, "not a measurement") {
		t.Errorf("observed %.1f; %s; %s", r.Observed, r.Weights, r.Note)
	}
	early, err := gate.Shadow(t.Context(), w.store, arm, start().Add(10*day))
	if err != nil || early.Decisions != 0 || early.LeftOut["label_open"] != n || early.Known {
		t.Errorf("with open labels: %+v, %v", early, err)
	}
}
