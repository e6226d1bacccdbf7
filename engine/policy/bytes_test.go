package policy

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"takt/engine"
)

func encoded(tb testing.TB) []byte {
	tenant := engine.DefaultTenant("acme")
	tenant.Grid = grid(2, 2, 1, 1)
	spec := DefaultPrior()
	l := NewLayout(&tenant.Grid, 2)
	b, err := Encode(engine.Header{Tenant: "acme", Grid: tenant.Grid.String(), Features: 2, Seed: 7}, &spec, PriorWeights(l, &spec, 7))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestSnapshotRoundTrip(t *testing.T) {
	b := encoded(t)
	s, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Policy.(*Bandit)
	spec, err := SpecOf(b)
	if err != nil || spec != DefaultPrior() {
		t.Errorf("prior %+v, %v", spec, err)
	}
	again, err := Encode(s.Header, &spec, p.weights)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("encoding what was opened gives other bytes (%v)", err)
	}
	if line, _, _ := bytes.Cut(b[len(magic):], []byte("\n")); bytes.Contains(line, []byte("drift")) || bytes.Contains(line, []byte("forgot")) {
		t.Errorf("where nothing was noticed the header is %s", line)
	}
	h := s.Header
	h.Drift, h.Forgot = &engine.Drift{Day: "2025-01-01", Rows: 3, Channel: "sms", Shift: .1}, &engine.Forgetting{Rows: 3, Base: .1, Channel: 1}
	if again, err = Encode(h, &spec, p.weights); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(again); err != nil || *s.Header.Drift != *h.Drift || *s.Header.Forgot != *h.Forgot {
		t.Errorf("of %+v and %+v the header is %s, %v", h.Drift, h.Forgot, again[:1000], err)
	}
	if s.ID != engine.SnapshotID(b) || len(s.ID) != 64 {
		t.Errorf("id %q", s.ID)
	}
}

func TestSameModel(t *testing.T) {
	g, spec := grid(2, 2, 1, 1), DefaultPrior()
	l := NewLayout(&g, 2)
	of := func(h engine.Header, seed uint64) []byte {
		h.Grid, h.Features = g.String(), 2
		b, err := Encode(h, &spec, PriorWeights(l, &spec, seed))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := of(engine.Header{AsOf: "2025-01-01T00:00:00Z", ToSeq: 7, Rows: 3}, 1)
	if !SameModel(a, of(engine.Header{AsOf: "2025-01-02T00:00:00Z", FromSeq: 1, ToSeq: 9, Rows: 4}, 1)) {
		t.Error("a later look at the same log is another model")
	}
	noticed := engine.Header{Drift: &engine.Drift{Day: "2025-01-01", Rows: 3, Channel: "sms", Shift: .1}, Forgot: &engine.Forgetting{Rows: 3, Base: .1, Channel: 1}}
	if !SameModel(a, of(noticed, 1)) || !SameModel(of(noticed, 1), of(noticed, 1)) {
		t.Error("an alarm alone makes another model")
	}
	if SameModel(a, of(engine.Header{}, 2)) || SameModel(a, of(engine.Header{Version: "v2"}, 1)) || SameModel(a, nil) {
		t.Error("other weights, another version or no snapshot pass for the same model")
	}
}

func TestOpenRefusesEveryChangedByte(t *testing.T) {
	good := encoded(t)
	for i := range good {
		b := slices.Clone(good)
		b[i] ^= 1
		s, err := Open(b)
		// A changed digit in the header can be a valid other header; weights are covered by the checksum.
		if err == nil && i >= bytes.LastIndexByte(good[:len(good)-4*PriorFloats(t)], '\n') {
			t.Fatalf("byte %d changed unnoticed", i)
		}
		if err != nil && (!errors.Is(err, ErrSnapshot) || s != nil) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for n := range good {
		if _, err := Open(good[:n]); !errors.Is(err, ErrSnapshot) {
			t.Fatalf("the first %d bytes open: %v", n, err)
		}
	}
	if _, err := Open(append(slices.Clone(good), 0)); !errors.Is(err, ErrSnapshot) {
		t.Error("a byte too many opens")
	}
}

// PriorFloats is the number of floats in encoded.
func PriorFloats(testing.TB) int {
	g := grid(2, 2, 1, 1)
	return NewLayout(&g, 2).Params() * (Lanes + Heads)
}

func TestEncodeRefusesNaN(t *testing.T) {
	g := grid(1, 1, 1, 1)
	spec := DefaultPrior()
	w := PriorWeights(NewLayout(&g, 0), &spec, 1)
	w.Means[3] = float32(math.NaN())
	if _, err := Encode(engine.Header{Grid: g.String()}, &spec, w); err == nil {
		t.Error("a NaN was encoded")
	}
}

func TestPriorIsFixed(t *testing.T) {
	tenant := engine.DefaultTenant("acme")
	a, err := Prior(tenant, nil, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Prior(tenant, nil, 1, 10)
	if err != nil || a.ID != b.ID {
		t.Errorf("two priors of one tenant: %s, %s, %v", a.ID, b.ID, err)
	}
	c, err := Prior(engine.DefaultTenant("other"), nil, 1, 10)
	if err != nil || c.ID == a.ID {
		t.Errorf("two tenants share a prior: %v", err)
	}
	if a.Header.Draws != Lanes || a.Header.Algorithm != Algorithm || a.Header.Features != 10 {
		t.Errorf("header %+v", a.Header)
	}
}

// The sample moments of 100,000 numbers lie within 4 standard errors of a standard normal's.
func TestNormalsHaveTheirMoments(t *testing.T) {
	z := Normals(make([]float64, 100_000), 1)
	n, mean, square, fourth := float64(len(z)), 0.0, 0.0, 0.0
	for _, v := range z {
		mean += v / n
		square += v * v / n
		fourth += v * v * v * v / n
	}
	// Variances of the sample moments of a standard normal: 1/n, 2/n, 96/n.
	if math.Abs(mean) > 4/math.Sqrt(n) || math.Abs(square-1) > 4*math.Sqrt(2/n) || math.Abs(fourth-3) > 4*math.Sqrt(96/n) {
		t.Errorf("moments %v %v %v, want 0 1 3", mean, square, fourth)
	}
	if again := Normals(make([]float64, 101), 1); !slices.Equal(again[:100], z[:100]) {
		t.Error("the same seed gives other numbers")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(encoded(f))
	f.Add([]byte(magic + "{}\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Open(b)
		if err != nil {
			if !errors.Is(err, ErrSnapshot) {
				t.Fatalf("%v does not wrap ErrSnapshot", err)
			}
			return
		}
		g, err := engine.ParseGrid(s.Header.Grid)
		if err != nil {
			t.Fatal(err)
		}
		in := &engine.Input{Tenant: &engine.Tenant{Grid: *g}, Request: &engine.Request{}, X: []float32{1, 2}}
		ballot := &engine.Ballot{Options: []engine.Option{{}}}
		for a := 1; a < min(g.Size(), 50); a++ {
			ballot.Options = append(ballot.Options, engine.Option{Action: a})
		}
		s.Policy.Vote(ballot, in)
	})
}
