package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"takt/engine/cpubench"
)

// floor is the bare handler; its answer is a real one.
func floor(sample []byte) (http.Handler, error) {
	var reply floorReply
	dec := json.NewDecoder(bytes.NewReader(sample))
	dec.DisallowUnknownFields() // the floor must write all that the product writes
	if err := dec.Decode(&reply); err != nil {
		return nil, fmt.Errorf("the floor's reply type lacks a field: %w", err)
	}
	e := echo.New()
	e.POST("/v1/decisions", func(c echo.Context) error {
		var r floorRequest
		if err := c.Bind(&r); err != nil {
			return err
		}
		out := reply
		out.CaseID = r.Case.ID
		return c.JSON(http.StatusOK, &out)
	})
	e.POST("/v1/events", func(c echo.Context) error {
		var es []floorEvent
		if err := c.Bind(&es); err != nil {
			return err
		}
		out := floorResults{Results: make([]floorResult, len(es)), Accepted: len(es)}
		for i := range es {
			out.Results[i] = floorResult{i, es[i].Source, es[i].ID, "accepted"}
		}
		return c.JSON(http.StatusAccepted, &out)
	})
	return e, nil
}

// discard is a ResponseWriter that costs nothing.
type discard struct {
	header http.Header
	status int
	keep   bool
	body   []byte
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) WriteHeader(code int) { d.status = code }

func (d *discard) Write(b []byte) (int, error) {
	if d.keep {
		d.body = append(d.body, b...)
	}
	return len(b), nil
}

// BenchmarkHandler runs the handlers alone, without a network: allocations, and CPU for profiles.
func BenchmarkHandler(b *testing.B) {
	p, err := newProduct(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer p.close()
	sample, err := sampleReply(p)
	if err != nil {
		b.Fatal(err)
	}
	bare, err := floor(sample)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "request %d B, reply %d B\n", len(benchDecisions()(0)), len(sample))
	n := 0
	run := func(name string, h http.Handler, status int, path string, bodies func() filler) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := &discard{header: http.Header{}}
			var reader bytes.Reader
			body := bodies()
			r, err := http.NewRequest(http.MethodPost, path, nil)
			if err != nil {
				b.Fatal(err)
			}
			cpu := time.Duration(0)
			for b.Loop() {
				b.StopTimer()
				n++
				text := body(n)
				reader.Reset(text)
				r.Body, r.ContentLength = nopCloser{&reader}, int64(len(text))
				r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprint("h-", n)}, "Authorization": {"Bearer " + p.key}}
				clear(w.header)
				from := cpubench.Now()
				b.StartTimer()
				h.ServeHTTP(w, r)
				cpu += cpubench.Now() - from
				if w.status != status {
					b.Fatalf("status %d", w.status)
				}
			}
			b.ReportMetric(float64(cpu)/float64(b.N), "cpu-ns/op")
		})
	}
	run("decide/floor", bare, 200, "/v1/decisions", benchDecisions)
	run("decide/durable", p.server.Handler(), 200, "/v1/decisions", benchDecisions)
	p.server.Hasten()
	run("decide/hasty", p.server.Handler(), 200, "/v1/decisions", benchDecisions)
	run("events/floor", bare, 202, "/v1/events", benchEvents)
	run("events/durable", p.server.Handler(), 202, "/v1/events", benchEvents)
}

type nopCloser struct{ *bytes.Reader }

// Close does nothing.
func (nopCloser) Close() error { return nil }
