package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// Comparison is why the chosen action is worth more or less than another one. Each list splits the
// same difference without rest: its exact numbers sum to the unrounded difference of the model's
// values, its printed ones to ValueMinor − OtherMinor.
type Comparison struct {
	Chosen, Other     int     // actions in the grid; engine.Hold for waiting
	Value, OtherValue float64 // expected net values as the policy saw them, minor units
	Factors           []Line  // in the order of policy.Part
	Features          []Line  // largest first, with the pairs and the cost, which are no feature's
	Crossed           []Line  // what a factor did by a feature, largest first

	account *Account
}

// Line is one piece of a difference.
type Line struct {
	Code    string      // "feature", "usual" (the model's constants), "rest", "rounding" or a factor's: see factorCodes
	Part    policy.Part // of Factors and Crossed
	Feature int         // of its group; -1: the line is about no feature
	Exact   float64     // minor units
	Minor   int64       // as printed
}

// The codes that are neither a factor's nor engine.ReasonFeature.
const (
	CodeUsual    = "usual"    // what the model expects whoever it is
	CodeRest     = "rest"     // the smaller lines together
	CodeRounding = "rounding" // of the two values, each to whole minor units
)

// factorCodes are the codes of the parts.
var factorCodes = [policy.Parts]string{"hold", "channel", "tone", "slot", "offer", "pairs", engine.ReasonCost}

// maxLines is how many features, and how many crossed lines, are told apart; the others are the rest.
const maxLines = 8

// maxPiece bounds what one contribution may be: beyond it minor units cannot be counted.
const maxPiece = 1000 * engine.MaxAmountMinor

// ValueMinor and OtherMinor are the values as they are shown: rounded half to even.
func (c *Comparison) ValueMinor() int64 { return engine.RoundMinor(c.Value) }

// OtherMinor is the value of the other action as it is shown.
func (c *Comparison) OtherMinor() int64 { return engine.RoundMinor(c.OtherValue) }

// Difference is what the lines of each list sum to.
func (c *Comparison) Difference() int64 { return c.ValueMinor() - c.OtherMinor() }

// compare splits the difference of options i and j.
func (a *Account) compare(m model, b *engine.Ballot, in *engine.Input, i, j int) (*Comparison, error) {
	var d policy.Breakdown
	m.Compare(&d, b, in, i, j)
	c := &Comparison{Chosen: b.Options[i].Action, Other: b.Options[j].Action, account: a,
		Value: m.Scores(b, in, i).NetMinor, OtherValue: m.Scores(b, in, j).NetMinor}
	sum, largest := 0.0, 0.0
	for _, v := range d.Minor {
		sum, largest = sum+v, max(largest, math.Abs(v))
	}
	// The policy adds in float32, about 1e-7 of what is at stake; more than that is another arithmetic.
	if gap := math.Abs(c.Value - c.OtherValue - sum); !(gap <= a.noise() && largest < maxPiece) {
		return nil, fmt.Errorf("explain decision %s: contributions sum to %v, values differ by %v: %w", a.Decision.ID, sum, c.Value-c.OtherValue, ErrMismatch)
	}
	dust := 1e-12 * largest // what cancels but for the last bits
	c.Factors = slices.DeleteFunc(factors(&d), func(l Line) bool { return math.Abs(l.Exact) <= dust })
	c.Features = short(a.features(&d), dust)
	c.Crossed = short(a.crossed(&d), dust)
	for _, list := range []*[]Line{&c.Factors, &c.Features, &c.Crossed} {
		*list = settle(*list, c.Difference())
	}
	return c, nil
}

// noise bounds what values may be off by because policies add in float32.
func (a *Account) noise() float64 {
	r := &a.tenant.Reward
	return .01 + 1e-5*(r.Value(1, policy.MaxShare*float64(a.Decision.OpenMinor), 0, 0, 0)-r.Value(0, 0, 0, 1, 1))
}

// factors sums over the features.
func factors(d *policy.Breakdown) []Line {
	var list []Line
	for part := range policy.Part(policy.Parts) {
		l := Line{Code: factorCodes[part], Part: part, Feature: -1}
		for f := -1; f < d.Width-1; f++ {
			l.Exact += d.At(part, f)
		}
		list = append(list, l)
	}
	return list
}

// features sums over the factors, but for pairs and cost.
func (a *Account) features(d *policy.Breakdown) []Line {
	list := make([]Line, d.Width)
	for f := range list {
		list[f] = Line{Code: engine.ReasonFeature, Feature: f - 1}
	}
	list[0].Code, list[0].Feature = CodeUsual, a.words.Constant
	for part := range policy.PartPairs {
		for f := -1; f < d.Width-1; f++ {
			list[a.words.group(f)+1].Exact += d.At(part, f)
		}
	}
	return append(list, apart(d)...)
}

// crossed keeps both, and sums over the features of a group.
func (a *Account) crossed(d *policy.Breakdown) []Line {
	var list []Line
	for part := range policy.PartPairs {
		row := make([]Line, d.Width)
		for f := -1; f < d.Width-1; f++ {
			l := &row[a.words.group(f)+1]
			l.Code, l.Part, l.Feature = factorCodes[part], part, a.words.group(f)
			if l.Feature < 0 {
				l.Feature = a.words.Constant
			}
			l.Exact += d.At(part, f)
		}
		list = append(list, row...)
	}
	return append(list, apart(d)...)
}

// apart are the lines of pairs and cost.
func apart(d *policy.Breakdown) []Line {
	return slices.DeleteFunc(factors(d), func(l Line) bool { return l.Part < policy.PartPairs })
}

// group is the feature whose line feature f goes under; -1 is the line of the constants.
func (w *Words) group(f int) int {
	if f >= 0 && f < len(w.Groups) {
		f = w.Groups[f]
	}
	if f == w.Constant {
		return -1
	}
	return f
}

// short keeps the largest lines, largest first, and sums the others to the rest.
func short(list []Line, dust float64) []Line {
	list = slices.DeleteFunc(list, func(l Line) bool { return math.Abs(l.Exact) <= dust })
	slices.SortStableFunc(list, func(a, b Line) int { return cmp.Compare(math.Abs(b.Exact), math.Abs(a.Exact)) })
	n := 0
	for n < min(len(list), maxLines) && math.Abs(list[n].Exact) >= .5 {
		n++
	}
	if n >= len(list)-1 { // a rest of one line would only hide its name
		return list
	}
	rest := Line{Code: CodeRest, Feature: -1}
	for _, l := range list[n:] {
		rest.Exact += l.Exact
	}
	return append(list[:n], rest)
}
