package config

import (
	"fmt"

	"takt/engine"
)

// apply sets the levels that the file names and what an offer holds; channels, tones and offers stand in the engine's
// order, so that the same set always has the same action indices.
func (y Actions) apply(t *engine.Tenant) error {
	if len(y.Channels) > 0 {
		if err := y.channels(t); err != nil {
			return err
		}
	}
	var err error
	if t.Grid.Tones, err = levels(t.Grid.Tones, y.Tones, parse[engine.Tone]); err != nil {
		return fmt.Errorf("tones: %w", err)
	}
	if t.Grid.Offers, err = levels(t.Grid.Offers, y.Offers, parse[engine.Offer]); err != nil {
		return fmt.Errorf("offers: %w", err)
	}
	if t.Grid.Slots, err = levels(t.Grid.Slots, y.Slots, engine.ParseSlot); err != nil {
		return fmt.Errorf("slots: %w", err)
	}
	if n := t.Grid.Size(); n > 65535 {
		return fmt.Errorf("%d actions; the four lists may make 65,535 at most", n)
	}
	if t.Methods, err = levels(t.Methods, y.Methods, parse[engine.Method]); err != nil {
		return fmt.Errorf("methods: %w", err)
	}
	if err := y.Instalments.apply(&t.Plans); err != nil {
		return fmt.Errorf("instalments: %w", err)
	}
	return nil
}

func (y Actions) channels(t *engine.Tenant) error {
	t.Grid.Channels = nil
	for c := engine.Channel(1); c < engine.Channels; c++ {
		if _, ok := y.Channels[c.String()]; ok {
			t.Grid.Channels = append(t.Grid.Channels, c)
		}
	}
	for name, spec := range y.Channels {
		var c engine.Channel
		if err := c.UnmarshalText([]byte(name)); err != nil {
			return fmt.Errorf("channels: %w", err)
		}
		if err := spec.apply(&t.Specs[c]); err != nil {
			return fmt.Errorf("channels.%s: %w", name, err)
		}
	}
	return nil
}

func (y Channel) apply(s *engine.ChannelSpec) error {
	overwrite(&s.CostMicro, y.CostMicro)
	overwrite(&s.ReachedMicro, y.ReachedMicro)
	overwrite(&s.Lag, y.Lag)
	overwrite(&s.AnyTime, y.AnyTime)
	if s.CostMicro < 0 || s.ReachedMicro < 0 || s.Lag < 0 {
		return fmt.Errorf("costs and lag are not negative")
	}
	switch y.Consent {
	case "":
	case "required", "contract":
		s.Opt = y.Consent == "required"
	default:
		return fmt.Errorf("consent: %q is neither required nor contract", y.Consent)
	}
	if err := within(&s.Reach, y.Reach, 0, 1); err != nil {
		return fmt.Errorf("reach: %w", err)
	}
	if err := within(&s.MinValidity, y.MinValidity, 0, 1); err != nil {
		return fmt.Errorf("min_validity: %w", err)
	}
	return nil
}

func (y Instalments) apply(l *engine.PlanLimits) error {
	overwrite(&l.MinRateMinor, y.MinRateMinor)
	overwrite(&l.MaxCount, y.MaxCount)
	overwrite(&l.MaxDays, y.MaxDays)
	overwrite(&l.EveryDays, y.EveryDays)
	return l.Validate()
}

// textual is a level that reads its own name.
type textual[T any] interface {
	*T
	UnmarshalText([]byte) error
}

func parse[T any, P textual[T]](name string) (T, error) {
	var v T
	if name == "" {
		return v, &engine.FieldError{Detail: "a level is empty"}
	}
	return v, P(&v).UnmarshalText([]byte(name))
}

// levels reads names in their order, or keeps the default for none; each may stand once.
func levels[T comparable](keep []T, names []string, read func(string) (T, error)) ([]T, error) {
	if len(names) == 0 {
		return keep, nil
	}
	var out []T
	for _, n := range names {
		v, err := read(n)
		if err != nil {
			return nil, err
		}
		for _, o := range out {
			if o == v {
				return nil, fmt.Errorf("%q stands twice", n)
			}
		}
		out = append(out, v)
	}
	return out, nil
}
