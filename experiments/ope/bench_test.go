package ope_test

import (
	"testing"

	"takt/experiments/ope"
)

// BenchmarkAdd is the cost of one sample; ns/op is ns per sample.
func BenchmarkAdd(b *testing.B) {
	log := messy(1<<12, 1)
	for i := range log {
		log[i].Reward = max(0, min(1, log[i].Reward))
	}
	uniform := []float64{.25, .25, .25, .25}
	grid := []ope.Rule{ope.DRos{Lambda: 1}, ope.DRos{Lambda: 10}, ope.DRos{Lambda: 100}, ope.DR{}}
	audit := &ope.Audit{}
	for _, c := range []struct {
		name string
		add  func(ope.Sample) error
	}{
		{"Estimate/IPS", (&ope.Estimate{Rule: ope.IPS{}}).Add},
		{"Estimate/SNIPS", (&ope.Estimate{Rule: ope.SNIPS{}}).Add},
		{"Estimate/DR", (&ope.Estimate{Rule: ope.DR{}}).Add},
		{"Estimate/DRos", (&ope.Estimate{Rule: ope.DRos{Lambda: 1}}).Add},
		{"Clusters/DR", (&ope.Clusters{Rule: ope.DR{}}).Add},
		{"Grid/4", (&ope.Grid{Rules: grid}).Add},
		{"CressieRead", (&ope.CressieRead{}).Add},
		{"Binomial", (&ope.Binomial{}).Add},
		{"Betting", (&ope.Betting{Upper: 50}).Add},
		{"Audit", func(s ope.Sample) error {
			s.PLog, s.PEval = .25, .25
			return audit.Add(s, ope.Choice{Log: uniform, Eval: uniform})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				if err := c.add(log[i&(1<<12-1)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkInterval is the cost of an interval of 4,096 rows, 1,366 debtors; the first three do not
// depend on the number of rows.
func BenchmarkInterval(b *testing.B) {
	e, c, cr, bet := ope.Estimate{Rule: ope.DR{}}, ope.Clusters{Rule: ope.DR{}}, ope.CressieRead{}, ope.Betting{Upper: 50}
	for _, s := range messy(1<<12, 1) {
		s.Reward = max(0, min(1, s.Reward))
		for _, err := range []error{e.Add(s), c.Add(s), cr.Add(s), bet.Add(s)} {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, v := range []struct {
		name string
		of   func() (ope.Interval, bool)
	}{
		{"Gaussian", func() (ope.Interval, bool) { return e.Gaussian(.95) }},
		{"Sequence", func() (ope.Interval, bool) { return e.Sequence(.95, 500) }},
		{"CressieRead", func() (ope.Interval, bool) { return cr.Interval(.95) }},
		{"Clusters", func() (ope.Interval, bool) { return c.Gaussian(.95) }},
		{"Bootstrap1000", func() (ope.Interval, bool) { return c.Bootstrap(.95, 1000, 1) }},
		{"Betting", func() (ope.Interval, bool) { return bet.Interval(.95) }},
	} {
		b.Run(v.name, func(b *testing.B) {
			for range b.N {
				if _, ok := v.of(); !ok {
					b.Fatal("no interval")
				}
			}
		})
	}
}
