package vault

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"takt/engine"
	"takt/features/record"
)

// BenchmarkMask is what masking and opening cost per fact, of 10,000 debtors in turn.
func BenchmarkMask(b *testing.B) {
	v, err := Open(filepath.Join(b.TempDir(), "vault"))
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	e := engine.Event{Tenant: "acme", Source: "erp", ID: "e-0000000001", Type: engine.PaymentReceived, At: time.Unix(1.7e9, 0).UTC(), Received: time.Unix(1.7e9, 0).UTC(),
		Data: engine.EventData{Has: engine.FieldCaseID | engine.FieldAmountMinor | engine.FieldCurrency, CaseID: "C-000001", AmountMinor: 100, Currency: "EUR"}}
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("D-%06d", i)
	}
	d := engine.Decision{Tenant: "acme", Case: "C-000001", X: make([]float32, 64), Eligible: make([]uint16, 224), Reply: make([]byte, 2500), Key: "k-1"}
	m, err := v.MaskEvent(&e)
	if err != nil {
		b.Fatal(err)
	}
	mask, plain, buf := v.Masker(), []byte(nil), []byte(nil)
	b.Run("event", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			e.Debtor = names[i%len(names)]
			e.Data.CaseID = names[i%len(names)]
			plain = record.AppendEvent(plain[:0], &e)
			if buf, err = mask.AppendEvent(buf[:0], &e, plain); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decision", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			d.Debtor = names[i%len(names)]
			if buf, err = mask.AppendDecision(buf[:0], &d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		o := v.Opener()
		for range b.N {
			c := m
			if ok, err := o.Event(&c); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}
