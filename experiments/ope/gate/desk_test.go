package gate_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/experiments/ope/gate"
	"takt/models/promotion"
	"takt/models/registry"
)

// life is a desk over a world, with the real learner and gate, and time that goes by in steps.
type life struct {
	*testing.T
	w       *world
	d       *promotion.Desk
	now     time.Time
	cfg     *engine.Tenant
	counted map[string]int
}

func newLife(t *testing.T, seed uint64) *life {
	w := newWorld(t, seed)
	l := &life{T: t, w: w, now: start(), cfg: w.tenant, counted: map[string]int{}}
	l.d = &promotion.Desk{Registry: registry.New(w.store), Store: w.store, Gate: gate.New(), Margin: .15, Logger: slog.New(slog.DiscardHandler),
		Now: func(string) time.Time { return l.now }, Count: func(_, result string) { l.counted[result]++ }}
	at := start()
	l.d.Registry.Now = func() time.Time { at = at.Add(time.Second); return at }
	return l
}

// train trains and expects the state.
func (l *life) train(version, state string) promotion.Record {
	l.Helper()
	r, err := l.d.Train(l.Context(), l.cfg, promotion.Training{Version: version})
	if err != nil || r.State != state {
		l.Fatalf("trained %+v, %v; want %s", r, err, state)
	}
	return r
}

