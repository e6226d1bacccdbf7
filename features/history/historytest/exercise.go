// Package historytest holds every history store to the same behaviour.
//
//	func TestStore(t *testing.T) {
//		historytest.Exercise(t, func(t *testing.T) history.Store { return memory.New() })
//	}
//
// The store may hold other tenants' rows and keeps those of the suite: each case works under tenant
// ids of its own, so the suite runs on a real server as well. A store that is also a
// [history.Shelf] is held to that too. The generators serve other packages' tests.
package historytest

import (
	stdcmp "cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/history"
)

// Exercise runs the suite. open gives a ready store; calls may share the rows but not the handle:
// the suite closes one of them.
func Exercise(t *testing.T, open func(t *testing.T) history.Store) {
	s := open(t)
	t.Cleanup(func() { s.Close() })
	for _, c := range []struct {
		name string
		run  func(*testing.T, history.Store)
	}{
		{"every event type comes back whole", everyEventType},
		{"generated events come back whole", generatedEvents},
		{"decisions come back whole", wholeDecisions},
		{"empty answers", emptyAnswers},
		{"duplicates", duplicates},
		{"duplicates that name another debtor", strayDuplicates},
		{"tokens", tokens},
		{"fold order", foldOrder},
		{"tenants never mix", tenantsApart},
		{"case log", caseLog},
		{"changes", changes},
		{"changes in pages", changesInPages},
		{"due", due},
		{"answers", answers},
		{"scan is the union of logs", scanIsLogs},
		{"scan ranges", scanRanges},
		{"scan ends", scanEnds},
		{"agrees with the store in memory", agrees},
		{"old facts go", expires},
		{"cancelled", cancelled},
		{"closed", func(t *testing.T, _ history.Store) { closed(t, open(t)) }},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
	if shelf, ok := s.(history.Shelf); ok {
		t.Run("shelf", func(t *testing.T) { exerciseShelf(t, shelf) })
	}
}

// tb is what *testing.T and *rapid.T share.
type tb interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// fresh is a tenant id nobody used before.
func fresh() string {
	var b [6]byte
	rand.Read(b[:])
	return "t-" + hex.EncodeToString(b[:])
}

var ctx = context.Background()

func appendBatch(t tb, s history.Store, b history.Batch) {
	t.Helper()
	if b.Token == "" {
		b.Token = fresh()
	}
	if err := s.Append(ctx, b); err != nil {
		t.Fatalf("append: %v", err)
	}
}

func readLog(t tb, s history.Store, k history.Key) history.Log {
	t.Helper()
	l, err := s.Log(ctx, k)
	if err != nil {
		t.Fatalf("log of %+v: %v", k, err)
	}
	return l
}

func readScan(t tb, s history.Store, r history.Range) []history.Log {
	t.Helper()
	var logs []history.Log
	err := s.Scan(ctx, r, func(l *history.Log) error {
		c := *l
		c.Events = append([]engine.Event(nil), l.Events...)
		c.Decisions = append([]engine.Decision(nil), l.Decisions...)
		logs = append(logs, c)
		return nil
	})
	if err != nil {
		t.Fatalf("scan %+v: %v", r, err)
	}
	slices.SortStableFunc(logs, func(a, b history.Log) int { // the order is the store's own
		return stdcmp.Or(strings.Compare(a.Tenant, b.Tenant), strings.Compare(a.Debtor, b.Debtor))
	})
	return logs
}

// equal compares deeply: instants as instants, and nil as an empty list.
func equal(t tb, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, sameTime, emptyIsNil); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var (
	sameTime   = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	emptyIsNil = cmp.FilterValues(func(a, b any) bool { return length(a) == 0 && length(b) == 0 }, cmp.Ignore())
)

// length is that of a slice the facts hold, or -1.
func length(v any) int {
	switch v := v.(type) {
	case []byte:
		return len(v)
	case []float32:
		return len(v)
	case []uint16:
		return len(v)
	case []engine.Vote:
		return len(v)
	case []engine.Event:
		return len(v)
	case []engine.Decision:
		return len(v)
	case []history.Change:
		return len(v)
	case []history.DueCase:
		return len(v)
	case []history.Log:
		return len(v)
	case []history.Answer:
		return len(v)
	}
	return -1
}
