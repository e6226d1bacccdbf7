package clickhouse

import (
	"time"

	"takt/engine"
	"takt/features/record"
)

type de = engine.Decision

// decisionColumns are the columns of table decisions, in the order of engine.Decision.
func decisionColumns() []column[de] {
	return append(append(decisionHead(), decisionGround()...), decisionChoice()...)
}

func decisionHead() []column[de] {
	return []column[de]{
		plain("tenant", func(d *de) string { return d.Tenant }),
		plain("debtor_id", func(d *de) string { return d.Debtor }),
		instant("issued_at", func(d *de) time.Time { return d.IssuedAt }),
		id("id", func(d *de) engine.ID { return d.ID }),
		plain("case_id", func(d *de) string { return d.Case }),
		plain("seq", func(d *de) uint64 { return d.Seq }),
		plain("record", decisionRecord),
		plain("reply", func(d *de) string { return string(d.Reply) }),
		enum("kind", func(d *de) engine.Kind { return d.Kind }),
		enum("mode", func(d *de) engine.Mode { return d.Mode }),
		instant("recorded", func(d *de) time.Time { return d.Recorded }),
		instant("expires", func(d *de) time.Time { return d.Expires }),
		instant("review", func(d *de) time.Time { return d.Review }),
		plain("request_hash", func(d *de) uint64 { return d.RequestHash }),
		plain("idempotency_key", func(d *de) string { return d.Key }),
		plain("body_hash", func(d *de) string { return string(d.BodyHash[:]) }),
	}
}

// decisionRecord leaves out the reply, the largest part, which has a column that a slim read skips.
func decisionRecord(d *de) string {
	slim := *d
	slim.Reply = nil
	return string(record.AppendDecision(nil, &slim))
}

func decisionGround() []column[de] {
	return []column[de]{
		instant("profile_as_of", func(d *de) time.Time { return d.ProfileAsOf }),
		number("schema", func(d *de) int { return d.Schema }),
		plain("x", func(d *de) []float32 { return d.X }),
		plain("portfolio", func(d *de) string { return d.Portfolio }),
		plain("segment", func(d *de) string { return d.Segment }),
		plain("open_minor", func(d *de) int64 { return d.OpenMinor }),
		plain("currency", func(d *de) string { return d.Currency }),
		plain("policy", func(d *de) string { return d.Policy }),
		plain("version", func(d *de) string { return d.Version }),
		plain("snapshot", func(d *de) string { return d.Snapshot }),
		plain("ruleset", func(d *de) string { return d.Ruleset }),
		plain("experiment", func(d *de) string { return d.Variant.Experiment }),
		plain("arm", func(d *de) string { return d.Variant.Arm }),
		plain("share", func(d *de) float64 { return d.Variant.Share }),
		plain("grid", func(d *de) string { return d.Grid }),
		plain("eligible", func(d *de) []uint16 { return d.Eligible }),
		plain("vote_actions", voteActions),
		plain("vote_weights", voteWeights),
		plain("epsilon", func(d *de) float64 { return d.Epsilon }),
		plain("draw", func(d *de) float64 { return d.Draw }),
	}
}

func voteActions(d *de) []uint16 {
	actions := make([]uint16, len(d.Votes))
	for i, v := range d.Votes {
		actions[i] = v.Action
	}
	return actions
}

func voteWeights(d *de) []float64 {
	weights := make([]float64, len(d.Votes))
	for i, v := range d.Votes {
		weights[i] = v.Weight
	}
	return weights
}

func decisionChoice() []column[de] {
	return []column[de]{
		number("chosen", func(d *de) int { return d.Chosen }),
		plain("propensity", func(d *de) float64 { return d.Propensity }),
		enum("channel", func(d *de) engine.Channel { return d.Action.Channel }),
		enum("tone", func(d *de) engine.Tone { return d.Action.Tone }),
		enum("offer", func(d *de) engine.Offer { return d.Action.Offer }),
		plain("address_ref", func(d *de) string { return d.Action.AddressRef }),
		plain("template", func(d *de) string { return d.Action.Template }),
		plain("language", func(d *de) string { return d.Action.Language }),
		instant("not_before", func(d *de) time.Time { return d.Action.NotBefore }),
		instant("not_after", func(d *de) time.Time { return d.Action.NotAfter }),
		plain("tz", func(d *de) string { return d.Action.TZ }),
		instant("until", func(d *de) time.Time { return d.Until }),
		plain("reason", func(d *de) string { return d.Reason }),
		plain("queue", func(d *de) string { return d.Queue }),
		plain("cost_micro", func(d *de) int64 { return d.CostMicro }),
	}
}
