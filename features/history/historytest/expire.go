package historytest

import (
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// expires: what is older than the instants goes, of one tenant; the instant itself stays.
func expires(t *testing.T, s history.Store) {
	x, ok := s.(history.Expirer)
	if !ok {
		t.Skip("the store keeps everything")
	}
	tenant, other := fresh()+"'s \\", fresh()
	var b history.Batch
	for i, id := range []string{tenant, tenant, other} {
		e, d := event(id, engine.CaseOpened, uint64(10*i+1)), decision(id, byte(10*i+1), uint64(10*i+2))
		e.ID, e.At, d.IssuedAt = e.ID+string(rune('a'+i)), noon.AddDate(0, 0, i%2), noon.AddDate(0, 0, i%2)
		b.Events, b.Decisions = append(b.Events, e), append(b.Decisions, d)
	}
	b.Events[0].Debtor, b.Decisions[0].Debtor = "D-old", "D-old"
	appendBatch(t, s, b)
	for _, want := range []int{2, 0} {
		if n, err := x.Expire(ctx, tenant, noon.Add(24*time.Hour), noon.Add(24*time.Hour)); n != want || err != nil {
			t.Errorf("%d facts went, %v; want %d", n, err, want)
		}
	}
	for id, want := range map[string]int{tenant: 1, other: 1} {
		logs := readScan(t, s, history.Range{Tenant: id})
		if len(logs) != 1 || len(logs[0].Events) != want || len(logs[0].Decisions) != want {
			t.Errorf("%s keeps %v", id, logs)
		}
	}
	if got, err := x.Debtors(ctx, tenant); err != nil || len(got) != 1 || slices.Contains(got, "D-old") {
		t.Errorf("debtors left: %v %v", got, err)
	}
	if page, _, err := s.Changes(ctx, tenant, 0, 9); err != nil || len(page) != 1 {
		t.Errorf("changes left: %v %v", page, err)
	}
}
