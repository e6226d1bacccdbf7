package api

import (
	"cmp"
	"net/http"

	"takt/api/payload"
	"takt/engine"
	"takt/features"
)

// revalidate answers whether a stored decision may be carried out now. It asks the rules alone, no policy, and
// stores nothing; what was accepted before the request counts.
func (s *Server) revalidate(x *call) error {
	w, err := s.readWish(x, "as_of")
	if err != nil {
		return err
	}
	d, err := x.row()
	if err != nil {
		return err
	}
	x.caseID = d.Case
	tenant := x.tenant.Config
	now, err := s.Clock.decide(tenant.ID, w.AsOf)
	if err != nil {
		return err
	}
	var b []byte
	_, err = x.ledger.Turn(x.r.Context(), tenant.ID, d.Debtor, func(v *features.View) (*engine.Decision, error) {
		zone := s.codec.Zone(d.Action.TZ)
		if zone == nil && d.Kind != engine.KindContact { // only the reply says what the request said
			zone = payload.ReadNoted(d.Reply).Zone
		}
		if zone == nil {
			zone = s.codec.Zone(text(v.Profile.TZ[:]))
		}
		in := engine.Input{Tenant: tenant, Facts: &v.Profile.Facts, Profiled: v.Known, Now: now, Zone: zone, Zones: s.codec.OtherZones(nil, zone, &v.Profile.Facts, nil)}
		var trace engine.Trace
		r := payload.Revalidation{Decision: d, Verdict: s.Decider.Revalidate(d, &in, &trace), Trace: &trace, Now: now, Zone: zone,
			Language: d.Action.Language, Stale: !v.Known || s.outage.seen(s.Now(), x.ledger)}
		if r.Language == "" {
			r.Language = cmp.Or(text(v.Profile.Language[:]), tenant.Language)
		}
		b = payload.AppendRevalidation(nil, &r)
		return nil, nil
	})
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, b)
}
