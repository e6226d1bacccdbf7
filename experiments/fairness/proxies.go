package fairness

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"takt/engine"
	"takt/experiments/ope"
	"takt/features"
	"takt/features/history"
)

// ProxyReport says how well what the model uses tells what it may not use.
type ProxyReport struct {
	Tenant   string            `json:"tenant"`
	AsOf     time.Time         `json:"as_of"`
	From     time.Time         `json:"from,omitzero"`
	To       time.Time         `json:"to"`
	Least    int               `json:"least"`
	Debtors  int               `json:"debtors"`  // each by the last decision; 0: fewer than Least
	Denied   []string          `json:"denied"`   // features
	Segments bool              `json:"segments"` // the tenant has rule segments: nothing that they are made of is denied
	Proxies  []Proxy           `json:"proxies"`
	Text     map[string]string `json:"text"`
}

// Proxy is one denied feature, or one group of a characteristic against all others, and what tells it.
type Proxy struct {
	Of       string      `json:"of"`                 // such as age_70_up, or region=DE-BY
	Denied   bool        `json:"denied"`             // a feature that is denied; else a group that is watched
	Withheld bool        `json:"withheld,omitempty"` // it hardly varies, or has fewer than Least debtors on a side
	R2       *float64    `json:"r2,omitempty"`       // out of fold, of a ridge regression on all that is used
	AUC      *Value      `json:"auc,omitempty"`      // of the same, where there are two values; .5 is chance
	Top      []Predictor `json:"top,omitempty"`      // the three that tell most beside all others
	Notable  bool        `json:"notable,omitempty"`
}

// Predictor is something used that tells what is denied.
type Predictor struct {
	Name        string            `json:"name"` // of a feature, or portfolio=NAME or segment=NAME
	Text        map[string]string `json:"text"`
	Partial     Value             `json:"partial"` // correlation given all other predictors
	Correlation float64           `json:"correlation"`
}

// From where on a proxy is notable.
const (
	notableAUC = .6 // lower end of the interval
	notableR2  = .1
)

// sample is one row per debtor: the last decision's context, what is denied of it, and the debtor's groups.
type sample struct {
	options Options
	zones   features.Zones
	x       [][]float32
	denied  [][]float32 // by place in Tenant.Denied
	folds   []int
	groups  [len(Characteristics)][]string
	own     [2][]string // portfolio, segment
}

// Proxies reads the log. A denied feature's value is the logged one of before the denial, else what the debtor's
// history gave at the decision: what only requests told is not known. The regression is cross-fitted by debtor.
// Memory grows with debtors, some kB each.
func Proxies(ctx context.Context, src history.Scanner, o Options) (*ProxyReport, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	s := &sample{options: o}
	folds := ope.Folds{Seed: o.Seed}
	err := src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		s.debtor(l, &folds)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the decisions of tenant %s: %w", o.Tenant.ID, err)
	}
	r := &ProxyReport{Tenant: o.Tenant.ID, AsOf: o.AsOf.UTC(), From: o.From, To: o.To.UTC(), Least: Least, Denied: append([]string{}, o.Tenant.Denied.Names...),
		Segments: features.Segmented(&o.Tenant.Denied), Proxies: []Proxy{}}
	if len(s.x) >= Least {
		r.Debtors = len(s.x)
		r.Proxies = s.proxies()
	}
	r.Text = map[string]string{"en": r.sentences(english), "de": r.sentences(german)}
	return r, nil
}

func (s *sample) debtor(l *history.Log, folds *ope.Folds) {
	last := -1
	for i := range l.Decisions {
		if d := &l.Decisions[i]; d.Mode == engine.Live && s.options.within(d.IssuedAt) && len(d.X) == len(features.Vector) && finite(d.X) {
			last = i
		}
	}
	if last < 0 {
		return
	}
	d := &l.Decisions[last]
	before := *l
	before.Decisions = l.Decisions[:last]
	before.Events = l.Events[:sortedUntil(l.Events, d.IssuedAt)]
	p := features.New()
	p.Replay(&before, &s.zones)
	if p.Kind > engine.Consumer {
		return
	}
	told := p.Context(nil, &engine.Request{Case: engine.Case{ID: d.Case, DunningLevel: -1}}, d.IssuedAt, s.zones.Location(p.TZ))
	var denied []float32
	for _, at := range s.options.Tenant.Denied.At {
		v := d.X[at]
		if v == 0 {
			v = told[at]
		}
		denied = append(denied, v)
	}
	s.x, s.denied, s.folds = append(s.x, slices.Clone(d.X)), append(s.denied, denied), append(s.folds, folds.Of(engine.FNV1a(l.Debtor)))
	for c, who := range Characteristics {
		s.groups[c] = append(s.groups[c], who.of(&p, s.options.To))
	}
	segment := d.Segment
	if !features.Segmented(&s.options.Tenant.Denied) {
		segment = ""
	}
	s.own[0], s.own[1] = append(s.own[0], d.Portfolio), append(s.own[1], segment)
}

