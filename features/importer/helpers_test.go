package importer_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"takt/engine"
	"takt/features/importer"
	"takt/features/wire"
)

// save writes a file to read.
func save(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t testing.TB, content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mapping parses a mapping that must be good.
func mapping(t testing.TB, text string) *importer.Mapping {
	t.Helper()
	m, err := importer.ParseMapping([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readAll reads a file to its end.
func readAll(t testing.TB, path string, m *importer.Mapping, o *importer.Options) ([]engine.Event, importer.Report) {
	t.Helper()
	r, err := importer.Open(path, m, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []engine.Event
	for {
		events, err := r.Next()
		if err == io.EOF {
			return all, r.Report()
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
}

// texts are the events in their canonical form.
func texts(events []engine.Event) []string {
	var all []string
	for i := range events {
		all = append(all, string(wire.AppendEvent(nil, &events[i])))
	}
	return all
}
