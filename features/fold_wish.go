package features

import "takt/engine"

// wish takes when and how a debtor asked to be contacted. Places, channels and days that do not suit
// unite; the hours that do suit are those named last. A channel with nothing beside it does not suit
// at all; one named beside an address, hours or days only says where the wish came up, and hours and
// days hold for every channel.
func (p *Profile) wish(d *engine.EventData) {
	w := &p.Wishes
	if d.State != "avoid" {
		p.liftWish(d)
		return
	}
	if channelAlone(d) && d.Channel != 0 {
		w.Avoid = w.Avoid.With(d.Channel)
	}
	if d.AddressRef != "" {
		putFirst(w.Places[:], engine.AddressKey(d.Channel, d.AddressRef))
	}
	if d.HourTo != 0 {
		w.From, w.To = int16(d.HourFrom), int16(d.HourTo)
	}
	w.Not |= d.Weekdays
}

// liftWish takes back what the event names, or all if it names nothing.
func (p *Profile) liftWish(d *engine.EventData) {
	w := &p.Wishes
	switch {
	case !channelAlone(d):
	case d.Channel == 0:
		*w = engine.Wishes{}
	default:
		w.Avoid &^= engine.ChannelSet(0).With(d.Channel)
	}
	if d.AddressRef != "" {
		remove(w.Places[:], engine.AddressKey(d.Channel, d.AddressRef))
	}
	if d.HourTo != 0 && w.From == int16(d.HourFrom) && w.To == int16(d.HourTo) {
		w.From, w.To = 0, 0
	}
	w.Not &^= d.Weekdays
}

// channelAlone reports whether a wish names neither address nor hours nor days.
func channelAlone(d *engine.EventData) bool {
	return d.AddressRef == "" && d.HourTo == 0 && d.Weekdays == 0
}
