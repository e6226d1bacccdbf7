package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"takt/cmd/app"
)

// family is a command that has commands of its own and does nothing itself.
func family(name, short string, of ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs, RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return usage(fmt.Errorf("unknown command %q of %s; takt %s --help lists them", args[0], name, name))
	}}
	c.AddCommand(of...)
	for _, sub := range of {
		sub.Args = usageArgs(sub.Args)
	}
	return c
}

// askAPI is one request of a tenant; the reply is read into a T and shown, with --json as it came.
func askAPI[T any](e *env, ctx context.Context, tenant, method, path string, body any, show func(io.Writer, *T) error) error {
	var text []byte
	mediaType := ""
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		mediaType = "application/json"
	}
	return e.asking(ctx, tenant, func(ctx context.Context, call app.Call) error {
		status, reply, err := call(ctx, tenant, method, path, mediaType, "", text)
		if err != nil {
			return err
		}
		if status/100 != 2 {
			return e.refused(status, reply)
		}
		var v T
		if err := json.Unmarshal(reply, &v); err != nil {
			return fmt.Errorf("read the reply: %w", err)
		}
		return e.print(json.RawMessage(reply), func(w io.Writer) error { return show(w, &v) })
	})
}

// asking runs f against the API of the running server, which may keep its facts where no command can read
// them, or of one opened here.
func (e *env) asking(ctx context.Context, tenant string, f func(context.Context, app.Call) error) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if err := checkTenant(tenant); err != nil {
		return err
	}
	run, err := app.FindRun(c.Data)
	if err != nil {
		return err
	}
	if run == nil {
		return e.beside(ctx, tenant, func(ctx context.Context, call app.Call, _ app.Reader) error { return f(ctx, call) })
	}
	if err := knownTenant(c, tenant); err != nil {
		return err
	}
	return f(ctx, run.Call)
}
