package simulator

import (
	"takt/engine"
	"takt/models/learner"
)

// Result is what a policy did with a scenario's cases. Shares are of cases unless said otherwise;
// money is in minor units of the scenario's currency.
type Result struct {
	Scenario string `json:"scenario"`
	Policy   string `json:"policy"`
	Action   string `json:"action,omitempty"`  // of best_fixed
	Learned  int    `json:"learned,omitempty"` // decisions before the snapshot was frozen
	Seed     uint64 `json:"seed"`
	Cases    int    `json:"cases"`
	Days     int    `json:"days"`
	Figures
	By       Breakdown       `json:"by"`
	Weeks    []Week          `json:"weeks"`
	Learning *Learning       `json:"learning,omitempty"` // of Options.Learn
	Drift    []learner.Drift `json:"drift,omitempty"`    // alarms of Takt in this process while it learned, oldest first

	outcomes []outcome
}

// Learning is the net per case, minor units, of those who arrived during the second half of the decisions learned
// from, and what the ladder and the oracle earn with the same people.
type Learning struct {
	Cases  int    `json:"cases"`
	Net    Figure `json:"net_per_case_minor"`
	Ladder Figure `json:"ladder_net_per_case_minor"`
	Oracle Figure `json:"oracle_net_per_case_minor"`
}

// Closed is the share of the gap from ladder to oracle that was closed while learning.
func (l *Learning) Closed() float64 {
	return (l.Net.Mean - l.Ladder.Mean) / (l.Oracle.Mean - l.Ladder.Mean)
}

// Figures are the key figures of a set of cases.
type Figures struct {
	Recovered  Figure `json:"recovered_before_agency"`
	Agency     Figure `json:"agency_share"` // of customers who bought on account, most of whom were never late
	Forgetful  Figure `json:"forgetful_or_short_at_agency"`
	MedianDays Figure `json:"median_days"` // of recovered ones, from the due date; a plan that is kept counts from its first instalment
	Cost       Figure `json:"cost_per_case_minor"`
	Complaints Figure `json:"complaint_rate"` // cases with a complaint
	Churn      Figure `json:"churn_rate"`
	Net        Figure `json:"net_per_case_minor"` // engine.Reward.Value of what happened, with what the agency pays out
	Contacts   Figure `json:"contacts_per_case"`
	Reminded   Figure `json:"purchases_reminded"` // became overdue, so carry a reminder under any ladder
	Calls      Figure `json:"calls_answered"`
	Read       Figure `json:"sms_read_in_3_minutes"` // of delivered ones
}

// Breakdown is the share of contacts by level of each factor; letters have no slot.
type Breakdown struct {
	Channel map[string]Figure `json:"channel"`
	Tone    map[string]Figure `json:"tone"`
	Slot    map[string]Figure `json:"slot"`
	Offer   map[string]Figure `json:"offer"`
}

// Week is the cases that arrived in a simulated week: the points of a learning curve.
type Week struct {
	Week       int    `json:"week"` // from 1
	Cases      int    `json:"cases"`
	Recovered  Figure `json:"recovered_before_agency"`
	Net        Figure `json:"net_per_case_minor"`
	Complaints Figure `json:"complaint_rate"`
}

func figures(list []outcome) (f Figures) {
	var recovered, late, soft, complaints, churned, accounts, purchases int
	var cost, net, contacts, calls, read ratio
	var cured []int16
	for i := range list {
		o := &list[i]
		if o.cured > 0 {
			recovered++
			cured = append(cured, o.cured)
		} else if late++; o.kind == forgetful || o.kind == short {
			soft++
		}
		complaints += int(one(o.complaint))
		churned += int(one(o.churned))
		accounts += int(o.accounts)
		purchases += int(o.purchases)
		calls.add(float64(o.answered), float64(o.byChannel[engine.Phone]))
		read.add(float64(o.quick), float64(o.delivered))
		cost.add(o.costMinor, 1)
		net.add(o.net, 1)
		contacts.add(float64(o.contacts), 1)
	}
	n := len(list)
	return Figures{Recovered: share(recovered, n), Agency: share(late, accounts), Forgetful: share(soft, late), MedianDays: median(cured),
		Cost: cost.figure(), Complaints: share(complaints, n), Churn: share(churned, n), Net: net.figure(), Contacts: contacts.figure(),
		Reminded: share(n, purchases), Calls: calls.share(), Read: read.share()}
}

func breakdown(list []outcome) Breakdown {
	var all [engine.Channels + engine.Tones + windows + engine.Offers]ratio
	for i := range list {
		o := &list[i]
		k, messages := 0, float64(o.contacts-o.byChannel[engine.Letter])
		put := func(counts []uint8, of float64) {
			for _, v := range counts {
				all[k].add(float64(v), of)
				k++
			}
		}
		put(o.byChannel[:], float64(o.contacts))
		put(o.byTone[:], float64(o.contacts))
		put(o.byWindow[:], messages)
		put(o.byOffer[:], float64(o.contacts))
	}
	b := Breakdown{map[string]Figure{}, map[string]Figure{}, map[string]Figure{}, map[string]Figure{}}
	for _, c := range channels {
		b.Channel[c.String()] = all[c].share()
	}
	for _, t := range tones {
		b.Tone[t.String()] = all[engine.Channels+int(t)].share()
	}
	for i, name := range windowNames {
		b.Slot[name] = all[engine.Channels+engine.Tones+i].share()
	}
	for o := engine.OfferNone; o <= engine.Instalments; o++ {
		b.Offer[o.String()] = all[engine.Channels+engine.Tones+windows+int(o)].share()
	}
	return b
}

// weeks splits outcomes, which are in the order of arrival, by the week of arrival.
func weeks(list []outcome) []Week {
	var out []Week
	for from := 0; from < len(list); {
		week := int(list[from].arrived) / 7
		to := from
		var net ratio
		recovered, complaints := 0, 0
		for ; to < len(list) && int(list[to].arrived)/7 == week; to++ {
			o := &list[to]
			net.add(o.net, 1)
			complaints += int(one(o.complaint))
			if o.cured > 0 {
				recovered++
			}
		}
		n := to - from
		out = append(out, Week{week + 1, n, share(recovered, n), net.figure(), share(complaints, n)})
		from = to
	}
	return out
}

// From are the figures of the cases that arrived in a week, counted from 1, or later: what a policy
// does once it has learned, with the same people for every policy.
func (r *Result) From(week int) Figures {
	list := r.outcomes
	for len(list) > 0 && int(list[0].arrived) < 7*(week-1) {
		list = list[1:]
	}
	return figures(list)
}

// Gap compares the net value of two results of the same people case by case: the mean of a − b.
func Gap(a, b *Result) Figure {
	var d ratio
	for i := range min(len(a.outcomes), len(b.outcomes)) {
		d.add(a.outcomes[i].net-b.outcomes[i].net, 1)
	}
	return d.figure()
}

// Lead is Gap by week of arrival, one figure per entry of Weeks; each week counts together with those up
// to span − 1 weeks before, since a single one has few cases.
func Lead(a, b *Result, span int) []Figure {
	var out []Figure
	from, to := 0, 0
	for _, week := range a.Weeks {
		for to < len(a.outcomes) && int(a.outcomes[to].arrived)/7 < week.Week {
			to++
		}
		for from < to && int(a.outcomes[from].arrived)/7 < week.Week-span {
			from++
		}
		out = append(out, Gap(&Result{outcomes: a.outcomes[from:to]}, &Result{outcomes: b.outcomes[from:to]}))
	}
	return out
}
