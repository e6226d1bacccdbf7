package features

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takt/features/history"
	"takt/features/journal"
	"takt/features/record"
)

// Run ships the journal to the store until ctx ends or the ledger is closed, then it returns nil. It
// also lets expired answers go, once an hour.
func (l *Ledger) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.expire(ctx)
	}()
	defer func() { cancel(); <-done }()
	err := l.o.Journal.Ship(ctx, l.ship)
	if errors.Is(err, context.Canceled) || errors.Is(err, journal.ErrClosed) {
		return nil
	}
	return err
}

func (l *Ledger) expire(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.answers.expire(l.o.Now())
		case <-ctx.Done():
			return
		}
	}
}

// ship hands one batch of the journal to the store and lets it go from the tail.
func (l *Ledger) ship(ctx context.Context, b journal.Batch) error {
	h := history.Batch{Token: b.Token}
	for i := range b.Records {
		if err := addRecord(&h, &b.Records[i]); err != nil {
			return fmt.Errorf("read record %d of the journal: %w", b.Records[i].Seq, err)
		}
	}
	if err := l.o.Store.Append(ctx, h); err != nil {
		return fmt.Errorf("append records %d to %d to the store: %w", b.From, b.To, err)
	}
	l.tail.drop(b.To)
	return nil
}

func addRecord(h *history.Batch, r *journal.Record) error {
	switch r.Kind {
	case record.KindEvent:
		e, err := record.ParseEvent(r.Payload)
		e.Seq = r.Seq
		h.Events = append(h.Events, e)
		return err
	case record.KindDecision:
		d, err := record.ParseDecision(r.Payload)
		if err != nil {
			return err
		}
		d.Seq = r.Seq
		h.Decisions = append(h.Decisions, *d)
		return nil
	case record.KindAnswer:
		a, err := record.ParseAnswer(r.Payload)
		a.Seq = r.Seq
		h.Answers = append(h.Answers, a)
		return err
	}
	return fmt.Errorf("kind %d: %w", r.Kind, record.ErrVersion)
}
