package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/engine"
	"takt/features/audit"
)

// newDebtors serves what a data subject may ask for.
func newDebtors(e *env) *cobra.Command {
	return family("debtors", "export or erase all that is kept of a debtor",
		debtorsExport(e), debtorsErase(e))
}

func debtorsExport(e *env) *cobra.Command {
	var tenant, out string
	c := &cobra.Command{Use: "export ID", Args: cobra.ExactArgs(1), Short: "all that is kept of a debtor, as one JSON document", RunE: func(cmd *cobra.Command, args []string) error {
		return e.asking(cmd.Context(), tenant, func(ctx context.Context, call app.Call) error {
			status, reply, err := call(ctx, tenant, http.MethodGet, "/v1/debtors/"+url.PathEscape(args[0])+"/export", "", "", nil)
			if err != nil {
				return err
			}
			if status/100 != 2 || out == "-" {
				return e.printReply(status, reply)
			}
			if err := os.WriteFile(out, reply, 0o600); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			return e.printDone("export", out)
		})
	}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose debtor it is")
	c.Flags().StringVar(&out, "out", "-", "file to write, readable by its owner only; - is standard output")
	return c
}

// erasedReply is the reply to an erasure.
type erasedReply struct {
	Erased    bool   `json:"erased"`
	Erasure   int    `json:"erasure_id"`
	Events    int    `json:"events"`
	Decisions int    `json:"decisions"`
	Snapshots int    `json:"snapshots_touched"`
	KeyCopy   string `json:"key_copy"`
}

func debtorsErase(e *env) *cobra.Command {
	var tenant, reason string
	var yes bool
	c := &cobra.Command{Use: "erase ID", Args: cobra.ExactArgs(1), Short: "destroy the key of a debtor's facts, here and in all backups; nothing brings them back", RunE: func(cmd *cobra.Command, args []string) error {
		if !yes {
			return usage(errors.New("--yes: nothing brings an erased debtor back; say --yes"))
		}
		path := "/v1/debtors/" + url.PathEscape(args[0])
		if reason != "" {
			path += "?reason=" + url.QueryEscape(reason)
		}
		return askAPI(e, cmd.Context(), tenant, http.MethodDelete, path, nil, showErased)
	}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose debtor it is")
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log; name nobody in it")
	c.Flags().BoolVar(&yes, "yes", false, "erase; nothing brings it back")
	return c
}

func showErased(w io.Writer, v *erasedReply) error {
	if !v.Erased {
		_, err := fmt.Fprintln(w, "nothing is known of this debtor")
		return err
	}
	_, err := fmt.Fprintf(w, "erased (entry %d of the audit log): %d events, %d decisions; snapshots that learned from them: %d; copy of the keys beside the last backup: %s\n",
		v.Erasure, v.Events, v.Decisions, v.Snapshots, v.KeyCopy)
	return err
}

// loosened are the rules that an entry of overrides is about.
func loosened(x *audit.Entry) (list []engine.RuleOverride) {
	if x.Act == audit.Overrides && json.Unmarshal(x.Detail, &list) != nil {
		return nil
	}
	return list
}

// told is an entry's reason, of an approval with what was said and by whom.
func told(x *audit.Entry) string {
	var a struct {
		Approved bool
		By       string
	}
	if x.Act != audit.Approval || json.Unmarshal(x.Detail, &a) != nil {
		return x.Reason
	}
	word := "refused"
	if a.Approved {
		word = "approved"
	}
	return word + " by " + a.By + ": " + x.Reason
}

// newAudit lists what people did against or beside the rules.
func newAudit(e *env) *cobra.Command {
	var tenant string
	var limit int
	c := &cobra.Command{Use: "audit", Short: "what people did against or beside the rules: erasures, approvals, forced promotions, pauses, loosened rules", RunE: func(cmd *cobra.Command, _ []string) error {
		return askAPI(e, cmd.Context(), tenant, http.MethodGet, fmt.Sprintf("/v1/audit?limit=%d", limit), nil, showAudit)
	}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose log it is")
	c.Flags().IntVar(&limit, "limit", 100, "how many entries, newest first")
	return c
}

func showAudit(w io.Writer, v *struct{ Entries []audit.Entry }) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "at\tact\twho\tsubject\treason")
	for _, x := range v.Entries {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.At.Format(time.DateTime), x.Act, x.Who, x.Subject, told(&x))
		for _, o := range loosened(&x) {
			fmt.Fprintf(t, "\t\t%s\t%s\t%s: %s\n", o.By, o.Rule, o.What, cmp.Or(o.Reason, "checked"))
		}
	}
	return t.Flush()
}
