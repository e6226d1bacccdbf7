package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/engine"
	"takt/engine/policy"
	"takt/experiments/decided"
	"takt/experiments/ope"
	"takt/features/history"
	"takt/models/registry"
)

func newEvaluate(e *env) *cobra.Command {
	var j judging
	var tenant string
	var times [3]string // as-of, from, to
	c := &cobra.Command{Use: "evaluate", Short: "say from logged decisions what other policies would have earned",
		Long: "Reads a tenant's decisions whose labels are closed, beside a running server or with its lock, audits\n" +
			"their propensities and says what each policy would have earned per decision, clustered by debtor.\n" +
			"takt evaluate logged does the same for any other logged data.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := j.check(); err != nil {
				return err
			}
			o, err := e.span(times)
			if err != nil {
				return err
			}
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, _ app.Call, r app.Reader) error {
				return e.evaluate(ctx, r, tenant, o, &j)
			})
		}}
	j.flags(c, "logged, uniform, always=hold, always=CHANNEL/TONE/SLOT/OFFER, channel=LEVEL (tone=, slot=, offer=), snapshot:ID, snapshot:FILE or snapshot:live, the latter with /greedy for its best action; repeat it for several (default logged, uniform, always=hold)")
	f := c.Flags()
	f.StringVar(&tenant, "tenant", "", "tenant whose decisions are judged")
	f.StringVar(&times[0], "as-of", "", "labels are as known at this RFC 3339 time (default now)")
	f.StringVar(&times[1], "from", "", "only decisions issued from this RFC 3339 time on")
	f.StringVar(&times[2], "to", "", "only decisions issued before this RFC 3339 time")
	c.AddCommand(newEvaluateLogged(e), newIntensity(e), newProxies(e))
	return c
}

// span reads the times of the flags.
func (e *env) span(texts [3]string) (o decided.Options, err error) {
	o.AsOf = time.Now()
	for i, f := range []struct {
		name string
		at   *time.Time
	}{{"as-of", &o.AsOf}, {"from", &o.From}, {"to", &o.To}} {
		if texts[i] == "" {
			continue
		}
		if *f.at, err = time.Parse(time.RFC3339, texts[i]); err != nil {
			return o, usage(fmt.Errorf("--%s: %q is no RFC 3339 time, such as 2025-11-21T10:00:00Z", f.name, texts[i]))
		}
	}
	c, err := e.config()
	if err == nil && c.Clock == "replay" && texts[0] == "" {
		err = usage(errors.New("--as-of: on the replay clock say as of when labels are known"))
	}
	return o, err
}

func (e *env) evaluate(ctx context.Context, r app.Reader, tenant string, o decided.Options, j *judging) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if o.Tenant, err = c.Tenant(tenant, make([]byte, 32)); err != nil { // nothing is drawn with it
		return err
	}
	l, err := decided.Read(ctx, r, o)
	if err != nil {
		return err
	}
	policies, err := l.Policies(j.policies, func(id string) (*engine.Snapshot, error) { return openSnapshot(ctx, r, tenant, id) })
	if err != nil {
		return usage(err)
	}
	report, err := l.Evaluate(policies, ope.Judge{Level: j.level, Draws: j.draws, Seed: j.seed})
	if err != nil {
		return err
	}
	if err := plotReliability(j.plot, report.Reliability); err != nil {
		return err
	}
	return e.print(report, func(w io.Writer) error { return printDecided(w, report) })
}

// openSnapshot opens what readSnapshot reads.
func openSnapshot(ctx context.Context, r app.Reader, tenant, id string) (*engine.Snapshot, error) {
	data, err := readSnapshot(ctx, r, tenant, id)
	if err != nil {
		return nil, err
	}
	return policy.Open(data)
}

// snapshotFile reports whether a snapshot is named by its file.
func snapshotFile(id string) bool { return id != "live" && strings.ContainsAny(id, `/\.`) }

// readSnapshot is a published snapshot by its id or the beginning of it, the live one, or one in a file.
func readSnapshot(ctx context.Context, r app.Reader, tenant, id string) ([]byte, error) {
	if snapshotFile(id) {
		data, err := os.ReadFile(id)
		if err != nil {
			return nil, fmt.Errorf("read the snapshot: %w", err)
		}
		return data, nil
	}
	all, err := r.Artefacts(ctx, tenant, registry.Policy, "", "")
	if err != nil {
		return nil, err
	}
	reg, live := registry.New(r), map[string]string{} // by name
	var hits []history.Artefact
	for _, a := range all {
		if _, known := live[a.Name]; !known && id == "live" {
			if live[a.Name], err = reg.LiveVersion(ctx, tenant, registry.Policy, a.Name); err != nil {
				return nil, err
			}
		}
		if id == "live" && a.Version == live[a.Name] || id != "live" && id != "" && strings.HasPrefix(a.Version, id) {
			hits = append(hits, a)
		}
	}
	if len(hits) != 1 {
		return nil, fmt.Errorf("%w: tenant %[3]s has %[2]d published snapshots called %[4]q; takt train publishes one and prints its id", decided.ErrPolicy, len(hits), tenant, id)
	}
	a, err := reg.Get(ctx, tenant, registry.Policy, hits[0].Name, hits[0].Version)
	return a.Data, err
}

func printDecided(w io.Writer, r *decided.Report) error {
	fmt.Fprintf(w, "tenant %s: %d of %d decisions judged, labels as of %s; figures in minor units of %s per decision\n", r.Tenant, r.N, r.Decisions, r.AsOf.UTC().Format(time.RFC3339), r.Currency)
	reasons := slices.SortedFunc(maps.Keys(r.LeftOut), func(a, b decided.Reason) int {
		return cmp.Or(cmp.Compare(r.LeftOut[b], r.LeftOut[a]), cmp.Compare(a, b))
	})
	for _, why := range reasons {
		fmt.Fprintf(w, "  left out: %d %s\n", r.LeftOut[why], why)
	}
	fmt.Fprintf(w, "\nlog: %.6g earned per decision\n", r.Mean)
	if h := r.Holdout; h != nil {
		fmt.Fprintf(w, "ladder, by the hold-out: %.6g (%.5g … %.5g) per decision, %d decisions of %d debtors\n", h.Mean, h.Interval[0], h.Interval[1], h.N, h.Debtors)
	}
	var names []string
	var actions []ope.Calibration
	for _, a := range r.Actions {
		names, actions = append(names, a.Action), append(actions, a.Calibration)
	}
	if err := printCalibration(w, names, actions); err != nil {
		return err
	}
	return printVerdicts(w, r.Policies, r.Limits)
}
