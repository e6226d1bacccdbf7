package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"

	"takt/api/payload"
	"takt/engine"
	"takt/engine/explain"
	"takt/engine/explain/debtor"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
)

// explanation tells a stored decision's values against waiting and against the next best action, or
// to the debtor in plain words how it came about; from its row and what it was made with.
func (s *Server) explanation(x *call) error {
	audience := x.r.URL.Query().Get("audience")
	if audience != "" && audience != toAnalyst && audience != toDebtor {
		return badParameter("audience", "is not known; use "+toAnalyst+" or "+toDebtor)
	}
	d, err := x.row()
	if err != nil {
		return err
	}
	a, err := s.account(x.r.Context(), d)
	if err != nil {
		return err
	}
	if audience == toDebtor {
		return x.reply(http.StatusOK, payload.AppendToDebtor(nil, forDebtor(a, x.tenant.Config)))
	}
	return x.reply(http.StatusOK, payload.AppendExplanation(nil, a, featureName))
}

// The audiences of an explanation; the analyst is the default.
const (
	toAnalyst = "analyst"
	toDebtor  = "debtor"
)

// forDebtor tells an account to the person concerned. Whom they turn to is what counts today.
func forDebtor(a *explain.Account, t *engine.Tenant) *debtor.Explanation {
	d := a.Decision
	noted := payload.ReadNoted(d.Reply)
	known, neutral := features.Known(d.X, d.Portfolio != "" || d.Segment != "", a.Denied)
	return debtor.Of(a, debtor.Basis{Contact: t.Contact, Zone: noted.Zone, Noted: noted.Reasons, Words: features.OwnText,
		Data: debtor.Data{Known: categories(known), Neutral: categories(neutral), Scored: features.Scored(d.X),
			Blank: func(i int) bool { return features.Neutral(d.X, i) }}})
}

// categories are categories in words.
func categories(list []*features.Category) []explain.Text {
	var texts []explain.Text
	for _, c := range list {
		texts = append(texts, explain.Text{explain.English: c.Text("en"), explain.German: c.Text("de")})
	}
	return texts
}

// account explains a decision, or says why it cannot be explained. What does not give the value
// that was answered then is not shown.
func (s *Server) account(ctx context.Context, d *engine.Decision) (*explain.Account, error) {
	if d.Snapshot == "" {
		return explain.Without(d, explain.NoModel), nil
	}
	t, snapshot, err := s.Then(ctx, d)
	switch {
	case errors.Is(err, history.ErrNotFound):
		return explain.Without(d, explain.SnapshotGone), nil
	case errors.Is(err, policy.ErrAlgorithm):
		return explain.Without(d, explain.OtherModel), nil
	case err != nil:
		return nil, err
	}
	a, err := explain.Of(d, explain.Basis{Tenant: t, Snapshot: snapshot, Words: &words})
	switch told, ok := payload.Told(d.Reply); {
	case errors.Is(err, explain.ErrMismatch), err == nil && ok && math.Abs(a.Value-float64(told)) > .51:
		return explain.Without(d, explain.NotReproducible), nil
	}
	return a, err
}

// present is the default of Options.Then.
func (s *Server) present(_ context.Context, d *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
	t := s.tenants.get(d.Tenant)
	if now := t.Snapshot(); now != nil && now.ID == d.Snapshot {
		return t.Config, now, nil
	}
	return nil, nil, fmt.Errorf("snapshot %s: %w", d.Snapshot, history.ErrNotFound)
}

// columns are features.Groups, and the columns of portfolios and segments behind them as one.
var columns = append(slices.Clone(features.Groups), slices.Repeat([]int{len(features.Vector)}, policy.MaxGroups)...)

// words are what explanations call features.
var words = explain.Words{Groups: columns, Constant: features.Constant, Text: featureText}

func featureName(i int) string {
	switch {
	case i == len(features.Vector):
		return features.GroupName
	case i > len(features.Vector): // of a decision by a later program
		return fmt.Sprintf("feature_%d", i)
	}
	return features.Vector[i].Name
}

func featureText(i int, language string) string {
	switch {
	case i == len(features.Vector):
		return features.GroupText(language)
	case i > len(features.Vector):
		return featureName(i)
	}
	return features.Text(i, language)
}
