package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/models/promotion"
)

func newTrain(e *env) *cobra.Command {
	var tenant, asOf, version string
	c := &cobra.Command{Use: "train", Short: "learn a tenant's policy from its log and publish it; a running server takes it over",
		Long: "Learns from the log and publishes the snapshot. Without --version it refreshes the live policy version, in that version's own form,\nand goes live if hold and tone shares stay within bands. With another name it is a candidate in the form of takt.yaml (policy,\nepsilon, reward, prior): takt policy promote judges it on decisions made from now on.", RunE: func(cmd *cobra.Command, _ []string) error {
			at := time.Now()
			if asOf != "" {
				var err error
				if at, err = time.Parse(time.RFC3339, asOf); err != nil {
					return usage(fmt.Errorf("--as-of: %q is no RFC 3339 time", asOf))
				}
			}
			if version != "" {
				if err := promotion.CheckName(version); err != nil {
					return usage(fmt.Errorf("--version: %w", err))
				}
			}
			cfg, err := e.config()
			if err != nil {
				return err
			}
			if cfg.Clock == "replay" && asOf == "" {
				return usage(errors.New("--as-of: on the replay clock say as of when labels are known"))
			}
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, r app.Reader) error {
				t, err := app.Train(ctx, cfg, r, tenant, version, at)
				if err != nil {
					return err
				}
				return e.print(t, func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "snapshot %.12s of tenant %s, version %s, %s: learned from %d decisions and %d past contacts, %d labels still open, %d reports missing\n",
						t.Snapshot, t.Tenant, t.Version, became(&t), t.Report.Closed, t.Report.Past, t.Report.Open, t.Report.Missing)
					return err
				})
			})
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose policy is learned")
	c.Flags().StringVar(&version, "version", "", "policy version (default the live one, bandit-1 before there is one)")
	c.Flags().StringVar(&asOf, "as-of", "", "labels are as known at this RFC 3339 time (default now)")
	return c
}

// became is the state of a training run in words.
func became(t *app.Trained) string {
	switch t.State {
	case promotion.StateLive:
		return "is live"
	case promotion.StateUnchanged:
		return "was there already, the log has nothing new to say"
	case promotion.StateHeld:
		return "is held (" + t.Reason + ")"
	}
	return "is a candidate"
}
