package clickhouse

import (
	"math"
	"time"

	"takt/engine"
)

type de = engine.Decision

// decisionColumns are the columns of table decisions.
func decisionColumns() []column[de] {
	return []column[de]{
		low("tenant", func(d *de) *string { return &d.Tenant }),
		texts("debtor_id", func(d *de) *string { return &d.Debtor }),
		times("issued_at", func(d *de) *time.Time { return &d.IssuedAt }),
		ids("id", func(d *de) *engine.ID { return &d.ID }),
		texts("case_id", func(d *de) *string { return &d.Case }),
		uint64s("seq", func(d *de) *uint64 { return &d.Seq }),
		enums("kind", func(d *de) *engine.Kind { return &d.Kind }),
		enums("mode", func(d *de) *engine.Mode { return &d.Mode }),
		times("recorded", func(d *de) *time.Time { return &d.Recorded }),
		times("expires", func(d *de) *time.Time { return &d.Expires }),
		times("review", func(d *de) *time.Time { return &d.Review }),

		times("profile_as_of", func(d *de) *time.Time { return &d.ProfileAsOf }),
		ints("schema", func(d *de) *int { return &d.Schema }),
		xs(),
		low("portfolio", func(d *de) *string { return &d.Portfolio }),
		low("segment", func(d *de) *string { return &d.Segment }),
		int64s("open_minor", func(d *de) *int64 { return &d.OpenMinor }),
		low("currency", func(d *de) *string { return &d.Currency }),

		low("policy", func(d *de) *string { return &d.Policy }),
		low("version", func(d *de) *string { return &d.Version }),
		low("snapshot", func(d *de) *string { return &d.Snapshot }),
		low("ruleset", func(d *de) *string { return &d.Ruleset }),
		low("experiment", func(d *de) *string { return &d.Variant.Experiment }),
		low("arm", func(d *de) *string { return &d.Variant.Arm }),
		floats("share", func(d *de) *float64 { return &d.Variant.Share }),
		low("grid", func(d *de) *string { return &d.Grid }),
		eligible(),
		voteActions(),
		voteWeights(),
		floats("epsilon", func(d *de) *float64 { return &d.Epsilon }),
		floats("draw", func(d *de) *float64 { return &d.Draw }),

		ints("chosen", func(d *de) *int { return &d.Chosen }),
		floats("propensity", func(d *de) *float64 { return &d.Propensity }),
		enums("channel", func(d *de) *engine.Channel { return &d.Action.Channel }),
		enums("tone", func(d *de) *engine.Tone { return &d.Action.Tone }),
		enums("offer", func(d *de) *engine.Offer { return &d.Action.Offer }),
		texts("address_ref", func(d *de) *string { return &d.Action.AddressRef }),
		low("template", func(d *de) *string { return &d.Action.Template }),
		low("language", func(d *de) *string { return &d.Action.Language }),
		times("not_before", func(d *de) *time.Time { return &d.Action.NotBefore }),
		times("not_after", func(d *de) *time.Time { return &d.Action.NotAfter }),
		low("tz", func(d *de) *string { return &d.Action.TZ }),
		times("until", func(d *de) *time.Time { return &d.Until }),
		low("reason", func(d *de) *string { return &d.Reason }),
		low("queue", func(d *de) *string { return &d.Queue }),
		int64s("cost_micro", func(d *de) *int64 { return &d.CostMicro }),

		uint64s("request_hash", func(d *de) *uint64 { return &d.RequestHash }),
		texts("idempotency_key", func(d *de) *string { return &d.Key }),
		bodyHash(),
		reply(),
	}
}

func xs() column[de] {
	return column[de]{name: "x", expr: "x", typ: "Array(Float32)",
		values: func(rows []de) any { return collect(rows, func(d *de) []float32 { return d.X }) },
		set: func(d *de, c *cells, row int) {
			from, to := c.span(row)
			d.X = make([]float32, to-from)
			for i := range d.X {
				d.X[i] = math.Float32frombits(c.inner.u32(from + i))
			}
		}}
}

func eligible() column[de] {
	return column[de]{name: "eligible", expr: "eligible", typ: "Array(UInt16)",
		values: func(rows []de) any { return collect(rows, func(d *de) []uint16 { return d.Eligible }) },
		set: func(d *de, c *cells, row int) {
			from, to := c.span(row)
			d.Eligible = make([]uint16, to-from)
			for i := range d.Eligible {
				d.Eligible[i] = c.inner.u16(from + i)
			}
		}}
}

// voteActions comes before voteWeights in the list: it makes the slice that both fill.
func voteActions() column[de] {
	return column[de]{name: "vote_actions", expr: "vote_actions", typ: "Array(UInt16)",
		values: func(rows []de) any {
			return collect(rows, func(d *de) []uint16 { return collect(d.Votes, func(v *engine.Vote) uint16 { return v.Action }) })
		},
		set: func(d *de, c *cells, row int) {
			from, to := c.span(row)
			d.Votes = make([]engine.Vote, to-from)
			for i := range d.Votes {
				d.Votes[i].Action = c.inner.u16(from + i)
			}
		}}
}

func voteWeights() column[de] {
	return column[de]{name: "vote_weights", expr: "vote_weights", typ: "Array(Float64)",
		values: func(rows []de) any {
			return collect(rows, func(d *de) []float64 { return collect(d.Votes, func(v *engine.Vote) float64 { return v.Weight }) })
		},
		set: func(d *de, c *cells, row int) {
			from, to := c.span(row)
			for i := range d.Votes[:min(len(d.Votes), to-from)] {
				d.Votes[i].Weight = c.inner.f64(from + i)
			}
		}}
}

func bodyHash() column[de] {
	return column[de]{name: "body_hash", expr: "body_hash", typ: "FixedString(16)",
		values: func(rows []de) any { return collect(rows, func(d *de) string { return string(d.BodyHash[:]) }) },
		set:    func(d *de, c *cells, row int) { d.BodyHash = c.fixed(row) }}
}

func reply() column[de] {
	c := column[de]{name: "reply", expr: "reply", typ: typeText,
		values: func(rows []de) any { return collect(rows, func(d *de) string { return string(d.Reply) }) },
		set: func(d *de, c *cells, row int) {
			if s := c.string(row); s != "" {
				d.Reply = []byte(s)
			}
		}}
	return c.notSlim()
}
