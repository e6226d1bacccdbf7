package wire

import (
	"errors"
	"fmt"
	"strings"

	"takt/engine"
)

// ErrTooLarge is returned where the whole input is larger than the caller allows.
var ErrTooLarge = errors.New("the input is larger than allowed; send it in several parts")

// ErrMediaType is returned for a content type that is none of an event's.
var ErrMediaType = errors.New("no content type for events; use application/cloudevents+json, application/cloudevents-batch+json, application/json or application/x-ndjson")

// FieldErrors are the field errors inside err, joined or wrapped, in their order.
func FieldErrors(err error) []*engine.FieldError {
	switch e := err.(type) {
	case nil:
		return nil
	case *engine.FieldError:
		return []*engine.FieldError{e}
	case interface{ Unwrap() []error }:
		var all []*engine.FieldError
		for _, one := range e.Unwrap() {
			all = append(all, FieldErrors(one)...)
		}
		return all
	}
	return FieldErrors(errors.Unwrap(err))
}

// Within prefixes the pointers of all field errors inside err; an error without any passes unchanged.
func Within(prefix string, err error) error {
	fields := FieldErrors(err)
	if len(fields) == 0 {
		return err
	}
	moved := make([]error, len(fields))
	for i, f := range fields {
		moved[i] = &engine.FieldError{Pointer: prefix + f.Pointer, Detail: f.Detail}
	}
	if len(moved) == 1 {
		return moved[0]
	}
	return errors.Join(moved...)
}

// add notes an error at the place being read.
func (d *decoder) add(detail string, args ...any) {
	d.fault(d.at+"/"+escape(clip(d.name)), detail, args...)
}

// fault notes an error elsewhere; beyond maxFaults they are not told.
func (d *decoder) fault(pointer, detail string, args ...any) {
	if len(d.errs) >= maxFaults {
		return
	}
	d.errs = append(d.errs, &engine.FieldError{Pointer: pointer, Detail: fmt.Sprintf(detail, args...)})
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// escape makes a name a token of a JSON pointer (RFC 6901, section 3).
func escape(name string) string { return pointerEscapes.Replace(name) }
