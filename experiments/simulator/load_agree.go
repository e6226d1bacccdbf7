package simulator

import (
	"iter"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"takt/engine"
)

// agree checks what the shape of a file cannot say: words and sums, and keys against each other. Of
// several keys the one around them is told: it stands in the file that changes any of them.
func (l *loader) agree(s *Scenario) {
	c, d := &s.Creditor, &s.Debtors
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		l.clash("creditor.zone", "is %q; use a time zone such as Europe/Berlin", c.Zone)
	}
	if _, err := engine.ParseDate(c.Start); err != nil {
		l.clash("creditor.start", "is %q; use a date as YYYY-MM-DD", c.Start)
	}
	if !engine.ValidCurrency(c.Money.Currency) {
		l.clash("creditor.money.currency", "is %q; use an ISO 4217 code such as EUR", c.Money.Currency)
	}
	if c.Rules.First >= c.Rules.Handover {
		l.clash("creditor.rules", "has first_review %g and handover %g; review earlier", c.Rules.First, c.Rules.Handover)
	}
	if f := &c.Caller; f.Skip+f.Override+f.Silent > 1 {
		l.clash("creditor.caller", "has skip, override and silent of %g together; use 1 at most", f.Skip+f.Override+f.Silent)
	}
	if d.Storm.From > d.Storm.To {
		l.clash("debtors.storm", "has from %g and to %g; end it later", d.Storm.From, d.Storm.To)
	}
	for name, t := range each[Traffic](&d.Channels) {
		if t.Mean < t.Least {
			l.clash("debtors.channels."+name, "has mean %g and least %g; use a mean of least or more", t.Mean, t.Least)
		}
	}
	l.words(d)
	for _, sum := range d.sums() {
		if got := sum.value(); math.Abs(got-1) > sum.within {
			l.clash(sum.key, "has shares that sum to %.6g; make them sum to 1", got)
		}
	}
}

func (l *loader) words(d *Debtors) {
	l.word("debtors.link", d.Link, slices.Sorted(maps.Keys(links)))
	known := keysOf(reflect.TypeFor[ByChannel[string]]())
	for name, to := range each[string](&d.Drift.To) {
		l.word("debtors.drift.to."+name, *to, known)
	}
	l.word("debtors.groups.a.prefer", d.Groups.A.Prefer, known)
	l.word("debtors.groups.b.prefer", d.Groups.B.Prefer, known)
}

func (l *loader) word(key, is string, known []string) {
	if !slices.Contains(known, is) {
		l.clash(key, "is %q; use one of %s", is, strings.Join(known, ", "))
	}
}

// clash refuses a key that the walk has accepted.
func (l *loader) clash(key, format string, args ...any) { l.refuse(l.keys[key], key, format, args...) }

// sum are shares of one whole.
type sum struct {
	key    string
	within float64 // of 1
	shares []*float64
}

func (s *sum) value() (total float64) {
	for _, share := range s.shares {
		total += *share
	}
	return total
}

// sums are all groups of shares that make up a whole. Preferences are percentages of a survey, which
// may be off by its rounding.
func (d *Debtors) sums() []sum {
	types, ages := sum{key: "debtors.types", within: 1e-6}, sum{key: "debtors.ages", within: 1e-6}
	for _, t := range each[TypeTraits](&d.Types) {
		types.shares = append(types.shares, &t.Share)
	}
	sums := []sum{{"debtors.windows.share", 1e-6, all(each[float64](&d.Windows.Share))}}
	for name, a := range each[AgeTraits](&d.Ages) {
		ages.shares = append(ages.shares, &a.Share)
		sums = append(sums, sum{"debtors.ages." + name + ".prefer", .005, all(each[float64](&a.Prefer))})
	}
	return append(sums, types, ages)
}

// each gives the fields of a struct such as *ByType[T] by their names in the file.
func each[T any](by any) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		v := reflect.ValueOf(by).Elem()
		for i, name := range keysOf(v.Type()) {
			if !yield(name, v.Field(i).Addr().Interface().(*T)) {
				return
			}
		}
	}
}

func all[T any](seq iter.Seq2[string, *T]) (list []*T) {
	for _, v := range seq {
		list = append(list, v)
	}
	return list
}

// keysOf are the names of a struct's fields in the file, in their order.
func keysOf(t reflect.Type) (keys []string) {
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return keys
}
