package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"takt/api/keys"
)

func newKeys(e *env) *cobra.Command {
	return family("keys", "create, list, expire, rotate and revoke API keys",
		keysCreate(e), keysList(e), keysExpire(e), keysRotate(e), keysRevoke(e))
}

// keyFile is the path of keys.json; the data directory is made if need be.
func (e *env) keyFile() (string, error) {
	c, err := e.config()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return "", fmt.Errorf("open the data directory: %w", err)
	}
	return filepath.Join(c.Data, "keys.json"), nil
}

// newKey is what `takt keys create --json` prints; nobody can read Text again.
type newKey struct {
	keys.Key
	Text string `json:"key"`
}

func (e *env) printKey(k keys.Key, text string) error {
	return e.print(newKey{k, text}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n", text)
		fmt.Fprintf(os.Stderr, "key %s of tenant %s, role %s: keep it, it is not shown again\n", k.ID, k.Tenant, k.Role)
		return err
	})
}

func keysCreate(e *env) *cobra.Command {
	var tenant, role string
	var days int
	c := &cobra.Command{Use: "create", Short: "create a key and print it once", RunE: func(*cobra.Command, []string) error {
		r, err := keys.ParseRole(role)
		if err != nil {
			return usage(fmt.Errorf("--role: %w", err))
		}
		if err := checkTenant(tenant); err != nil {
			return err
		}
		if days < 0 {
			return usage(errors.New("--days: use 1 or more, or 0 for a key that does not expire"))
		}
		path, err := e.keyFile()
		if err != nil {
			return err
		}
		n := keys.New{Tenant: tenant, Role: r}
		if days > 0 {
			n.Expires = time.Now().AddDate(0, 0, days)
		}
		k, text, err := keys.Create(path, n)
		if err != nil {
			return err
		}
		return e.printKey(k, text)
	}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant the key belongs to")
	c.Flags().StringVar(&role, "role", "decide", "decide, analyst or admin")
	c.Flags().IntVar(&days, "days", 0, "days until it expires; 0 never")
	return c
}

func keysList(e *env) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "list keys without their secrets", RunE: func(*cobra.Command, []string) error {
		path, err := e.keyFile()
		if err != nil {
			return err
		}
		all, err := keys.List(path)
		if err != nil {
			return err
		}
		return e.print(all, func(w io.Writer) error {
			t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
			fmt.Fprintln(t, "ID\tTENANT\tROLE\tCREATED\tSTATE")
			for _, k := range all {
				state := "valid"
				if err := k.Valid(time.Now()); err != nil {
					state = err.Error()
				} else if !k.Expires.IsZero() {
					state = "until " + k.Expires.Format(time.DateOnly)
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Tenant, k.Role, k.Created.Format(time.DateOnly), state)
			}
			return t.Flush()
		})
	}}
}

// onKey is a command that changes one key.
func onKey(e *env, use, short, done string, act func(path, id string) error) *cobra.Command {
	return &cobra.Command{Use: use + " ID", Short: short, Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		path, err := e.keyFile()
		if err != nil {
			return err
		}
		if err := act(path, args[0]); err != nil {
			return err
		}
		return e.print(map[string]string{"id": args[0], "state": done}, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "key %s %s\n", args[0], done)
			return err
		})
	}}
}

func keysRevoke(e *env) *cobra.Command {
	return onKey(e, "revoke", "refuse a key from now on", "is revoked", func(path, id string) error { return keys.Revoke(path, id, time.Now()) })
}

func keysExpire(e *env) *cobra.Command {
	var after time.Duration
	c := onKey(e, "expire", "end a key after a while", "will expire", func(path, id string) error { return keys.Expire(path, id, time.Now().Add(after)) })
	c.Flags().DurationVar(&after, "in", 0, "time until it ends, such as 24h")
	return c
}

func keysRotate(e *env) *cobra.Command {
	var grace time.Duration
	c := &cobra.Command{Use: "rotate ID", Short: "create a successor; the old key works on for the grace time", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := e.keyFile()
			if err != nil {
				return err
			}
			k, text, err := keys.Rotate(path, args[0], grace, keys.New{})
			if err != nil {
				return err
			}
			return e.printKey(k, text)
		}}
	c.Flags().DurationVar(&grace, "grace", 24*time.Hour, "how long the old key works on")
	return c
}
