package export

import (
	"io"
	"strings"

	"takt/features/columnar"
)

// Formats are the words for the formats, as flags and file names have them.
var Formats = []string{"parquet", "arrow", "npy", "csv"}

// Parquet writes a Parquet file; its footer names tenant, as-of instant and actions.
func Parquet(w io.Writer) Sink {
	return func(p *Plan) (columnar.Writer, error) {
		meta, err := p.meta()
		if err != nil {
			return nil, err
		}
		return columnar.NewParquet(w, &columnar.Table{Columns: p.Columns()}, meta)
	}
}

// Arrow writes an Arrow IPC file; its schema names tenant, as-of instant and actions.
func Arrow(w io.Writer) Sink {
	return func(p *Plan) (columnar.Writer, error) {
		meta, err := p.meta()
		if err != nil {
			return nil, err
		}
		return columnar.NewArrow(w, &columnar.Table{Columns: p.Columns()}, meta)
	}
}

// CSV writes a CSV file.
func CSV(w io.Writer) Sink {
	return func(p *Plan) (columnar.Writer, error) {
		return columnar.NewCSV(w, &columnar.Table{Columns: p.Columns()})
	}
}

// isX reports whether a column belongs to the context matrix.
func isX(c *columnar.Column) bool {
	return c.Kind == columnar.Single && strings.HasPrefix(c.Name, XPrefix)
}
