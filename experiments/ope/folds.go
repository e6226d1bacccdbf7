package ope

// Model gives q(x,a), fitted without the row it is asked for and without all others of its debtor.
type Model interface {
	// Q fills dst with q(xᵢ,a) of all k actions for row i of the log that the model was fitted on.
	Q(dst []float64, i int) []float64
}

// Folds deal debtors into groups by a hash: each row is judged by a model that has not seen its
// group (cross-fitting; Chernozhukov et al., Econometrics Journal 2018).
type Folds struct {
	K    int // defaults to 5; 1 lets the model see all rows, which flatters it
	Seed uint64
}

func (f Folds) k() int {
	if f.K < 1 {
		return 5
	}
	return f.K
}

// Of is the fold of a debtor, in [0,K): the same wherever and in whatever order it is asked for.
func (f Folds) Of(cluster uint64) int {
	z := cluster + 0x9e3779b97f4a7c15*(f.Seed+1) // splitmix64
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(f.k()))
}
