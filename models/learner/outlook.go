package learner

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"takt/engine/policy"
)

// outlook is what a case promises, whatever is done: the probability that it is settled within a horizon, by its
// context alone, a logistic regression over (1,x) on final labels.
//
// The label of a contact that was followed by another before it brought a settlement is mostly the other's doing. Its
// expectation given the context of the next contact says as much of the first and varies far less: with V the
// outlook at that context and F the share of settlements that come in the days the horizon has left by then,
//
//	E[label | next context] = V·F
//
// (the surrogate index of Athey, Chetty, Imbens and Kang, NBER 26463, 2019, theorem 1; one step of the temporal differences of
// Sutton 1988). It takes for granted that what a contact may still bring shows in the next one's context. It is known the day
// the next contact is decided, weeks before the label. Labels for evaluation and for alarms stay as they are.
type outlook struct {
	seen      *normal
	all       []int // parameters
	mean0, sd []float64
	mean      []float64
	fit       *fit // nil: nothing learned yet
}

// doubtful is the posterior variance of the log odds from which on a final label is better than its expectation: early
// examples are first contacts, and what later ones promise is an extrapolation, wrong by .09 in simulated logs.
const doubtful = .04

// recent is the number of examples after which old ones count for 1/e: what a case promises changes with the policy.
const recent = 10_000

func newOutlook(features int, p *policy.HeadPrior) *outlook {
	n := 1 + features
	o := &outlook{newNormal(n, 1), make([]int, n), make([]float64, n), make([]float64, n), make([]float64, n), nil}
	for i := range o.sd {
		o.all[i], o.sd[i] = i, p.BaseX
	}
	o.sd[0], o.mean0[0], o.mean[0] = p.Base, p.Mean, p.Mean
	return o
}

func (o *outlook) clone() *outlook {
	c := *o
	c.seen, c.mean = newNormal(o.seen.d, 1), append([]float64(nil), o.mean...)
	c.seen.copyFrom(o.seen)
	return &c
}

// learn takes closed examples in.
func (o *outlook) learn(rows []row) error {
	closed := 0
	for i := range rows {
		if rows[i].closed {
			closed++
		}
	}
	o.seen.fade(math.Exp(-float64(closed) / recent))
	for range steps - 1 {
		step := newNormal(o.seen.d, 1)
		step.copyFrom(o.seen)
		o.add(step, rows)
		if err := o.solve(step); err != nil {
			return err
		}
	}
	o.add(o.seen, rows)
	return o.solve(o.seen)
}

// add adds the closed examples' working statistics at the present mean.
func (o *outlook) add(to *normal, rows []row) {
	var parts [workers]*gram
	each(func(worker int) {
		g := newGram(o.seen.d, 1)
		parts[worker] = g
		var terms []term
		for i := worker * len(rows) / workers; i < (worker+1)*len(rows)/workers; i++ {
			if e := &rows[i]; e.closed {
				terms = contextTerms(terms, e.x)
				weight, target := working(e, e.y[policy.Resolve], 1, o.linear(e.x))
				g.add(terms, o.seen.d, weight)
				g.aim(0, terms, target)
			}
		}
	})
	for _, g := range parts {
		to.addContext(g)
	}
}

func (o *outlook) solve(n *normal) error {
	f, ok := n.over(o.all, 0, 1, o.mean0, o.sd)
	if !ok {
		return errSingular
	}
	f.spread(o.mean)
	o.fit = f
	return nil
}

// label is what is learned of e's settlement: the label, or its expectation at the next contact; rest is F by days,
// room is a scratch of one entry per parameter.
func (o *outlook) label(e *row, rest, room []float64) float64 {
	if e.next == nil || e.closed && o.variance(e.next, room) > doubtful {
		return e.y[policy.Resolve]
	}
	return policy.Sigmoid(o.linear(e.next)) * rest[e.left]
}

// variance is that of the log odds of a context, xᵀΛ⁻¹x = |U⁻ᵀx|².
func (o *outlook) variance(x []float32, room []float64) float64 {
	if o.fit == nil {
		return math.Inf(1)
	}
	clear(room)
	room[0] = 1
	for i, v := range x {
		room[1+i] = float64(v)
	}
	v := blas64.Vector{N: len(room), Data: room, Inc: 1}
	blas64.Trsv(blas.Trans, o.fit.u, v)
	return blas64.Dot(v, v)
}

// linear is the log odds of a context.
func (o *outlook) linear(x []float32) float64 {
	u := o.mean[0]
	for i, v := range x {
		u += float64(v) * o.mean[1+i]
	}
	return u
}

// contextTerms are the non-zero entries of (1,x); dst is reused.
func contextTerms(dst []term, x []float32) []term {
	dst = append(dst[:0], term{0, 1})
	for j, v := range x {
		if v != 0 {
			dst = append(dst, term{j + 1, float64(v)})
		}
	}
	return dst
}