func (l *life) stage() *promotion.Stage {
	l.Helper()
	s, err := l.d.Stage(l.Context(), l.cfg)
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// pass lets the live version, or the word's policy, decide for n debtors, and their labels close. A step is whole
// weeks: the weekday is a feature, and the model could tell the times apart by it.
func (l *life) pass(n int, truth pays, word string) {
	l.Helper()
	s := l.stage()
	l.w.tenant, l.w.form = s.Live.Tenant, map[string]*engine.Tenant{}
	l.w.play(l.T, n, l.now, truth, word, s.Live.Snapshot)
	l.now = l.now.Add(63 * day)
}

func (l *life) promote(version, result, state string, share float64) {
	l.Helper()
	p, err := l.d.Promote(l.Context(), l.cfg, version, promotion.Wish{Who: "anna"})
	if err != nil || p.Verdict.Result != result || p.State != state || p.Share != share {
		l.Fatalf("promoted %+v with verdict %+v, %v; want %s, %s at %g", p, p.Verdict, err, result, state, share)
	}
}

// E-mail was best when bandit-1 was trained, SMS is now (seed 4). bandit-2, trained on both times, is better and goes
// live whole; bandit-1 is worse then and refused; bandit-3, as good as bandit-2, goes up the ramp. Each
// version decides in its own form, whatever the configuration says.
func TestLifeOfPolicyVersions(t *testing.T) {
	sms, email := teachers()
	l := newLife(t, 4)
	l.pass(500, email, "uniform")
	l.train("", "live")
	l.pass(1500, sms, "bandit")
	form := *l.cfg
	form.Epsilon = .4 // the configuration changes
	l.cfg = &form
	l.train("bandit-2", "candidate")
	if s := l.stage(); s.Live.Snapshot.Header.Version != "bandit-1" || s.Live.Tenant.Epsilon != .5 || s.Challenger.Snapshot != nil {
		t.Errorf("%s decides with epsilon %g", s.Live.Snapshot.Header.Version, s.Live.Tenant.Epsilon)
	}
	l.pass(1200, sms, "bandit")
	l.promote("bandit-2", promotion.Better, "live", 1)
	if s := l.stage(); s.Live.Snapshot.Header.Version != "bandit-2" || s.Live.Tenant.Epsilon != .4 {
		t.Errorf("%s decides with epsilon %g", s.Live.Snapshot.Header.Version, s.Live.Tenant.Epsilon)
	}
	l.pass(1200, sms, "bandit")
	var refused *promotion.RefusedError
	if _, err := l.d.Promote(t.Context(), l.cfg, "bandit-1", promotion.Wish{}); !errors.As(err, &refused) || refused.Verdict.Result != promotion.Worse {
		t.Fatalf("bandit-1 again: %v", err)
	}
	l.train("bandit-3", "candidate")
	l.pass(600, sms, "bandit")
	l.promote("bandit-3", promotion.NonInferior, "ramp", .1)
	if s := l.stage(); s.Share != .1 || s.Challenger.Snapshot.Header.Version != "bandit-3" || s.Live.Snapshot.Header.Version != "bandit-2" {
		t.Errorf("ramp %+v", s)
	}
	l.promote("bandit-3", promotion.NonInferior, "ramp", .5)
	l.promote("bandit-3", promotion.NonInferior, "live", 1)
	if s := l.stage(); s.Share != 0 || s.Challenger.Snapshot != nil || s.Live.Snapshot.Header.Version != "bandit-3" {
		t.Errorf("at the end of the ramp %+v", s)
	}
	delete(l.counted, "drift") // the worlds do change
	if l.counted["live"] != 1 || l.counted["candidate"] != 2 || len(l.counted) != 2 {
		t.Errorf("counted %v", l.counted)
	}
}

// Waiting was best when bandit-1 was trained, SMS is now (seed 5): a refresh that would contact half of the debtors more
// is held, with its reason, until a human overrules; while little was learned the same refresh goes live.
func TestRefreshOutsideTheBandsIsHeld(t *testing.T) {
	sms, _ := teachers()
	l := newLife(t, 5)
	l.pass(500, pays{0: .5, engine.Email: .2, engine.SMS: .2}, "uniform")
	first := l.train("", "live")
	l.pass(2000, sms, "bandit")
	l.d.Bands.Rows = 500
	held := l.train("", "held")
	if !strings.HasPrefix(held.Reason, "bands: the share of hold would go from 0.") || held.Shift.Decisions < 500 || held.Shift.Hold.Live-held.Shift.Hold.New < .25 {
		t.Errorf("held %+v, %+v", held, held.Shift)
	}
	if s := l.stage(); s.Live.Snapshot.ID != first.Snapshot {
		t.Errorf("%s is live", s.Live.Snapshot.ID)
	}
	if again := l.train("", "unchanged"); again.Snapshot != held.Snapshot || again.Reason != held.Reason {
		t.Errorf("the same refresh again: %+v", again)
	}
	var refused *promotion.RefusedError
	if _, err := l.d.Promote(t.Context(), l.cfg, held.Snapshot[:10], promotion.Wish{}); !errors.As(err, &refused) || refused.Shift == nil {
		t.Errorf("promoted what is held: %v", err)
	}
	if _, err := l.d.Promote(t.Context(), l.cfg, held.Snapshot, promotion.Wish{Force: true, Reason: "a new offer", Who: "anna"}); err != nil || l.stage().Live.Snapshot.ID != held.Snapshot {
		t.Errorf("forced: %v", err)
	}
	list, err := l.d.List(t.Context(), l.cfg, 100)
	if err != nil || len(list.Items) != 2 || list.Items[0].Now != "live" || list.Items[0].State != "held" || !list.Log[0].Forced || list.Log[0].Who != "anna" || len(list.Log) != 2 {
		t.Errorf("list %+v, %v", list, err)
	}
	if _, err := l.d.Rollback(t.Context(), l.cfg, "", promotion.Wish{}); err != nil {
		t.Fatal(err)
	}
	l.d.Bands.Rows = 0 // 2,000: the first snapshot has learned from 500
	if frozen := l.train("", "unchanged"); frozen.Snapshot != held.Snapshot {
		t.Errorf("after a rollback %+v", frozen)
	}
	if err := l.d.Resume(t.Context(), l.cfg, promotion.Wish{}); err != nil {
		t.Fatal(err)
	}
	l.pass(100, sms, "bandit")
	if free := l.train("", "live"); l.stage().Live.Snapshot.ID != free.Snapshot {
		t.Errorf("after a resume %+v", free)
	}
}
