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
	"takt/experiments/chart"
	"takt/experiments/simulator"
)

// demoTenant is the simulated creditor's name on the server.
const demoTenant = "demo"

func newDemo(e *env) *cobra.Command {
	var s simulation
	var once bool
	var out string
	c := &cobra.Command{Use: "demo", Short: "let Takt work a simulated portfolio through its real server, compare, then leave the server running", RunE: func(cmd *cobra.Command, _ []string) error {
		o, err := s.options("bandit", 0)
		if err != nil {
			return err
		}
		d := demo{e, out, time.Now()}
		return e.served(cmd.Context(), o.Scenario, s.seed, func(ctx context.Context, a *app.App, run app.Running) (bool, error) {
			return !once, d.play(ctx, a, run, o, once)
		})
	}}
	s.flags(c, demoCases, demoDays, "")
	f := c.Flags()
	f.BoolVar(&once, "once", false, "end after the table")
	f.StringVar(&out, "out", "out", "directory for the pictures")
	f.String("listen", "", "address of the API (default 127.0.0.1:8080)")
	f.String("metrics", "", "address of /metrics, or off (default off)")
	return c
}

// A demo of about a minute: months in which few cases come, so that there is time to learn from them.
const demoCases, demoDays = 1200, 168

// served runs f beside a server of its own for the scenario's creditor, on the replay clock and in a data
// directory that ends with it, unless --data names one; f says whether the server goes on.
func (e *env) served(ctx context.Context, s *simulator.Scenario, seed uint64, f func(context.Context, *app.App, app.Running) (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := e.demoConfig(s)
	if err != nil {
		return err
	}
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "takt-demo-*"); err != nil {
			return fmt.Errorf("make the demo's data directory: %w", err)
		}
		defer os.RemoveAll(c.Data)
	}
	// Seeded ids and secrets, and patience with a slow disk: the same demo shows the same figures.
	o := app.Options{Config: c, Logger: logger(c), Rand: newChance(seed), LoadTimeout: time.Minute}
	return serve(ctx, o, func(ctx context.Context, a *app.App, run app.Running) error {
		on, err := f(ctx, a, run)
		if !on {
			cancel()
		}
		return err
	})
}

// demoConfig is the configuration with the simulated creditor as its only tenant, the replay clock and, unless
// flags say otherwise, data and store of its own, so that nothing of the operator's is touched.
func (e *env) demoConfig(s *simulator.Scenario) (*config.Config, error) {
	c, err := e.config()
	if err != nil {
		return nil, err
	}
	set := e.cmd.Flags().Changed
	if !set("data") {
		c.Data = ""
	}
	if !set("store") {
		c.Store = "embedded://"
	}
	if !set("metrics") {
		c.Metrics = "off"
	}
	if !set("log-level") {
		c.Log.Level = "warn"
	}
	c.Clock, c.Learn.Every = "replay", 0
	c.Tenants = map[string]config.Tenant{demoTenant: config.Of(s.Tenant(demoTenant))}
	return c, nil
}

// overHTTP simulates through a server of its own.
func (e *env) overHTTP(ctx context.Context, o simulator.Options) (r *simulator.Result, err error) {
	serving := e.served(ctx, o.Scenario, o.Seed, func(ctx context.Context, a *app.App, run app.Running) (bool, error) {
		o.Remote = remoteOf(a, run)
		r, err = e.run(ctx, o)
		return false, err
	})
	if serving == nil {
		serving = err
	}
	return r, serving
}

