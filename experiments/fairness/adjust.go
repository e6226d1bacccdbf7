package fairness

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// line is one period as a measure sees it: num of den, such as pressing contacts of contacts. Lines of a debtor follow each
// other.
type line struct {
	debtor, group int32
	num, den      float64
}

// estimate is a value and its standard error, by debtor.
type estimate struct{ value, se float64 }

// interval is the normal one of 95 %.
func (e estimate) interval() Interval {
	half := distuv.UnitNormal.Quantile(.975) * e.se
	return Interval{e.value - half, e.value + half}
}

// p is the two-sided normal p value of the value being 0.
func (e estimate) p() float64 {
	if e.se == 0 {
		return 1
	}
	return 2 * distuv.UnitNormal.Survival(math.Abs(e.value)/e.se)
}

// compared are the groups of a measure. A group without any den has neither level nor difference.
type compared struct {
	whole   estimate
	level   []estimate // of the group
	differs []estimate // level less the whole
}

// compare fits the ratio Σnum/Σden of every group, at equal covariates z (nil: as it is):
//
//	num ≈ den·(β_g + z'γ), solved by Σ (num − den·(β_g + z'γ))·(e_g, z) = 0
//
// with z centred at its mean weighted by den, so that β_g is what the group would have at the covariates of all: a linear
// model with marginal standardisation (Lane & Nelder, Biometrics 1982). The model gives each group its own total,
// so the whole is Σ π_g β_g with the groups' shares of den, π. Standard errors are the sandwich's by debtor (Liang & Zeger,
// Biometrika 1986), with what the estimated π and centre add, times √(n/(n−p)). False where the equations have no
// solution.
func compare(lines []line, groups int, z *covariates) (compared, bool) {
	f := fit{lines: lines, groups: groups, z: z}
	if z != nil {
		f.k = z.width
	}
	f.centre()
	if f.total == 0 || !f.solve() {
		return compared{}, false
	}
	return f.values(), true
}

type fit struct {
	lines     []line
	groups, k int
	z         *covariates
	total     float64 // Σ den
	share, zs []float64
	theta     []float64   // β, then γ
	inverse   [][]float64 // per group A⁻¹e_g
	debtors   float64     // with den
}

// x fills the centred covariates of a line.
func (f *fit) x(dst []float64, i int) []float64 {
	if f.z == nil {
		return nil
	}
	dst = f.z.fill(dst, i)
	for j, m := range f.zs {
		dst[j] -= m
	}
	return dst
}

func (f *fit) centre() {
	f.share, f.zs = make([]float64, f.groups), make([]float64, f.k)
	row, last := make([]float64, f.k), int32(-1)
	for i, l := range f.lines {
		if l.den == 0 {
			continue
		}
		if l.debtor != last {
			f.debtors, last = f.debtors+1, l.debtor
		}
		f.total += l.den
		f.share[l.group] += l.den
		if f.z != nil {
			for j, v := range f.z.fill(row, i) {
				f.zs[j] += l.den * v
			}
		}
	}
	for _, list := range [][]float64{f.share, f.zs} {
		for j := range list {
			list[j] /= max(f.total, math.SmallestNonzeroFloat64)
		}
	}
}

// solve fills theta and inverse. Covariates that say nothing new get 0, by a penalty of a hundred millionth.
func (f *fit) solve() bool {
	g, p := f.groups, f.groups+f.k
	a, b := mat.NewSymDense(p, nil), mat.NewVecDense(p, nil)
	sums, row := a.RawSymmetric(), make([]float64, f.k)
	for i, l := range f.lines {
		if l.den == 0 {
			continue
		}
		x, at := f.x(row, i), int(l.group)
		sums.Data[at*p+at] += l.den
		b.SetVec(at, b.AtVec(at)+l.num)
		for j, v := range x {
			sums.Data[at*p+g+j] += l.den * v
			b.SetVec(g+j, b.AtVec(g+j)+l.num*v)
			for h := j; h < f.k; h++ {
				sums.Data[(g+j)*p+g+h] += l.den * v * x[h]
			}
		}
	}
	for j := range p {
		switch d := &sums.Data[j*p+j]; {
		case *d == 0:
			*d = 1
		case j >= g:
			*d *= 1 + 1e-8
		}
	}
	var c mat.Cholesky
	if !c.Factorize(a) {
		return false
	}
	theta := mat.NewVecDense(p, nil)
	if c.SolveVecTo(theta, b) != nil {
		return false
	}
	f.theta = theta.RawVector().Data
	for h := range g {
		e, v := mat.NewVecDense(p, nil), mat.NewVecDense(p, nil)
		e.SetVec(h, 1)
		if c.SolveVecTo(v, e) != nil {
			return false
		}
		f.inverse = append(f.inverse, v.RawVector().Data)
	}
	return true
}

