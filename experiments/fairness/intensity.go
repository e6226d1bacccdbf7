package fairness

import (
	"context"
	"time"

	"takt/features/history"
)

// measure is what groups are compared in.
type measure int

const (
	contactsMade measure = iota
	pressing
	calls
	plans
	complaints
	resolved
	recovered
)

// Measures are their ids: contacts, calls and plans offered per case and 28 days; the share of contacts in a tone that presses
// (loss_framed, firm, formal); of the case's horizons the share with a complaint and the share in which it was
// settled; the discounted cash as a share of the open amount.
var Measures = [...]string{"contacts", "pressing", "calls", "plans", "complaints", "resolved", "recovered"}

// Interval is a lower and an upper bound.
type Interval [2]float64

// Report compares groups of debtors.
type Report struct {
	Tenant   string            `json:"tenant"`
	AsOf     time.Time         `json:"as_of"`
	From     time.Time         `json:"from,omitzero"`
	To       time.Time         `json:"to"`
	Days     float64           `json:"horizon_days"`
	Currency string            `json:"currency"`
	Least    int               `json:"least"`   // debtors that every figure rests on
	Debtors  int               `json:"debtors"` // 0: fewer than Least, so nothing is shown
	Periods  int               `json:"periods"` // horizons of cases
	Missing  int               `json:"missing"` // contacts never reported back: not counted as made
	LeftOut  map[Reason]int    `json:"left_out"`
	Whole    []Figure          `json:"whole"`
	By       []Comparison      `json:"by"`
	Text     map[string]string `json:"text"` // for people, by language: en, de
}

// Comparison is the groups of one characteristic.
type Comparison struct {
	By     Characteristic    `json:"by"`
	Text   map[string]string `json:"text"`
	Groups []Group           `json:"groups"` // empty: there are no two groups large enough
}

// Group is debtors who are alike in the characteristic.
type Group struct {
	Group   string            `json:"group"`
	Text    map[string]string `json:"text"`
	Debtors int               `json:"debtors"`
	Figures []Figure          `json:"figures"`
}

// Figure is one measure of a group, or of the whole.
type Figure struct {
	Measure  string `json:"measure"`
	Withheld bool   `json:"withheld,omitempty"` // it would rest on too few debtors, or tell of others that do

	Raw      *Value `json:"raw,omitempty"`        // as it is
	Adjusted *Value `json:"adjusted,omitempty"`   // at the balance and the days past due of all debtors
	Differs  *Value `json:"difference,omitempty"` // Adjusted less the whole

	P       *float64 `json:"p,omitempty"`       // of no difference
	Holm    *float64 `json:"p_holm,omitempty"`  // adjusted for all differences of the report
	Notable bool     `json:"notable,omitempty"` // Holm is at most .05
}

// Value is an estimate with its 95 % interval by debtor; nil where events are too few for one.
type Value struct {
	Value    float64   `json:"value"`
	Interval *Interval `json:"interval"`
}

// few is the number of debtors with an event below which a normal interval says nothing.
const few = 10

// Intensity compares the groups of each characteristic. Memory grows with the periods, some 200 bytes each.
func Intensity(ctx context.Context, src history.Scanner, o Options) (*Report, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	s, err := read(ctx, src, o)
	if err != nil {
		return nil, err
	}
	r := s.report()
	return r, nil
}

func (s *sheet) report() *Report {
	o := &s.options
	r := &Report{Tenant: o.Tenant.ID, AsOf: o.AsOf.UTC(), From: o.From, To: o.To.UTC(), Days: o.Tenant.Reward.Horizon.Hours() / 24, Currency: o.Tenant.Reward.Currency,
		Least: Least, LeftOut: s.left, Whole: []Figure{}, By: []Comparison{}}
	if n := len(s.groups[0]); n >= Least {
		r.Debtors, r.Periods, r.Missing = n, len(s.periods), s.missing
		s.fill(r)
	}
	r.Text = map[string]string{"en": r.sentences(english), "de": r.sentences(german)}
	return r
}

func (s *sheet) fill(r *Report) {
	z := adjustBy(s.periods)
	everybody := cells{names: []string{""}, debtors: []int{r.Debtors}, of: make([]int32, r.Debtors)}
	r.Whole = s.figures(&everybody, nil)[0]
	for _, by := range s.options.By {
		for c, known := range Characteristics {
			if by != known {
				continue
			}
			list := Comparison{By: by, Text: wordsOf(string(by)), Groups: []Group{}}
			if g := merge(s.groups[c]); len(g.names) > 1 {
				figures := s.figures(&g, z)
				for _, i := range g.order() {
					list.Groups = append(list.Groups, Group{g.names[i], wordsOf(g.names[i]), g.debtors[i], figures[i]})
				}
			}
			r.By = append(r.By, list)
		}
	}
	var found []*Figure
	var p []float64
	for i := range r.By {
		for j := range r.By[i].Groups {
			for k := range r.By[i].Groups[j].Figures {
				if f := &r.By[i].Groups[j].Figures[k]; f.P != nil {
					found, p = append(found, f), append(p, *f.P)
				}
			}
		}
	}
	for i, v := range holm(p) {
		found[i].Holm, found[i].Notable = &v, v <= .05
	}
}

// figures are those of each group; without z nothing is adjusted.
func (s *sheet) figures(c *cells, z *covariates) [][]Figure {
	all := make([][]Figure, len(c.names))
	lines := make([]line, len(s.periods))
	for m, name := range Measures {
		for i := range s.periods {
			v := &s.periods[i]
			lines[i] = line{v.debtor, c.of[v.debtor], v.num[m], v.den[m]}
		}
		with, events := counts(lines, len(c.names), shares[m])
		hide := withheld(with)
		raw, ok := compare(lines, len(c.names), nil)
		var adjusted compared
		if z != nil && ok {
			adjusted, ok = compare(lines, len(c.names), z)
		}
		for g := range all {
			f := Figure{Measure: name, Withheld: hide[g] || !ok || with[g] == 0}
			if !f.Withheld {
				enough := events[g] >= few
				f.Raw = valueOf(raw.level[g], enough)
				if z != nil {
					f.Adjusted, f.Differs = valueOf(adjusted.level[g], enough), valueOf(adjusted.differs[g], enough)
					if p := adjusted.differs[g].p(); enough {
						f.P = &p
					}
				}
			}
			all[g] = append(all[g], f)
		}
	}
	return all
}

func valueOf(e estimate, enough bool) *Value {
	v := &Value{Value: e.value}
	if i := e.interval(); enough {
		v.Interval = &i
	}
	return v
}

// shares are the measures that cannot be above 1.
var shares = [len(Measures)]bool{pressing: true, complaints: true, resolved: true}

// counts are the debtors of each group with anything to count in, and of these those with an event; of a share those
// without one, where they are fewer.
func counts(lines []line, groups int, share bool) (with, events []int) {
	with, events = make([]int, groups), make([]int, groups)
	misses := make([]int, groups)
	den, num := 0., 0.
	for i, l := range lines {
		den, num = den+l.den, num+l.num
		if i+1 < len(lines) && lines[i+1].debtor == l.debtor {
			continue
		}
		if den > 0 {
			with[l.group]++
		}
		if num > 0 {
			events[l.group]++
		}
		if num < den {
			misses[l.group]++
		}
		den, num = 0, 0
	}
	for g := range events {
		if share {
			events[g] = min(events[g], misses[g])
		}
	}
	return with, events
}
