package rules

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/engine/strict"
)

// value is one param of a rule, wherever it is kept: it reads itself from YAML, writes itself as it is read, and says
// how it differs from another value of the same param.
type value interface {
	read(n *yaml.Node) error
	String() string
	json() any
	against(old value) difference
}

// difference says how a value compares with an older one. Of sets both may be true: something is gone, something new.
type difference struct{ less, more bool }

func ordered[T cmp.Ordered](old, now T) difference { return difference{now < old, now > old} }

// number is a whole number or a decimal between two bounds.
type number[T int16 | int64 | float64] struct {
	p      *T
	lo, hi float64
}

func (v number[T]) read(n *yaml.Node) error {
	f, err := strconv.ParseFloat(n.Value, 64)
	whole := n.Tag == "!!int" && err == nil
	if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(f) || !whole && (n.Tag != "!!float" || T(1)/2 == 0) {
		return fmt.Errorf("%q is no number; write one such as %g", n.Value, v.lo)
	}
	if f < v.lo || f > v.hi {
		return fmt.Errorf("%s is not between %g and %g", n.Value, v.lo, v.hi)
	}
	*v.p = T(f)
	return nil
}

func (v number[T]) String() string               { return strconv.FormatFloat(float64(*v.p), 'f', -1, 64) }
func (v number[T]) json() any                    { return *v.p }
func (v number[T]) against(old value) difference { return ordered(*old.(number[T]).p, *v.p) }

// span is a duration in hours and minutes, or in days.
type span struct{ p *time.Duration }

const day = 24 * time.Hour

func (v span) read(n *yaml.Node) error {
	d, err := time.ParseDuration(n.Value)
	if days, ok := strings.CutSuffix(n.Value, "d"); ok {
		var k int
		k, err = strconv.Atoi(days)
		d = time.Duration(min(max(k, -1), 1e5)) * day
	}
	if err != nil || n.Kind != yaml.ScalarNode {
		return fmt.Errorf("%q is no duration; write 48h or 7d", n.Value)
	}
	if d < 0 || d > 3660*day {
		return fmt.Errorf("%s is not between 0 and 3660 days", n.Value)
	}
	*v.p = d
	return nil
}

func (v span) String() string {
	if d := *v.p; d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return strings.TrimSuffix(strings.TrimSuffix(v.p.String(), "0s"), "0m")
}
func (v span) json() any                    { return v.String() }
func (v span) against(old value) difference { return ordered(*old.(span).p, *v.p) }

// date is a day.
type date struct{ p *engine.Date }

func (v date) read(n *yaml.Node) error {
	d, err := engine.ParseDate(n.Value)
	if err != nil || n.Kind != yaml.ScalarNode || d.IsZero() {
		return fmt.Errorf("%q is no date; write YYYY-MM-DD", n.Value)
	}
	*v.p = d
	return nil
}
func (v date) String() string               { return v.p.String() }
func (v date) json() any                    { return v.p.String() }
func (v date) against(old value) difference { return ordered(*old.(date).p, *v.p) }

// clock is a local time of the day in minutes, 24:00 included.
type clock struct{ p *int16 }

func (v clock) read(n *yaml.Node) error {
	at, err := time.Parse("15:04", n.Value)
	switch {
	case n.Value == "24:00":
		*v.p = 24 * 60
	case err != nil || n.Kind != yaml.ScalarNode || len(n.Value) != 5:
		return fmt.Errorf("%q is no time of day; write \"08:00\"", n.Value)
	default:
		*v.p = int16(at.Hour()*60 + at.Minute())
	}
	return nil
}
func (v clock) String() string               { return fmt.Sprintf("%02d:%02d", *v.p/60, *v.p%60) }
func (v clock) json() any                    { return v.String() }
func (v clock) against(old value) difference { return ordered(*old.(clock).p, *v.p) }

// truth is yes or no.
type truth struct{ p *bool }

func (v truth) read(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		return fmt.Errorf("%q is neither true nor false", n.Value)
	}
	*v.p = n.Value == "true"
	return nil
}
func (v truth) String() string { return strconv.FormatBool(*v.p) }
func (v truth) json() any      { return *v.p }
func (v truth) against(old value) difference {
	was := *old.(truth).p
	return difference{was && !*v.p, !was && *v.p}
}

// currency is an ISO 4217 code.
type currency struct{ p *string }

func (v currency) read(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode || !engine.ValidCurrency(n.Value) {
		return fmt.Errorf("%q is no ISO 4217 code; write EUR", n.Value)
	}
	*v.p = n.Value
	return nil
}
func (v currency) String() string               { return *v.p }
func (v currency) json() any                    { return *v.p }
func (v currency) against(old value) difference { return ordered(*old.(currency).p, *v.p) }

