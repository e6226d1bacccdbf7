package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
)

func newTrain(e *env) *cobra.Command {
	var tenant, asOf string
	c := &cobra.Command{Use: "train", Short: "learn a tenant's policy from its log and publish it; a running server takes it over", RunE: func(cmd *cobra.Command, _ []string) error {
		at := time.Now()
		if asOf != "" {
			var err error
			if at, err = time.Parse(time.RFC3339, asOf); err != nil {
				return usage(fmt.Errorf("--as-of: %q is no RFC 3339 time", asOf))
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
			t, err := app.Train(ctx, cfg, r, tenant, at)
			if err != nil {
				return err
			}
			return e.print(t, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "snapshot %.12s of tenant %s is live: learned from %d decisions and %d past contacts, %d labels still open, %d reports missing\n",
					t.Snapshot, t.Tenant, t.Report.Closed, t.Report.Past, t.Report.Open, t.Report.Missing)
				return err
			})
		})
	}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose policy is learned")
	c.Flags().StringVar(&asOf, "as-of", "", "labels are as known at this RFC 3339 time (default now)")
	return c
}
