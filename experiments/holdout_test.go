package experiments

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/memory"
)

const day = 24 * time.Hour

func on(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 12, 0, 0, 0, time.UTC)
}

// Within a year nobody changes arm; at midnight UTC of the new year's first day the draw is another one, and
// independent: of 100,000 debtors 10 % of those held out are held out again (± 5 standard errors).
func TestArmIsOfTheYear(t *testing.T) {
	h, tn := &Holdouts{}, &engine.Tenant{ID: "acme", Holdout: engine.Holdout{Share: .1, Salt: "acme"}}
	zone := time.FixedZone("Berlin", 3600)
	out, again := 0, 0
	for i := range 100_000 {
		id := fmt.Sprint("D-", i)
		v := h.Assign(tn, id, on(2026, 1, 1))
		if late := time.Date(2027, 1, 1, 0, 59, 59, 0, zone); h.Assign(tn, id, late) != v || h.Assign(tn, id, on(2026, 7, 1)) != v {
			t.Fatalf("%s changed arm within 2026", id)
		}
		if v.Holdout() != (Bucket("acme/2026", HoldoutLayer, id) < Buckets/10) || v.Holdout() && v.Share != .1 || !v.Holdout() && v.Share != .9 {
			t.Fatalf("%s is in %+v", id, v)
		}
		if v.Holdout() {
			out++
			if h.Assign(tn, id, time.Date(2027, 1, 1, 1, 0, 0, 0, zone)).Holdout() {
				again++
			}
		}
	}
	if share := float64(again) / float64(out); math.Abs(share-.1) > 5*math.Sqrt(.09/float64(out)) {
		t.Errorf("%.3f of the held out are held out in the next year, too", share)
	}
}

// A year has its own sizing, else that of the newest year before it; a share that was set wins.
func TestSizingOfAYear(t *testing.T) {
	h, tn := &Holdouts{}, engine.DefaultTenant("acme")
	if s := h.Sizing(tn, 2026); s.Source != SourceExpected || s.Share != tn.Holdout.Share || math.Abs(s.Gives()-3) > 1e-9 {
		t.Errorf("before any sizing: %+v gives %v", s, s.Gives())
	}
	h.Put("acme", Sizing{Year: 2026, Share: .05, Source: SourceHistory})
	h.Put("acme", Sizing{Year: 2028, Share: .03, Source: SourceHistory})
	h.Put("other", Sizing{Year: 2026, Share: .09})
	for year, want := range map[int]float64{2025: tn.Holdout.Share, 2026: .05, 2027: .05, 2028: .03, 2040: .03} {
		if s := h.Sizing(tn, year); s.Share != want || s.Year != year {
			t.Errorf("%d: %+v, want share %v", year, s, want)
		}
	}
	tn.Holdout.Share, tn.Holdout.Precision = 0, 0
	if v := h.Assign(tn, "D-1", on(2026, 5, 1)); v.Share != 1 || v.Experiment != "" {
		t.Errorf("with share 0 set: %+v", v)
	}
}

// logged is a store of n debtors' live decisions, each by its instants and arms.
func logged(t *testing.T, decisions []engine.Decision, events ...engine.Event) *memory.Store {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	for i := range decisions {
		d := &decisions[i]
		d.Tenant, d.ID, d.Seq = "acme", engine.ID{1, byte(i >> 16), byte(i >> 8), byte(i)}, uint64(i+1)
		if d.Kind == 0 {
			d.Kind = engine.KindHold
		}
	}
	if err := s.Append(context.Background(), history.Batch{Token: "1", Decisions: decisions, Events: events}); err != nil {
		t.Fatal(err)
	}
	return s
}

func decision(debtor, caseID string, at time.Time, arm string) engine.Decision {
	d := engine.Decision{Debtor: debtor, Case: caseID, IssuedAt: at, OpenMinor: 10_000, Currency: "EUR"}
	if arm != "" {
		d.Variant = engine.Variant{Experiment: HoldoutLayer, Arm: arm, Share: map[string]float64{HoldoutArm: .04, PolicyArm: .96}[arm]}
	}
	return d
}

