package front

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"takt/features/embedded/chdb"
)

// Codes of ClickHouse that the front itself raises or has to know.
const (
	codeSyntaxError    = 62
	codeNotImplemented = 48
	codeBadArguments   = 36
	codeReadonly       = 164
	codeQueryTooLarge  = 307 // TOO_MANY_BYTES
	codeIncorrectData  = 117
	codeAuthentication = 516
	codeUnknown        = 1002
)

// exception is an error in ClickHouse's own words.
func exception(code int, name, format string, args ...any) *chdb.Error {
	return &chdb.Error{Code: code, Message: fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", code, fmt.Sprintf(format, args...), name)}
}

// asException types any error; one that is not the engine's becomes code 1002, UNKNOWN_EXCEPTION.
func asException(err error) *chdb.Error {
	var e *chdb.Error
	if errors.As(err, &e) && e.Code > 0 {
		return e
	}
	return exception(codeUnknown, "UNKNOWN_EXCEPTION", "%s", strings.TrimRight(err.Error(), ". \n"))
}

// status is the HTTP status a ClickHouse server answers an exception code with; see
// src/Server/HTTP/exceptionCodeToHTTPStatus.cpp there.
func status(code int) int {
	switch code {
	case 194: // REQUIRED_PASSWORD
		return http.StatusUnauthorized
	case 192, 193, 497, codeAuthentication:
		return http.StatusForbidden
	case 6, 8, 15, 25, 26, 27, 36, 38, 41, 43, 44, 53, 62, 72, 117, 161, 167, 168, 169, 294, 296, 376, 427, 441, 675, 676:
		return http.StatusBadRequest
	case 46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 116, 336, 511:
		return http.StatusNotFound
	case codeNotImplemented:
		return http.StatusNotImplemented
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	case 76, 209, 439: // CANNOT_OPEN_FILE, SOCKET_TIMEOUT, CANNOT_SCHEDULE_TASK
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

var exceptionName = regexp.MustCompile(`\(([A-Z][A-Z0-9_]+)\)(?: \(version [^()]*\))?$`)

// describe sets the headers that tell drivers what went wrong.
func describe(h http.Header, e *chdb.Error) {
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.Code))
	if m := exceptionName.FindStringSubmatch(e.Message); m != nil {
		h.Set("X-ClickHouse-Exception-Name", m[1])
	}
}

// midStream frames an exception that strikes after the first bytes of a result went out, as servers
// since 25.11 do; tag is the one announced in X-ClickHouse-Exception-Tag.
func midStream(e *chdb.Error, tag string) string {
	const marker = "__exception__"
	return fmt.Sprintf("\r\n%s\r\n%s\r\n%s\n%d %s\r\n%s\r\n", marker, tag, e.Message, len(e.Message)+1, tag, marker)
}
