package features

import (
	"fmt"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/history"
)

// arrival is a fact as it comes in: an event or a decision.
type arrival struct {
	event    *engine.Event
	decision *engine.Decision
}

// take is the rule of the ledger: a fact that follows is folded in place, anything else folds the
// log anew.
func (p *Profile) take(a arrival, log *history.Log, z *Zones) {
	switch {
	case a.event != nil:
		log.Events = append(log.Events, *a.event)
		if p.FollowsEvent(a.event) {
			p.Fold(a.event, z)
			return
		}
	default:
		log.Decisions = append(log.Decisions, *a.decision)
		if p.FollowsDecision(a.decision) {
			p.FoldDecision(a.decision, z)
			return
		}
	}
	Tidy(log)
	*p = New()
	p.Replay(log, z)
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := anyLog(t)
		want := New()
		want.Replay(&log, nil)

		var facts []arrival
		for i := range log.Events {
			facts = append(facts, arrival{event: &log.Events[i]})
		}
		for i := range log.Decisions {
			facts = append(facts, arrival{decision: &log.Decisions[i]})
		}
		if len(facts) > 0 {
			facts = append(facts, rapid.SliceOfN(rapid.SampledFrom(facts), 0, 10).Draw(t, "duplicates")...)
		}
		got, zones := New(), &Zones{}
		var taken history.Log
		for _, f := range rapid.Permutation(facts).Draw(t, "arrival") {
			got.take(f, &taken, zones)
		}
		if got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	})
}

// TestRepeatedIdentityWithNewerTime is the duplicate that order alone cannot see.
func TestRepeatedIdentityWithNewerTime(t *testing.T) {
	first := engine.Event{Source: "erp", ID: "e-1", Type: engine.ComplaintReceived, At: t0, Seq: 1}
	again := first
	again.At, again.Seq = at(3, 0), 2
	p, log := New(), history.Log{}
	p.take(arrival{event: &first}, &log, nil)
	p.take(arrival{event: &again}, &log, nil)
	if p.Complaints != 1 || p.LastAt != t0.UnixMicro() {
		t.Fatalf("%d complaints, last at %d: the second copy counted", p.Complaints, p.LastAt)
	}
	other := engine.Event{Source: "crm", ID: "e-1", Type: engine.ComplaintReceived, At: at(3, 0), Seq: 3}
	p.take(arrival{event: &other}, &log, nil)
	if p.Complaints != 2 {
		t.Fatalf("%d complaints, want 2: the same id from another source is another event", p.Complaints)
	}
}

func TestRetractedEventNeverHappened(t *testing.T) {
	complaint := engine.Event{Source: "erp", ID: "e-1", Type: engine.ComplaintReceived, At: at(1, 0), Seq: 1}
	stop := engine.Event{Source: "erp", ID: "e-2", Type: engine.StopReceived, At: at(2, 0), Seq: 2, Data: engine.EventData{Channel: engine.Email}}
	back := engine.Event{Source: "erp", ID: "e-3", Type: engine.EventRetracted, At: at(0, 0), Seq: 3, Data: engine.EventData{EventID: "e-1"}}
	for name, order := range map[string][]engine.Event{"after": {complaint, stop, back}, "before": {back, complaint, stop}} {
		p, log := New(), history.Log{}
		for i := range order {
			p.take(arrival{event: &order[i]}, &log, nil)
		}
		if p.Complaints != 0 || p.Complain != 0 || p.OptOuts != 1 {
			t.Errorf("%s: %d complaints, %d opt-outs, want 0 and 1", name, p.Complaints, p.OptOuts)
		}
	}
}

func TestFoldIsPlainMemory(t *testing.T) {
	if n := unsafe.Sizeof(Profile{}); n > 3250 {
		t.Errorf("a profile has %d bytes", n)
	}
	g := start(t).opened("C-1", 5000)
	p := g.profile()
	e := engine.Event{Source: "erp", ID: "x", Type: engine.PortalVisited, At: at(9, 0)}
	if n := testing.AllocsPerRun(100, func() { p.Fold(&e, g.z) }); n != 0 {
		t.Errorf("folding allocates %v times", n)
	}
}

