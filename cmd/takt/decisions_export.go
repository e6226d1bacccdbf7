package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/features/export"
)

// exporting is what takt decisions export is told.
type exporting struct {
	tenant, format, out, from, to, asOf string
}

func newExport(e *env) *cobra.Command {
	var x exporting
	c := &cobra.Command{Use: "export", Short: "write a tenant's decisions with context, propensities and reward as a table",
		Long: "Writes one row per decision: context, eligible actions and their propensities, action, executed, reward, label state, debtor.\n" +
			"features/export/README.md says what every column means. Without --out the table goes to standard output and the summary\nto standard error.",
		Args: usageArgs(nil),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := x.options(e)
			if err != nil {
				return err
			}
			return e.beside(cmd.Context(), x.tenant, func(ctx context.Context, _ app.Call, r app.Reader) error {
				return e.export(ctx, &x, o, r)
			})
		}}
	f := c.Flags()
	f.StringVar(&x.tenant, "tenant", "", "tenant whose decisions are written")
	f.StringVar(&x.format, "format", "", strings.Join(export.Formats, ", ")+"; by default what the ending of --out says")
	f.StringVar(&x.out, "out", "-", "file; of npy a new directory, or one archive whose name ends in .npz; -: standard output")
	f.StringVar(&x.from, "from", "", "only decisions issued at or after this RFC 3339 time or day (UTC)")
	f.StringVar(&x.to, "to", "", "only decisions issued before this RFC 3339 time or day (UTC)")
	f.StringVar(&x.asOf, "as-of", "", "labels are as known at this RFC 3339 time or day (default now)")
	return c
}

// endings are the formats of file names.
var endings = map[string]string{".parquet": "parquet", ".arrow": "arrow", ".npz": "npy", ".npy": "npy", ".csv": "csv"}

// options check the flags; what is wrong with them is a usage error.
func (x *exporting) options(e *env) (o export.Options, err error) {
	if x.format == "" {
		x.format = endings[filepath.Ext(x.out)]
	}
	known := false
	for _, f := range export.Formats {
		known = known || f == x.format
	}
	if !known {
		return o, usage(fmt.Errorf("--format: %q is not one of %s", x.format, strings.Join(export.Formats, ", ")))
	}
	if x.out == "-" && x.format != "csv" && isatty.IsTerminal(os.Stdout.Fd()) {
		return o, usage(fmt.Errorf("--out: %s is nothing for a terminal; name a file", x.format))
	}
	c, err := e.config()
	if err != nil {
		return o, err
	}
	o.AsOf = time.Now()
	if x.asOf == "" && c.Clock == "replay" {
		return o, usage(errors.New("--as-of: on the replay clock say as of when labels are known"))
	}
	for _, t := range []struct {
		flag, text string
		dst        *time.Time
	}{{"--from", x.from, &o.From}, {"--to", x.to, &o.To}, {"--as-of", x.asOf, &o.AsOf}} {
		if t.text == "" {
			continue
		}
		if *t.dst, err = parseTime(t.text); err != nil {
			return o, usage(fmt.Errorf("%s: %w", t.flag, err))
		}
	}
	if !o.To.IsZero() && !o.From.Before(o.To) {
		return o, usage(errors.New("--to: is not after --from"))
	}
	if err := checkTenant(x.tenant); err != nil {
		return o, err
	}
	o.Tenant, err = c.Tenant(x.tenant, make([]byte, 32)) // an export draws nothing with it
	return o, usage(err)
}

func parseTime(text string) (time.Time, error) {
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither an RFC 3339 time nor a day such as 2026-03-31", text)
}

// exported is the result of takt decisions export.
type exported struct {
	File   string `json:"file"`
	Format string `json:"format"`
	export.Summary
}

func (e *env) export(ctx context.Context, x *exporting, o export.Options, r app.Reader) error {
	t, err := openTarget(x)
	if err != nil {
		return err
	}
	var bar *progressbar.ProgressBar
	o.Progress = func(done, of int) {
		if bar == nil {
			bar = progress("decisions", int64(of), false)
		}
		_ = bar.Set(done)
	}
	sum, err := export.Write(ctx, r, o, t.sink)
	if bar != nil {
		_ = bar.Finish()
	}
	if err = t.close(err); err != nil {
		return err
	}
	if x.out == "-" {
		e.cmd.SetOut(os.Stderr) // standard output has the table
	}
	return e.print(exported{x.out, x.format, sum}, func(w io.Writer) error {
		refused := 0
		for _, n := range sum.Refused {
			refused += n
		}
		_, err := fmt.Fprintf(w, "%s: %d decisions of %d debtors of tenant %s; labels closed %d, open %d, missing %d; %d rows refused\n",
			x.out, sum.Rows, sum.Debtors, sum.Tenant, sum.Closed, sum.Open, sum.Missing, refused)
		return err
	})
}
