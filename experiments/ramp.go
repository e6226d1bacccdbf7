package experiments

import "takt/engine"

// Ramp gives a share of the debtors to a policy version that is on its way to be live. The unit is
// the debtor: growing Share moves debtors in and nobody out.
type Ramp struct {
	Live, Challenger string  // names of the arms: policy versions
	Share            float64 // of the debtors it divides who go to Challenger, 0 to 1
}

// RampLayer is the layer and experiment name of ramps.
const RampLayer = "ramp"

// Assign divides who is in the branch of, such as the debtors outside the hold-out: it reports whether
// the debtor is the challenger's, and the arm with its share of all debtors. Who is held out stays so.
func (r *Ramp) Assign(of engine.Variant, debtor string) (engine.Variant, bool) {
	if r.Challenger == "" || of.Holdout() {
		return of, false
	}
	edge := int(r.Share * Buckets)
	in := Bucket("ramp/"+r.Challenger, RampLayer, debtor) < edge
	part := float64(edge) / Buckets
	if in {
		return engine.Variant{Experiment: RampLayer, Arm: r.Challenger, Share: of.Share * part}, true
	}
	return engine.Variant{Experiment: RampLayer, Arm: r.Live, Share: of.Share * (1 - part)}, false
}
