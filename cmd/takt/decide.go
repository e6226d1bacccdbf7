package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"takt/cmd/app"
)

func newDecide(e *env) *cobra.Command {
	var tenant, key string
	c := &cobra.Command{Use: "decide [FILE]", Short: "ask for one decision: the JSON request from a file or standard input", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body, err := readInput(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			if key == "" {
				key = "cli-" + rand.Text()
			}
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, _ app.Reader) error {
				status, reply, err := call(ctx, tenant, http.MethodPost, "/v1/decisions", "application/json", key, body)
				if err != nil {
					return err
				}
				return e.printReply(status, reply)
			})
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant that asks")
	c.Flags().StringVar(&key, "idempotency-key", "", "the same key gives the same answer (default: a new one)")
	return c
}

func readInput(stdin io.Reader, args []string) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.ReadAll(stdin)
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return b, nil
}

func newProfile(e *env) *cobra.Command {
	var tenant string
	c := &cobra.Command{Use: "profile DEBTOR", Short: "show what is known of a debtor", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, _ app.Reader) error {
				status, reply, err := call(ctx, tenant, http.MethodGet, "/v1/debtors/"+url.PathEscape(args[0])+"/profile", "", "", nil)
				if err != nil {
					return err
				}
				return e.printReply(status, reply)
			})
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant of the debtor")
	return c
}
