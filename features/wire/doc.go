// Package wire reads and writes events as CloudEvents 1.0 JSON: the one strict door through which
// facts come in, whoever brings them (HTTP, files, a store's data column).
//
// Unknown top-level attributes are ignored, unknown names inside data are refused; whatever is
// wrong is told as an [engine.FieldError] with its JSON pointer and the way out, all of it at once.
//
//	e, err := wire.ParseEvent(body)
//	for _, f := range wire.FieldErrors(err) {
//		fmt.Println(f.Pointer, f.Detail) // /data/amount_minor is 12.5; write a whole number
//	}
//	text := wire.AppendEvent(nil, &e) // canonical: ParseEvent gives e again
//
//	err = wire.ParseEvents("application/x-ndjson", r, 8<<20, func(i int, e engine.Event, err error) error {
//		return nil // err is this event's alone; the others are read all the same
//	})
package wire
