package historytest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
)

// Decision generates a decision with any values; it is not one that an engine would make.
func Decision() *rapid.Generator[engine.Decision] {
	return rapid.Custom(func(t *rapid.T) engine.Decision {
		d := engine.Decision{
			ID: id.Draw(t, "id"), Debtor: rapid.SampledFrom([]string{"D-1", "D-2", "D-10", "d"}).Draw(t, "debtor"),
			Case: rapid.SampledFrom([]string{"C-1", "C-2", "C-3"}).Draw(t, "case"), Seq: 1 + rapid.Uint64Max(1<<40).Draw(t, "seq"),
			Kind: engine.Kind(rapid.IntRange(1, int(engine.KindRoute)).Draw(t, "kind")), Mode: engine.Mode(rapid.IntRange(0, 1).Draw(t, "mode")),
			IssuedAt: instant.Draw(t, "issued"), Recorded: instant.Draw(t, "recorded"), Expires: far.Draw(t, "expires"), Review: far.Draw(t, "review"),
			ProfileAsOf: far.Draw(t, "as of"), Schema: rapid.IntRange(0, 100).Draw(t, "schema"), X: floats(t),
			Portfolio: text.Draw(t, "portfolio"), Segment: text.Draw(t, "segment"), OpenMinor: rapid.Int64().Draw(t, "open"), Currency: text.Draw(t, "currency"),
			Policy: text.Draw(t, "policy"), Version: text.Draw(t, "version"), Snapshot: text.Draw(t, "snapshot"), Ruleset: text.Draw(t, "ruleset"),
			Variant: engine.Variant{Experiment: text.Draw(t, "experiment"), Arm: text.Draw(t, "arm"), Share: finite.Draw(t, "share")},
			Grid:    text.Draw(t, "grid"), Eligible: actions(t), Epsilon: finite.Draw(t, "epsilon"), Draw: rapid.Float64Range(0, 1).Draw(t, "draw"),
			Chosen: rapid.IntRange(0, 65535).Draw(t, "chosen"), Propensity: rapid.Float64Range(0, 1).Draw(t, "propensity"), Action: contact(t),
			Until: far.Draw(t, "until"), Reason: text.Draw(t, "reason"), Queue: text.Draw(t, "queue"), CostMicro: rapid.Int64().Draw(t, "cost"),
			RequestHash: rapid.Uint64().Draw(t, "request"), Key: text.Draw(t, "key"), BodyHash: hash.Draw(t, "body"),
			Reply: rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "reply"),
		}
		for _, a := range actions(t) {
			d.Votes = append(d.Votes, engine.Vote{Action: a, Weight: finite.Draw(t, "weight")})
		}
		return d
	})
}

func floats(t *rapid.T) []float32 {
	return rapid.SliceOfN(rapid.Float32Range(-1e9, 1e9), 0, 5).Draw(t, "x")
}

func actions(t *rapid.T) []uint16 {
	a := rapid.SliceOfNDistinct(rapid.Uint16(), 0, 5, func(a uint16) uint16 { return a }).Draw(t, "actions")
	slices.Sort(a)
	return a
}

func contact(t *rapid.T) engine.ContactAction {
	a := engine.ContactAction{
		Channel: channel.Draw(t, "channel"), Tone: tone.Draw(t, "tone"), Offer: offer.Draw(t, "offer"), AddressRef: text.Draw(t, "address"),
		Template: text.Draw(t, "template"), Language: text.Draw(t, "language"), NotBefore: far.Draw(t, "from"), NotAfter: far.Draw(t, "to"),
		TZ: rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "America/New_York", ""}).Draw(t, "tz"),
	}
	if loc, err := time.LoadLocation(a.TZ); err == nil && a.TZ != "" {
		a.NotBefore, a.NotAfter = local(a.NotBefore, loc), local(a.NotAfter, loc)
	}
	return a
}

// local is t in the zone; none stays none.
func local(t time.Time, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(loc)
}
