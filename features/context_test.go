package features

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
)

func index(t testing.TB, name string) int {
	t.Helper()
	for i, f := range Vector {
		if f.Name == name {
			return i
		}
	}
	t.Fatalf("no feature %q", name)
	return 0
}

// TestVectorOfVersionOneIsFixed holds names and order: snapshots and logged contexts rest on them.
func TestVectorOfVersionOneIsFixed(t *testing.T) {
	if Schema != 1 || len(Vector) != 64 {
		t.Fatalf("schema %d with %d features; version 1 has 64", Schema, len(Vector))
	}
	var names []string
	for _, f := range Vector {
		names = append(names, f.Name)
		if f.Min > f.Max || f.Min < -1 || f.Max > 3 || f.Unit == "" || f.Doc == "" {
			t.Errorf("feature %+v: want -1 ≤ Min ≤ Max ≤ 3, a unit and a definition", f)
		}
	}
	// FNV-1a of the names; a change of it is a new version, not a new number here.
	if got := engine.FNV1a(names...); got != vectorOne {
		t.Errorf("the names hash to %#x", got)
	}
}

// Amounts are in major units, of which a yen is one and a fils the thousandth part (ISO 4217); the
// history's currency counts where the request names no amount.
func TestAmountsAreInMajorUnits(t *testing.T) {
	for currency, major := range map[string]float64{"EUR": 59.9, "JPY": 5990, "KWD": 5.99} {
		open := engine.Money{AmountMinor: 5990, Currency: currency}
		told := start(t).event(engine.CaseOpened, engine.EventData{CaseID: "C-1", Has: engine.FieldCaseID | engine.FieldOpen, Open: open}).profile()
		for _, x := range [][]float32{
			new(Profile).Context(nil, &engine.Request{Case: engine.Case{ID: "C-1", Open: open}}, t0, nil),
			told.Context(nil, &engine.Request{Case: engine.Case{ID: "C-1"}}, t0, nil),
		} {
			if got, want := x[index(t, "amount")], math.Log10(1+major)/3; math.Abs(float64(got)-want) > 1e-6 {
				t.Errorf("5990 minor units of %s give %v, want %v", currency, got, want)
			}
		}
	}
}

func anyRequest(t *rapid.T) *engine.Request {
	few := func(label string, names ...string) string { return rapid.SampledFrom(names).Draw(t, label) }
	r := &engine.Request{
		Case: engine.Case{ID: few("case", "C-1", "C-2", "C-99"), Stage: few("stage", "", "pre_due", "dunning", "agency", "legal"),
			Open:      engine.Money{AmountMinor: rapid.Int64Range(0, engine.MaxAmountMinor).Draw(t, "open"), Currency: few("currency", "", "EUR")},
			OldestDue: engine.Date(rapid.Int32Range(0, 40000).Draw(t, "due")), DunningLevel: rapid.IntRange(-1, 50).Draw(t, "level"),
			ContractDate: engine.Date(rapid.Int32Range(0, 40000).Draw(t, "contract")), Fulfilment: few("fulfilment", "", "delivered", "refund")},
		Debtor: engine.Debtor{Kind: few("kind", "", "business"), BirthYear: rapid.SampledFrom([]int{0, 1900, 1990, 3000}).Draw(t, "born"),
			Flags: engine.Flags(rapid.Uint32Range(0, 1<<13-1).Draw(t, "flags"))},
	}
	for range rapid.IntRange(0, 3).Draw(t, "contacts") {
		r.Contacts = append(r.Contacts, engine.ContactPoint{Channel: engine.Channel(rapid.IntRange(1, 8).Draw(t, "channel")), AddressRef: few("ref", "", "a"),
			Validity: rapid.SampledFrom([]float64{-1, 0, .5, 1}).Draw(t, "validity"), Consent: few("consent", "", "service", "none")})
	}
	return r
}

func TestFeaturesAreFiniteAndInRange(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	rapid.Check(t, func(t *rapid.T) {
		log := anyLog(t)
		p := New()
		p.Replay(&log, nil)
		profile := &p
		if rapid.Bool().Draw(t, "unknown") {
			profile = nil
		}
		x := profile.Context(nil, anyRequest(t), at(rapid.IntRange(-500, 20_000).Draw(t, "now"), 0), rapid.SampledFrom([]*time.Location{nil, berlin}).Draw(t, "zone"))
		if len(x) != len(Vector) {
			t.Fatalf("%d values for %d features", len(x), len(Vector))
		}
		for i, v := range x {
			if f := Vector[i]; math.IsNaN(float64(v)) || v < f.Min || v > f.Max {
				t.Errorf("%s is %v, want %v to %v", f.Name, v, f.Min, f.Max)
			}
		}
	})
}