func TestSeenNeverMissesAndRarelyErrs(t *testing.T) {
	var s Seen
	for i := range 50 {
		_, h := identify("erp", string(rune('a'+i)))
		s.Add(h)
	}
	for i := range 50 {
		if _, h := identify("erp", string(rune('a'+i))); !s.Has(h) {
			t.Fatal("an added identity is missing")
		}
	}
	wrong := 0
	for i := range 10_000 {
		if _, h := identify("crm", time.Unix(int64(i), 0).String()); s.Has(h) {
			wrong++
		}
	}
	// (1-e^(-2·50/512))² = 3.14 % (Bloom, 1970); the filter itself is one draw, so ± half of it.
	if wrong < 157 || wrong > 471 {
		t.Errorf("%d of 10,000 new identities are taken for known, want 314 ± 157", wrong)
	}
}

func TestLocalClockFollowsTheZone(t *testing.T) {
	g := start(t).event(engine.DebtorUpdated, engine.EventData{Has: engine.FieldTZ, TZ: "Europe/Berlin"})
	g.now = time.Date(2025, 3, 28, 16, 30, 0, 0, time.UTC).Add(-time.Hour) // Friday 17:30 in winter
	g.event(engine.PortalVisited, engine.EventData{})
	g.now = time.Date(2025, 3, 30, 15, 30, 0, 0, time.UTC).Add(-time.Hour) // Sunday 17:30, summer time since 01:00 UTC
	g.event(engine.PortalVisited, engine.EventData{})
	p := g.profile()
	if p.Rhythm.Acts[4] <= p.Rhythm.Acts[3] || p.Rhythm.Acts[3] != 0 || p.Rhythm.ActDays[4] == 0 || p.Rhythm.ActDays[6] == 0 {
		t.Errorf("acts by band %v, by day %v; want both from 17 to 20, Friday and Sunday", p.Rhythm.Acts, p.Rhythm.ActDays)
	}
}

func TestActsFadeByHalfIn90Days(t *testing.T) {
	r := Rhythm{Base: (20_000 + dayZero) / halfLife}
	r.Acts[1] += r.weight(20_000 + dayZero)
	r.Acts[2] += r.weight(20_090 + dayZero)
	if r.Acts[2] != 2*r.Acts[1] {
		t.Errorf("weights %v and %v, want the double after 90 days", r.Acts[1], r.Acts[2])
	}
	r.Acts[3] += r.weight(20_000 + 90*50 + dayZero) // beyond the base: everything is scaled down
	if r.Acts[2] != 2*r.Acts[1] || r.Acts[3] <= r.Acts[2]*1e9 {
		t.Errorf("weights after a new base: %v", r.Acts)
	}
	if got := r.Acts[3] * r.unit((20_000+90*50)*86400); got < .9 || got > 1.1 {
		t.Errorf("an act of today is worth %v, want 1 within a step", got)
	}
}

// TestPrefixesCompareLikeTheirIDs: the first 16 bytes decide the fold order within an instant.
func TestPrefixesCompareLikeTheirIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringN(0, 24, 24).Draw(t, "a"), rapid.StringN(0, 24, 24).Draw(t, "b")
		x, y := prefix(a), prefix(b)
		less := x.Head < y.Head || x.Head == y.Head && x.Rest < y.Rest
		if less && a >= b || x != y && !less && a <= b {
			t.Fatalf("%q has %x, %q has %x", a, x, b, y)
		}
	})
}

func TestIdentitiesDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, source := range []string{"", "e", "er", "erp", "crm", "pre", "a-source-of-more-than-16-bytes", "a-source-of-more-than-16-bytez"} {
		for i := range 4000 {
			id := fmt.Sprintf("%0*d", 1+i%40, i)
			_, h := identify(source, id)
			if other, ok := seen[h]; ok && other != source+"/"+id {
				t.Fatalf("%s/%s and %s have one hash", source, id, other)
			}
			seen[h] = source + "/" + id
		}
	}
}
