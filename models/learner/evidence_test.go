package learner

import (
	"math"
	"math/rand/v2"
	"testing"

	"takt/engine"
	"takt/engine/policy"
)

// Rewards are drawn from a model whose block deviations are known; the evidence finds them again from a prior
// that is wrong by a factor of 3 either way. 8 channels × 12 weights leave the deviation of a deviation at about 7 %,
// so the estimate must come within 30 %; of what has no effect it must find less than a third of the start.
func TestEvidenceFindsPlantedDeviations(t *testing.T) {
	g := &engine.Grid{Channels: []engine.Channel{1, 2, 3, 4, 5, 6, 7, 8}, Tones: []engine.Tone{1, 2, 3}, Slots: []engine.Slot{{From: 480, To: 660}}, Offers: []engine.Offer{1, 2}}
	l := policy.NewLayout(g, 12)
	const noise, planted = .05, .04
	for _, start := range []float64{planted / 3, planted * 3} {
		r := rand.New(rand.NewPCG(3, 1))
		truth := make([]float64, l.Params())
		spec := policy.DefaultPrior()
		h := &spec.Heads[policy.Amount]
		for b := range policy.Blocks {
			*h.Deviation(b) = start
		}
		h.Noise, h.Mean = noise*noise, .8
		blocks := l.BlockOf(make([]uint8, l.Params()))
		channelX := blocks[2*l.Width()+1] // weights of the first channel's row
		for i, b := range blocks {
			if b == channelX {
				truth[i] = planted * r.NormFloat64()
			}
		}
		s := stateOf(l, &spec)
		for b := range policy.Blocks { // nothing is believed that would hold the deviations up
			*s.believed.Heads[policy.Amount].Deviation(b) = 0
		}
		all := make([]row, 0, 20_000)
		for range 20_000 {
			k := key{c: int16(r.IntN(8)), t: int16(r.IntN(3)), o: int16(r.IntN(2))}
			e := row{key: k, x: make([]float32, 12), closed: true, age: 28, settled: -1}
			for j := range e.x {
				e.x[j] = float32(r.Float64())
			}
			y := .8 + noise*r.NormFloat64()
			rows := s.shape.of(k, &design{}).rows
			for _, first := range rows {
				for j, v := range e.x {
					y += truth[first+1+j] * float64(v)
				}
			}
			e.y[policy.Resolve], e.y[policy.Amount] = 1, y
			all = append(all, e)
		}
		if err := s.learn(all); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			if _, _, err := s.precisions(policy.Amount); err != nil {
				t.Fatal(err)
			}
		}
		h = &s.spec.Heads[policy.Amount]
		if got := *h.Deviation(int(channelX)); math.Abs(got/planted-1) > .3 {
			t.Errorf("from %.3f the evidence finds %.4f, planted were %g", start, got, planted)
		}
		if got := h.LevelX[1]; got > start/3 {
			t.Errorf("from %.3f the evidence finds %.4f for tones, which do nothing", start, got)
		}
	}
}
