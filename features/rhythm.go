package features

import "math"

// Bands are the local hour bands of the response statistics: night to 8, 8-11, 11-14, 14-17,
// 17-20, from 20 on.
const Bands = 6

const bandOfHour = "\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x02\x02\x02\x03\x03\x03\x04\x04\x04\x05\x05\x05\x05"

// Rhythm is when a debtor acts, and when contacts were answered, by local hour band and weekday
// (0 is Monday). Counts fade with a half-life of 90 days by forward decay (Cormode, Shkapenyuk,
// Srivastava, Xu: Forward decay, ICDE 2009): a count of day t weighs 2^((t-base)/90) when it is
// added and nothing is touched later; readers use ratios, where the common factor cancels.
type Rhythm struct {
	Base    int32 // half-lives since dayZero at which a count weighs 1
	Acts    [Bands]float32
	ActDays [7]float32
	Tries   [Bands]float32 // contacts carried out
	Hits    [Bands]float32 // of these, answered
}

const (
	halfLife = 90 // days
	stepDays = 6  // weights move in steps of 6 days
)

// steps are 2^(i/15), the weights within one half-life.
var steps = [halfLife / stepDays]float32{1, 1.0472941, 1.0968250, 1.1486984, 1.2030250, 1.2599211, 1.3195079, 1.3819128,
	1.4472692, 1.5157166, 1.5874011, 1.6624757, 1.7411011, 1.8234450, 1.9096832}

// moment is an instant on the debtor's wall clock.
type moment struct {
	day     uint64 // since dayZero
	band    uint8
	weekday uint8 // 0 is Monday
}

// dayZero is the day from which local days count, 378,000 before 1970 (in 935 AD): unsigned division is
// cheaper, and 378,000 is a multiple of 7 and of 90, so that weekdays and half-lives keep their edges.
const dayZero = 378_000

// momentOf splits microseconds since 1970 on a wall clock.
func momentOf(local int64) moment {
	u := uint64(local + dayZero*day)
	d := u / uint64(day)
	return moment{day: d, band: bandOfHour[(u-d*uint64(day))/uint64(hour)], weekday: uint8((d + 3) % 7)} // 1970-01-01 was a Thursday
}

// weight is what a count of the local day weighs; the base moves before weights grow large. A day
// before the base (a zone changed) weighs like the base.
func (r *Rhythm) weight(day uint64) float32 {
	step := day / stepDays
	halves := step / uint64(len(steps))
	shift := int64(halves) - int64(r.Base)
	if shift > 30 {
		r.rebase(halves)
		shift = 0
	}
	// A power of two is its exponent.
	return steps[step-halves*uint64(len(steps))] * math.Float32frombits(uint32(127+max(shift, 0))<<23)
}

// rebase makes counts of the given half-life weigh 1; powers of two scale without rounding.
func (r *Rhythm) rebase(halves uint64) {
	scale := float32(math.Ldexp(1, int(max(int64(r.Base)-int64(halves), -200))))
	for _, counts := range [...][]float32{r.Acts[:], r.ActDays[:], r.Tries[:], r.Hits[:]} {
		for i := range counts {
			counts[i] *= scale
		}
	}
	r.Base = int32(halves)
}