// influence are the sums of one debtor that standard errors are made of.
type influence struct {
	u     []float64 // Σ residual·(e_g, z)
	own   []float64 // Σ den·(e_g − π)
	shift float64   // γ'Σ den·z
	whole float64   // Σ num − den·ȳ
}

func (f *fit) values() compared {
	g := f.groups
	c := compared{level: make([]estimate, g), differs: make([]estimate, g)}
	for h, w := range f.share {
		c.whole.value += w * f.theta[h]
	}
	for h := range g {
		c.level[h].value, c.differs[h].value = f.theta[h], f.theta[h]-c.whole.value
	}
	s := influence{u: make([]float64, g+f.k), own: make([]float64, g)}
	row, at := make([]float64, f.k), make([]float64, g)
	for i, l := range f.lines {
		f.add(&s, i, row, c.whole.value)
		if i+1 < len(f.lines) && f.lines[i+1].debtor == l.debtor {
			continue
		}
		mean, shares := 0., 0.
		for h := range g {
			at[h] = dot(f.inverse[h], s.u)
			mean += f.share[h] * at[h]
			shares += f.theta[h] * s.own[h]
		}
		for h := range g {
			level, differs := at[h]+s.shift/f.total, at[h]-mean-shares/f.total
			c.level[h].se += level * level
			c.differs[h].se += differs * differs
		}
		c.whole.se += s.whole * s.whole / (f.total * f.total)
		clear(s.u)
		clear(s.own)
		s.shift, s.whole = 0, 0
	}
	small := f.debtors / max(f.debtors-float64(g+f.k), 1)
	for h := range g {
		c.level[h].se, c.differs[h].se = math.Sqrt(small*c.level[h].se), math.Sqrt(small*c.differs[h].se)
	}
	c.whole.se = math.Sqrt(f.debtors / max(f.debtors-1, 1) * c.whole.se)
	return c
}

func (f *fit) add(s *influence, i int, row []float64, whole float64) {
	l := &f.lines[i]
	if l.den == 0 {
		return
	}
	g, x := f.groups, f.x(row, i)
	gamma := dot(f.theta[g:], x)
	rest := l.num - l.den*(f.theta[l.group]+gamma)
	s.u[l.group] += rest
	for j, v := range x {
		s.u[g+j] += rest * v
	}
	s.shift += l.den * gamma
	s.whole += l.num - l.den*whole
	for h, w := range f.share {
		s.own[h] -= l.den * w
	}
	s.own[l.group] += l.den
}

func dot(a, b []float64) (s float64) {
	for i, v := range b {
		s += a[i] * v
	}
	return s
}

// covariates are balance and days past due of every line: both as numbers, and the cell of their quantile bands.
type covariates struct {
	width            int
	balance, overdue []float64
	cell             []int16 // column, or -1 for the fullest cell
}

// perSide is how many bands balance and days past due have each, where they vary as much.
const perSide = 5

// adjustBy makes the covariates of the periods.
func adjustBy(periods []period) *covariates {
	z := &covariates{cell: make([]int16, len(periods))}
	for i := range periods {
		z.balance = append(z.balance, periods[i].balance)
		z.overdue = append(z.overdue, math.Log1p(max(periods[i].overdue+30, 0)))
	}
	b, d := cuts(z.balance), cuts(z.overdue)
	var size [perSide * perSide]int
	for i := range periods {
		z.cell[i] = int16(band(b, z.balance[i])*perSide + band(d, z.overdue[i]))
		size[z.cell[i]]++
	}
	var column [perSide * perSide]int16
	z.width = 2
	fullest := slices.Index(size[:], slices.Max(size[:]))
	for c, n := range size {
		column[c] = -1
		if n > 0 && c != fullest {
			column[c] = int16(z.width)
			z.width++
		}
	}
	for i, c := range z.cell {
		z.cell[i] = column[c]
	}
	return z
}

// cuts are the quantiles between the bands, each once.
func cuts(v []float64) []float64 {
	s := slices.Sorted(slices.Values(v))
	var list []float64
	for i := 1; i < perSide; i++ {
		list = append(list, s[i*(len(s)-1)/perSide])
	}
	return slices.Compact(list)
}

// band is the number of cuts below v.
func band(cuts []float64, v float64) int {
	n := 0
	for n < len(cuts) && v > cuts[n] {
		n++
	}
	return n
}

// fill writes the covariates of line i over dst.
func (z *covariates) fill(dst []float64, i int) []float64 {
	dst = dst[:z.width]
	clear(dst)
	dst[0], dst[1] = z.balance[i], z.overdue[i]
	if c := z.cell[i]; c >= 0 {
		dst[c] = 1
	}
	return dst
}

// holm are the p values adjusted for their number: whichever of the questions have the answer no, the chance that
// any adjusted p is below α is at most α. Holm, Scandinavian Journal of Statistics 1979.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	adjusted, least := make([]float64, len(p)), 0.
	for rank, i := range order {
		least = max(least, min(float64(len(p)-rank)*p[i], 1))
		adjusted[i] = least
	}
	return adjusted
}
