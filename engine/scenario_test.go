package engine_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
)

// TestScenarios runs testdata/*.txt: what is known, when a decision is asked for, what it must be.
// testdata/README.md explains the words.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runScenarios(t, file) })
	}
}

func runScenarios(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var s *scenario
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		w := strings.Fields(text)
		switch {
		case len(w) == 0:
		case w[0] == "case":
			s = newScenario(strings.Join(w[1:], " "))
		case s == nil:
			t.Fatalf("%s:%d: a line before the first case", file, n)
		default:
			if err := s.line(w); err != nil {
				t.Errorf("%s:%d: %s: %v", file, n, s.name, err)
			}
		}
	}
}

// scenario is one case: an input under construction, and once something is expected, its decision.
type scenario struct {
	name string
	in   engine.Input
	d    *engine.Decision
	ex   engine.Explanation
}

func newScenario(name string) *scenario {
	s := &scenario{name: name}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	s.in = engine.Input{Tenant: engine.DefaultTenant("acme"), Facts: &engine.Facts{}, Profiled: true, Zone: berlin, ID: engine.ID{1}}
	s.in.Tenant.Policy = "uniform"
	s.in.Request = &engine.Request{
		Case:        engine.Case{ID: "C-1", Open: engine.Money{AmountMinor: 5990, Currency: "EUR"}, DunningLevel: -1},
		Debtor:      engine.Debtor{ID: "D-1", TZ: "Europe/Berlin", Language: "de"},
		Constraints: engine.Constraints{MaxCostMinor: -1},
	}
	return s
}

func (s *scenario) line(w []string) error {
	if w[0] == "expect" {
		if s.d == nil {
			s.d = &engine.Decision{}
			r := engine.NewDecider(guard.New(), policy.NewUniform())
			if err := r.Explain(s.d, &s.ex, &s.in); err != nil {
				return err
			}
		}
		return s.expect(w[1:])
	}
	s.d = nil // a later line changes the input: the next expectation is of a new decision
	return s.given(w)
}

func (s *scenario) expect(w []string) error {
	d, want := s.d, strings.Join(w[1:], " ")
	got := ""
	switch w[0] {
	case "kind":
		got = d.Kind.String()
	case "reason":
		got = d.Reason
	case "queue":
		got = d.Queue
	case "policy":
		got = d.Policy
	case "until":
		return s.instant(d.Until, want)
	case "review":
		return s.instant(d.Review, want)
	case "expires":
		return s.instant(d.Expires, want)
	case "eligible": // channel, tone, slot or offer, and the levels that occur
		got = strings.TrimSpace(w[1] + " " + strings.Join(s.levels(w[1]), " "))
	case "action":
		a := d.Action
		got = fmt.Sprint(a.Channel, " ", a.Tone, " ", a.Offer, " ", a.AddressRef, " ", a.Template)
	case "text":
		got = strings.TrimSpace(d.Action.Template + " " + d.Action.Language)
	case "window":
		got = d.Action.NotBefore.Format(time.RFC3339) + " " + d.Action.NotAfter.Format(time.RFC3339)
	case "windows":
		return s.windows(w[1], w[2:])
	case "certain":
		got, want = fmt.Sprint(d.Propensity, d.Epsilon), "1 0"
	case "fallback":
		f := s.ex.Fallback
		got = f.Kind.String()
		if f.Step.Channel != 0 {
			got += " " + f.Step.Channel.String() + " " + f.Step.Tone.String()
		}
		if !f.Due.IsZero() {
			got += " " + f.Due.In(s.zone()).Format(time.RFC3339)
		}
	case "because":
		var codes []string
		for _, r := range s.ex.Reasons {
			codes = append(codes, r.Code)
		}
		got = strings.Join(codes, " ")
	case "trace":
		return s.trace(w[1:])
	case "amount":
		got = fmt.Sprint(d.OpenMinor, " ", d.Currency)
	default:
		return fmt.Errorf("unknown expectation %q", w[0])
	}
	if got != want {
		return fmt.Errorf("%s is %q, want %q", w[0], got, want)
	}
	return nil
}

func (s *scenario) zone() *time.Location {
	if s.in.Zone == nil {
		return time.UTC
	}
	return s.in.Zone
}

func (s *scenario) instant(got time.Time, want string) error {
	text := "none"
	if !got.IsZero() {
		text = got.In(s.zone()).Format(time.RFC3339)
	}
	if text != want {
		return fmt.Errorf("is %s, want %s", text, want)
	}
	return nil
}

// levels are the levels of one factor that occur among the eligible actions.
func (s *scenario) levels(factor string) (names []string) {
	g := &s.in.Tenant.Grid
	for _, a := range s.d.Eligible[1:] {
		l := g.Levels(int(a))
		name := map[string]string{"channel": g.Channels[l.Channel].String(), "tone": g.Tones[l.Tone].String(),
			"slot": g.Slots[l.Slot].String(), "offer": g.Offers[l.Offer].String()}[factor]
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// windows checks the send window of every option of a channel, in slot order.
func (s *scenario) windows(channel string, want []string) error {
	var b engine.Ballot
	guard.New().Options(&b, &s.in, nil)
	g := &s.in.Tenant.Grid
	var got []string
	for _, o := range b.Options[1:] {
		l := g.Levels(o.Action)
		text := time.Unix(o.NotBefore, 0).In(s.zone()).Format("02T15:04-0700") + "/" + time.Unix(o.NotAfter, 0).In(s.zone()).Format("02T15:04-0700")
		if g.Channels[l.Channel].String() == channel && !slices.Contains(got, text) {
			got = append(got, text)
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("windows of %s are %v, want %v", channel, got, want)
	}
	return nil
}

// trace wants an entry of the rule with the result, and the parameters if any are named.
func (s *scenario) trace(w []string) error {
	for _, c := range s.ex.Trace.Checks {
		if c.Rule == w[0] {
			if line := c.String(); !strings.HasPrefix(line, strings.Join(w, " ")) {
				return fmt.Errorf("trace says %q", line)
			}
			return nil
		}
	}
	return fmt.Errorf("no trace of %s in %v", w[0], s.ex.Trace.Checks)
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return v
}
