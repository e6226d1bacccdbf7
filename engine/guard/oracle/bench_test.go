package oracle

import "testing"

// What one world and its check cost: a million of them are minutes.
func BenchmarkWorld(b *testing.B) {
	w := NewWorld(1, packs(b)...)
	for range b.N {
		w.Input()
	}
}

func BenchmarkCheck(b *testing.B) {
	w := NewWorld(1, packs(b)...)
	in := w.Plain()
	v, options := reference(in.Tenant.Rules, in, 900)
	for len(options) < 40 {
		in = w.Plain()
		v, options = reference(in.Tenant.Rules, in, 900)
	}
	b.ReportMetric(float64(len(options)), "options")
	for b.Loop() {
		Check(in.Tenant.Rules, in, v, options)
	}
}

func BenchmarkMissing(b *testing.B) {
	w := NewWorld(1, packs(b)...)
	in := w.Plain()
	v, options := reference(in.Tenant.Rules, in, 900)
	for b.Loop() {
		Missing(in.Tenant.Rules, in, v, options)
	}
}
