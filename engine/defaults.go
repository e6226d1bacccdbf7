package engine

import "time"

const day = 24 * time.Hour

// DefaultTenant is a creditor that configured nothing: consumers in Europe who owe for goods and
// services, reached by e-mail, text message, letter and phone. It is valid and ready to use; the
// secret is derived from the id, so set a random one wherever draws must not be foreseen.
//
// Every figure is a starting point to be replaced by the creditor's own; where it comes from:
//
//   - costs: letter 1.10, text message .10, call .50 per attempt and 5.50 more per talk, e-mail and
//     portal nothing, messenger .07 (cost table of the reference simulation); reach of calls .1
//     (nine of ten cold calls are ignored);
//   - lags: letters 5 days to the mailbox and being opened, the rest at once;
//   - two contacts in seven days: its contact cap. Two days between two contacts: longer than the
//     tail of reading a letter's or mail's answer, and shorter than the three days between the two
//     calls of the status-quo ladder, so that the baseline can be carried out as it stands;
//   - contacts Monday to Saturday, 8 to 20 h in the debtor's zone: German practice, stricter than
//     the 8 to 21 h of 12 CFR 1006.6(b);
//   - two days for money to be booked after a promised day; 48 hours of silence after a message in;
//   - hold-out: as many debtors as tell ± 3 points in resolved share, 2.2 % of 50,000 a year (an assumption
//     until the first year's history or the creditor's own number);
//   - instalments of 20.00 or more, six of them at most, one every 30 days: the reference simulation's median
//     claim of 60.00 becomes three (assumptions);
//   - retention 120.00 (customer lifetime value of the reference simulation), complaint 25.00.
func DefaultTenant(id string) *Tenant {
	t := &Tenant{
		ID:      id,
		Secret:  derive(id),
		Policy:  "bandit",
		Epsilon: .05,
		Grid: Grid{
			Channels: []Channel{Email, SMS, Letter, Phone},
			Tones:    []Tone{Friendly, Neutral, Empathetic, Firm},
			Slots: []Slot{{0, 480, 660}, {0, 660, 840}, {0, 840, 1020}, {0, 1020, 1200},
				{1, 480, 660}, {1, 660, 1020}, {1, 1020, 1200}},
			Offers: []Offer{OfferNone, PaymentLink, Instalments},
		},
		Reward:  DefaultReward(),
		Ladder:  DefaultLadder(),
		Limits:  DefaultLimits(),
		Plans:   DefaultPlans(),
		Holdout: Holdout{Salt: id, Precision: 3, PerYear: 50_000},
	}
	t.Specs = DefaultSpecs()
	t.Holdout.Share = t.Holdout.Size(t.Holdout.PerYear)
	return t
}

// DefaultSpecs are costs and behaviour of all channels; see DefaultTenant for their sources.
// Messenger, push and chat need the debtor's consent, the others serve the contract unless refused.
func DefaultSpecs() [Channels]ChannelSpec {
	return [Channels]ChannelSpec{
		Email:     {MinValidity: .3},
		SMS:       {CostMicro: 100_000, MinValidity: .3},
		Letter:    {CostMicro: 1_100_000, Lag: 5 * day, AnyTime: true, MinValidity: .3},
		Phone:     {CostMicro: 500_000, ReachedMicro: 5_500_000, Reach: .1, MinValidity: .3},
		Messenger: {CostMicro: 70_000, Opt: true, MinValidity: .3},
		Push:      {Opt: true, MinValidity: .3},
		Portal:    {},
		Chat:      {Opt: true},
	}
}

// DefaultReward weighs all three aims by 1 in EUR over 28 days: the value is money. Cash is
// discounted by 5 % a year, recovered amounts count whole.
func DefaultReward() Reward {
	return Reward{
		Currency:       "EUR",
		Horizon:        28 * day,
		WPay:           1,
		WCost:          1,
		WKeep:          1,
		Margin:         1,
		DiscountYear:   .05,
		RetentionMinor: 12_000,
		ComplaintMinor: 2_500,
	}
}

// DefaultLimits are the contact rules of DefaultTenant.
func DefaultLimits() Limits {
	return Limits{
		QuietFrom:    20 * 60,
		QuietTo:      8 * 60,
		Cap:          2,
		CapWindow:    7 * day,
		Gap:          2 * day,
		PromiseGrace: 2 * day,
		ReplyPause:   2 * day,
		ExpireAfter:  2 * day,
		ReviewAfter:  3 * day,
		HoldFor:      2 * day,
	}
}

// DefaultPlans are the bounds of instalments of DefaultTenant.
func DefaultPlans() PlanLimits {
	return PlanLimits{MinRateMinor: 2_000, MaxCount: 6, MaxDays: 180, EveryDays: 30}
}
