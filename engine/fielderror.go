package engine

import (
	"errors"
	"strings"
)

// FieldError says which field of an input is wrong and how to mend it.
type FieldError struct {
	Pointer string // JSON pointer (RFC 6901) to the field, such as /case/open/currency
	Detail  string // a sentence without subject: "is -5; use …"
}

// Error gives pointer and detail in one line.
func (e *FieldError) Error() string { return strings.TrimPrefix(e.Pointer+" "+e.Detail, " ") }

// Within prefixes the pointer of a FieldError inside err; other errors pass unchanged.
func Within(prefix string, err error) error {
	var f *FieldError
	if errors.As(err, &f) {
		return &FieldError{prefix + f.Pointer, f.Detail}
	}
	return err
}
