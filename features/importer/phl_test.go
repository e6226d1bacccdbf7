package importer_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/importer"
	"takt/features/shareddata"
)

// sums are what the letter experiment came to.
type sums struct {
	Owners, Opened, Closed, Cleared, Payments int
	Letters, Single                           map[string]int // by arm; of single-property owners
	OpenMinor, PaidMinor                      int64
}

// count adds up the file itself, by column names and big decimals: none of the importer's code.
func count(t testing.TB, path string) (s sums, single map[string]bool) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	cents := func(s string) int64 {
		v, ok := new(big.Rat).SetString(s)
		if v.Mul(v, big.NewRat(100, 1)); !ok || !v.IsInt() {
			t.Fatalf("%q is no amount in cents", s)
		}
		return v.Num().Int64()
	}
	s.Letters, s.Single, single = map[string]int{}, map[string]int{}, map[string]bool{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return s, single
		}
		if err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, name := range header {
			row[name] = record[i]
		}
		s.Owners++
		s.Opened++
		s.OpenMinor += cents(row["total_due"])
		single[row["owner_id"]] = row["unq_own"] == "1"
		if arm := row["treat8"]; arm != "Holdout" {
			s.Letters[arm]++
		}
		if row["unq_own"] == "1" {
			s.Single[row["treat8"]]++
		}
		if row["earliest_pmt_dec"] != "" {
			s.Payments++
			s.PaidMinor += cents(row["total_paid_dec"])
		}
		if row["paid_full_dec"] == "1" {
			s.Closed++
			if cents(row["total_paid_dec"]) == 0 {
				s.Cleared++
			}
		}
	}
}

// Every owner of the experiment becomes a debtor, every letter a contact, every paying owner a payment.
func TestPhiladelphia(t *testing.T) {
	path := shareddata.Path(t, "phl-tax-letters/round_two_analysis_owners.csv.gz")
	want, single := count(t, path)
	m, err := importer.LoadMapping("phl-tax-letters")
	if err != nil {
		t.Fatal(err)
	}
	events, report := readAll(t, path, m, &importer.Options{Strict: true})
	// The README's own figures: owners, and group sizes of single-property owners.
	if report.Rows != 21_468 || report.Bad != 0 {
		t.Fatalf("%+v", report)
	}
	got := sums{Letters: map[string]int{}, Single: map[string]int{}}
	tones := map[string]engine.Tone{"Reminder": engine.Neutral, "Lien": engine.Firm, "Sheriff": engine.Formal, "Neighborhood": engine.Empathetic,
		"Community": engine.Friendly, "Peer": engine.LossFramed, "Duty": engine.LossFramed}
	debtors, mailed, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range events {
		if ids[e.ID] {
			t.Fatalf("id %s is there twice", e.ID)
		}
		ids[e.ID] = true
		d := &e.Data
		switch e.Type {
		case engine.DebtorUpdated:
			if debtors[e.Debtor] = true; d.TZ != "America/New_York" || d.Region != "US-PA" {
				t.Fatalf("%+v", e)
			}
		case engine.CaseOpened:
			got.Opened++
			got.OpenMinor += d.Open.AmountMinor
			if d.Open.Currency != "USD" || d.OldestDue.String() != "2015-03-31" || d.CaseID != e.Debtor {
				t.Fatalf("%+v", e)
			}
		case engine.ContactSent:
			got.Letters[d.Template]++
			mailed[e.Debtor] = true
			if single[e.Debtor] {
				got.Single[d.Template]++
			}
			if d.Tone != tones[d.Template] || d.Channel != engine.Letter || d.Has&engine.FieldDecisionID != 0 || !e.At.Equal(time.Date(2015, 6, 15, 13, 0, 0, 0, time.UTC)) {
				t.Fatalf("%+v", e)
			}
		case engine.PaymentReceived:
			got.Payments++
			got.PaidMinor += d.AmountMinor
			if e.At.Before(time.Date(2015, 6, 1, 4, 0, 0, 0, time.UTC)) || !e.At.Before(time.Date(2016, 1, 1, 5, 0, 0, 0, time.UTC)) || d.Currency != "USD" {
				t.Fatalf("%+v", e)
			}
		case engine.CaseClosed:
			if got.Closed++; d.Reason != "paid" {
				got.Cleared++
			}
		default:
			t.Fatalf("%+v", e)
		}
	}
	got.Owners = len(debtors)
	for debtor, alone := range single {
		if alone && !mailed[debtor] {
			got.Single["Holdout"]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	published := map[string]int{"Holdout": 2088, "Reminder": 2420, "Lien": 2432, "Sheriff": 2419, "Neighborhood": 2389, "Community": 2441, "Peer": 2417, "Duty": 2433}
	if diff := cmp.Diff(published, got.Single); diff != "" {
		t.Error(diff)
	}
	t.Logf("%d events of %d owners: %d letters, %d payments of %d cents, %d of %d closings without payment",
		len(events), got.Owners, len(mailed), got.Payments, got.PaidMinor, got.Cleared, got.Closed)
	again, _ := readAll(t, path, m, nil)
	if diff := cmp.Diff(texts(events[:1000]), texts(again[:1000])); diff != "" || len(again) != len(events) {
		t.Errorf("a second import differs: %s", diff)
	}
}
