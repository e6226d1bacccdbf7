package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/experiments"
)

func newHoldout(e *env) *cobra.Command {
	var tenant, lang string
	var year int
	c := &cobra.Command{Use: "holdout", Short: "show the debtors kept on the ladder: size, precision, and what the policy brought more",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lang != "en" && lang != "de" {
				return usage(fmt.Errorf("--lang: %q is neither en nor de", lang))
			}
			path := "/v1/experiments/holdout"
			if year != 0 {
				path += "?year=" + strconv.Itoa(year)
			}
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, _ app.Reader) error {
				status, reply, err := call(ctx, tenant, http.MethodGet, path, "", "", nil)
				if err != nil {
					return err
				}
				var r experiments.HoldoutResult
				if status != http.StatusOK || json.Unmarshal(reply, &r) != nil {
					return e.printReply(status, reply)
				}
				return e.print(r, func(w io.Writer) error {
					_, err := fmt.Fprintln(w, r.Text[lang])
					return err
				})
			})
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant whose hold-out is shown")
	c.Flags().IntVar(&year, "year", 0, "calendar year in UTC (default the present one)")
	c.Flags().StringVar(&lang, "lang", "en", "en or de")
	return c
}
