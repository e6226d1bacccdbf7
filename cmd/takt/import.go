package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/features/importer"
)

// errBadRows ends an import with exit code 1 although all good rows were taken.
var errBadRows = errors.New("some rows were not taken, see above; mend them and import the file again: what is known is left out")

func newImport(e *env) *cobra.Command {
	var tenant, mapping, asOf, source string
	var strict bool
	c := &cobra.Command{Use: "import FILE", Args: cobra.ExactArgs(1),
		Short: "read events and cases from JSONL, CSV or Parquet, gzipped or not",
		Long: "Reads CloudEvents lines, case rows, or a table with a mapping. A second import of the same\nfile adds nothing. Mappings in the program: " +
			strings.Join(importer.MappingNames(), ", ") + ".",
		RunE: func(cmd *cobra.Command, args []string) error {
			var m *importer.Mapping
			if mapping != "" {
				var err error
				if m, err = importer.LoadMapping(mapping); err != nil {
					return usage(err)
				}
			}
			info, err := os.Stat(args[0])
			if err != nil {
				return fmt.Errorf("import: %w", err)
			}
			bar := progress("import", info.Size(), true)
			o := &importer.Options{Strict: strict, Source: source, Progress: func(read, _ int64) { _ = bar.Set64(read) }}
			if asOf != "" {
				if o.AsOf, err = time.Parse(time.RFC3339, asOf); err != nil {
					return usage(fmt.Errorf("--as-of: %q is no RFC 3339 time", asOf))
				}
			}
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, store app.Reader) error {
				return e.importFile(ctx, args[0], m, o, call, store, tenant)
			})
		}}
	f := c.Flags()
	f.StringVar(&tenant, "tenant", "", "tenant that the facts belong to")
	f.StringVar(&mapping, "mapping", "", "name or path of a mapping that says what a table's columns mean")
	f.StringVar(&asOf, "as-of", "", "dates case rows that carry no as_of (RFC 3339)")
	f.StringVar(&source, "source", "", "source of events made from case rows (default cases)")
	f.BoolVar(&strict, "strict", false, "end at the first bad row")
	return c
}

func (e *env) importFile(ctx context.Context, path string, m *importer.Mapping, o *importer.Options, call app.Call, store app.Reader, tenant string) error {
	r, err := importer.Open(path, m, o)
	if err != nil {
		return err
	}
	defer r.Close()
	im, err := app.Import(ctx, r, call, store, tenant)
	if im == nil {
		return err
	}
	fmt.Fprintln(os.Stderr)
	perr := e.print(im, func(w io.Writer) error {
		for _, line := range im.Errors {
			fmt.Fprintln(w, line)
		}
		_, err := fmt.Fprintf(w, "%d rows: %d events taken, %d known before, %d rows bad\n", im.Rows, im.Events, im.Duplicates, im.Bad)
		return err
	})
	if err == nil && im.Bad > 0 {
		err = errBadRows
	}
	return errors.Join(perr, err)
}
