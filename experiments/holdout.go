package experiments

import (
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"takt/engine"
)

// HoldoutLayer is the layer of the hold-out.
const HoldoutLayer = "holdout"

// Holdouts assigns debtors to the permanent random hold-out of their tenant: a promise, nothing
// optimises it. It is safe for concurrent use; the zero value has sized nothing and takes the tenant's share.
//
// The draw is anew every calendar year in UTC, by the instant of the decision: its salt is the tenant's salt, a
// slash and the year. Within a year nobody changes arm as long as the share stays; at the turn of the year anybody
// may, with an open case too: each decision counts for the arm that it was made in.
type Holdouts struct {
	mu    sync.Mutex // of writers
	sized atomic.Pointer[map[string][]Sizing]
}

// Sizing is the share of one year and what it rests on.
type Sizing struct {
	Year      int     `json:"year"` // calendar year in UTC; also the salt's end
	Share     float64 `json:"share"`
	Precision float64 `json:"precision_points"` // asked for; 0: the share was set
	PerYear   int     `json:"debtors_per_year"` // configured
	Debtors   int     `json:"debtors"`          // a year that the share was computed from; 0: the share was set
	Source    Source  `json:"source"`
}

// Source is where the size of a hold-out comes from.
type Source string

// The sources.
const (
	SourceSet      Source = "share"    // the configuration names a share
	SourceExpected Source = "expected" // debtors_per_year, of the configuration or the default
	SourceHistory  Source = "history"  // debtors decided for in the 365 days before
	SourceKept     Source = "kept"     // decisions of the year were made before it was sized: the share stays
)

// Gives is the precision in points that the share gives with the debtors it rests on.
func (s *Sizing) Gives() float64 {
	n := s.Debtors
	if n == 0 {
		n = s.PerYear
	}
	return engine.HoldoutPrecision(s.Share, n)
}

// Put makes a sizing known for its year. Growing a running year's share moves debtors into the hold-out, nobody out.
func (h *Holdouts) Put(tenant string, s Sizing) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := map[string][]Sizing{}
	if old := h.sized.Load(); old != nil {
		for k, v := range *old {
			next[k] = v
		}
	}
	var list []Sizing
	for _, o := range next[tenant] {
		if o.Year != s.Year {
			list = append(list, o)
		}
	}
	next[tenant] = append(list, s)
	h.sized.Store(&next)
}

// Sizing is what holds in the year: the one put for it, else the newest one of a year before, else the
// tenant's configuration. A share that was set wins over all of them.
func (h *Holdouts) Sizing(t *engine.Tenant, year int) Sizing {
	s := Sizing{Year: year, Share: t.Holdout.Share, Precision: t.Holdout.Precision, PerYear: t.Holdout.PerYear, Debtors: t.Holdout.PerYear, Source: SourceExpected}
	if t.Holdout.Precision == 0 {
		s.Source, s.Debtors = SourceSet, 0
		return s
	}
	best := math.MinInt
	if m := h.sized.Load(); m != nil {
		for _, o := range (*m)[t.ID] {
			if o.Year <= year && o.Year > best {
				best, s = o.Year, o
			}
		}
	}
	s.Year = year
	return s
}

// Known reports whether a sizing was put for the year.
func (h *Holdouts) Known(tenant string, year int) bool {
	if m := h.sized.Load(); m != nil {
		for _, s := range (*m)[tenant] {
			if s.Year == year {
				return true
			}
		}
	}
	return false
}

// Assign gives the debtor's arm at the instant of a decision, and the share of debtors in it.
func (h *Holdouts) Assign(t *engine.Tenant, debtor string, at time.Time) engine.Variant {
	year := at.UTC().Year()
	share := h.Sizing(t, year).Share
	if share <= 0 {
		return engine.Variant{Share: 1}
	}
	edge := int(math.Round(share * Buckets))
	v := engine.Variant{Experiment: HoldoutLayer, Arm: PolicyArm, Share: 1 - float64(edge)/Buckets}
	var space [96]byte
	salt := strconv.AppendInt(append(append(space[:0], t.Holdout.Salt...), '/'), int64(year), 10)
	if bucket(salt, HoldoutLayer, debtor) < edge {
		v.Arm, v.Share = HoldoutArm, float64(edge)/Buckets
	}
	return v
}

// The arms.
const (
	HoldoutArm = "holdout" // engine.Variant.Holdout asks for it
	PolicyArm  = "policy"
)
