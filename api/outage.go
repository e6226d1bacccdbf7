package api

import (
	"sync"
	"sync/atomic"
	"time"

	"takt/features"
)

// outage notices that the store does not take what the journal ships: from then on decisions say
// that they rest on what the server remembers, until a batch arrives.
type outage struct {
	next atomic.Int64 // Unix nanoseconds of the next look
	down atomic.Bool

	mu               sync.Mutex
	retries, batches int64
}

// seen reports the outage; it looks at most once a second.
func (o *outage) seen(now time.Time, l *features.Ledger) bool {
	due := o.next.Load()
	if now.UnixNano() < due || !o.next.CompareAndSwap(due, now.Add(time.Second).UnixNano()) {
		return o.down.Load()
	}
	st := l.Stats().JournalState
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case st.Batches > o.batches:
		o.down.Store(false)
	case st.ShipRetries > o.retries:
		o.down.Store(true)
	}
	o.retries, o.batches = st.ShipRetries, st.Batches
	return o.down.Load()
}
