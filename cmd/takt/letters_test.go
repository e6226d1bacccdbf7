package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"takt/cmd/app"
	"takt/engine"
	"takt/features/history"
	"takt/features/shareddata"
)

// letters is the file of the Philadelphia experiment, counted apart from the importer.
type letters struct {
	path                            string
	owners                          []string
	letters, payments, closed, rows int
}

func readLetters(t *testing.T) letters {
	t.Helper()
	l := letters{path: shareddata.Path(t, "phl-tax-letters/round_two_analysis_owners.csv.gz")}
	f, err := os.Open(l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := func(name string) int { return slices.Index(rows[0], name) }
	for _, r := range rows[1:] {
		l.rows++
		l.owners = append(l.owners, r[col("owner_id")])
		if r[col("holdout")] == "0" {
			l.letters++
		}
		if r[col("earliest_pmt_dec")] != "" {
			l.payments++
		}
		if r[col("paid_full_dec")] == "1" {
			l.closed++
		}
	}
	return l
}

// events is how many events the mapping makes of the file: debtor, case, letter, payment, end.
func (l *letters) events() int { return 2*l.rows + l.letters + l.payments + l.closed }

type askReply struct {
	ID     string    `json:"decision_id"`
	Kind   string    `json:"kind"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	Policy struct {
		Model string `json:"model"`
	} `json:"policy"`
}

// From a file of real letters to decisions: import, decide over HTTP, report, retrain, import again.
func TestLettersFromFileToDecision(t *testing.T) {
	needEngine(t)
	l := readLetters(t)
	data := t.TempDir()
	conf := filepath.Join(t.TempDir(), "takt.yaml")
	if err := os.WriteFile(conf, []byte("clock: replay\nlearn: {every: 0s}\ntenants:\n  phl:\n    reward: {currency: USD}\n    holdout: {share: 0}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	im := importLetters(t, conf, data, l.path)
	if im.Rows != int64(l.rows) || im.Events != l.events() || im.Duplicates != 0 || im.Bad != 0 {
		t.Fatalf("import: %+v, the file has %d rows and makes %d events", im, l.rows, l.events())
	}
	key := createKey(t, data, "phl", "admin")
	s := startServer(t, data, "--config", conf)
	l.checkCounts(t, s)

	asOf := time.Date(2016, 1, 12, 10, 0, 0, 0, time.FixedZone("", -5*3600))
	before := l.decide(t, s, key, asOf, l.owners[:1000], "a")
	checkDecisions(t, s, key, before)
	l.checkPromises(t, s, key, asOf, before)

	train := []string{"train", "--config", conf, "--data", data, "--tenant", "phl", "--as-of", asOf.AddDate(0, 2, 0).Format(time.RFC3339), "--json"}
	out, errs, code := takt(t, train...)
	if code != 0 {
		t.Fatalf("train: %s", errs)
	}
	var trained app.Trained
	if err := json.Unmarshal([]byte(out), &trained); err != nil {
		t.Fatal(err)
	}
	if trained.Report.Past < l.letters*9/10 {
		t.Errorf("learned from %d past letters of %d", trained.Report.Past, l.letters)
	}
	l.checkSwapped(t, s, key, asOf.AddDate(0, 2, 1), trained.Snapshot)

	if again := importLetters(t, conf, data, l.path); again.Events != 0 || again.Duplicates != l.events() {
		t.Errorf("second import: %+v", again)
	}
	s.stop()
}

func importLetters(t *testing.T, conf, data, path string) app.Imported {
	t.Helper()
	out, errs, code := takt(t, "import", path, "--mapping", "phl-tax-letters", "--tenant", "phl", "--config", conf, "--data", data, "--json")
	if code != 0 {
		t.Fatalf("import: %d %s %s", code, out, errs)
	}
	var im app.Imported
	if err := json.Unmarshal([]byte(out), &im); err != nil {
		t.Fatal(err)
	}
	return im
}

// checkCounts compares the rows in ClickHouse with the file, raw and by debtor.
func (l *letters) checkCounts(t *testing.T, s *served) {
	t.Helper()
	got := strings.Fields(sql(t, s, "SELECT count(), uniqExact(debtor_id), countIf(type = 'contact_sent'), countIf(type = 'payment_received'), countIf(type = 'case_closed') FROM events WHERE tenant = 'phl'"))
	want := strings.Fields(fmt.Sprint(l.events(), l.rows, l.letters, l.payments, l.closed))
	if !slices.Equal(got, want) {
		t.Errorf("ClickHouse holds %v, the file %v", got, want)
	}
}

// sql asks the store of a running server, as an analyst with run.json would.
func sql(t *testing.T, s *served, query string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(s.run.Store, "/takt")+"/?database=takt", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-ClickHouse-Key", s.run.StoreToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", query, resp.StatusCode, b, err)
	}
	return string(b)
}

// decide asks for one decision per owner over HTTP and returns the replies by owner.
func (l *letters) decide(t *testing.T, s *served, key string, asOf time.Time, owners []string, run string) map[string]askReply {
	t.Helper()
	replies := map[string]askReply{}
	for _, o := range owners {
		body := fmt.Sprintf(`{"case":{"id":%[1]q,"portfolio":"property-tax-2015","stage":"dunning","open":null,"oldest_due":"2015-03-31"},
			"debtor":{"id":%[1]q,"tz":"America/New_York","language":"en"},
			"channels":[{"channel":"letter","address_ref":"p:%[1]s","validity":0.9},{"channel":"phone","address_ref":"t:%[1]s","validity":0.8},{"channel":"email","address_ref":"e:%[1]s","validity":0.8}],"as_of":%[2]q}`, o, asOf.Format(time.RFC3339))
		status, b, err := s.call(http.MethodPost, "/v1/decisions", key, map[string]string{"Idempotency-Key": run + "-" + o}, []byte(body))
		if err != nil || status != http.StatusOK {
			t.Fatalf("decide: %d %s %v", status, b, err)
		}
		var r askReply
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatal(err)
		}
		replies[o] = r
	}
	return replies
}

// checkDecisions reads the rows back: propensities sum to 1 and the action was allowed.
func checkDecisions(t *testing.T, s *served, key string, replies map[string]askReply) {
	t.Helper()
	changes(t, s, key, "0") // a list read ships the journal first
	r, err := app.OpenReader(context.Background(), s.data, &s.run)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	read, contacts := 0, 0
	err = r.Scan(context.Background(), history.Range{Tenant: "phl", Decided: true}, func(log *history.Log) error {
		for i := range log.Decisions {
			d := &log.Decisions[i]
			read++
			p, err := d.Propensities(nil)
			if err != nil {
				return err
			}
			sum := 0.0
			for _, v := range p {
				sum += v
			}
			at := slices.Index(d.Eligible, uint16(d.Chosen))
			if math.Abs(sum-1) > 1e-12 || at < 0 || p[at] != d.Propensity {
				t.Errorf("decision %s: propensities sum to %v, action %d allowed %v with %v", d.ID, sum, d.Chosen, at >= 0, d.Propensity)
			}
			if d.Kind == engine.KindContact {
				contacts++
			}
			if got := replies[d.Debtor].ID; got != d.ID.String() {
				t.Errorf("debtor %s was answered %s, the store has %s", d.Debtor, got, d.ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read != len(replies) || contacts == 0 {
		t.Errorf("%d decisions in the store of %d answered, %d contacts", read, len(replies), contacts)
	}
}

// checkPromises reports promises for debtors who were to be contacted: the very next decision holds.
func (l *letters) checkPromises(t *testing.T, s *served, key string, asOf time.Time, before map[string]askReply) {
	t.Helper()
	var some []string
	for _, o := range l.owners[:1000] {
		if before[o].Kind == "contact" && len(some) < 50 {
			some = append(some, o)
		}
	}
	due := asOf.AddDate(0, 0, 10)
	for _, o := range some {
		event := fmt.Sprintf(`{"specversion":"1.0","id":"promise-%[1]s","source":"erp","type":"de.takt.promise.made.v1","subject":%[1]q,"time":%[2]q,"data":{"case_id":%[1]q,"due":%[3]q,"amount_minor":100,"currency":"USD","channel":"phone"}}`,
			o, asOf.Add(time.Minute).Format(time.RFC3339), due.Format(time.DateOnly))
		if status, b, err := s.call(http.MethodPost, "/v1/events", key, nil, []byte(event)); err != nil || status != http.StatusAccepted {
			t.Fatalf("promise: %d %s %v", status, b, err)
		}
	}
	after := l.decide(t, s, key, asOf.Add(2*time.Minute), some, "b")
	for o, r := range after {
		if r.Kind != "hold" || r.Until.Before(due.Truncate(24*time.Hour)) {
			t.Errorf("debtor %s promised until %s, the next decision is %s until %s (%s)", o, due.Format(time.DateOnly), r.Kind, r.Until, r.Reason)
		}
	}
	if len(after) < 50 {
		t.Errorf("only %d debtors were to be contacted", len(after))
	}
}

// checkSwapped waits until new decisions vote with the snapshot.
func (l *letters) checkSwapped(t *testing.T, s *served, key string, asOf time.Time, snapshot string) {
	t.Helper()
	var seen string
	for try := range 100 {
		for o, r := range l.decide(t, s, key, asOf.Add(time.Duration(try)*time.Minute), l.owners[1000+try:1001+try], "c"+strconv.Itoa(try)) {
			if seen = r.Policy.Model; strings.Contains(seen, snapshot) {
				return
			}
			_ = o
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("the server still decides with %s, published was %s", seen, snapshot)
}
