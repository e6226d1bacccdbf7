package policy

import (
	"errors"
	"fmt"
	"math"
)

// PriorKey is one number of a prior under the name it has in a file, such as resolve.level.channel.
type PriorKey struct {
	Name  string // parts joined by dots: [head, number] or [head, group, part], or scale
	Value *float64
	bound priorBound
}

// priorBound is what a number must be.
type priorBound uint8

const (
	boundScale    priorBound = iota // 0 to 100
	boundMean                       // any of moderate size
	boundPositive                   // deviations, noise and weight
)

// Names of the heads, of the factors and of the pair tables, in the order of the arrays.
var (
	headNames   = [Heads]string{"resolve", "amount", "complaint", "churn"}
	factorNames = [4]string{"channel", "tone", "slot", "offer"}
	pairNames   = [5]string{"channel_tone", "channel_slot", "tone_slot", "channel_offer", "tone_offer"}
)

// Keys are all numbers of the prior by name, heads one after the other; their values point into p.
func (p *PriorSpec) Keys() []PriorKey {
	keys := []PriorKey{{"scale", &p.Scale, boundScale}}
	for h := range p.Heads {
		v := &p.Heads[h]
		add := func(name string, f *float64, b priorBound) {
			keys = append(keys, PriorKey{headNames[h] + "." + name, f, b})
		}
		add("mean", &v.Mean, boundMean)
		add("hold", &v.Hold, boundMean)
		for _, k := range []struct {
			name string
			f    *float64
		}{{"noise", &v.Noise}, {"weight", &v.Weight}, {"base", &v.Base}, {"base_x", &v.BaseX}, {"hold_sd", &v.HoldSD}, {"hold_x", &v.HoldX}} {
			add(k.name, k.f, boundPositive)
		}
		for f, name := range factorNames {
			add("level."+name, &v.Level[f], boundPositive)
		}
		for f, name := range factorNames {
			add("level_x."+name, &v.LevelX[f], boundPositive)
		}
		for t, name := range pairNames {
			add("pairs."+name, &v.Pairs[t], boundPositive)
		}
		add("group", &v.Group, boundPositive)
		add("group_x", &v.GroupX, boundPositive)
		add("own", &v.Own, boundPositive)
	}
	return keys
}

// Check reports a number that gives no proper model, by its name and what it may be.
func (k *PriorKey) Check() error {
	v := *k.Value
	switch {
	case k.bound == boundScale && !(v >= 0 && v <= 100):
		return fmt.Errorf("%s: %v is not between 0 and 100", k.Name, v)
	case k.bound == boundMean && !(math.Abs(v) < 1e6):
		return fmt.Errorf("%s: %v is not between -1e6 and 1e6", k.Name, v)
	case k.bound == boundPositive && !(v > 0 && v < 1e6):
		return fmt.Errorf("%s: %v is not above 0 and below 1e6", k.Name, v)
	}
	return nil
}

// Validate reports every number that gives no proper model, see [PriorKey.Check].
func (p *PriorSpec) Validate() error {
	var errs []error
	for _, k := range p.Keys() {
		if err := k.Check(); err != nil {
			errs = append(errs, fmt.Errorf("prior: %w", err))
		}
	}
	return errors.Join(errs...)
}
