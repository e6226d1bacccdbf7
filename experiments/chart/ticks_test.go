package chart

import (
	"strings"
	"testing"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		min, max float64
		n        int
		want     string
	}{
		{1, 23, 12, "2 4 6 8 10 12 14 16 18 20 22"},
		{35, 75, 7, "40 50 60 70"},
		{-1, 1, 7, "-1.0 -0.5 0.0 0.5 1.0"},
		{0, 0.3, 3, "0.0 0.1 0.2 0.3"},
		{0.001, 0.004, 3, "0.001 0.002 0.003 0.004"},
		{0, 4e7, 4, "0 1e+07 2e+07 3e+07 4e+07"},
	} {
		var got []string
		for _, m := range ticks(c.n).Ticks(c.min, c.max) {
			got = append(got, m.Label)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("marks of %v…%v: %s, want %s", c.min, c.max, s, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	if lo, hi := round(36.8, 73.2, 7); lo != 30 || hi != 80 {
		t.Errorf("36.8…73.2 rounds to %v…%v", lo, hi)
	}
	if lo, hi := round(0, 0.3, 3); lo != 0 || hi < 0.3 || hi > 0.31 {
		t.Errorf("0…0.3 rounds to %v…%v", lo, hi)
	}
}
