package promotion

import (
	"context"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Shadow reports what the live snapshot would have gained over the caller's own ladder; package
// experiments/ope/gate has one. See ShadowReport.
type Shadow func(ctx context.Context, src history.Scanner, live Arm, asOf time.Time) (ShadowReport, error)

// ShadowReport is what the live snapshot expects of its own choices over what the caller's ladder did, on
// shadow decisions with closed labels. It is an expectation of the model that chose, which flatters
// its own choices; only live decisions with propensities measure.
type ShadowReport struct {
	Method    string  `json:"method"` // direct_method
	Note      string  `json:"note"`
	Snapshot  string  `json:"snapshot_id"`
	Decisions int     `json:"decisions"` // shadow decisions used
	Debtors   int     `json:"debtors"`
	Engine    float64 `json:"engine"` // mean model value of the engine's choices, minor units per decision
	Ladder    float64 `json:"ladder"` // of what the caller did
	Gain      float64 `json:"gain"`
	Lower     float64 `json:"lower"` // 95 % interval of Gain over debtors; the model's own error is not in it
	Upper     float64 `json:"upper"`
	Known     bool    `json:"interval"` // there are debtors enough for one

	// Observed is what the decisions really earned under the ladder; Ladder should be near it.
	Observed float64 `json:"observed"`

	Agreement float64            `json:"agreement"` // share of decisions with the same channel, waiting a channel of its own
	Executed  map[string]float64 `json:"executed"`  // share of what the caller did, by channel; hold: no contact
	Weights   string             `json:"weights"`   // whether the caller's actions vary enough for weights
	LeftOut   map[string]int     `json:"left_out,omitempty"`
}

// ShadowReport asks for the report on the tenant's shadow decisions.
func (d *Desk) ShadowReport(ctx context.Context, t *engine.Tenant) (ShadowReport, error) {
	if d.Flush != nil {
		if err := d.Flush(ctx); err != nil {
			return ShadowReport{}, err
		}
	}
	s, err := d.Stage(ctx, t)
	if err != nil {
		return ShadowReport{}, err
	}
	if d.Shadow == nil {
		return ShadowReport{Weights: "not estimable: no report is set up here", Executed: map[string]float64{}}, nil
	}
	return d.Shadow(ctx, d.Store, s.Live, d.Now(t.ID))
}
