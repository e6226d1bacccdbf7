package journal

import (
	"errors"
	"fmt"
	"syscall"
)

var (
	// ErrClosed is returned by every call on a log after Close.
	ErrClosed = errors.New("journal is closed")

	// ErrFull means the record was refused for want of room: the disk is full,
	// Options.MaxBytes of records wait for the store, or Options.MaxPending
	// wait for the disk. It passes by itself; callers answer 503 and retry.
	ErrFull = errors.New("journal is full")

	// ErrTooLarge means a payload is longer than MaxPayload.
	ErrTooLarge = errors.New("journal record is too large")

	// ErrUnknown means a write failed and could not be undone on disk: the
	// record is not acknowledged, but may be read after a restart. Later
	// appends are refused until the disk answers again.
	ErrUnknown = errors.New("journal write failed, outcome unknown until restart")

	// ErrShipping is returned by a second Ship while one runs.
	ErrShipping = errors.New("journal is being shipped already")

	// ErrCorrupt is what every CorruptError unwraps to.
	ErrCorrupt = errors.New("journal is damaged")
)

// CorruptError says where acknowledged data is missing or fails its checksum.
// The log never steps over such a place by itself.
type CorruptError struct {
	Path   string // file, with its directory
	Offset int64  // bytes from the start of the file
	Seq    uint64 // record expected there, 0 if none
	Reason string
}

// Error names file, offset and the way out.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%v: %s at offset %d (record %d): %s; restore the journal directory from a backup, "+
		"or move it away to start with an empty journal and send again what the store does not have",
		ErrCorrupt, e.Path, e.Offset, e.Seq, e.Reason)
}

// Unwrap makes errors.Is(err, ErrCorrupt) true.
func (e *CorruptError) Unwrap() error { return ErrCorrupt }

// asFull adds ErrFull to an error of the operating system that means no room.
func asFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w (free disk space; the journal goes on by itself)", ErrFull, err)
	}
	return err
}
