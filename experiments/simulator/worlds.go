package simulator

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"strconv"
)

// Worlds is how many worlds there are, from 1 on.
const Worlds = 30

// otherLinks are the worlds in which odds act on a probability by another law than the logit.
var otherLinks = map[int]string{29: "probit", 30: "cloglog"}

// World is scenario base with debtors that behave otherwise: whoever tunes Takt to the constants of
// base has tuned it to none of these. Each number under Debtors is multiplied by exp(.3 z), a
// share by its odds, with z standard normal and drawn in the order of the struct's fields. n is 1 to
// 30; the same n is the same world for ever.
func World(n int) (*Scenario, error) {
	if n < 1 || n > Worlds {
		return nil, fmt.Errorf("world %d is not known; use 1 to %d", n, Worlds)
	}
	s, err := Load("base")
	if err != nil {
		return nil, err
	}
	d := &s.Debtors
	d.Link = cmp.Or(otherLinks[n], d.Link)
	s.Name = fmt.Sprintf("world-%d", n)
	s.About = fmt.Sprintf("base with every constant of the debtors drawn anew around it (times exp(.3 z), draw %d, link %s)", n, d.Link)
	d.vary(rand.New(rand.NewPCG(uint64(n), uint64(n))))
	text, err := s.YAML()
	if err != nil {
		return nil, err
	}
	return read(s.Name+".yaml", text) // the checks are the same for worlds and files
}

// constants are the numbers that a world leaves alone: definitions, the years that give an age band its
// name, counts and days that must be whole, and what is off in base.
var constants = []string{"types.*.tone.neutral", "ages.*.years", "plans.instalments", "digital.late_from",
	"complaints.cancels", "moves.post", "drift.*", "storm.*", "groups.*"}

// vary draws all numbers anew and mends what must agree.
func (d *Debtors) vary(r *rand.Rand) {
	sums := d.sums()
	part := map[*float64]bool{} // of a sum: not bound to stay below 1 by itself
	for _, s := range sums {
		for _, share := range s.shares {
			part[share] = true
		}
	}
	visit(reflect.ValueOf(d).Elem(), "", "", func(key, is string, p *float64) {
		if matches(constants, key) {
			return
		}
		f := math.Exp(.3 * r.NormFloat64())
		if is == "share" && !part[p] {
			*p = byOdds(*p, f)
		} else {
			*p = rounded(*p * f)
		}
	})
	for _, s := range sums {
		total := s.value()
		for _, share := range s.shares {
			*share = rounded(*share / total)
		}
	}
	for _, t := range each[Traffic](&d.Channels) {
		t.Least = max(math.Round(t.Least), 1)
		t.Mean = max(t.Mean, t.Least)
	}
}

// byOdds multiplies the odds of a share; nothing and certainty stay.
func byOdds(share, factor float64) float64 {
	if share == 0 || share == 1 {
		return share
	}
	o := share / (1 - share) * factor
	return rounded(o / (1 + o))
}

// rounded keeps eight digits: the last bits of math.Exp differ between processors.
func rounded(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 8, 64), 64)
	return y
}

// visit hands over all numbers of a struct in the order of its fields, with key and tag.
func visit(v reflect.Value, at, is string, f func(key, is string, p *float64)) {
	switch v.Kind() {
	case reflect.Struct:
		for i, name := range keysOf(v.Type()) {
			visit(v.Field(i), join(at, name), cmp.Or(v.Type().Field(i).Tag.Get("is"), is), f)
		}
	case reflect.Float64:
		f(at, is, v.Addr().Interface().(*float64))
	}
}

func matches(patterns []string, key string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, key)
		return ok
	})
}
