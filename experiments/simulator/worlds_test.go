package simulator

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

func numbers(t *testing.T, name string) (list map[string]float64, shares map[string]bool) {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	list, shares = map[string]float64{}, map[string]bool{}
	visit(reflect.ValueOf(&s.Debtors).Elem(), "", "", func(key, is string, p *float64) {
		list[key], shares[key] = *p, is == "share"
	})
	return list, shares
}

// log(new/old) is .3 times a standard normal number. 30 worlds and some 120 constants make about
// 3,600 of them: the standard error of their mean is .005 and that of their deviation .0035.
func TestWorldsSpread(t *testing.T) {
	base, shares := numbers(t, "base")
	var n, sum, squares float64
	for w := 1; w <= Worlds; w++ {
		world, _ := numbers(t, fmt.Sprint("world-", w))
		for key, old := range base {
			lag := matches([]string{"channels.*.least", "channels.*.mean"}, key) // mended, so not normal
			if old == 0 || shares[key] || lag || matches(constants, key) {
				continue
			}
			z := math.Log(world[key] / old)
			n, sum, squares = n+1, sum+z, squares+z*z
		}
	}
	mean, sd := sum/n, math.Sqrt(squares/n)
	if n < 2500 || math.Abs(mean) > .02 || math.Abs(sd-.3) > .015 {
		t.Errorf("%g log ratios with mean %.4f, want 0±.02, and deviation %.4f, want .3±.015", n, mean, sd)
	}
}

// Shares move by their odds, which have the same spread; 0 and 1 stay.
func TestWorldsKeepShares(t *testing.T) {
	base, shares := numbers(t, "base")
	odds := func(p float64) float64 { return math.Log(p / (1 - p)) }
	var n, squares float64
	for w := 1; w <= Worlds; w++ {
		world, _ := numbers(t, fmt.Sprint("world-", w))
		for key, old := range base {
			switch p := world[key]; {
			case (old == 0 || old == 1 && shares[key] || matches(constants, key)) && p != old:
				t.Errorf("world %d: %s is %g and was %g", w, key, p, old)
			case shares[key] && old > 0 && old < 1 && !matches(append(constants, "types.*.share", "ages.*.share", "ages.*.prefer.*", "windows.share.*"), key):
				n, squares = n+1, squares+math.Pow(odds(p)-odds(old), 2)
			}
		}
	}
	if sd := math.Sqrt(squares / n); n < 2500 || math.Abs(sd-.3) > .015 {
		t.Errorf("%g log odds ratios with deviation %.4f, want .3±.015", n, sd)
	}
}

func TestWorldIsFinal(t *testing.T) {
	base, _ := numbers(t, "base")
	for n := 1; n <= Worlds; n++ {
		name := fmt.Sprint("world-", n)
		s := roundTrip(t, name)
		again, _ := World(n)
		if !reflect.DeepEqual(s, again) || s.Name != name {
			t.Errorf("%s (%s) differs from itself", name, s.Name)
		}
		world, _ := numbers(t, name)
		differ := 0
		for key, old := range base {
			if world[key] != old {
				differ++
			}
		}
		if 3*differ < 2*len(base) {
			t.Errorf("%s: %d of %d constants differ from base", name, differ, len(base))
		}
	}
}

// Reports name worlds, so they stay what they are: the first and the last draw of world 7.
func TestWorldDraws(t *testing.T) {
	base, _ := numbers(t, "base")
	world, _ := numbers(t, "world-7")
	odds := func(p float64) float64 { return p / (1 - p) }
	first := math.Log(world["amount.median"]/base["amount.median"]) / .3
	last := math.Log(odds(world["reading.glanced"])/odds(base["reading.glanced"])) / .3
	if math.Abs(first+.1027511) > 1e-6 || math.Abs(last+.2432844) > 1e-6 {
		t.Errorf("world 7 begins with %.7f and ends with %.7f", first, last)
	}
}

func TestOtherLinks(t *testing.T) {
	for n, want := range map[int]string{1: "logit", 28: "logit", 29: "probit", 30: "cloglog"} {
		if s, err := World(n); err != nil || s.Debtors.Link != want {
			t.Errorf("world %d has link %s, want %s (%v)", n, s.Debtors.Link, want, err)
		}
	}
}
