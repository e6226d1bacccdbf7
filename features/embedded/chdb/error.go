package chdb

import (
	"regexp"
	"strconv"
	"strings"
)

// Error is an exception of the engine.
type Error struct {
	Code    int    // ClickHouse's number, 0 when the text names none
	Message string // the whole text, "Code: 60. DB::Exception: ... (UNKNOWN_TABLE)"
}

func (e *Error) Error() string { return e.Message }

var codePattern = regexp.MustCompile(`Code: (\d+)\. DB::`)

// parseError types the text of an exception; text before "Code:" is dropped.
func parseError(text string) *Error {
	text = strings.TrimSpace(text)
	m := codePattern.FindStringSubmatchIndex(text)
	if m == nil {
		return &Error{Message: text}
	}
	code, err := strconv.Atoi(text[m[2]:m[3]])
	if err != nil {
		return &Error{Message: text}
	}
	// An exception that passed several layers repeats its beginning; once says it all.
	text = text[m[0]:]
	for prefix := text[:m[1]-m[0]] + "Exception: "; strings.HasPrefix(text, prefix+prefix); {
		text = text[len(prefix):]
	}
	return &Error{Code: code, Message: text}
}