// named is a word of a closed list of package engine.
type named[T any] interface {
	*T
	UnmarshalText([]byte) error
}

// vocabulary are the words of a list in their order.
func vocabulary[T interface {
	~uint8
	fmt.Stringer
}]() (names []string) {
	for i := T(1); i.String() != fmt.Sprintf("level(%d)", uint8(i)); i++ {
		names = append(names, i.String())
	}
	return names
}

func wordOf[T interface {
	~uint8
	fmt.Stringer
}, P named[T]](n *yaml.Node) (w T, err error) {
	if n.Kind != yaml.ScalarNode || n.Value == "" || P(&w).UnmarshalText([]byte(n.Value)) != nil {
		return 0, unknown(n.Value, vocabulary[T]())
	}
	return w, nil
}

// unknown is the error about a word that a list has not, with the nearest one or else all of them.
func unknown(word string, known []string) error {
	hint := engine.Hint(word, slices.Values(known))
	if hint == "" {
		hint = "; there are " + strings.Join(known, ", ")
	}
	return fmt.Errorf("%q is not known%s", word, hint)
}

// word is one of them.
type word[T interface {
	~uint8
	fmt.Stringer
}, P named[T]] struct{ p *T }

func (v word[T, P]) read(n *yaml.Node) (err error) {
	*v.p, err = wordOf[T, P](n)
	return err
}
func (v word[T, P]) String() string               { return (*v.p).String() }
func (v word[T, P]) json() any                    { return v.String() }
func (v word[T, P]) against(old value) difference { return ordered(*old.(word[T, P]).p, *v.p) }

// words are several.
type words[T interface {
	~uint8
	fmt.Stringer
}, P named[T]] struct{ p *engine.Set[T] }

func (v words[T, P]) read(n *yaml.Node) error {
	var s engine.Set[T]
	err := each(n, func(n *yaml.Node) error {
		w, err := wordOf[T, P](n)
		if err == nil && s.Has(w) {
			err = fmt.Errorf("%q stands twice", n.Value)
		}
		s = s.With(w)
		return err
	})
	if err == nil {
		*v.p = s
	}
	return err
}

func (v words[T, P]) names() (names []string) {
	for i, name := range vocabulary[T]() {
		if v.p.Has(T(i + 1)) {
			names = append(names, name)
		}
	}
	return names
}
func (v words[T, P]) String() string { return strings.Join(v.names(), "+") }
func (v words[T, P]) json() any      { return v.names() }
func (v words[T, P]) against(old value) difference {
	was, now := *old.(words[T, P]).p, *v.p
	return difference{was&^now != 0, now&^was != 0}
}

// tags are words of which all may be meant.
type tags struct {
	words[engine.Tag, *engine.Tag]
}

func (v tags) String() string {
	if *v.p == engine.AllTags {
		return "all"
	}
	return v.words.String()
}
func (v tags) against(old value) difference { return v.words.against(old.(tags).words) }

// channels are channels, which have a set of their own.
type channels struct{ p *engine.ChannelSet }

func (v channels) read(n *yaml.Node) error {
	var s engine.Set[engine.Channel]
	err := words[engine.Channel, *engine.Channel]{&s}.read(n)
	if err == nil {
		*v.p = engine.ChannelSet(s)
	}
	return err
}
func (v channels) set() words[engine.Channel, *engine.Channel] {
	s := engine.Set[engine.Channel](*v.p)
	return words[engine.Channel, *engine.Channel]{&s}
}
func (v channels) String() string {
	if *v.p == allChannels {
		return "all"
	}
	return v.set().String()
}
func (v channels) json() any                    { return v.set().names() }
func (v channels) against(old value) difference { return v.set().against(old.(channels).set()) }

// flags are debtors' flags.
type flags struct{ p *engine.Flags }

func (v flags) read(n *yaml.Node) error {
	var f engine.Flags
	err := each(n, func(n *yaml.Node) error {
		one, err := engine.FlagNamed(n.Value)
		switch {
		case err != nil:
			return unknown(n.Value, (^engine.Flags(0)).Names())
		case f&one != 0:
			return fmt.Errorf("%q stands twice", n.Value)
		}
		f |= one
		return nil
	})
	if err == nil {
		*v.p = f
	}
	return err
}
func (v flags) String() string { return strings.Join(v.p.Names(), "+") }
func (v flags) json() any      { return v.p.Names() }
func (v flags) against(old value) difference {
	was, now := *old.(flags).p, *v.p
	return difference{was&^now != 0, now&^was != 0}
}

// each hands the items of a list to f.
func each(n *yaml.Node, f func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return fmt.Errorf("want a list such as [sms, email]")
	}
	for _, item := range n.Content {
		if err := f(strict.Resolve(item)); err != nil {
			return err
		}
	}
	return nil
}