// The size follows the debtors of the 365 days before the year, once the log is that old; a year that has begun
// keeps the share that its decisions were made with.
func TestSizeHoldout(t *testing.T) {
	tn := engine.DefaultTenant("acme")
	tn.Holdout.Precision = 30 // so that few debtors will do
	var ds []engine.Decision
	for i := range 150 {
		id := fmt.Sprint("D", i)
		ds = append(ds, decision(id, "C"+id, on(2025, time.Month(1+i%12), 3), ""), decision(id, "C"+id, on(2025, 12, 20), ""))
	}
	shadow := decision("S", "CS", on(2025, 5, 5), "")
	shadow.Mode = engine.Shadow
	ds = append(ds, shadow, decision("old", "Cold", on(2024, 1, 5), ""))
	size := func(ds []engine.Decision, year int, now time.Time) Sizing {
		t.Helper()
		s, err := SizeHoldout(context.Background(), logged(t, ds), tn, year, now)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := Sizing{Year: 2026, Share: tn.Holdout.Size(150), Precision: 30, PerYear: 50_000, Debtors: 150, Source: SourceHistory}
	if s := size(ds, 2026, on(2026, 1, 1)); s != want || s.Share <= .07 || s.Share >= .09 {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s := size(ds, 2026, on(2025, 12, 19)); s != want {
		t.Errorf("ahead: %+v, want %+v", s, want)
	}
	want.Share, want.Source = .04, SourceKept
	if s := size(append(ds, decision("n", "Cn", on(2026, 1, 1), PolicyArm)), 2026, on(2026, 3, 1)); math.Abs(s.Share-.04) > 1e-12 || s.Source != SourceKept || s.Debtors != 150 {
		t.Errorf("begun: %+v, want %+v", s, want)
	}
	if s := size([]engine.Decision{ds[1], ds[3], ds[5]}, 2026, on(2026, 1, 1)); s.Source != SourceExpected || s.Debtors != 50_000 || s.Share != tn.Holdout.Share {
		t.Errorf("a young log: %+v", s)
	}
	tn.Holdout.Share, tn.Holdout.Precision = .05, 0
	if s := size(ds, 2026, on(2026, 1, 1)); s.Source != SourceSet || s.Share != .05 {
		t.Errorf("a share that was set: %+v", s)
	}
}

// One row per cluster is the interval of two proportions but for G/(G−1): 60 of 100 against 20 of 50 gives
// .2 ± 1.959964·√(.24/100 + .24/50)·√(150/149).
func TestContrastOfTwoProportions(t *testing.T) {
	var parts [2]Contrast
	for i := range 150 {
		var c Cluster
		if i < 100 {
			c.Row(0, one(i < 60))
		} else {
			c.Row(1, one(i < 120))
		}
		parts[i%2].Add(c)
	}
	parts[0].Merge(&parts[1])
	parts[0].Add(Cluster{})
	e, ok := parts[0].Value()
	half := 1.959963984540054 * math.Sqrt((.24/100+.24/50)*150/149)
	if !ok || math.Abs(e.Estimate-.2) > 1e-12 || math.Abs(e.Half()-half) > 1e-12 {
		t.Errorf("%+v %v, want .2 ± %v", e, ok, half)
	}
	var few Contrast
	for i := range 100 {
		var c Cluster
		c.Row(min(i/71, 1), 1)
		few.Add(c)
	}
	if _, ok := few.Value(); ok {
		t.Error("29 clusters in a group are an interval")
	}
}

// Debtors with one to six cases that are alike, 4 % of them held out: the interval covers the true difference of
// .05 in 95 % of 2,000 simulated years (binomial standard error .49 %; seed 1).
func TestContrastCovers(t *testing.T) {
	r, in := rand.New(rand.NewPCG(1, 8)), 0
	for range 2000 {
		var k Contrast
		for i := range 3000 {
			var c Cluster
			p, g := .35+.2*r.Float64(), one(i%25 == 0)
			if g == 0 {
				p += .05
			}
			for range 1 + r.IntN(6) {
				c.Row(int(g), one(r.Float64() < p))
			}
			k.Add(c)
		}
		if e, ok := k.Value(); ok && e.Lower <= .05 && .05 <= e.Upper {
			in++
		}
	}
	if share := float64(in) / 2000; share < .935 || share > .965 {
		t.Errorf("%.4f of the intervals cover", share)
	}
}

// By hand: 40 debtors of the policy settle 30 of 40 cases, 40 on the ladder 10 of 40. Later decisions of a case, other
// years, open labels and shadow decisions change nothing but costs and counts.
func TestHoldoutReport(t *testing.T) {
	tn := engine.DefaultTenant("acme")
	tn.Reward.DiscountYear = 0
	var ds []engine.Decision
	var es []engine.Event
	at := on(2026, 12, 20) // their horizons reach into 2027
	for i := range 80 {
		id, arm, settled := fmt.Sprint("D", i), PolicyArm, 30
		if i >= 40 {
			arm, settled = HoldoutArm, 10
		}
		other := map[string]string{PolicyArm: HoldoutArm, HoldoutArm: PolicyArm}[arm]
		ds = append(ds, decision(id, "C"+id, at, arm), decision(id, "C"+id, on(2027, 1, 8), other))
		if i%40 < settled {
			es = append(es, engine.Event{Tenant: "acme", Source: "t", ID: "p" + id, Seq: uint64(1000 + i), Type: engine.PaymentReceived, Debtor: id, At: on(2027, 1, 10),
				Data: engine.EventData{CaseID: "C" + id, AmountMinor: 10_000, Currency: "EUR"}})
		}
	}
	contact := decision("D0", "CD0", at.Add(day), PolicyArm)
	contact.Kind, contact.CostMicro = engine.KindContact, 1_000_000
	shadow := decision("S", "CS", at, PolicyArm)
	shadow.Mode = engine.Shadow
	early, late := decision("E", "CE", on(2025, 3, 3), PolicyArm), decision("L", "CL", on(2026, 12, 31), HoldoutArm)
	ds = append(ds, contact, shadow, early, late)
	s := logged(t, ds, append(es, engine.Event{Tenant: "acme", Source: "t", ID: "x", Seq: 5000, Type: engine.DecisionExecuted, Debtor: "D0", At: at.Add(25 * time.Hour),
		Data: engine.EventData{DecisionID: engine.ID{1, 0, 0, 160}}})...)
	sizing := Sizing{Year: 2026, Share: .04, Precision: 3, PerYear: 50_000, Debtors: 50_000, Source: SourceHistory}
	r, err := HoldoutReport(context.Background(), s, tn, sizing, on(2027, 1, 30))
	if err != nil {
		t.Fatal(err)
	}
	group := func(g Group) Group { g.Resolved, g.Value = nil, nil; return g }
	if !reflect.DeepEqual(group(r.Policy), Group{Debtors: 40, Cases: 40}) || !reflect.DeepEqual(group(r.Holdout), Group{Debtors: 41, Cases: 41, Open: 1}) {
		t.Errorf("groups %+v %+v", r.Policy, r.Holdout)
	}
	half := 100 * 1.959963984540054 * math.Sqrt((.1875/40+.1875/40)*80/79)
	if *r.Policy.Resolved != .75 || *r.Holdout.Resolved != .25 || math.Abs(r.Resolved.Estimate-50) > 1e-9 || math.Abs(*r.PointsNow-half) > 1e-9 {
		t.Errorf("resolved %v %v, uplift %+v, want 50 ± %v", *r.Policy.Resolved, *r.Holdout.Resolved, *r.Resolved, half)
	}
	if want := 7500 - 100./40; math.Abs(*r.Policy.Value-want) > 1e-9 || *r.Holdout.Value != 2500 || math.Abs(r.Value.Estimate-(want-2500)) > 1e-9 {
		t.Errorf("value %v and %v, uplift %+v", *r.Policy.Value, *r.Holdout.Value, *r.Value)
	}
	for lang, want := range map[string]string{
		"en": "2026 (UTC): 4 % of debtors stay on the ladder, sized for ±3 points with the 50000 debtors of the year before; in a year that tells ±2.2 points. So far 41 debtors on the ladder, 40 with the policy. Resolved: policy 75 %, ladder 25 %, difference +50.0 points",
		"de": "2026 (UTC): 4 % der Schuldner bleiben auf der Mahnleiter, bemessen für ±3 Punkte bei den 50000 Schuldnern des Jahres davor; in einem Jahr zeigt das ±2,2 Punkte. Bisher 41 Schuldner auf der Leiter, 40 mit dem Verfahren. Erledigt: Verfahren 75 %, Leiter 25 %, Unterschied +50,0 Punkte",
	} {
		if !strings.HasPrefix(r.Text[lang], want) {
			t.Errorf("%s: %s", lang, r.Text[lang])
		}
	}
	if !strings.Contains(r.Text["de"], "Wert je Fall: Verfahren 74,97 EUR, Leiter 25,00 EUR") && !strings.Contains(r.Text["de"], "Wert je Fall: Verfahren 74,98 EUR, Leiter 25,00 EUR") {
		t.Error(r.Text["de"])
	}
	for year, share := range map[int]float64{2030: .04, 2031: 0} { // nothing known, nobody held out
		r, err := HoldoutReport(context.Background(), s, tn, Sizing{Year: year, Share: share, Source: SourceSet}, on(2031, 1, 30))
		if err != nil || r.Resolved != nil || r.Value != nil || r.PointsNow != nil || r.Text["en"] == "" || r.Text["de"] == "" {
			t.Errorf("%d: %+v, %v", year, r, err)
		}
	}
}

// An assignment allocates nothing.
func TestAssignAllocatesNothing(t *testing.T) {
	h, tn := &Holdouts{}, engine.DefaultTenant("acme")
	h.Put("acme", Sizing{Year: 2026, Share: .05})
	at := on(2026, 5, 1)
	if n := testing.AllocsPerRun(100, func() { h.Assign(tn, "D-123456789", at) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
