package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"takt/api/keys"
	"takt/cmd/app"
	"takt/cmd/config"
)

// beside runs f against the API of the server that owns the data directory, or, when none runs, of
// one opened in this process for as long as f takes.
func (e *env) beside(ctx context.Context, tenant string, f func(ctx context.Context, call app.Call, r app.Reader) error) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if err := checkTenant(tenant); err != nil {
		return err
	}
	if err := knownTenant(c, tenant); err != nil {
		return err
	}
	run, err := app.FindRun(c.Data)
	if err != nil {
		return err
	}
	if run != nil {
		r, err := app.OpenReader(ctx, c.Data, run)
		if err != nil {
			return err
		}
		defer r.Close()
		return f(ctx, run.Call, r)
	}
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Options{Config: c, Logger: quiet, Tenants: []string{tenant}})
	if err != nil {
		return err
	}
	background, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Ship(background) }()
	err = a.Flush(ctx) // f may read the store
	if err == nil {
		err = f(ctx, a.Call, a.Reader())
	}
	if err == nil {
		err = a.Flush(ctx)
	}
	cancel()
	return errors.Join(err, ignoreEnd(<-done), a.Close())
}

// knownTenant refuses a tenant whom neither the configuration nor a key names: most likely a slip
// of the pen, which would otherwise make a new tenant.
func knownTenant(c *config.Config, name string) error {
	if _, ok := c.Tenants[name]; ok {
		return nil
	}
	all, err := keys.List((&app.Dir{Path: c.Data}).Keys())
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.Tenant == name {
			return nil
		}
	}
	return usage(fmt.Errorf("--tenant: nobody knows %q; create a key for it with takt keys create --tenant %s, or name it in takt.yaml", name, name))
}

// checkTenant refuses what cannot be a tenant: its name is a word in the configuration, logs and labels.
func checkTenant(name string) error {
	odd := strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-", c)
	})
	if name == "" || len(name) > 64 || odd {
		return usage(errors.New("--tenant: name the tenant, such as acme: at most 64 letters, digits and . _ -"))
	}
	return nil
}

// printReply prints a JSON reply, or the problem it is as an error.
func (e *env) printReply(status int, reply []byte) error {
	if status/100 != 2 {
		var p struct {
			Title, Detail string
			Errors        []struct{ Pointer, Header, Parameter, Detail string }
		}
		if json.Unmarshal(reply, &p) != nil || p.Title == "" {
			return fmt.Errorf("the server answered %d: %.300s", status, reply)
		}
		err := fmt.Errorf("%s (%d): %s", p.Title, status, p.Detail)
		for _, f := range p.Errors {
			err = fmt.Errorf("%w\n  %s%s%s %s", err, f.Pointer, f.Header, f.Parameter, f.Detail)
		}
		return err
	}
	return e.print(json.RawMessage(reply), func(w io.Writer) error {
		var v any
		if err := json.Unmarshal(reply, &v); err != nil {
			return fmt.Errorf("read the reply: %w", err)
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(json.RawMessage(reply))
	})
}
