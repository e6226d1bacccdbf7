package experiments

import (
	"context"
	"fmt"
	"time"

	"takt/engine"
	"takt/features/history"
)

// logs is what is read; history.Store is one.
type logs interface {
	Scan(ctx context.Context, r history.Range, f func(*history.Log) error) error
}

// yearStart is when a year begins, UTC.
func yearStart(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }

// lastYear is how far back SizeHoldout counts.
const lastYear = 365 * 24 * time.Hour

// SizeHoldout sizes a year's hold-out from the log: on the debtors decided for (live) in the 365 days before the
// year begins, or before now if that is earlier. A log that is younger than that counts for nothing yet:
// debtors_per_year stands in. Was a decision of the year made already, the share that it was made with stays, by the
// largest share of the hold-out that the year's decisions name.
func SizeHoldout(ctx context.Context, src logs, t *engine.Tenant, year int, now time.Time) (Sizing, error) {
	s := (&Holdouts{}).Sizing(t, year)
	if s.Source == SourceSet {
		return s, nil
	}
	end := yearStart(year)
	if now.Before(end) {
		end = now
	}
	begin := end.Add(-lastYear)
	debtors, kept, old := 0, 0., false
	err := src.Scan(ctx, history.Range{Tenant: t.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		in := false
		for i := range l.Decisions {
			d := &l.Decisions[i]
			if d.Mode != engine.Live {
				continue
			}
			at := d.IssuedAt
			old = old || at.Before(begin.Add(grace))
			in = in || !at.Before(begin) && at.Before(end)
			if v := d.Variant; at.UTC().Year() == year && v.Experiment == HoldoutLayer {
				share := v.Share
				if !v.Holdout() {
					share = 1 - v.Share
				}
				kept = max(kept, share)
			}
		}
		if in {
			debtors++
		}
		return ctx.Err()
	})
	if err != nil {
		return s, fmt.Errorf("size the hold-out of tenant %s for %d: %w", t.ID, year, err)
	}
	if old && debtors > 0 {
		s.Share, s.Debtors, s.Source = t.Holdout.Size(debtors), debtors, SourceHistory
	}
	if kept > 0 {
		s.Share, s.Source = kept, SourceKept
	}
	return s, nil
}

// grace is how much of its first year a log may lack to count as a year of history.
const grace = 31 * 24 * time.Hour
