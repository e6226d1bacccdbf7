package features

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"takt/engine"
)

// deniable are the words beside features' names that a tenant or a pack may deny, and the features that each stands
// for. Of what is no feature nothing is used anyway; as a word it is watched for proxies. A score of another purpose
// than dunning never becomes a feature, by the fold; the two that do speak of creditworthiness unless shown otherwise.
var deniable = map[string]string{
	"age": "age_18_29 age_50_69 age_70_up", "birth_year": "age_18_29 age_50_69 age_70_up", "birth_year_band": "age_18_29 age_50_69 age_70_up",
	"region": "", "language": "", "scores": "score_payment score_risk",
	engine.SpecialCategories.String(): "vulnerable",
	engine.AddressOnlyScores.String(): "",
	engine.Creditworthiness.String():  "score_payment score_risk",
}

// Deny gives the features that the words deny: a feature's name, or a word for several. The constant cannot be denied.
// A word that is not known is an error with the nearest one.
func Deny(words ...string) (engine.Denied, error) {
	var d engine.Denied
	in := map[string]bool{}
	for _, w := range words {
		if w != Vector[Constant].Name && slices.ContainsFunc(Vector, func(f Feature) bool { return f.Name == w }) {
			in[w] = true
			continue
		}
		names, ok := deniable[w]
		if !ok {
			return d, fmt.Errorf("%q is no feature%s", w, engine.Hint(w, deniableWords))
		}
		for name := range strings.FieldsSeq(names) {
			in[name] = true
		}
	}
	for i, f := range Vector {
		if in[f.Name] {
			d.At, d.Names = append(d.At, i), append(d.Names, f.Name)
		}
	}
	return d, nil
}

// deniableWords hands over what Deny knows.
func deniableWords(yield func(string) bool) {
	for i, f := range Vector {
		if i != Constant && !yield(f.Name) {
			return
		}
	}
	maps.Keys(deniable)(yield)
}

// DeniedBy are the words that contact rules deny on any day, for [Deny].
func DeniedBy(r *engine.Rules) (words []string) {
	if r == nil {
		return nil
	}
	for _, rule := range r.All() {
		for u := engine.SpecialCategories; u <= engine.Creditworthiness; u++ {
			if rule.Kind == engine.RuleData && rule.Params.Deny.Has(u) && !slices.Contains(words, u.String()) {
				words = append(words, u.String())
			}
		}
	}
	return words
}

// feeds are the features whose facts the rule segments are made of.
var feeds = [...]string{"promises_kept", "plans_kept", "payments", "pay_delay"}

// feeding says it by place.
var feeding = func() (in [128]bool) {
	for i, f := range Vector {
		in[i] = slices.Contains(feeds[:], f.Name)
	}
	return in
}()

// Segmented reports whether a tenant may have segments: none of the features that they are made of is denied. They are
// tried one after the other, so that each one says something about all of them.
func Segmented(d *engine.Denied) bool {
	for _, i := range d.At {
		if feeding[i] {
			return false
		}
	}
	return true
}

// Permitted is what a tenant may see of a debtor: the context, as [Profile.Context], with 0 for what is denied, and the
// segment, "" where that is denied.
func (p *Profile) Permitted(dst []float32, d *engine.Denied, r *engine.Request, now time.Time, loc *time.Location) ([]float32, string) {
	dst = p.Context(dst, r, now, loc)
	d.Mask(dst)
	if !Segmented(d) {
		return dst, ""
	}
	return dst, p.Segment(r)
}
