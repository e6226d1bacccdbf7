package simulator

// purpose says what a draw is for: each person has one number per day and purpose.
type purpose uint64

const (
	forCure purpose = iota
	forNotice
	forComplaint
	forChurn
	forDispute
	forPay
	forPlan
	forKept
	forLag
	forPromise
	forSettled
	forHandover
	forAnswer
	forReading
	forPolicy
	forPast
	forCaller
	forReport // and the ones after it: by number of the event
)

// draw is the person's number in [0,1) for a day past due and a purpose. It depends on nothing else,
// so that another policy meets the same luck wherever it does the same.
func (p *person) draw(day int, what purpose) float64 {
	return float64(mix(p.key+uint64(day)*0x9e3779b97f4a7c15+uint64(what)*0xd1342543de82ef95)>>11) / (1 << 53)
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, OOPSLA 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