// TestNoHistoryReadsAsThePrior takes the values from the table's own words.
func TestNoHistoryReadsAsThePrior(t *testing.T) {
	r := &engine.Request{Case: engine.Case{ID: "C-1", DunningLevel: -1}}
	var nobody *Profile
	x := nobody.Context(nil, r, t0, nil)
	for name, want := range map[string]float32{
		"bias": 1, "amount": 0, "overdue": 0, "level": 1. / 3, "contract_age": .5, "case_contact": 0, "tenure": 0,
		"age_18_29": .24, "age_50_69": .27, "age_70_up": .11, "usable_email": .5, "reach_email": .95, "reach_letter": .95, "reach_phone": .15,
		"answer_sms": .2, "opens_email": .3, "inbound": 0, "contacts_7d": 0, "active_evening": .25, "active_morning": .15,
		"promises_kept": .7, "plans_kept": .7, "payments": 0, "pay_delay": .3, "paid_after": .2, "complaints": 0, "score_risk": 0,
	} {
		if got := x[index(t, name)]; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("%s is %v, want the prior %v", name, got, want)
		}
	}
	p := New()
	if y := p.Context(nil, r, t0, nil); [64]float32(x) != [64]float32(y) {
		t.Error("an empty profile and none differ")
	}
}

// TestFeaturesHaveTheirStatedValues checks each formula of the table on one hand-made history.
func TestFeaturesHaveTheirStatedValues(t *testing.T) {
	g := start(t).opened("C-2", 2500).opened("C-1", 9900).
		event(engine.ContactSent, engine.EventData{Channel: engine.SMS, CaseID: "C-1"}).
		event(engine.ContactDelivered, engine.EventData{Channel: engine.SMS}).
		event(engine.PortalVisited, engine.EventData{}).
		event(engine.PaymentReceived, onCase(amount(900), "C-1")).
		event(engine.PromiseMade, onCase(engine.EventData{Due: engine.DateOf(t0) + 20}, "C-1")).
		event(engine.PromiseBroken, onCase(engine.EventData{}, "C-1")).
		event(engine.ScoreSet, engine.EventData{Name: "risk", Value: 1.5, Expires: at(9, 0)}).
		event(engine.ComplaintReceived, engine.EventData{})
	p := g.profile()
	now := t0.Add(3*time.Hour + 7*24*time.Hour) // the contact was 7 days ago; Monday 12:00
	r := &engine.Request{Case: engine.Case{ID: "C-1", DunningLevel: 2}, Debtor: engine.Debtor{BirthYear: 1950},
		Contacts: []engine.ContactPoint{{Channel: engine.SMS, AddressRef: "a", Validity: .8}}}
	x := p.Context(nil, r, now, time.UTC)
	for name, want := range map[string]float64{
		"amount": math.Log10(1+90) / 3, "overdue": 17. / 47, "overdue_long": 17. / 365, "pre_due": 0, "level": 2. / 3,
		"stage_pre_due": 0, "stage_dunning": 1, "case_contact": .5, "hour_sin": 0, "hour_cos": -1,
		"week_sin": math.Sin(math.Pi / 7), "payday": 1. / 10, "age_70_up": 1, "age_18_29": 0,
		"open_cases": 2. / 6, "other_debt": math.Log10(1+25) / 3, "usable_sms": .8, "usable_email": 0, "reach_sms": (1 + 9.5) / 11,
		"answer_sms": 2. / 6, "contacts_7d": 0, "contacts_30d": 1. / 8, "contact": .5, "promises_kept": 2.8 / 5, "promise_open": 0,
		"payments": math.Log(2) / 2, "paid_amount": math.Log10(1+9) / 3, "pay_delay": (10./30 + .6) / 3, "paid_after": 2. / 6,
		"complaints": math.Log(2), "score_risk": 1.5, "score_payment": 0,
	} {
		if got := float64(x[index(t, name)]); math.Abs(got-want) > 1e-5 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if late := p.Context(nil, r, at(10, 0), time.UTC); late[index(t, "score_risk")] != 0 {
		t.Error("an expired score still counts")
	}
}

func TestContextDoesNotAllocate(t *testing.T) {
	g := start(t).opened("C-1", 100)
	p, r, dst := g.profile(), &engine.Request{Case: engine.Case{ID: "C-1"}}, make([]float32, 0, 64)
	if n := testing.AllocsPerRun(100, func() { dst = p.Context(dst, r, t0, time.UTC) }); n != 0 {
		t.Errorf("Context allocates %v times", n)
	}
	var nobody *Profile
	if n := testing.AllocsPerRun(100, func() { dst = nobody.Context(dst, r, t0, time.UTC) }); n != 0 {
		t.Errorf("Context without a profile allocates %v times", n)
	}
}

// TestReadmeNamesEverything holds the tables of README.md to the code.
func TestReadmeNamesEverything(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	for i, f := range Vector {
		if row := featureRow(i, f); !strings.Contains(readme, row) {
			t.Errorf("README.md lacks the row\n%s", row)
		}
	}
	for typ := engine.EventType(1); int(typ) < engine.EventTypes; typ++ {
		if !strings.Contains(readme, "`"+typ.String()+"`") {
			t.Errorf("README.md says nothing of %s", typ)
		}
	}
}
