package api

import (
	"errors"
	"io"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/features"
)

// take decides on the debtor's profile, alone with it. It returns nil where nothing is to be recorded.
func (s *Server) take(w *turn, v *features.View, now time.Time) (*engine.Decision, error) {
	r, live := &w.ask.Request, w.ask.Want.Mode != engine.DryRun
	if err := sameCurrency(r, &v.Profile.Facts); err != nil {
		return nil, err
	}
	if id, ok := v.Profile.Facts.OpenDecision(r, now); ok && live && v.Known && !w.fresh {
		w.open = id
		return nil, nil
	}
	if err := s.input(w, v, now); err != nil {
		return nil, err
	}
	d := &w.d
	if err := s.Decider.Explain(d, &w.why, &w.in); err != nil {
		return nil, err
	}
	d.Key, d.BodyHash = w.key, w.sum
	language := r.Debtor.Language
	if language == "" {
		language = text(v.Profile.Language[:])
	}
	frame := payload.Frame{Input: &w.in, Language: language, Stale: !v.Known || s.outage.seen(s.Now(), w.ledger)}
	w.reply = payload.AppendReply(w.reply[:0], d, &w.why, &frame)
	d.Reply = w.reply
	if !live {
		return nil, nil
	}
	return d, nil
}

// input gathers what the decision depends on.
func (s *Server) input(w *turn, v *features.View, now time.Time) error {
	zone := w.ask.Zone
	if zone == nil {
		zone = s.codec.Zone(text(v.Profile.TZ[:]))
	}
	w.zones = s.codec.OtherZones(w.zones[:0], zone, &v.Profile.Facts, w.ask.Zones)
	var segment string
	w.x = w.x[:0]
	if (v.Profile.Flags|w.ask.Debtor.Flags)&engine.Objection == 0 { // else: nothing that profiles is computed or kept
		w.x, segment = v.Profile.Permitted(w.x, &w.tenant.Config.Denied, &w.ask.Request, now, zone)
	}
	if !v.Known { // of somebody whose history cannot be had nothing is known, and that is not to be new
		segment = ""
	}
	stage := w.tenant.Stage()
	arm, variant := assign(s.Assigner, w.tenant.Config, stage, w.ask.Debtor.ID, now)
	w.in = engine.Input{
		Tenant: arm.Tenant, Request: &w.ask.Request, Facts: &v.Profile.Facts, Profiled: v.Known,
		X: w.x, Schema: features.Schema, Groups: columns, AsOf: v.AsOf, Now: now, Zone: zone, Zones: w.zones,
		Segment: segment, Variant: variant, Snapshot: arm.Snapshot, Paused: stage.Paused,
	}
	return s.newID(&w.in.ID, now)
}

// newID fills a ULID: milliseconds of the decision's instant, then chance.
func (s *Server) newID(id *engine.ID, now time.Time) error {
	ms := now.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	if _, err := io.ReadFull(s.Rand, id[6:]); err != nil {
		return errors.Join(errors.New("draw a decision id"), err)
	}
	return nil
}

// sameCurrency refuses a claim in another currency than the one its history is in.
func sameCurrency(r *engine.Request, f *engine.Facts) error {
	key := engine.KeyOf(r.Case.ID)
	c := f.Case(key)
	if known := text(c.Currency[:]); c.Key == key && known != "" && r.Case.Open.Currency != "" && known != r.Case.Open.Currency {
		return &engine.FieldError{Pointer: "/case/open/currency", Detail: "differs from " + known + ", the currency of the case's history"}
	}
	return nil
}

// text is a zero-padded field of a profile.
func text(b []byte) string { return string(engine.Unpad(b)) }
