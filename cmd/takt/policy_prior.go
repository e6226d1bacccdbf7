package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"takt/cmd/app"
	"takt/cmd/config"
	"takt/engine/policy"
)

func policyPrior(e *env) *cobra.Command {
	var tenant, from string
	c := &cobra.Command{Use: "prior", Short: "print what is believed before any data, as the file that tenants.ID.prior names: the default, a tenant's, or what a snapshot has learned",
		Long: "Prints a prior as YAML (with --json as JSON), every number written out: the default; with --tenant the one configured for the tenant; with\n--from the one of a snapshot, with the deviations that its log made most probable. Written to a file that tenants.ID.prior names, the\nfinding of one tenant is the prior of another. A running tenant takes another prior with its next policy version.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			spec, what, err := e.prior(cmd.Context(), tenant, from)
			if err != nil {
				return err
			}
			text := config.FormatPrior(spec)
			var v map[string]any
			if err := yaml.Unmarshal(text, &v); err != nil {
				return fmt.Errorf("print the prior: %w", err)
			}
			return e.print(v, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "# %s\n%s", what, text)
				return err
			})
		}}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&from, "from", "", "snapshot whose finding it is: its id or the beginning of it, live, or a file")
	return c
}

// prior is what the flags name, and what it is in words.
func (e *env) prior(ctx context.Context, tenant, from string) (*policy.PriorSpec, string, error) {
	c, err := e.config()
	if err != nil {
		return nil, "", err
	}
	spec := policy.DefaultPrior()
	switch {
	case from != "" && snapshotFile(from):
		data, err := readSnapshot(ctx, nil, tenant, from)
		if err == nil {
			spec, err = policy.LearnedOf(data)
		}
		return &spec, "learned by the snapshot in " + from, err
	case from != "" && tenant == "":
		return nil, "", usage(errors.New("--tenant: name the tenant whose snapshot it is, or a file"))
	case from != "":
		err := e.beside(ctx, tenant, func(ctx context.Context, _ app.Call, r app.Reader) error {
			data, err := readSnapshot(ctx, r, tenant, from)
			if err == nil {
				spec, err = policy.LearnedOf(data)
			}
			return err
		})
		return &spec, fmt.Sprintf("learned by snapshot %s of tenant %s", from, tenant), err
	case tenant == "":
		return &spec, "default", nil
	}
	if err := checkTenant(tenant); err != nil {
		return nil, "", err
	}
	if err := knownTenant(c, tenant); err != nil {
		return nil, "", err
	}
	if own := c.Prior(tenant); own != nil {
		return own, fmt.Sprintf("of tenant %s, by %s", tenant, c.Tenants[tenant].Prior), nil
	}
	return &spec, fmt.Sprintf("of tenant %s, which has the default", tenant), nil
}
