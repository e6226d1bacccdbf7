package historytest

import (
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// dueScript writes the facts of single cases, each case of a debtor of its own.
type dueScript struct {
	tenant string
	seq    uint64
	batch  history.Batch
}

func (w *dueScript) event(id string, typ engine.EventType, minute int, amount int64) {
	w.seq++
	e := engine.Event{Tenant: w.tenant, Source: "erp", ID: id + typ.String() + time.Duration(minute).String(), Type: typ, Debtor: "D-" + id,
		At: noon.Add(time.Duration(minute) * time.Minute), Seq: w.seq, Data: engine.EventData{Has: engine.FieldCaseID, CaseID: id}}
	e.Received = e.At
	switch {
	case typ == engine.CaseOpened || typ == engine.CaseUpdated:
		e.Data.Has |= engine.FieldOpen
		e.Data.Open = engine.Money{AmountMinor: amount, Currency: "EUR"}
		if typ == engine.CaseOpened {
			e.Data.Has |= engine.FieldPortfolio
			e.Data.Portfolio = "telco"
		}
	case amount != 0:
		e.Data.Has |= engine.FieldAmountMinor | engine.FieldCurrency
		e.Data.AmountMinor, e.Data.Currency = amount, "EUR"
	}
	w.batch.Events = append(w.batch.Events, e)
}

// retract takes the last event back; another source's retraction of the same id does nothing.
func (w *dueScript) retract() {
	last := w.batch.Events[len(w.batch.Events)-1]
	w.event("", engine.EventRetracted, 50, 0)
	e := &w.batch.Events[len(w.batch.Events)-1]
	e.Data = engine.EventData{Has: engine.FieldEventID, EventID: last.ID}
	other := *e
	other.Source, other.Data.EventID = "crm", w.batch.Events[0].ID
	w.seq++
	other.Seq = w.seq
	w.batch.Events = append(w.batch.Events, other)
}

// decide issues a decision at the minute that is to be reviewed at another one; 0 is never.
func (w *dueScript) decide(id string, minute, review int, mode engine.Mode) engine.ID {
	w.seq++
	d := engine.Decision{ID: engine.ID{byte(w.seq)}, Tenant: w.tenant, Debtor: "D-" + id, Case: id, Seq: w.seq, Kind: engine.KindHold, Mode: mode, Portfolio: "bank",
		OpenMinor: 1000, Currency: "EUR", IssuedAt: noon.Add(time.Duration(minute) * time.Minute)}
	d.Recorded = d.IssuedAt
	if review != 0 {
		d.Review = noon.Add(time.Duration(review) * time.Minute)
	}
	w.batch.Decisions = append(w.batch.Decisions, d)
	return d.ID
}

// due: see the rule at history.Store.Due.
func due(t *testing.T, s history.Store) {
	w := &dueScript{tenant: fresh()}
	w.event("never", engine.CaseOpened, 5, 1000)
	w.event("future", engine.CaseOpened, 500, 1000)
	w.event("shadow", engine.CaseOpened, 6, 1000)
	w.decide("shadow", 7, 400, engine.Shadow)
	w.event("closed", engine.CaseOpened, 1, 1000)
	w.event("closed", engine.CaseClosed, 2, 0)
	w.event("again", engine.CaseOpened, 1, 1000)
	w.event("again", engine.CaseClosed, 2, 0)
	w.event("again", engine.CaseOpened, 8, 1000)

	w.event("undone", engine.CaseOpened, 9, 1000)
	w.event("undone", engine.CaseClosed, 10, 0)
	w.retract() // the closing

	w.event("review", engine.CaseOpened, 1, 1000)
	w.decide("review", 2, 3, engine.Live)
	review := w.decide("review", 3, 60, engine.Live) // the latest counts
	w.decide("later", 1, 300, engine.Live)
	w.decide("unreviewed", 1, 0, engine.Live)
	bare := w.decide("bare", 1, 70, engine.Live) // known by its decision only
	w.decide("shut", 1, 61, engine.Live)
	w.event("shut", engine.CaseClosed, 2, 0)

	w.decide("paid", 1, 62, engine.Live)
	w.event("paid", engine.PaymentReceived, 2, 600)
	w.event("paid", engine.PaymentReceived, 3, 400)
	partly := w.decide("partly", 1, 63, engine.Live)
	w.event("partly", engine.PaymentReceived, 2, 600)
	back := w.decide("back", 1, 64, engine.Live)
	w.event("back", engine.PaymentReceived, 2, 1000)
	w.event("back", engine.PaymentReversed, 3, 1000)
	before := w.decide("before", 4, 65, engine.Live) // the decision's amount is the newer statement
	w.event("before", engine.PaymentReceived, 2, 1000)
	more := w.decide("more", 1, 66, engine.Live)
	w.event("more", engine.PaymentReceived, 2, 1000)
	w.event("more", engine.CaseUpdated, 3, 500)
	appendBatch(t, s, w.batch)

	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	of := func(id, portfolio string, since int, d engine.ID) history.DueCase {
		return history.DueCase{Case: id, Debtor: "D-" + id, Portfolio: portfolio, Since: at(since), Decision: d}
	}
	want := []history.DueCase{of("never", "telco", 5, engine.ID{}), of("shadow", "telco", 6, engine.ID{}), of("again", "telco", 8, engine.ID{}),
		of("undone", "telco", 9, engine.ID{}),
		of("review", "telco", 60, review), of("partly", "bank", 63, partly), of("back", "bank", 64, back), of("before", "bank", 65, before),
		of("more", "bank", 66, more), of("bare", "bank", 70, bare)}
	for _, c := range []struct{ minute, limit, want int }{{100, 100, 10}, {70, 100, 10}, {69, 100, 9}, {100, 2, 2}, {0, 100, 0}, {100, 0, 0}} {
		got, err := s.Due(ctx, w.tenant, at(c.minute), c.limit)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "due", got, want[:c.want])
	}
	appendBatch(t, s, w.batch) // the same facts under another token change nothing
	got, err := s.Due(ctx, w.tenant, at(100), 100)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "due after a repeated batch", got, want)
}
