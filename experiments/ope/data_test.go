package ope_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"takt/experiments/ope"
	"takt/features/shareddata"
)

// table reads a CSV file, gzipped or not.
func table(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(shareddata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// columns are the places of named columns in a header.
func columns(t testing.TB, header []string, names ...string) []int {
	t.Helper()
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			t.Fatalf("no column %s", name)
		}
	}
	return at
}

// row is a logged sample with its distributions.
type row struct {
	ope.Sample
	ope.Choice
	position int
}

// openBandit is the random log of a campaign, judged for Bernoulli Thompson sampling as its README
// says: q = (clicks+1)/(n+200) per item and position.
func openBandit(t testing.TB, campaign string) []row {
	t.Helper()
	records := table(t, "open-bandit/random_"+campaign+".csv.gz")
	policy := table(t, "open-bandit/reference_bts_action_dist_"+campaign+".csv")
	var eval [3][]float64
	for _, items := range policy {
		for p, s := range items {
			eval[p] = append(eval[p], number(t, s))
		}
	}
	k := len(policy)
	at := columns(t, records[0], "item_id", "position", "click", "propensity_score")
	uniform := make([]float64, k)
	for i := range uniform {
		uniform[i] = 1 / float64(k)
	}
	var rows []row
	clicks, shown := make([][3]float64, k), make([][3]float64, k)
	for i, r := range records[1:] {
		item, position := int(number(t, r[at[0]])), int(number(t, r[at[1]]))-1
		s := ope.Sample{PLog: number(t, r[at[3]]), PEval: eval[position][item], Reward: number(t, r[at[2]]), Cluster: uint64(i)}
		rows = append(rows, row{s, ope.Choice{Action: item, Log: uniform, Eval: eval[position]}, position})
		clicks[item][position] += s.Reward
		shown[item][position]++
	}
	q := func(item, position int) float64 { return (clicks[item][position] + 1) / (shown[item][position] + 200) }
	var direct [3]float64
	for p := range direct {
		for item := range k {
			direct[p] += eval[p][item] * q(item, p)
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Q, r.QEval = q(r.Action, r.position), direct[r.position]
	}
	return rows
}

// philadelphia are the mailed owners of one property, judged for always sending one letter.
func philadelphia(t testing.TB, reward, always string) []ope.Sample {
	t.Helper()
	records := table(t, "phl-tax-letters/round_two_analysis_owners.csv.gz")
	at := columns(t, records[0], "treat7", "unq_own", reward, "owner_id")
	var rows []ope.Sample
	for _, r := range records[1:] {
		if r[at[0]] == "" || r[at[1]] != "1" {
			continue
		}
		s := ope.Sample{PLog: 1. / 7, Reward: number(t, r[at[2]]), Cluster: uint64(number(t, r[at[3]]))}
		if r[at[0]] == always {
			s.PEval = 1
		}
		rows = append(rows, s)
	}
	return rows
}
