package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"takt/engine"
	"takt/models/promotion"
	"takt/models/registry"
)

func policyList(e *env) *cobra.Command {
	var tenant string
	var limit int
	c := &cobra.Command{Use: "list", Short: "list snapshots with their versions, what is live, and who changed what", RunE: func(cmd *cobra.Command, _ []string) error {
		return askAPI(e, cmd.Context(), tenant, http.MethodGet, fmt.Sprintf("/v1/policies?limit=%d", limit), nil, showList)
	}}
	tenantFlag(c, &tenant)
	c.Flags().IntVar(&limit, "limit", 20, "how many snapshots and changes, the newest first")
	return c
}

// touched says of a snapshot that it cannot be learned again.
func touched(replayable bool) string {
	if replayable {
		return ""
	}
	return "; not replayable, somebody was erased"
}

func showList(w io.Writer, l *promotion.List) error {
	fmt.Fprintf(w, "%s decides for tenant %s, version %s", l.Policy, l.Tenant, l.Version)
	if l.Live != "" {
		fmt.Fprintf(w, ", snapshot %.12s", l.Live)
	}
	if l.Ramp != "" {
		fmt.Fprintf(w, "; %.12s has %.0f %% of the debtors", l.Ramp, 100*l.Share)
	}
	fmt.Fprintln(w)
	if l.Paused {
		fmt.Fprintln(w, "PAUSED: the ladder decides until takt policy resume")
	}
	if l.Frozen {
		fmt.Fprintln(w, "rolled back: refreshes are held until takt policy promote or resume")
	}
	if len(l.Differs) > 0 {
		fmt.Fprintf(w, "takt.yaml says another %s than the live version has; takt policy train --version NAME makes a new one\n", strings.Join(l.Differs, ", "))
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "\nSNAPSHOT\tVERSION\tNOW\tTRAINED AS OF\tROWS\tLAST DRIFT\tBECAME")
	for _, i := range l.Items {
		fmt.Fprintf(t, "%.12s\t%s\t%s\t%s\t%d\t%s\t%s\n", i.Snapshot, i.Version, cmp.Or(i.Now, "-"), stamp(i.AsOf), i.Report.Learned, drift(i.Drift), strings.TrimSuffix(i.State+": "+i.Reason, ": ")+touched(i.Replayable))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return showLog(w, l.Log)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// drift is an alarm in a line: its day, its channel, and how much more of the debtors settle than expected.
func drift(d *engine.Drift) string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("%s %s %+.3f", d.Day, d.Channel, d.Shift)
}

func showLog(w io.Writer, log []registry.State) error {
	if len(log) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "\nCHANGED\tBY\tWHAT\tSNAPSHOT\tWHY")
	for _, s := range log {
		what, snapshot := s.Act, s.Version
		if s.Act == registry.ActRamp {
			what, snapshot = fmt.Sprintf("ramp %.0f %%", 100*s.Share), s.Ramp
		}
		if s.Forced {
			what += ", forced"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", stamp(s.At), cmp.Or(s.Who, "-"), cmp.Or(what, "live"), cmp.Or(fmt.Sprintf("%.12s", snapshot), "-"), s.Reason)
	}
	return t.Flush()
}

func policyShow(e *env) *cobra.Command {
	var tenant string
	c := &cobra.Command{Use: "show VERSION", Args: cobra.ExactArgs(1), Short: "show a version or snapshot; one that is not live with the gate's verdict", RunE: func(cmd *cobra.Command, args []string) error {
		return askAPI(e, cmd.Context(), tenant, http.MethodGet, "/v1/policies/"+url.PathEscape(args[0]), nil, showDetail)
	}}
	tenantFlag(c, &tenant)
	return c
}

func showDetail(w io.Writer, d *promotion.Detail) error {
	fmt.Fprintf(w, "snapshot %s\nversion %s, trained as of %s from %d rows: %s\n", d.Snapshot, d.Version, stamp(d.AsOf), d.Report.Learned, strings.TrimSuffix(d.State+": "+d.Reason, ": "))
	if !d.Replayable {
		fmt.Fprintf(w, "not replayable: since %s facts that it was learned from are erased\n", stamp(d.Touched))
	}
	if d.Now != "" {
		fmt.Fprintf(w, "now: %s\n", d.Now)
	}
	fmt.Fprintf(w, "last drift alarm: %s\n", drift(d.Drift))
	if f := d.Form; f != nil {
		fmt.Fprintf(w, "form: %s, epsilon %g, weights pay %g, cost %g, keep %g, horizon %g days, %s\n", f.Policy, f.Epsilon, f.Reward.Pay, f.Reward.Cost, f.Reward.Keep, f.Reward.HorizonDays, f.Algorithm)
		fmt.Fprintf(w, "features: %d, denied: %s\n", f.Features, cmp.Or(strings.Join(f.Denied, ", "), "none"))
	} else {
		fmt.Fprintln(w, "it cannot serve this tenant: other actions, features or model; train again")
	}
	if s := d.Shift; s != nil {
		fmt.Fprintf(w, "against the live snapshot on %d recent decisions: hold %.3f, was %.3f", s.Decisions, s.Hold.New, s.Hold.Live)
		for _, t := range slices.Sorted(maps.Keys(s.Tones)) {
			fmt.Fprintf(w, "; %s %.3f, was %.3f", t, s.Tones[t].New, s.Tones[t].Live)
		}
		fmt.Fprintln(w)
	}
	if d.Verdict != nil {
		if err := showVerdict(w, d.Verdict); err != nil {
			return err
		}
	}
	return showLog(w, d.Log)
}

func showVerdict(w io.Writer, v *promotion.Verdict) error {
	fmt.Fprintf(w, "gate: %s\n", v.Reason)
	if v.Result != promotion.NotEstimable {
		fmt.Fprintf(w, "  %d decisions of %d debtors; live %.2f, this %.2f minor units per decision; difference %.2f in [%.2f, %.2f], each bound at %.0f %% however often one looks\n",
			v.Decisions, v.Debtors, v.Live, v.Candidate, v.Diff, v.Lower, v.Upper, 100*v.Level)
	}
	switch {
	case v.Result == promotion.NotEstimable && v.Needed > 0:
		fmt.Fprintf(w, "  decisions still needed before anything can be said: about %d\n", v.Needed)
	case v.Needed > 0:
		fmt.Fprintf(w, "  decisions still needed to show that it is not inferior: about %d\n", v.Needed)
	}
	if v.NeededBetter > 0 {
		fmt.Fprintf(w, "  decisions still needed to show that it is better: about %d\n", v.NeededBetter)
	}
	return nil
}

func showPromoted(w io.Writer, p *promotion.Promoted) error {
	what := "is live"
	if p.State == registry.ActRamp {
		what = fmt.Sprintf("decides for %.0f %% of the debtors; promote it again for the next step", 100*p.Share)
	}
	if p.Forced {
		what += ", by force"
	}
	fmt.Fprintf(w, "snapshot %.12s of tenant %s, version %s, %s\n", p.Snapshot, p.Tenant, p.Version, what)
	if p.Verdict != nil {
		return showVerdict(w, p.Verdict)
	}
	return nil
}

func policyShadow(e *env) *cobra.Command {
	var tenant string
	c := &cobra.Command{Use: "shadow", Short: "what the live model expects that its choices would have gained over the caller's ladder", RunE: func(cmd *cobra.Command, _ []string) error {
		return askAPI(e, cmd.Context(), tenant, http.MethodGet, "/v1/policies/shadow", nil, showShadow)
	}}
	tenantFlag(c, &tenant)
	return c
}

func showShadow(w io.Writer, r *promotion.ShadowReport) error {
	fmt.Fprintf(w, "%d shadow decisions of %d debtors with closed labels\n", r.Decisions, r.Debtors)
	if r.Decisions > 0 {
		fmt.Fprintf(w, "model-based: engine %.2f, ladder %.2f (really earned %.2f); gain %.2f", r.Engine, r.Ladder, r.Observed, r.Gain)
		if r.Known {
			fmt.Fprintf(w, " in [%.2f, %.2f]", r.Lower, r.Upper)
		}
		fmt.Fprintf(w, " minor units per decision\nsame channel in %.1f %% of decisions\n", 100*r.Agreement)
		fmt.Fprintf(w, "note: %s\n", r.Note)
	}
	fmt.Fprintf(w, "by weights: %s\n", r.Weights)
	return nil
}
