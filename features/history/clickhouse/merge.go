package clickhouse

import (
	"cmp"
	"slices"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// merge turns chunks into logs, debtor by debtor.
type merge struct {
	store         *Store
	first         map[stray]uint64
	decided, slim bool
	heap          []*run
	refs          []ref
	log           history.Log // reused
}

// run is neighbouring rows of one block in the order of debtors; a part of a table gives one or more.
type run struct {
	decisions bool
	block     *block
	row, end  int
	debtor    string // of row
}

// The columns of a chunk's blocks.
const (
	inDebtor = iota
	inAt
	inSeq
	inRecord
	inReply // of decisions, unless slim
)

// ref is an event that is to be read.
type ref struct {
	at    int64
	block *block
	row   int
}

// run hands the chunk's logs to f. failed is the error of f, err that of reading a row.
func (m *merge) run(ch *chunk, f func(*history.Log) error) (failed, err error) {
	m.heap = append(runsOf(m.heap[:0], ch.events, false), runsOf(nil, ch.decisions, true)...)
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	for len(m.heap) > 0 {
		wanted, err := m.collect()
		if err != nil {
			return nil, err
		}
		if wanted {
			if failed := f(&m.log); failed != nil {
				return failed, nil
			}
		}
	}
	return nil, nil
}

// runsOf cuts blocks wherever the debtors stop ascending.
func runsOf(runs []*run, blocks []*block, decisions bool) []*run {
	for _, b := range blocks {
		c, start := &b.columns[inDebtor], 0
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
func (m *merge) collect() (wanted bool, err error) {
	l := &m.log
	l.Debtor, l.Events, l.Decisions, m.refs = m.heap[0].debtor, l.Events[:0], l.Decisions[:0], m.refs[:0]
	for len(m.heap) > 0 && m.heap[0].debtor == l.Debtor {
		top := m.heap[0]
		if err := m.take(top); err != nil {
			return false, err
		}
		if top.row < top.end {
			top.debtor = top.block.columns[inDebtor].string(top.row)
		} else {
			last := len(m.heap) - 1
			m.heap[0], m.heap = m.heap[last], m.heap[:last]
		}
		m.down(0)
	}
	if m.decided && len(l.Decisions) == 0 {
		return false, nil
	}
	l.Decisions = facts.Decisions(l.Decisions)
	err = m.readEvents()
	return len(l.Events)+len(l.Decisions) > 0, err
}

// take notes the events and reads the decisions of r that are the log's debtor's.
func (m *merge) take(r *run) error {
	c := r.block.columns
	for ; r.row < r.end && c[inDebtor].string(r.row) == m.log.Debtor; r.row++ {
		if !r.decisions {
			m.refs = append(m.refs, ref{int64(c[inAt].number(r.row)), r.block, r.row})
			continue
		}
		var d engine.Decision
		reply := ""
		if len(c) > inReply {
			reply = c[inReply].string(r.row)
		}
		if err := m.store.decisionOf(&d, c[inSeq].number(r.row), c[inRecord].string(r.row), reply); err != nil {
			return err
		}
		m.log.Decisions = append(m.log.Decisions, d)
	}
	return nil
}

// readEvents reads the noted rows in the order of time, which is cheaper than sorting events.
func (m *merge) readEvents() error {
	slices.SortStableFunc(m.refs, func(a, b ref) int { return cmp.Compare(a.at, b.at) })
	l := &m.log
	l.Events = slices.Grow(l.Events, len(m.refs))[:len(m.refs)]
	for i, r := range m.refs {
		e, c := &l.Events[i], r.block.columns
		if err := eventOf(e, c[inSeq].number(r.row), c[inRecord].string(r.row)); err != nil {
			return err
		}
		if m.slim {
			facts.SlimEvent(e)
		}
	}
	l.Events = facts.Events(dropStrays(l.Events, m.first))
	return nil
}
