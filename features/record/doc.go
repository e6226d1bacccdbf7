// Package record is the binary form of facts in the journal: one event, one decision or one
// answer per payload. It is compact, versioned and checked: a payload that Append* wrote is read
// back field by field, anything else is an error and never a panic.
//
//	b := record.AppendEvent(nil, &e)
//	c, err := log.Append(record.KindEvent, b)   // package journal
//	...
//	switch r.Kind {                              // from journal.Log.Tail or Ship
//	case record.KindEvent:
//		e, err := record.ParseEvent(r.Payload)   // all but Seq, which is the record's
//	case record.KindDecision:
//		d, err := record.ParseDecision(r.Payload)
//	case record.KindAnswer:
//		a, err := record.ParseAnswer(r.Payload)
//	}
//
// A payload is a version byte and then the fields in the order of the Append functions: integers
// as varints (encoding/binary), texts and lists with their length before them, floats as their
// bits, times as Unix microseconds plus one in zigzag with 0 for the zero time. A masked fact has
// version 2 and its sealed part right behind it. A new field goes behind the last one under a new
// version; old versions stay readable.
package record

import "errors"

// The journal kinds of the payloads; the numbers are stored: append only.
const (
	KindEvent uint8 = 1 + iota
	KindDecision
	KindAnswer
)

// ErrCorrupt wraps every error about bytes that no Append function wrote.
var ErrCorrupt = errors.New("no record of a fact")

// ErrVersion means the bytes were written by a newer program.
var ErrVersion = errors.New("record of a newer version; start the program that wrote it, or a newer one")
