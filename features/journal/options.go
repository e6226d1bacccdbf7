package journal

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Options tune a Log. The zero value, and nil, mean the defaults.
type Options struct {
	// SegmentBytes is the size of one file, 4 KiB to 1 GiB. A single larger
	// write makes a larger file. Defaults to 64 MiB.
	SegmentBytes int64

	// MaxBytes bounds the records that are accepted and not yet shipped, with
	// their headers. Beyond it Append returns ErrFull. Defaults to 8 GiB.
	MaxBytes int64

	// MaxPending bounds the records in memory that wait for the disk.
	// Beyond it Append returns ErrFull. Defaults to 64 MiB.
	MaxPending int64

	// NoPreallocate grows files write by write, for copy-on-write file systems
	// where reserving room buys nothing. Defaults to false.
	NoPreallocate bool

	// BatchRecords and BatchBytes (of payload) end a batch. One record larger
	// than BatchBytes is a batch of its own. Default to 10,000 and 8 MiB.
	BatchRecords int
	BatchBytes   int64

	// BatchDelay is how long Ship waits for a batch to fill; negative means not
	// at all. Defaults to 200 ms.
	BatchDelay time.Duration

	// BackoffMin doubles up to BackoffMax between two tries of one batch.
	// Default to 50 ms and 5 s.
	BackoffMin, BackoffMax time.Duration

	// Rand gives the 16 bytes of a new log's id. Defaults to crypto/rand.
	Rand io.Reader

	// Now times fsyncs for OnSync. Defaults to time.Now.
	Now func() time.Time

	// OnSync hears of every fsync of records: its latency and what it made
	// durable. It runs on the writer's goroutine and must not block.
	OnSync func(latency time.Duration, records, bytes int)

	// Logger gets one line per torn tail, failed write and failed batch, never
	// a payload. Defaults to none.
	Logger *slog.Logger
}

// withDefaults returns a filled copy of o, or an error for a bad value.
func (o *Options) withDefaults() (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	f.SegmentBytes = cmp.Or(f.SegmentBytes, 64<<20)
	f.MaxBytes = cmp.Or(f.MaxBytes, 8<<30)
	f.MaxPending = cmp.Or(f.MaxPending, 64<<20)
	f.BatchRecords = cmp.Or(f.BatchRecords, 10_000)
	f.BatchBytes = cmp.Or(f.BatchBytes, 8<<20)
	f.BatchDelay = cmp.Or(f.BatchDelay, 200*time.Millisecond)
	f.BackoffMin = cmp.Or(f.BackoffMin, 50*time.Millisecond)
	f.BackoffMax = cmp.Or(f.BackoffMax, 5*time.Second)
	if f.Rand == nil {
		f.Rand = rand.Reader
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	if f.Logger == nil {
		f.Logger = slog.New(slog.DiscardHandler)
	}
	return f, f.validate()
}

func (o *Options) validate() error {
	switch {
	case o.SegmentBytes < 4<<10 || o.SegmentBytes > 1<<30:
		return fmt.Errorf("journal option SegmentBytes is %d, want 4 KiB to 1 GiB", o.SegmentBytes)
	case o.MaxBytes < 0 || o.MaxPending < 0:
		return fmt.Errorf("journal options MaxBytes %d and MaxPending %d must be positive", o.MaxBytes, o.MaxPending)
	case o.BatchRecords < 0 || o.BatchBytes < 0:
		return fmt.Errorf("journal options BatchRecords %d and BatchBytes %d must be positive", o.BatchRecords, o.BatchBytes)
	case o.BackoffMin < 0 || o.BackoffMax < o.BackoffMin:
		return fmt.Errorf("journal options BackoffMin %v and BackoffMax %v must be positive and in order", o.BackoffMin, o.BackoffMax)
	}
	return nil
}
