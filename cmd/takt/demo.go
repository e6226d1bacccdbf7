package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"takt/api/keys"
	"takt/cmd/app"
	"takt/cmd/config"
	"takt/cmd/demo"
)

func newDemo(e *env) *cobra.Command {
	var once bool
	var cases, days int
	var seed uint64
	c := &cobra.Command{Use: "demo", Short: "run the whole loop on a small generated portfolio, then leave the server running", RunE: func(cmd *cobra.Command, _ []string) error {
		if cases < 1 || cases > 100_000 || days < 50 || days > 1000 {
			return usage(fmt.Errorf("--cases is 1 to 100000, --days 50 to 1000"))
		}
		ctx, cancel := context.WithCancel(cmd.Context())
		defer cancel()
		c, err := e.demoConfig()
		if err != nil {
			return err
		}
		keep := c.Data
		if keep == "" {
			if c.Data, err = os.MkdirTemp("", "takt-demo-*"); err != nil {
				return fmt.Errorf("make the demo's data directory: %w", err)
			}
			defer os.RemoveAll(c.Data)
		}
		// Seeded ids and secrets, and patience with a slow disk: the same demo shows the same figures.
		chance := newChance(seed)
		o := app.Options{Config: c, Logger: logger(c), Tenants: demoTenants, Rand: chance, LoadTimeout: time.Minute}
		return serve(ctx, o, func(ctx context.Context, a *app.App, run app.Running) error {
			if err := e.demo(ctx, a, run, seed, cases, days, once); err != nil {
				return err
			}
			if once {
				cancel()
			}
			return nil
		})
	}}
	f := c.Flags()
	f.BoolVar(&once, "once", false, "end after the table")
	f.IntVar(&cases, "cases", 1000, "cases of each portfolio")
	f.IntVar(&days, "days", 120, "simulated days")
	f.Uint64Var(&seed, "seed", 1, "of the portfolio")
	f.String("listen", "", "address of the API (default 127.0.0.1:8080)")
	f.String("metrics", "", "address of /metrics, or off (default off)")
	return c
}

// chance is a seeded source that several goroutines may read.
type chance struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func newChance(seed uint64) *chance {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &chance{r: rand.NewChaCha8(key)}
}

// Read fills b; it never fails.
func (c *chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.Read(b)
}

// demoTenants are the portfolios of the demo: the same people under three policies.
var demoTenants = []string{"demo", "demo-ladder", "demo-uniform"}

// demoConfig is the configuration with the demo's tenants, the replay clock and a data directory
// of its own, so that nothing of the operator's is touched.
func (e *env) demoConfig() (*config.Config, error) {
	c, err := e.config()
	if err != nil {
		return nil, err
	}
	if !e.cmd.Flags().Changed("data") {
		c.Data = ""
	}
	if !e.cmd.Flags().Changed("metrics") {
		c.Metrics = "off"
	}
	if !e.cmd.Flags().Changed("log-level") {
		c.Log.Level = "warn"
	}
	none := 0.0
	c.Clock, c.Learn.Every = "replay", 0
	c.Tenants = map[string]config.Tenant{}
	for i, policy := range []string{"bandit", "ladder", "uniform"} {
		c.Tenants[demoTenants[i]] = config.Tenant{Policy: policy, Holdout: config.Holdout{Share: &none}}
	}
	return c, nil
}

func (e *env) demo(ctx context.Context, a *app.App, run app.Running, seed uint64, cases, days int, once bool) error {
	start := time.Now()
	bar := progress("simulated days", int64(days), false)
	result, err := demo.Run(ctx, demo.Options{
		Call: demo.Call(run.Call), Seed: seed, Cases: cases, Days: days,
		Start:    time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
		Learn:    func(ctx context.Context, tenant string) error { _, err := a.Learn(ctx, tenant); return err },
		Progress: func(done, _ int) { _ = bar.Set(done) },
		Tenants: []demo.Arm{{Tenant: "demo-ladder", Label: "ladder (status quo)"}, {Tenant: "demo-uniform", Label: "uniform (at random)"},
			{Tenant: "demo", Label: "Takt (learning)", Learns: true}},
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr)
	if e.json {
		return e.print(result, nil)
	}
	w := e.cmd.OutOrStdout()
	fmt.Fprintf(w, "\n%d simulated days, the same %d people under three policies, through HTTP and the embedded ClickHouse, in %.0f s\n\n", days, cases, time.Since(start).Seconds())
	if err := result.Print(w); err != nil {
		return err
	}
	if err := showSample(w, result); err != nil {
		return err
	}
	if once {
		return nil
	}
	return showServer(w, a, run)
}

// showSample prints the heart of one decision of the learning policy.
func showSample(w io.Writer, r *demo.Result) error {
	var d struct {
		Action  json.RawMessage `json:"action"`
		Scores  json.RawMessage `json:"scores"`
		Reasons json.RawMessage `json:"reasons"`
	}
	if err := json.Unmarshal([]byte(r.Rows[len(r.Rows)-1].SampleReply), &d); err != nil {
		return fmt.Errorf("read the sample decision: %w", err)
	}
	fmt.Fprintf(w, "\none of its decisions:\n")
	for _, part := range []struct {
		name string
		text json.RawMessage
	}{{"action", d.Action}, {"scores", d.Scores}, {"reasons", d.Reasons}} {
		var b bytes.Buffer
		if err := json.Indent(&b, part.text, "  ", "  "); err != nil {
			return fmt.Errorf("show the sample decision: %w", err)
		}
		fmt.Fprintf(w, "  %s: %s\n", part.name, b.String())
	}
	return nil
}

// showServer says where the server is and what to try; its key is made here and shown once.
func showServer(w io.Writer, a *app.App, run app.Running) error {
	path := filepath.Join(a.Dir.Path, "keys.json")
	_, key, err := keys.Create(path, keys.New{Tenant: "demo", Role: keys.Admin})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `
the server goes on at %s (interrupt to end it); try
  curl -s -H "Authorization: Bearer %s" '%s/v1/decisions?changed_since=0&limit=1'
  curl -s -H "Authorization: Bearer %s" %s/v1/debtors/D-00007/profile
`, run.API, key, run.API, key, run.API)
	return err
}
