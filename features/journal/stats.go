package journal

// Stats are counters since Open and gauges of now, for metrics.
type Stats struct {
	Appends        int64 // records accepted, without those refused later
	Refused        int64 // records refused by Append or Wait for want of room or a failed write
	Fsyncs         int64 // writes that became durable
	WrittenBytes   int64 // with headers
	FailedWrites   int64
	Batches        int64 // accepted by the sink
	ShippedRecords int64
	ShipRetries    int64
	TornTails      int64 // 1 if Open cut off an unacknowledged write
	TornBytes      int64 // its length

	PendingBytes     int64 // accepted, waiting for the disk
	UnshippedRecords int64 // durable, waiting for the store
	UnshippedBytes   int64 // of these, with headers
	Segments         int64
	LastSeq          uint64
	DurableSeq       uint64
	ShippedSeq       uint64
}

// Stats returns a consistent copy.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.PendingBytes = l.pendingBytes
	s.UnshippedRecords, s.UnshippedBytes = l.records, l.bytes
	s.Segments = int64(len(l.segs))
	s.LastSeq, s.DurableSeq, s.ShippedSeq = l.next-1, l.durable, l.shipped
	return s
}

// LogID is the random identity of the log as 32 hexadecimal digits. A copy made
// by Snapshot keeps it.
func (l *Log) LogID() string { return formatID(l.id) }

// LastSeq is the highest number given so far, durable or not, 0 before the first.
func (l *Log) LastSeq() uint64 { return l.Stats().LastSeq }

// ShippedSeq is the last record the sink accepted, 0 before the first.
func (l *Log) ShippedSeq() uint64 { return l.Stats().ShippedSeq }

// Unshipped counts the durable records that Tail would read, and their bytes
// with headers.
func (l *Log) Unshipped() (records, bytes int64) {
	s := l.Stats()
	return s.UnshippedRecords, s.UnshippedBytes
}
