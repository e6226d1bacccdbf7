package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
)

// taught is an input whose tenant has the bandit with its prior.
func taught(t testing.TB) *engine.Input {
	t.Helper()
	s := newScenario("taught")
	in := &s.in
	in.Tenant.Policy = "bandit"
	in.Now = time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC)
	in.Request.Case.OldestDue = engine.DateOf(in.Now) - 18
	in.Request.Want.Alternatives = 4
	in.Request.Contacts = []engine.ContactPoint{
		{Channel: engine.Email, AddressRef: "e:1", Validity: .97},
		{Channel: engine.Phone, AddressRef: "t:1", Validity: .9},
		{Channel: engine.Letter, AddressRef: "p:1", Validity: .9},
	}
	in.X, in.Schema = []float32{1, .5, -.25}, 1
	var err error
	if in.Snapshot, err = policy.Prior(in.Tenant, nil, in.Schema, len(in.X)); err != nil {
		t.Fatal(err)
	}
	return in
}

// The weights of the reasons that come from the model split the difference between the chosen
// action and waiting: their sum is the difference of the two net values (the definition of
// Reward.Value). The policy adds what single features moved; those are left out of the sum.
func TestReasonsAddUpToTheUplift(t *testing.T) {
	in := taught(t)
	r := engine.NewDecider(guard.New())
	var d engine.Decision
	var ex engine.Explanation
	contacts := 0
	for i := range 300 {
		in.ID[1] = byte(i)
		in.ID[2] = byte(i >> 8)
		if err := r.Explain(&d, &ex, in); err != nil {
			t.Fatal(err)
		}
		if d.Policy != "bandit" || d.Snapshot != in.Snapshot.ID || d.Version != in.Snapshot.Header.Version || d.Epsilon != 1 { // nothing is learned yet
			t.Fatalf("decided by %s, snapshot %s version %q, ε %v", d.Policy, d.Snapshot, d.Version, d.Epsilon)
		}
		if !ex.Scored {
			t.Fatal("the bandit's decision is not scored")
		}
		if d.Kind != engine.KindContact {
			continue
		}
		contacts++
		sum := 0.0
		for _, reason := range ex.Reasons {
			if reason.Code != engine.ReasonFeature {
				sum += reason.WeightMinor
			}
		}
		// The model computes in float32, so values of some thousand minor units agree to a hundredth.
		if want := ex.Scores.NetMinor - ex.Hold.NetMinor; math.Abs(sum-want) > .01 {
			t.Fatalf("reasons sum to %v, values differ by %v: %+v", sum, want, ex.Reasons)
		}
		if want := ex.Scores.PResolve - ex.Hold.PResolve; ex.Uplift != want {
			t.Fatalf("uplift %v, want %v", ex.Uplift, want)
		}
	}
	if contacts < 30 {
		t.Errorf("only %d of 300 decisions are contacts", contacts)
	}
}

// Alternatives are ordered by expected value and differ in channel or tone.
func TestAlternatives(t *testing.T) {
	in := taught(t)
	var d engine.Decision
	var ex engine.Explanation
	if err := engine.NewDecider(guard.New()).Explain(&d, &ex, in); err != nil {
		t.Fatal(err)
	}
	if len(ex.Alternatives) != 4 {
		t.Fatalf("%d alternatives, want 4", len(ex.Alternatives))
	}
	type pair struct {
		c engine.Channel
		t engine.Tone
	}
	seen := map[pair]bool{{d.Action.Channel, d.Action.Tone}: true}
	for i, a := range ex.Alternatives {
		p := pair{a.Action.Channel, a.Action.Tone}
		if seen[p] || i > 0 && a.NetMinor > ex.Alternatives[i-1].NetMinor {
			t.Errorf("alternative %d: %+v after %+v", i, a, ex.Alternatives[max(i-1, 0)])
		}
		seen[p] = true
	}
}

// Debtors in hardship are not experimented on: what the model values most is certain, and a policy without
// a model leaves them to the ladder.
func TestCalmTriesNothingOut(t *testing.T) {
	in := taught(t)
	in.Request.Debtor.Flags = engine.Vulnerable
	var d engine.Decision
	var ex engine.Explanation
	in.Request.Want.Alternatives = 10
	if err := engine.NewDecider(guard.New()).Explain(&d, &ex, in); err != nil {
		t.Fatal(err)
	}
	if d.Policy != "bandit" || d.Epsilon != 0 || d.Propensity != 1 || len(d.Votes) != 1 || ex.Exploration {
		t.Errorf("policy %s with ε = %v, propensity %v, %d votes, exploration %v", d.Policy, d.Epsilon, d.Propensity, len(d.Votes), ex.Exploration)
	}
	for _, a := range ex.Alternatives {
		if a.NetMinor > ex.Scores.NetMinor+.01 {
			t.Errorf("an alternative is worth %v, the certain choice %v", a.NetMinor, ex.Scores.NetMinor)
		}
	}
	in.Tenant.Policy = "uniform"
	if err := engine.NewDecider(guard.New(), policy.NewUniform()).Decide(&d, in); err != nil || d.Policy != engine.LadderName {
		t.Errorf("without a model %s decides, %v; want the ladder", d.Policy, err)
	}
}

