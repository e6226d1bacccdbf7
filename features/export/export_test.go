package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/columnar"
	"takt/features/columnar/columnartest"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/features/outcome"
)

// written exports to one format in memory and reads it back.
func written(t *testing.T, src history.Scanner, o Options, format string) (*columnar.Table, Summary) {
	t.Helper()
	var b bytes.Buffer
	sink := map[string]Sink{"parquet": Parquet(&b), "arrow": Arrow(&b), "csv": CSV(&b)}[format]
	var columns []columnar.Column
	var plan *Plan
	sum, err := Write(context.Background(), src, o, func(p *Plan) (columnar.Writer, error) {
		plan, columns = p, p.Columns()
		return sink(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	var got *columnar.Table
	var meta columnar.Meta
	switch format {
	case "parquet":
		got, meta, err = columnartest.ReadParquet(b.Bytes(), columns)
	case "arrow":
		got, meta, err = columnartest.ReadArrow(b.Bytes(), columns)
	default:
		got, err = columnartest.ReadCSV(b.Bytes(), columns)
	}
	if err != nil {
		t.Fatal(err)
	}
	if format != "csv" {
		var actions []Action
		if err := json.Unmarshal([]byte(meta["takt.actions"]), &actions); err != nil || !reflect.DeepEqual(actions, plan.Actions) || meta["takt.tenant"] != "acme" {
			t.Errorf("%s: notes %v, %v", format, meta, err)
		}
	}
	return got, sum
}

// column is a column of the table by name.
func column(t *testing.T, v *columnar.Table, name string) *columnar.Column {
	t.Helper()
	i := slices.IndexFunc(v.Columns, func(c columnar.Column) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no column %s", name)
	}
	return &v.Columns[i]
}

// All formats hold the same table.
func TestFormatsAgree(t *testing.T) {
	w := newWorld(t)
	w.fill(400)
	s := w.store()
	want, sum := written(t, s, w.options(), "arrow")
	if sum.Rows != 400 || sum.Closed == 0 || sum.Open == 0 || sum.Missing == 0 || sum.Closed+sum.Open+sum.Missing != 400 || len(sum.Refused) != 0 || want.Rows() != 400 || sum.Debtors != 201 {
		t.Fatalf("summary %+v of %d rows", sum, want.Rows())
	}
	for _, format := range []string{"parquet", "csv"} {
		got, other := written(t, s, w.options(), format)
		if !reflect.DeepEqual(sum, other) {
			t.Errorf("%s: summary %+v, want %+v", format, other, sum)
		}
		columnartest.Same(t, got, want)
	}
	dir := t.TempDir()
	if _, err := Write(context.Background(), s, w.options(), NPY(dir)); err != nil {
		t.Fatal(err)
	}
	sameArrays(t, os.DirFS(dir), want, sum)
	archived(t, s, w.options(), want, sum)
}

// Every row says what its decision says: the truth is the log itself, the label of package outcome and the
// propensities that were drawn from.
func TestRowsAreTheLog(t *testing.T) {
	w := newWorld(t)
	w.fill(400)
	s := w.store()
	got, sum := written(t, s, w.options(), "parquet")
	row := 0
	err := s.Scan(context.Background(), history.Range{Tenant: "acme"}, func(l *history.Log) error {
		for i := range l.Decisions {
			sameRow(t, got, row, l, &l.Decisions[i], w, sum)
			row++
		}
		return nil
	})
	if err != nil || row != got.Rows() {
		t.Fatalf("%d rows, want %d: %v", got.Rows(), row, err)
	}
}

func sameRow(t *testing.T, got *columnar.Table, row int, l *history.Log, d *engine.Decision, w *world, sum Summary) {
	t.Helper()
	p, err := d.Propensities(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := func(name string) string { return column(t, got, name).Texts[row] }
	number := func(name string) float64 { return column(t, got, name).Numbers[row] }
	e, q := column(t, got, "eligible"), column(t, got, "propensities")
	to, from := e.Ends[row], 0
	if row > 0 {
		from = e.Ends[row-1]
	}
	total := 0.
	for j := from; j < to; j++ {
		total += q.Numbers[j]
		if e.Indices[j] != int32(d.Eligible[j-from]) || q.Numbers[j] != p[j-from] {
			t.Errorf("row %d: action %d has %v, want %d with %v", row, e.Indices[j], q.Numbers[j], d.Eligible[j-from], p[j-from])
		}
	}
	if to-from != len(p) || math.Abs(total-1) > 1e-12 {
		t.Errorf("row %d: %d propensities sum to %v", row, to-from, total)
	}
	action := column(t, got, "action").Ints[row]
	if int(action) != d.Chosen || number("propensity") != d.Propensity || q.Numbers[from+slices.Index(d.Eligible, uint16(d.Chosen))] != d.Propensity {
		t.Errorf("row %d: action %d with %v, want %d with %v", row, action, number("propensity"), d.Chosen, d.Propensity)
	}
	if name := strings.Join([]string{text("channel"), text("tone"), text("slot"), text("offer")}, "/"); name != sum.Actions[action] && (name != "///" || d.Chosen != engine.Hold) {
		t.Errorf("row %d: action %s, want %s", row, name, sum.Actions[action])
	}
	if d.Kind == engine.KindContact && text("channel") != d.Action.Channel.String() {
		t.Errorf("row %d: channel %s, want %v", row, text("channel"), d.Action.Channel)
	}
	for name, want := range map[string]string{"decision_id": d.ID.String(), "debtor_id": d.Debtor, "case_id": d.Case, "portfolio": "süd", "kind": d.Kind.String(), "mode": d.Mode.String(),
		"policy": d.Policy, "version": d.Version, "snapshot_id": d.Snapshot, "arm": d.Variant.Arm, "experiment": "holdout", "reason": d.Reason, "ruleset": d.Ruleset, "currency": d.Currency} {
		if text(name) != want {
			t.Errorf("row %d: %s is %q, want %q", row, name, text(name), want)
		}
	}
	o := outcome.Of(&w.tenant.Reward).Label(l, d, w.options().AsOf)
	if column(t, got, "issued_at").Ints[row] != d.IssuedAt.UnixMicro() || number("share") != d.Variant.Share || column(t, got, "executed").Flags[row] != o.Executed || text("label_state") != o.State.String() ||
		column(t, got, "resolved").Flags[row] != o.Resolved || number("cash_minor") != o.CashMinor || column(t, got, "complaint").Flags[row] != o.Complaint || number("label_age_days") != o.Age.Hours()/24 {
		t.Errorf("row %d does not tell outcome %+v", row, o)
	}
	if r := number("reward"); o.State == engine.LabelClosed && r != w.tenant.Reward.Earned(&o) || o.State != engine.LabelClosed && !math.IsNaN(r) {
		t.Errorf("row %d: reward %v of outcome %+v", row, r, o)
	}
	for j, f := range features.Vector {
		v := column(t, got, XPrefix+f.Name).Singles[row]
		if j < len(d.X) && v != d.X[j] || j >= len(d.X) && v == v {
			t.Errorf("row %d: %s is %v", row, f.Name, v)
		}
	}
}

// An action keeps its name when the tenant's actions change: the newest grid's indices are the table's, and
// what only older ones know comes after them.
func TestActionsOfTwoGrids(t *testing.T) {
	w := newWorld(t)
	w.fill(60)
	before := w.tenant.Grid
	w.tenant.Grid.Channels = []engine.Channel{engine.Letter, engine.Phone, engine.Email}
	w.snapshot()
	for i := range 40 {
		w.decide("uniform", "E"+string(rune('a'+i)), start().Add(81*day))
	}
	got, sum := written(t, w.store(), w.options(), "arrow")
	for a := range w.tenant.Grid.Size() {
		if name := actionOf(&w.tenant.Grid, a).Name; sum.Actions[a] != name {
			t.Errorf("action %d is %s, want %s", a, sum.Actions[a], name)
		}
	}
	if want := w.tenant.Grid.Size() + before.Size()/3; len(sum.Actions) != want { // sms alone is gone
		t.Errorf("%d actions, want %d", len(sum.Actions), want)
	}
	seen := map[string]bool{}
	for i, a := range column(t, got, "action").Ints {
		c := column(t, got, "channel").Texts[i]
		seen[c] = true
		if sum.Actions[a] != "hold" && !strings.HasPrefix(sum.Actions[a], c+"/") {
			t.Errorf("row %d: action %s by channel %s", i, sum.Actions[a], c)
		}
	}
	if !seen["sms"] || !seen["phone"] {
		t.Errorf("channels %v", seen)
	}
}

func TestFromAndTo(t *testing.T) {
	w := newWorld(t)
	w.fill(200)
	o := w.options()
	o.From, o.To = start().Add(20*day), start().Add(40*day)
	var done, of int
	o.Progress = func(d, n int) { done, of = d, n }
	got, sum := written(t, w.store(), o, "csv")
	if sum.Rows != 50 || sum.First.Before(o.From) || !sum.Last.Before(o.To) || done != 50 || of != 50 {
		t.Errorf("summary %+v, progress %d of %d", sum, done, of)
	}
	for _, v := range column(t, got, "issued_at").Ints {
		if at := time.UnixMicro(v); at.Before(o.From) || !at.Before(o.To) {
			t.Errorf("row issued at %v", at)
		}
	}
}

// A log without decisions, and a tenant of whom nothing is known, give a file without rows.
func TestEmptyLog(t *testing.T) {
	s := memory.New()
	defer s.Close()
	for _, format := range []string{"parquet", "arrow", "csv"} {
		w := newWorld(t)
		got, sum := written(t, s, w.options(), format)
		if got.Rows() != 0 || sum.Rows != 0 || sum.First != nil || len(sum.Actions) != w.tenant.Grid.Size() {
			t.Errorf("%s: %d rows, summary %+v", format, got.Rows(), sum)
		}
		if format == "csv" {
			archived(t, s, w.options(), got, sum)
		}
	}
}

// Garbage is counted by reason and leaves the other rows alone.
func TestGarbageIsRefused(t *testing.T) {
	w := newWorld(t)
	w.fill(40)
	nan := float32(math.NaN())
	for _, spoil := range []func(*engine.Decision){
		func(d *engine.Decision) { d.Grid = "nonsense" },
		func(d *engine.Decision) { d.Chosen = 1 << 20 },
		func(d *engine.Decision) { d.Eligible = []uint16{0, 60000} },
		func(d *engine.Decision) { d.Propensity = 0 },
		func(d *engine.Decision) { d.Propensity = math.NaN() },
		func(d *engine.Decision) { d.Propensity /= 2 },
		func(d *engine.Decision) { d.Votes = nil },
		func(d *engine.Decision) { d.X = []float32{1, nan} },
		func(d *engine.Decision) { d.X = make([]float32, 65) },
		func(d *engine.Decision) { d.IssuedAt = start().Add(400 * day) },
	} {
		d := w.decide("uniform", "G", start())
		d.X, d.Eligible, d.Votes = slices.Clone(d.X), slices.Clone(d.Eligible), slices.Clone(d.Votes)
		spoil(d)
	}
	_, sum := written(t, w.store(), w.options(), "parquet")
	want := map[Refusal]int{RefusedGrid: 2, RefusedPropensity: 5, RefusedContext: 2, RefusedTime: 1}
	if sum.Rows != 40 || !reflect.DeepEqual(sum.Refused, want) {
		t.Errorf("%d rows, refused %v, want %v", sum.Rows, sum.Refused, want)
	}
}

func TestOptionsAndErrors(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	s := w.store()
	for _, o := range []Options{{}, {Tenant: w.tenant}, {AsOf: start()}, {Tenant: w.tenant, AsOf: start(), From: start(), To: start()}} {
		if _, err := Write(context.Background(), s, o, CSV(&bytes.Buffer{})); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := Write(context.Background(), s, w.options(), NPY(filepath.Join(t.TempDir(), "missing"))); err == nil {
		t.Error("arrays were written into no directory")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, s, w.options(), CSV(&bytes.Buffer{})); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for format, sink := range map[string]Sink{"parquet": Parquet(full{}), "arrow": Arrow(full{}), "csv": CSV(full{}), "npz": NPZ(full{}, t.TempDir())} {
		if _, err := Write(context.Background(), s, w.options(), sink); !errors.Is(err, errFull) {
			t.Errorf("%s on a full disk: %v", format, err)
		}
	}
}

var errFull = errors.New("no space left")

// full is a disk without room.
type full struct{}

// Write fails.
func (full) Write([]byte) (int, error) { return 0, errFull }

// README names every column.
func TestReadmeNamesColumns(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells() {
		if !strings.HasPrefix(c.name, XPrefix) && !strings.Contains(string(b), "`"+c.name+"`") {
			t.Errorf("README.md does not name column `%s`", c.name)
		}
	}
}
