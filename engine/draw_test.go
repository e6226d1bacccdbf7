package engine_test

import (
	"bytes"
	"testing"

	"takt/engine"
	"takt/engine/cpubench"
)

// The vectors were computed with Python's hmac and hashlib:
//
//	h = hmac.new(secret, b"takt/draw/1" + id, hashlib.sha256).digest()
//	u = (int.from_bytes(h[:8], "big") >> 11) * 2.0**-53
func TestDrawVector(t *testing.T) {
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = byte(i)
	}
	for _, c := range []struct {
		secret []byte
		id     string
		v      int64
	}{
		{secret, "01JD0000000000000000000001", 2819758978555780},
		{bytes.Repeat([]byte("k"), 100), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 3703222975354550}, // a key longer than a block is hashed first
	} {
		id, err := engine.ParseID(c.id)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := engine.Draw(c.secret, id), float64(c.v)/(1<<53); got != want {
			t.Errorf("Draw(%s) = %v, want %v", c.id, got, want)
		}
	}
}

// 100,000 consecutive ids over 100 bins: chi-square with 99 degrees of freedom has mean 99 and
// standard deviation √198 = 14.1; the bounds are its .0001 and .9999 quantiles (55.9 and 158.2,
// Wilson-Hilferty), and the draws are fixed, so the test does not flicker.
func TestDrawIsUniform(t *testing.T) {
	const n, bins = 100_000, 100
	var count [bins]int
	id := engine.ID{0, 1, 2, 3}
	for i := range n {
		id[13], id[14], id[15] = byte(i>>16), byte(i>>8), byte(i)
		count[int(engine.Draw([]byte("secret"), id)*bins)]++
	}
	chi := 0.0
	for _, c := range count {
		d := float64(c) - n/bins
		chi += d * d / (n / bins)
	}
	if chi < 55.9 || chi > 158.2 {
		t.Errorf("chi-square = %.1f, want 55.9 to 158.2", chi)
	}
}

func TestDrawDoesNotAllocate(t *testing.T) {
	secret, id := make([]byte, 32), engine.ID{1}
	if n := testing.AllocsPerRun(100, func() { engine.Draw(secret, id) }); n != 0 {
		t.Errorf("Draw allocates %v times", n)
	}
}

func BenchmarkDraw(b *testing.B) {
	secret, id := make([]byte, 32), engine.ID{1}
	b.ReportAllocs()
	cpubench.Loop(b, 1, "op", func() { engine.Draw(secret, id) })
}
