package learner

import (
	"maps"
	"slices"

	"takt/engine"
)

// blocks are the examples of a scan by day, the earliest days that fit: what lies behind them waits for the next
// scan, so that memory does not grow with the log.
type blocks struct {
	from, until int32 // days before from are folded; those from until on did not fit
	closed      int32 // days before have final labels only
	room        int   // examples; days with open labels are kept in any case
	days        map[int32]*block
	held        int

	print          uint64 // of the folded days' facts
	fromSeq, toSeq uint64
}

// block is one day.
type block struct {
	rows   []row
	report Report
	print  uint64
}

// day is the block of a day; nil where it does not fit.
func (b *blocks) day(day int32) *block {
	if day >= b.until && day < b.closed {
		return nil
	}
	t := b.days[day]
	if t == nil {
		t = &block{}
		b.days[day] = t
	}
	return t
}

// take adds an example and, if there are too many, drops the latest closed day but the first.
func (b *blocks) take(t *block, e row) {
	t.rows = append(t.rows, e)
	b.held++
	for b.held > b.room {
		last, n := int32(-1<<31), 0
		for d := range b.days {
			if d < b.closed {
				n++
				last = max(last, d)
			}
		}
		if n < 2 {
			return
		}
		b.held -= len(b.days[last].rows)
		delete(b.days, last)
		b.until = last
	}
}

// old counts a fact of a folded day.
func (b *blocks) old(id string) { b.print ^= engine.FNV1a(id) }

// saw widens the log's range.
func (b *blocks) saw(seq uint64) {
	if seq == 0 {
		return
	}
	if b.fromSeq == 0 || seq < b.fromSeq {
		b.fromSeq = seq
	}
	b.toSeq = max(b.toSeq, seq)
}

// ordered are the days seen, ascending.
func (b *blocks) ordered() []int32 { return slices.Sorted(maps.Keys(b.days)) }
