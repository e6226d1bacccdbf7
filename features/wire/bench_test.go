package wire_test

import (
	"bytes"
	"testing"

	"takt/engine"
	"takt/engine/cpubench"
	"takt/features/wire"
)

// run reports process CPU time per event beside the wall time of the frame.
func run(b *testing.B, events int, f func()) {
	b.ReportAllocs()
	cpubench.Loop(b, events, "event", f)
}

func BenchmarkParseEvent(b *testing.B) {
	text := []byte(promise)
	b.SetBytes(int64(len(text)))
	run(b, 1, func() {
		if _, err := wire.ParseEvent(text); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkAppendEvent(b *testing.B) {
	e, err := wire.ParseEvent([]byte(promise))
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 1024)
	run(b, 1, func() { buf = wire.AppendEvent(buf[:0], &e) })
}

func BenchmarkParseEvents(b *testing.B) {
	lines := bytes.Repeat([]byte(promise+"\n"), 100)
	array := []byte("[" + string(bytes.TrimSuffix(bytes.Repeat([]byte(promise+","), 100), []byte(","))) + "]")
	for kind, body := range map[string][]byte{"application/x-ndjson": lines, "application/json": array} {
		b.Run(kind, func(b *testing.B) {
			run(b, 100, func() {
				err := wire.ParseEvents(kind, bytes.NewReader(body), 1<<20, func(_ int, _ engine.Event, err error) error { return err })
				if err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
