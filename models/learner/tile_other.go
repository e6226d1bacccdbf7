//go:build !amd64

package learner

const hasFMA = false

func tileFMA(_, _, _ *float64, _, _ int) {}