// sortedUntil is the number of events up to an instant.
func sortedUntil(es []engine.Event, t time.Time) int {
	n := len(es)
	for n > 0 && es[n-1].At.After(t) {
		n--
	}
	return n
}

func finite(x []float32) bool {
	for _, v := range x {
		if !(math.Abs(float64(v)) <= 1e4) {
			return false
		}
	}
	return true
}

// column is one predictor or target.
type column struct {
	name, group string // group: predictors of it do not tell on it
	at          int    // place in the context, -1: none
	denied      bool
	value       func(i int) float64
}

// predictors are what the model uses: features that vary, portfolios and segments.
func (s *sample) predictors() (list []column) {
	for at, f := range features.Vector {
		if !s.options.Tenant.Denied.Has(at) {
			c := column{name: f.Name, at: at, value: func(i int) float64 { return float64(s.x[i][at]) }}
			if slices.Contains([]string{"age_18_29", "age_50_69", "age_70_up"}, f.Name) {
				c.group = "age"
			}
			list = append(list, c)
		}
	}
	for k, kind := range [...]string{"portfolio", "segment"} {
		c := merge(s.own[k])
		for g, name := range c.names {
			if name != "" && name != Others && len(c.names) > 1 && g < maxGroups {
				list = append(list, column{name: kind + "=" + name, at: -1, value: func(i int) float64 { return truth(s.own[k][i] == name) }})
			}
		}
	}
	return list
}

// maxGroups bounds the portfolios among the predictors.
const maxGroups = 16

// targets are what must not be told.
func (s *sample) targets() (list []column) {
	for k, name := range s.options.Tenant.Denied.Names {
		list = append(list, column{name: name, denied: true, value: func(i int) float64 { return float64(s.denied[i][k]) }})
	}
	for k, who := range Characteristics {
		if !slices.Contains(s.options.By, who) {
			continue
		}
		c := merge(s.groups[k])
		for _, g := range c.order() {
			if name := c.names[g]; name != Others && name != Unknown && len(c.names) > 1 {
				list = append(list, column{name: string(who) + "=" + name, group: string(who), value: func(i int) float64 { return truth(s.groups[k][i] == name) }})
			}
		}
	}
	return list
}

func (s *sample) proxies() (list []Proxy) {
	p := s.predictors()
	m := newMoments(s, p)
	for _, target := range s.targets() {
		list = append(list, m.proxy(&target))
	}
	return list
}

// proxy fits one target.
func (m *moments) proxy(target *column) Proxy {
	v := Proxy{Of: target.name, Denied: target.denied}
	y, kinds := make([]float64, m.n), map[float64]int{}
	for i := range y {
		y[i] = target.value(i)
		kinds[y[i]]++
	}
	if len(kinds) < 2 || len(kinds) == 2 && slices.Min([]int{kinds[y[0]], m.n - kinds[y[0]]}) < Least {
		v.Withheld = true
		return v
	}
	use := m.usable(target)
	fitted, r2, ok := m.ridge(use, y)
	if !ok {
		v.Withheld = true
		return v
	}
	v.R2, v.Notable = &r2, r2 > notableR2
	if len(kinds) == 2 {
		auc := aucOf(fitted, y)
		v.AUC = &auc
		v.Notable = auc.Interval[0] > notableAUC
	}
	v.Top = m.top(use, y)
	return v
}

// aucOf is the chance that of two debtors on either side the fit ranks the higher one higher, ties half, with the
// interval of Hanley & McNeil, Radiology 1982.
func aucOf(fitted, y []float64) Value {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(fitted[a], fitted[b]) })
	high := slices.Max(y)
	var n, ranks float64
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && fitted[order[j]] == fitted[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			if y[at] == high {
				n++
				ranks += float64(i+j+1) / 2
			}
		}
		i = j
	}
	rest := float64(len(y)) - n
	a := (ranks - n*(n+1)/2) / (n * rest)
	q1, q2 := a/(2-a), 2*a*a/(1+a)
	half := distuv.UnitNormal.Quantile(.975) * math.Sqrt(max(a*(1-a)+(n-1)*(q1-a*a)+(rest-1)*(q2-a*a), 0)/(n*rest))
	return Value{a, &Interval{max(a-half, 0), min(a+half, 1)}}
}