// Waiting is worth more only where most votes say so; a lot compares nothing. No reason is said twice.
func TestWhyItWaits(t *testing.T) {
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	for name, want := range map[string][]string{"bandit": {engine.ReasonWait, engine.ReasonExplored}, "uniform": {engine.ReasonDrawn}} {
		in := taught(t)
		in.Tenant.Policy = name
		in.Request.Contacts = in.Request.Contacts[:1]
		seen := map[string]bool{}
		for i := range 3000 {
			var d engine.Decision
			var ex engine.Explanation
			in.ID[1], in.ID[2] = byte(i), byte(i>>8)
			in.Request.Case.Open.AmountMinor = int64(1 + i%2*6000) // a cent is worth no contact
			if err := r.Explain(&d, &ex, in); err != nil {
				t.Fatal(err)
			}
			if d.Kind != engine.KindHold {
				continue
			}
			seen[d.Reason] = true
			if (d.Reason == engine.ReasonExplored) != ex.Exploration {
				t.Fatalf("%s waits, %s, exploration %v", name, d.Reason, ex.Exploration)
			}
			for j, reason := range ex.Reasons {
				if slices.ContainsFunc(ex.Reasons[:j], func(o engine.Reason) bool { return o.Code == reason.Code && o.Code != engine.ReasonFeature }) {
					t.Fatalf("%s is said twice: %+v", reason.Code, ex.Reasons)
				}
			}
		}
		for _, reason := range want {
			if !seen[reason] {
				t.Errorf("%s never waits because %s", name, reason)
			}
		}
		if len(seen) != len(want) {
			t.Errorf("%s waits because %v, want %v", name, seen, want)
		}
	}
}

// The other policy of a snapshot decides over the same model, and its propensities can be rebuilt.
func TestVariantOfASnapshot(t *testing.T) {
	in := taught(t)
	in.Tenant.Policy = policy.SquareCBName
	var d engine.Decision
	if err := engine.NewDecider(guard.New()).Decide(&d, in); err != nil {
		t.Fatal(err)
	}
	p, err := d.Propensities(nil)
	if err != nil || d.Policy != policy.SquareCBName || d.Snapshot != in.Snapshot.ID || d.Epsilon != 0 || p[slices.Index(d.Eligible, uint16(d.Chosen))] != d.Propensity {
		t.Errorf("%v: policy %s of snapshot %q, ε %v, p %v", err, d.Policy, d.Snapshot, d.Epsilon, d.Propensity)
	}
}

// A snapshot of another feature vector or of another policy does not decide: the ladder does.
func TestUnfitSnapshot(t *testing.T) {
	r := engine.NewDecider(guard.New())
	for name, change := range map[string]func(*engine.Input){
		"schema":   func(in *engine.Input) { in.Schema = 2 },
		"features": func(in *engine.Input) { in.X = in.X[:2] },
		"policy":   func(in *engine.Input) { in.Tenant.Policy = "another" },
		"none":     func(in *engine.Input) { in.Snapshot = nil },
	} {
		in := taught(t)
		change(in)
		var d engine.Decision
		var ex engine.Explanation
		if err := r.Explain(&d, &ex, in); err != nil || d.Policy != engine.LadderName || ex.Reasons[0].Code != engine.ReasonNoModel {
			t.Errorf("%s: %v, policy %s, reasons %v", name, err, d.Policy, ex.Reasons)
		}
	}
}

// Every reason code of the source has a sentence in both languages.
func TestReasonText(t *testing.T) {
	source, err := parser.ParseFile(token.NewFileSet(), "reasons.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(source, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Reason") {
			return true
		}
		code := strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`)
		en, de := engine.ReasonText(code, "en-GB"), engine.ReasonText(code, "de-AT")
		if codes++; en == code || de == code || en == de {
			t.Errorf("%s: %q, %q", code, en, de)
		}
		return true
	})
	if codes < 40 {
		t.Errorf("found only %d codes", codes)
	}
	if got := engine.ReasonText("other", "de"); got != "other" {
		t.Errorf("unknown code: %q", got)
	}
}
