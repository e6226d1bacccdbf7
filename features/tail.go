package features

import (
	"fmt"
	"sync"

	"takt/engine"
	"takt/features/history"
	"takt/features/journal"
	"takt/features/record"
)

// tail indexes what is in the journal and not yet in the store, so that reads see their own writes:
// per debtor, newest first by prev, and per decision. It holds the encoded payloads, as many bytes
// as the journal's own limit lets wait.
type tail struct {
	mu         sync.Mutex
	ring       []unshipped // a power of two long; position p lies at p&(len-1)
	head, next uint64      // positions of the oldest item and of the next one, from 1
	debtors    map[Key]uint64
	decisions  map[engine.ID]uint64
	bytes      int64
	dropped    uint64 // all of the journal up to here is in the store
	pins       int    // while above 0 nothing is dropped
	arena      []byte // payloads go here, so that an item costs no allocation of its own
}

// unshipped is one fact in the tail.
type unshipped struct {
	key     Key
	prev    uint64 // position of the debtor's item before, 0: none
	seq     uint64
	kind    uint8
	payload []byte
	commit  journal.Commit
}

func newTail() *tail {
	return &tail{ring: make([]unshipped, 64), head: 1, next: 1, debtors: map[Key]uint64{}, decisions: map[engine.ID]uint64{}}
}

const arenaBytes = 256 << 10

// add puts a copy of the record in; key is the debtor's, or zero for an answer; id is a decision's.
func (t *tail) add(key Key, r journal.Record, id engine.ID, commit journal.Commit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.Seq <= t.dropped && t.pins == 0 {
		return // the shipper was faster
	}
	payload := r.Payload
	if len(t.arena)+len(payload) > cap(t.arena) {
		t.arena = make([]byte, 0, max(arenaBytes, len(payload)))
	}
	from := len(t.arena)
	t.arena = append(t.arena, payload...)
	t.push(unshipped{key: key, seq: r.Seq, kind: r.Kind, payload: t.arena[from:len(t.arena):len(t.arena)], commit: commit}, id)
}

func (t *tail) push(u unshipped, id engine.ID) {
	if t.next-t.head == uint64(len(t.ring)) {
		t.grow()
	}
	if u.key != (Key{}) {
		if prev := t.debtors[u.key]; prev >= t.head {
			u.prev = prev
		}
		t.debtors[u.key] = t.next
	}
	if !id.IsZero() {
		t.decisions[id] = t.next
	}
	*t.at(t.next) = u
	t.next++
	t.bytes += int64(len(u.payload))
}

func (t *tail) at(pos uint64) *unshipped { return &t.ring[pos&uint64(len(t.ring)-1)] }

func (t *tail) grow() {
	old := t.ring
	t.ring = make([]unshipped, 2*len(old))
	for pos := t.head; pos < t.next; pos++ {
		*t.at(pos) = old[pos&uint64(len(old)-1)]
	}
}

// drop lets go what the store has: everything up to seq. Items of different debtors may lie
// slightly out of order; what stays behind goes with the next drop.
func (t *tail) drop(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dropped = max(t.dropped, seq)
	t.trim()
}

func (t *tail) trim() {
	for t.pins == 0 && t.head < t.next && t.at(t.head).seq <= t.dropped {
		u := t.at(t.head)
		if t.debtors[u.key] == t.head {
			delete(t.debtors, u.key)
		}
		if u.kind == record.KindDecision {
			if d := decisionID(u.payload); t.decisions[d] == t.head {
				delete(t.decisions, d)
			}
		}
		t.bytes -= int64(len(u.payload))
		*u = unshipped{}
		t.head++
	}
}

// decisionID reads the id at its fixed place behind the version.
func decisionID(payload []byte) (id engine.ID) {
	copy(id[:], payload[1:])
	return id
}

// pin keeps everything in the tail until unpin, for a reader of the store that takes its time.
func (t *tail) pin() {
	t.mu.Lock()
	t.pins++
	t.mu.Unlock()
}

func (t *tail) unpin() {
	t.mu.Lock()
	t.pins--
	t.trim()
	t.mu.Unlock()
}

// join adds the debtor's unshipped facts to the log, which Tidy has to sort; n is how many.
func (t *tail) join(key Key, l *history.Log) (n int, err error) {
	t.mu.Lock()
	var mine []unshipped
	for pos := t.debtors[key]; pos >= t.head && pos != 0; pos = t.at(pos).prev {
		mine = append(mine, *t.at(pos))
	}
	t.mu.Unlock()
	for _, u := range mine {
		switch u.kind {
		case record.KindEvent:
			e, err := record.ParseEvent(u.payload)
			if err != nil {
				return 0, fmt.Errorf("read event %d of the journal: %w", u.seq, err)
			}
			e.Seq = u.seq
			l.Events = append(l.Events, e)
		case record.KindDecision:
			d, err := record.ParseDecision(u.payload)
			if err != nil {
				return 0, fmt.Errorf("read decision %d of the journal: %w", u.seq, err)
			}
			d.Seq = u.seq
			l.Decisions = append(l.Decisions, *d)
		}
	}
	return len(mine), nil
}

// decision is the item of a decision.
func (t *tail) decision(id engine.ID) (unshipped, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pos, ok := t.decisions[id]
	if !ok || pos < t.head {
		return unshipped{}, false
	}
	return *t.at(pos), true
}

// forget takes out the items that refused says are not in the journal and hands them to f.
func (t *tail) forget(refused func(*unshipped) bool, f func(*unshipped)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, head, next := t.ring, t.head, t.next
	t.ring, t.head, t.next, t.bytes = make([]unshipped, len(old)), 1, 1, 0
	t.debtors, t.decisions = map[Key]uint64{}, map[engine.ID]uint64{}
	for pos := head; pos < next; pos++ {
		u := &old[pos&uint64(len(old)-1)]
		if refused(u) {
			f(u)
			continue
		}
		var id engine.ID
		if u.kind == record.KindDecision {
			id = decisionID(u.payload)
		}
		u.prev = 0
		t.push(*u, id)
	}
}

func (t *tail) size() (items, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(t.next - t.head), t.bytes
}
