package vault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
)

func openAt(t testing.TB, path string) *Vault {
	t.Helper()
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func eventOf(debtor, id, caseID string) engine.Event {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return engine.Event{Tenant: "acme", Source: "erp", ID: id, Type: engine.AddressChanged, Debtor: debtor, At: at, Received: at,
		Data: engine.EventData{Has: engine.FieldCaseID | engine.FieldAddressRef | engine.FieldBirthYear, CaseID: caseID, AddressRef: "e:geheim", BirthYear: 1970}}
}

// A masked fact says nothing of the person and comes back whole, over a restart, until its key is destroyed:
// in the file, in every copy made of the facts, and for good.
func TestMaskOpenErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	v := openAt(t, path)
	e, other := eventOf("Erna", "e-geheim", "Fall-7"), eventOf("Stefan", "e-2", "Fall-8")
	m, err := v.MaskEvent(&e)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := v.MaskEvent(&other)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", m); strings.Contains(text, "geheim") || strings.Contains(text, "Erna") || strings.Contains(text, "Fall") || strings.Contains(text, "1970") {
		t.Errorf("readable: %s", text)
	}
	d := engine.Decision{ID: engine.ID{1}, Tenant: "acme", Debtor: "Erna", Case: "Fall-7", X: []float32{1, 2}, Eligible: []uint16{3, 5}, Votes: []engine.Vote{{Action: 3, Weight: 1}},
		Key: "k", Reply: []byte(`{"case_id":"Fall-7"}`), Propensity: .5, RequestHash: 7, Action: engine.ContactAction{AddressRef: "e:geheim"}}
	md, err := v.MaskDecision(&d)
	if err != nil {
		t.Fatal(err)
	}
	if len(md.X) > 0 || md.Debtor != m.Debtor || md.Case != m.Data.CaseID || md.Propensity != .5 {
		t.Errorf("masked decision %+v", md)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v = openAt(t, path)
	back, backd := m, md
	if ok, err := v.OpenEvent(&back); !ok || err != nil || !cmp.Equal(back, e) {
		t.Errorf("%v %v %s", ok, err, cmp.Diff(back, e))
	}
	if ok, err := v.OpenDecision(&backd); !ok || err != nil || !cmp.Equal(backd, d) {
		t.Errorf("%v %v %s", ok, err, cmp.Diff(backd, d))
	}
	if name, ok := v.Name(m.Data.CaseID); !ok || name != "Fall-7" {
		t.Errorf("case %q", name)
	}
	for range 2 { // again is no error
		if err := v.Erase(m.Debtor); err != nil {
			t.Fatal(err)
		}
	}
	for _, when := range []string{"at once", "after a restart"} {
		back, backd = m, md
		if ok, err := v.OpenEvent(&back); ok || err != nil {
			t.Errorf("%s: %v %v", when, ok, err)
		}
		if ok, err := v.OpenDecision(&backd); ok || err != nil || backd.Debtor != "" {
			t.Errorf("%s: %v %v", when, ok, err)
		}
		if _, ok := v.Name(m.Data.CaseID); ok {
			t.Errorf("%s: the case has a name", when)
		}
		if good := kept; !must(v.OpenEvent(&good)) || good.Debtor != "Stefan" {
			t.Errorf("%s: the other is gone", when)
		}
		b, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(b), "Erna") || strings.Contains(string(b), "Fall-7") || !strings.Contains(string(b), "Stefan") {
			t.Errorf("%s: the file names %q (%v)", when, b, err)
		}
		v.Close()
		v = openAt(t, path)
	}
	again, err := v.MaskEvent(&e)
	if err != nil || again.Debtor == m.Debtor || again.Data.CaseID == m.Data.CaseID {
		t.Errorf("a later fact is a new person's: %s, %v", again.Debtor, err)
	}
}

func must(ok bool, err error) bool { return ok && err == nil }

// A file cut anywhere opens with the names that are whole; one that is no vault does not open.
func TestTornVault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	v := openAt(t, path)
	for i := range 3 {
		if e := eventOf(fmt.Sprint("D-", i), "e", ""); !must(true, second(v.MaskEvent(&e))) {
			t.Fatal("mask")
		}
	}
	v.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	one := (len(whole) - headBytes) / 3
	for n := headBytes; n <= len(whole); n++ {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if v := openAt(t, path); v.Len() != (n-headBytes)/one {
			t.Fatalf("cut at %d: %d names", n, v.Len())
		}
	}
	whole[9] ^= 1
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged head: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Many writers at once, a reader of the file beside them, a copy, and the copy of another vault.
func TestSideBySide(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "vault")
	v := openAt(t, path)
	early, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 200 {
				e := eventOf(fmt.Sprint("D-", (i+w)%50), fmt.Sprint("e-", w, "-", i), fmt.Sprint("C-", (i+w)%50))
				m, err := v.MaskEvent(&e)
				if err != nil || v.Sync() != nil || !must(v.OpenEvent(&m)) || !cmp.Equal(m, e) {
					t.Errorf("%v: %s", err, cmp.Diff(m, e))
					return
				}
			}
		})
	}
	wg.Wait()
	e := eventOf("D-1", "e", "")
	m, err := v.MaskEvent(&e)
	if err != nil || v.Len() != 50 || !must(early.OpenEvent(&m)) || early.Pseudonym("acme", "D-7") != v.Pseudonym("acme", "D-7") {
		t.Errorf("%v, %d debtors; the reader knows %+v", err, v.Len(), m)
	}
	if err := v.Copy(filepath.Join(dir, "copy")); err != nil {
		t.Fatal(err)
	}
	if c := openAt(t, filepath.Join(dir, "copy")); c.Pseudonym("acme", "D-7") != v.Pseudonym("acme", "D-7") {
		t.Error("the copy differs")
	}
	if err := openAt(t, filepath.Join(dir, "other")).Copy(filepath.Join(dir, "copy")); !errors.Is(err, ErrOther) {
		t.Errorf("another installation's copy is replaced: %v", err)
	}
}

// After a failed sync the disk may hold less than was written, and a second sync would not say so: nothing is
// acknowledged or called erased until the vault is opened anew.
func TestFailedSync(t *testing.T) {
	v := openAt(t, filepath.Join(t.TempDir(), "vault"))
	e := eventOf("Erna", "e-1", "Fall-7")
	m, err := v.MaskEvent(&e)
	if err != nil || v.Sync() != nil {
		t.Fatal(err)
	}
	file := v.f
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0) // takes writes, and cannot sync
	if err != nil || null.Sync() == nil {
		t.Skip("the null device can sync here")
	}
	defer null.Close()
	v.f = null
	defer func() { v.f = file }()
	for range 2 {
		if v.Erase(m.Debtor) == nil {
			t.Error("called erased without a sync")
		}
	}
	other := eventOf("Stefan", "e-2", "Fall-8")
	if err := second(v.MaskEvent(&other)); err == nil {
		t.Error("a key is drawn after a failed sync")
	}
	v.failed, v.f = nil, file
	if err := second(v.MaskEvent(&other)); err != nil {
		t.Fatal(err)
	}
	v.f = null
	for range 2 {
		if v.Sync() == nil {
			t.Error("called synced without a sync")
		}
	}
}
