package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/spf13/cobra"

	"takt/cmd/app"
)

func newMigrate(e *env) *cobra.Command {
	return &cobra.Command{Use: "migrate", Short: "bring the store's schema up to date (serve does it by itself)", RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := e.config()
		if err != nil {
			return err
		}
		if err := app.Migrate(cmd.Context(), c, logger(c)); err != nil {
			return err
		}
		return e.print(map[string]string{"store": app.Redact(c.Store), "schema": "up to date"}, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "the schema of %s is up to date\n", app.Redact(c.Store))
			return err
		})
	}}
}

func newBackup(e *env) *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Args: cobra.ExactArgs(1), Short: "write journal, keys and the embedded store into one file, while the server runs or not",
		Long: "Writes journal, API keys (with the tenants' secrets), audit log and the embedded store into one gzipped tar.\nA store that is a server of its own keeps its own backups. Guard the file like the data.\nThe debtors' keys, without which no backup can be read, go into takt.vault beside it: one file for all backups of\nthe directory, replaced each time and after each erasure. Keep no older copies of it: they would undo erasures.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := e.config()
			if err != nil {
				return err
			}
			dst, err := filepath.Abs(args[0])
			if err != nil {
				return fmt.Errorf("backup: %w", err)
			}
			run, err := app.FindRun(c.Data)
			if err != nil {
				return err
			}
			if run != nil {
				err = run.Backup(cmd.Context(), dst)
			} else {
				err = e.backupHere(cmd.Context(), dst)
			}
			if err != nil {
				return err
			}
			return e.printDone("backup", dst)
		}}
}

// backupHere opens the data directory for as long as the backup takes.
func (e *env) backupHere(ctx context.Context, dst string) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Options{Config: c, Logger: logger(c)})
	if err != nil {
		return err
	}
	background, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Ship(background) }()
	err = a.Backup(ctx, dst)
	cancel()
	return errors.Join(err, ignoreEnd(<-done), a.Close())
}

func newRestore(e *env) *cobra.Command {
	var vault string
	c := &cobra.Command{Use: "restore FILE", Args: cobra.ExactArgs(1), Short: "unpack a backup into an empty data directory", RunE: func(cmd *cobra.Command, args []string) error {
		c, err := e.config()
		if err != nil {
			return err
		}
		if vault == "" {
			vault = app.VaultCopy(args[0])
		}
		if err := app.Restore(cmd.Context(), c, args[0], vault, logger(c)); err != nil {
			return err
		}
		return e.printDone("data", c.Data)
	}}
	c.Flags().StringVar(&vault, "vault", "", "the debtors' keys (default takt.vault beside FILE)")
	return c
}

func (e *env) printDone(what, path string) error {
	return e.print(map[string]string{what: path}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s written: %s\n", what, path)
		return err
	})
}

// control serves what only commands on this machine may ask; everything else goes on to next.
func control(a *app.App, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("POST "+app.BackupPath, func(w http.ResponseWriter, r *http.Request) {
		if !a.IsLocal(r) {
			next.ServeHTTP(w, r) // answers as for any unknown path
			return
		}
		var ask struct{ Path string }
		err := json.NewDecoder(r.Body).Decode(&ask)
		if err == nil && !filepath.IsAbs(ask.Path) {
			err = errors.New("path is not absolute")
		}
		if err == nil {
			err = a.Backup(r.Context(), ask.Path)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}
