package engine

import (
	"fmt"
	"iter"
	"math/bits"
)

// Tags say what a template's text holds, as far as a rule asks for it.
type Tags uint16

// The tags. What each needs before a text may hold it, and the source, stands in the packs of package rules.
const (
	TagFee           Tags = 1 << iota // asks for a reminder fee
	TagInterest                       // asks for interest
	TagDefault                        // says that the debtor is in default (Verzug)
	TagCourt                          // threatens with a court
	TagRightToDefend                  // says that, and how, the claim can be disputed at court
	TagBureau                         // says that a credit bureau may be told
	TagBlock                          // threatens to block the service
	TagMarketing                      // advertises
	TagPlan                           // offers instalments or a deferral
	TagOptOut                         // says how to refuse further messages
	TagRDG13a                         // the first letter of an agency, with the items of RDG §13a
	TagTracking                       // tells its sender whether it was opened
	TagBot                            // says that a machine is speaking
	TagDebtAdvice                     // names a debt adviser
)

// ConditionalTags are those that need facts of the case, see [Verdict.Wording].
const ConditionalTags = TagFee | TagInterest | TagDefault | TagBureau | TagBlock | TagMarketing | TagTracking

var tagNames = [...]string{"fee", "interest", "default_wording", "court_threat", "right_to_defend", "bureau", "block_service", "marketing",
	"plan_offer", "opt_out", "rdg13a", "tracking", "bot_disclosure", "debt_advice"}

// tagWords are the names by [Tag].
var tagWords = append([]string{""}, tagNames[:]...)

// AllTags is the set of every tag.
const AllTags = Set[Tag](1<<(len(tagNames)+1) - 2)

// TagNamed reads one tag; an unknown one is a FieldError that lists the known ones.
func TagNamed(name string) (Tags, error) {
	for i, n := range tagNames {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, &FieldError{"", fmt.Sprintf("%q is no tag; use some of %v", name, tagNames)}
}

// Names are the set tags in the fixed order.
func (t Tags) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, n := range tagNames {
			if t&(1<<i) != 0 && !yield(n) {
				return
			}
		}
	}
}

// String is the name of a single tag, or the names of several with commas.
func (t Tags) String() string {
	if bits.OnesCount16(uint16(t)) == 1 && bits.TrailingZeros16(uint16(t)) < len(tagNames) {
		return tagNames[bits.TrailingZeros16(uint16(t))]
	}
	var space [160]byte
	b := space[:0]
	for n := range t.Names() {
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(b, n...)
	}
	return string(b)
}
