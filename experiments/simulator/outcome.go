package simulator

import "takt/engine"

// outcome is what became of one case.
type outcome struct {
	arrived            int32
	cured              int16 // day past due; 0: went to the agency
	lived              int16 // days until nothing more happened
	kind               uint8
	complaint, churned bool
	answered           uint8 // phone calls
	quick, delivered   uint8 // text messages
	purchases          int32
	accounts           int32
	cashMinor          float64
	costMinor          float64
	net                float64
	byChannel          [engine.Channels]uint8
	byTone             [engine.Tones]uint8
	byWindow           [windows]uint8
	byOffer            [engine.Offers]uint8
	contacts           uint8
}

func (w *world) outcome(c *course) outcome {
	o := outcome{arrived: int32(c.arrived), cured: int16(c.cured), lived: int16(c.lived), kind: c.kind, contacts: uint8(len(c.contacts)),
		complaint: c.complaint, churned: c.churned, answered: uint8(c.answered), delivered: uint8(c.delivered), quick: uint8(c.quick),
		purchases: c.purchases, accounts: c.accounts, costMinor: w.reward.Minor(c.costMicro)}
	for i := range c.contacts {
		k := &c.contacts[i]
		o.byChannel[k.Channel]++
		o.byTone[k.Tone]++
		o.byOffer[k.Offer]++
		if k.Channel != engine.Letter {
			o.byWindow[k.Window]++
		}
	}
	o.cashMinor = float64(c.amount) * w.reward.Discount(days(float64(c.settled)))
	if c.agency {
		o.cashMinor = (1 - w.s.Creditor.Money.AgencyFee) * float64(c.amount) * w.kind[c.kind].Agency
	}
	o.net = w.reward.Value(1, o.cashMinor, o.costMinor, one(c.churned), one(c.complaint))
	return o
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
