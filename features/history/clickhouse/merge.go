package clickhouse

import (
	"cmp"
	"math/bits"
	"slices"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// merge turns chunks into logs, debtor by debtor.
type merge struct {
	filler  *filler
	columns []column[de]
	first   map[stray]uint64
	decided bool
	heap    []*run
	refs    []ref
	log     history.Log // reused
}

// run is neighbouring rows of one block in the order of debtors; a part of a table gives one or more.
type run struct {
	decisions bool
	block     *block
	row, end  int
	debtor    string // of row
}

// ref is an event that is to be filled in.
type ref struct {
	at    int64
	block *block
	row   int
}

func newMerge(r history.Range, first map[stray]uint64) *merge {
	return &merge{filler: fillerOf(scanned(eventColumns(), r)), columns: scanned(decisionColumns(), r), first: first, decided: r.Decided,
		log: history.Log{Tenant: r.Tenant}}
}

// run hands the chunk's logs to f until it fails.
func (m *merge) run(ch *chunk, f func(*history.Log) error) error {
	m.heap = append(runsOf(m.heap[:0], ch.events, false), runsOf(nil, ch.decisions, true)...)
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	for len(m.heap) > 0 {
		if m.collect() {
			if err := f(&m.log); err != nil {
				return err
			}
		}
	}
	return nil
}

// runsOf cuts blocks wherever the debtors stop ascending. The first column is the debtor.
func runsOf(runs []*run, blocks []*block, decisions bool) []*run {
	for _, b := range blocks {
		c, start := &b.columns[0], 0
		for row := 1; row <= b.rows; row++ {
			if row == b.rows || c.string(row) < c.string(row-1) {
				runs = append(runs, &run{decisions, b, start, row, c.string(start)})
				start = row
			}
		}
	}
	return runs
}

// down restores the heap, least debtor first, below i.
func (m *merge) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.heap[child].debtor < m.heap[least].debtor {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// collect takes the least debtor's rows off the heap into the log and says whether it is wanted.
func (m *merge) collect() bool {
	l := &m.log
	l.Debtor, l.Events, l.Decisions, m.refs = m.heap[0].debtor, l.Events[:0], l.Decisions[:0], m.refs[:0]
	for len(m.heap) > 0 && m.heap[0].debtor == l.Debtor {
		m.take(m.heap[0])
		if top := m.heap[0]; top.row < top.end {
			top.debtor = top.block.columns[0].string(top.row)
		} else {
			last := len(m.heap) - 1
			m.heap[0], m.heap = m.heap[last], m.heap[:last]
		}
		m.down(0)
	}
	if m.decided && len(l.Decisions) == 0 {
		return false
	}
	m.fillEvents()
	localise(l.Decisions)
	l.Decisions = facts.Decisions(l.Decisions)
	return len(l.Events)+len(l.Decisions) > 0
}

// take reads the rows of r that are the log's debtor's.
func (m *merge) take(r *run) {
	debtors, at := &r.block.columns[0], &r.block.columns[m.filler.at]
	for ; r.row < r.end && debtors.string(r.row) == m.log.Debtor; r.row++ {
		if !r.decisions {
			m.refs = append(m.refs, ref{int64(at.u64(r.row)), r.block, r.row})
			continue
		}
		d := engine.Decision{Tenant: m.log.Tenant}
		for i := range m.columns {
			m.columns[i].set(&d, &r.block.columns[i], r.row)
		}
		m.log.Decisions = append(m.log.Decisions, d)
	}
}

// fillEvents reads the collected rows in the order of time, which is cheaper than sorting events.
func (m *merge) fillEvents() {
	slices.SortStableFunc(m.refs, func(a, b ref) int { return cmp.Compare(a.at, b.at) })
	l := &m.log
	l.Events = slices.Grow(l.Events, len(m.refs))[:len(m.refs)]
	for i, r := range m.refs {
		e := &l.Events[i]
		*e = engine.Event{Tenant: l.Tenant, Debtor: l.Debtor}
		m.filler.fill(e, r.block, r.row)
	}
	l.Events = facts.Events(dropStrays(l.Events, m.first))
}

// filler sets what an event has, and nothing else: of fifty columns that is a dozen.
type filler struct {
	columns []column[ev]
	at      int       // column of the time
	base    []int     // columns of every event
	byField [64][]int // columns of a data field
}

func fillerOf(columns []column[ev]) *filler {
	f := &filler{columns: columns}
	for i, c := range columns {
		switch {
		case c.field != 0:
			bit := bits.TrailingZeros64(uint64(c.field))
			f.byField[bit] = append(f.byField[bit], i)
		case c.name == "tenant" || c.name == "debtor_id": // the log's, set by the caller
		default:
			f.base = append(f.base, i)
		}
		if c.name == "at" {
			f.at = i
		}
	}
	return f
}

func (f *filler) fill(e *engine.Event, b *block, row int) {
	for _, i := range f.base {
		f.columns[i].set(e, &b.columns[i], row)
	}
	for has := uint64(e.Data.Has); has != 0; has &= has - 1 {
		for _, i := range f.byField[bits.TrailingZeros64(has)] {
			f.columns[i].set(e, &b.columns[i], row)
		}
	}
}