func remoteOf(a *app.App, run app.Running) *simulator.Remote {
	return &simulator.Remote{Tenant: demoTenant, Call: simulator.Call(run.Call),
		Learn: func(ctx context.Context) error { _, err := a.Learn(ctx, demoTenant); return err }}
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

// demo is one run of the command.
type demo struct {
	*env
	out   string
	start time.Time
}

// compared are the policies beside Takt, with their names in table and picture.
var compared = []struct{ policy, name string }{{"ladder", "ladder (status quo)"}, {"best_fixed", "best fixed"}, {"bandit", "Takt (learning)"}, {"oracle", "oracle (myopic)"}}

func (d *demo) play(ctx context.Context, a *app.App, run app.Running, o simulator.Options, once bool) error {
	var results []*simulator.Result
	var sample []byte
	for _, c := range compared {
		p := o
		if p.Policy = c.policy; c.policy == "bandit" {
			p.Remote = remoteOf(a, run)
		}
		r, err := d.run(ctx, p)
		if err != nil {
			return err
		}
		if p.Remote != nil {
			sample = p.Remote.Sample()
		}
		results = append(results, r)
	}
	if d.json {
		return d.print(results, nil)
	}
	w := d.cmd.OutOrStdout()
	if err := d.tables(w, results); err != nil {
		return err
	}
	if err := d.pictures(w, results); err != nil {
		return err
	}
	if err := showSample(w, sample); err != nil {
		return err
	}
	if once {
		return nil
	}
	return showServer(w, a, run)
}

// tables show all cases, and those that arrived once Takt had learned.
func (d *demo) tables(w io.Writer, results []*simulator.Result) error {
	r := results[0]
	fmt.Fprintf(w, "\n%d overdue cases over %d simulated days, the same people under four policies; Takt decided through HTTP and the embedded ClickHouse; %.0f s\n\n",
		r.Cases, r.Days, time.Since(d.start).Seconds())
	var all, late []row
	from := max(1, len(r.Weeks)*2/3+1)
	for i, c := range compared {
		name := c.name
		if a := results[i].Action; a != "" {
			name += ": " + a
		}
		all = append(all, row{name, results[i].Figures})
		late = append(late, row{name, results[i].From(from)})
	}
	if err := printTable(w, all); err != nil || from == 1 {
		return err
	}
	fmt.Fprintf(w, "\nof these, the cases that arrived from week %d on, when Takt had learned from those before:\n\n", from)
	if err := printTable(w, late); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nTakt began without knowing anything; after 50,000 decisions: takt simulate --policy ladder,best_fixed,bandit,oracle --learn 50000")
	return err
}

// leadWeeks is how many weeks make a point of the learning curve: a single one has few cases.
const leadWeeks = 4

// pictures writes the learning curves and prints them small: what each policy earns over the ladder with
// the same people, which is far less noisy than what it earns.
func (d *demo) pictures(w io.Writer, results []*simulator.Result) error {
	f := chart.Figure{Title: "Net value per case over the ladder's, same people, four weeks each", X: "week of arrival", Y: "EUR per case"}
	for i, c := range compared[1:] {
		l := curve(c.name, results[0].Weeks, simulator.Lead(results[i+1], results[0], leadWeeks))
		if c.policy == "bandit" {
			fmt.Fprintf(w, "\nwhat Takt earns per case over the ladder with the same people, week by week: %s  from %.2f to %.2f EUR\n",
				chart.Spark(l.Y), l.Y[0], l.Y[len(l.Y)-1])
		} else {
			l.Lo, l.Hi = nil, nil // one band is enough to read
		}
		f.Lines = append(f.Lines, l)
	}
	if err := os.MkdirAll(d.out, 0o755); err != nil {
		return fmt.Errorf("write the learning curves: %w; choose another directory with --out", err)
	}
	for name, draw := range map[string]func(io.Writer) error{"learning.svg": f.SVG, "learning.png": f.PNG} {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(d.out, name), b.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write the learning curves: %w; choose another directory with --out", err)
		}
	}
	_, err := fmt.Fprintf(w, "  as pictures: %s and %s\n", filepath.Join(d.out, "learning.svg"), filepath.Join(d.out, "learning.png"))
	return err
}

func curve(name string, weeks []simulator.Week, figures []simulator.Figure) chart.Line {
	l := chart.Line{Name: name}
	for i, v := range figures {
		l.X, l.Y = append(l.X, float64(weeks[i].Week)), append(l.Y, v.Mean/100)
		l.Lo, l.Hi = append(l.Lo, v.Lo/100), append(l.Hi, v.Hi/100)
	}
	return l
}

// showSample prints the heart of one decision of the learning policy.
func showSample(w io.Writer, reply []byte) error {
	if reply == nil {
		return nil
	}
	var d struct {
		Action  json.RawMessage `json:"action"`
		Scores  json.RawMessage `json:"scores"`
		Reasons json.RawMessage `json:"reasons"`
	}
	if err := json.Unmarshal(reply, &d); err != nil {
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
	_, key, err := keys.Create(path, keys.New{Tenant: demoTenant, Role: keys.Admin})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `
the server goes on at %s (interrupt to end it); try
  curl -s -H "Authorization: Bearer %s" '%s/v1/decisions?changed_since=0&limit=1'
  curl -s -H "Authorization: Bearer %s" %s/v1/debtors/TD-00000007/profile
`, run.API, key, run.API, key, run.API)
	return err
}
