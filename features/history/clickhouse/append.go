package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Append writes a batch, one insert per table. Each insert carries the batch's token and its table's
// name, so that a batch sent again adds nothing, and completes what an earlier attempt left out.
// Columns for SQL hold instants from 1900 to 2262 and dates to 2299; what lies beyond is the nearest there.
func (s *Store) Append(ctx context.Context, b history.Batch) error {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	w := writer{s, ctx, c, b.Token}
	events := func() error { return put(w, "events", b.Events, eventColumns(b.Events)) }
	decisions := func() error { return put(w, "decisions", b.Decisions, decisionColumns()) }
	changes := func() error { return put(w, "changes", changesOf(&b), changeColumns()) }
	answers := func() error { return put(w, "answers", answersOf(&b), answerColumns()) }
	for _, step := range []func() error{events, decisions, changes, answers} {
		if err := step(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

type writer struct {
	s      *Store
	ctx, c context.Context // the caller's; the same with our deadline
	token  string
}

// put inserts rows into one table; none is nothing to do.
func put[T any](w writer, table string, rows []T, columns []column[T]) error {
	if len(rows) == 0 {
		return nil
	}
	err := insert(w, table, rows, columns)
	return w.s.fault(w.ctx, fmt.Sprintf("write %d rows to %s", len(rows), table), err)
}

func insert[T any](w writer, table string, rows []T, columns []column[T]) error {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].name
	}
	settings := driver.Settings{"async_insert": 0}
	if w.token != "" {
		settings["insert_deduplication_token"] = w.token + "/" + table
	}
	if w.s.options.Cluster != "" {
		settings["distributed_foreground_insert"] = 1 // acknowledged means: on the shard
	}
	c := driver.Context(w.c, driver.WithSettings(settings))
	batch, err := w.s.short.PrepareBatch(c, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+")")
	if err != nil {
		return err
	}
	for i := range columns {
		if err := batch.Column(i).Append(columns[i].values(rows)); err != nil {
			_ = batch.Abort() // nothing was sent
			return err
		}
	}
	return batch.Send()
}

// change is a row of table changes.
type change struct {
	tenant, debtor, source, id string
	seq                        uint64
	decision                   engine.ID
	state                      uint8 // the reporting event's type, 0: issued
	at                         time.Time
	identity                   uint64 // of the reporting event, as table events hashes it; when read
}

// of is the identity of the reporting event.
func (c *change) of() facts.Identity { return facts.Identity{Source: c.source, ID: c.id} }

func changesOf(b *history.Batch) []change {
	var rows []change
	for i := range b.Decisions {
		d := &b.Decisions[i]
		rows = append(rows, change{tenant: d.Tenant, debtor: d.Debtor, seq: d.Seq, decision: d.ID, at: d.IssuedAt})
	}
	for i := range b.Events {
		if e := &b.Events[i]; facts.Report(e.Type) != "" {
			rows = append(rows, change{tenant: e.Tenant, debtor: e.Debtor, source: e.Source, id: e.ID, seq: e.Seq, decision: e.Data.DecisionID, state: uint8(e.Type), at: e.At})
		}
	}
	return rows
}

func changeColumns() []column[change] {
	return []column[change]{
		plain("tenant", func(c *change) string { return c.tenant }),
		plain("seq", func(c *change) uint64 { return c.seq }),
		id("decision_id", func(c *change) engine.ID { return c.decision }),
		plain("debtor_id", func(c *change) string { return c.debtor }),
		enum("state", func(c *change) uint8 { return c.state }),
		instant("at", func(c *change) time.Time { return c.at }),
		plain("source", func(c *change) string { return c.source }),
		plain("id", func(c *change) string { return c.id }),
	}
}

// answersOf are the answers of the batch and those that its decisions carry.
func answersOf(b *history.Batch) []history.Answer {
	rows := slices.Clone(b.Answers)
	for i := range b.Decisions {
		if a, ok := facts.AnswerOf(&b.Decisions[i]); ok {
			rows = append(rows, a)
		}
	}
	return rows
}

func answerColumns() []column[history.Answer] {
	type an = history.Answer
	return []column[an]{
		plain("tenant", func(a *an) string { return a.Tenant }),
		plain("key", func(a *an) string { return a.Key }),
		instant("at", func(a *an) time.Time { return a.At }),
		plain("body_hash", func(a *an) string { return string(a.BodyHash[:]) }),
		id("decision_id", func(a *an) engine.ID { return a.Decision }),
		plain("seq", func(a *an) uint64 { return a.Seq }),
	}
}
