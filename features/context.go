package features

import (
	"math"
	"time"

	"takt/engine"
)

// Context is the feature vector x of a request: len(Vector) values in dst, which is grown only if it
// is too short and then returned. A nil profile is a debtor without history. Now is the decision's
// instant and loc the debtor's zone (nil is UTC). Values are finite and within [Min, Max].
func (p *Profile) Context(dst []float32, r *engine.Request, now time.Time, loc *time.Location) []float32 {
	var none Profile
	if p == nil {
		none = New()
		p = &none
	}
	if loc == nil {
		loc = time.UTC
	}
	in := input{p: p, r: r, now: now.UnixMicro(), local: now.In(loc)}
	key := engine.KeyOf(r.Case.ID)
	in.c = p.Case(key)
	in.key = key
	dst = dst[:0]
	dst = in.claim(dst)
	dst = in.moment(dst)
	dst = in.debtor(dst)
	dst = in.channels(dst)
	dst = in.pressure(dst)
	dst = in.behaviour(dst)
	for i, v := range dst {
		f := &Vector[i]
		switch {
		case v != v || v < f.Min:
			dst[i] = f.Min
		case v > f.Max:
			dst[i] = f.Max
		}
	}
	return dst
}

// input is what the parts of the vector are computed from.
type input struct {
	p     *Profile
	r     *engine.Request
	c     *engine.CaseFacts // history of the case
	key   uint64            // of the case
	now   int64
	local time.Time
}

// claim gives bias to case_contact.
func (in *input) claim(dst []float32) []float32 {
	r, c := &in.r.Case, in.c
	amount := c.OpenMinor
	if r.Open.Currency != "" && !(amount >= 0 && c.OpenAt > in.now) {
		amount = r.Open.AmountMinor
	}
	due := firstDate(r.OldestDue, c.OldestDue)
	var late, early float64
	if due != 0 {
		d := float64(engine.DateOf(in.local) - due)
		late, early = max(d, 0), max(-d, 0)
	}
	level := float32(1)
	if r.DunningLevel >= 0 {
		level = float32(r.DunningLevel)
	} else if c.Level >= 0 {
		level = float32(c.Level)
	}
	stage := r.Stage
	if stage == "" {
		stage = engine.Stages[c.Stage]
	}
	if stage == "" && due != 0 {
		stage = "dunning"
		if early > 0 {
			stage = "pre_due"
		}
	}
	age := float32(.5)
	if signed := firstDate(r.ContractDate, c.Contract); signed != 0 {
		age = saturate(float64(engine.DateOf(in.local)-signed)/365.25, 3)
	}
	return append(dst, 1, in.money(amount), saturate(late, 30), float32(late/365), float32(early/30), level/3,
		truth(stage == "pre_due"), truth(stage == "dunning"), truth(stage == "agency" || stage == "legal"),
		truth(r.DefaultSince != 0 && r.DefaultSince <= engine.DateOf(in.local)),
		truth(undelivered(c.Fulfilled) || r.Fulfilment != "" && r.Fulfilment != "delivered"),
		age, in.recency(c.LastContact, 7))
}

// moment gives hour_sin to payday.
func (in *input) moment(dst []float32) []float32 {
	h := float64(in.local.Hour()) + float64(in.local.Minute())/60
	hs, hc := math.Sincos(2 * math.Pi * h / 24)
	ws, wc := math.Sincos(2 * math.Pi * (float64((int(in.local.Weekday())+6)%7) + h/24) / 7)
	since := in.local.Day() - 1
	for _, d := range [...]int{15, 28} {
		if in.local.Day() >= d {
			since = in.local.Day() - d
		}
	}
	return append(dst, float32(hs), float32(hc), float32(ws), float32(wc), 1/float32(1+since))
}

// debtor gives tenure to other_debt.
func (in *input) debtor(dst []float32) []float32 {
	p, r := in.p, &in.r.Debtor
	var tenure float32
	if p.HasHistory() {
		tenure = saturate(float64(in.now-p.First)/float64(day), 365)
	}
	business := p.Kind > engine.Consumer
	if r.Kind != "" {
		business = r.Kind != "person"
	}
	young, older, old := float32(.24), float32(.27), float32(.11)
	born := r.BirthYear
	if born == 0 {
		born = int(p.BornYear)
	}
	if born != 0 {
		years := in.local.Year() - born
		young, older, old = truth(years < 30), truth(years >= 50 && years < 70), truth(years >= 70)
	}
	const careful = engine.Vulnerable | engine.Hardship | engine.Guardian | engine.Minor
	cases, debt := in.others()
	return append(dst, tenure, truth(business), young, older, old, truth((p.Flags|r.Flags)&careful != 0), float32(cases)/6, in.money(debt))
}

// others counts open cases and sums what the debtor owes on the others in the case's currency.
func (in *input) others() (cases int, minor int64) {
	currency := in.r.Case.Open.Currency
	for i := range in.p.Cases {
		c := &in.p.Cases[i]
		if c.Key == 0 || c.Closed {
			continue
		}
		cases++
		if c.Key != in.key && c.OpenMinor > 0 && (currency == "" || string(c.Currency[:]) == currency) {
			minor = min(minor+c.OpenMinor, engine.MaxAmountMinor)
		}
	}
	return cases, minor
}

// recency is w/(w+age in days): 1 now, 0 never.
func (in *input) recency(at int64, w float64) float32 {
	if at == 0 {
		return 0
	}
	return float32(w / (w + max(float64(in.now-at), 0)/float64(day)))
}

// money is log10(1+major units)/3 of an amount in the case's currency; unknown reads as nothing.
func (in *input) money(minor int64) float32 {
	currency := in.r.Case.Open.Currency
	if currency == "" {
		currency = string(in.c.Currency[:])
	}
	major := float64(max(minor, 0)) * float64(engine.MicroPerMinor(currency)) / 1e6
	return float32(math.Log10(1+major) / 3)
}

// saturate is v/(v+half) for v ≥ 0: one half at half, towards one.
func saturate(v, half float64) float32 {
	v = max(v, 0)
	return float32(v / (v + half))
}

func truth(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func firstDate(a, b engine.Date) engine.Date {
	if a != 0 {
		return a
	}
	return b
}
