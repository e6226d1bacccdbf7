package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/features/history"
)

// Codes of ClickHouse (src/Common/ErrorCodes.cpp there).
const (
	unknownTable    = 60
	unknownDatabase = 81
)

// passing are the codes that waiting mends: no memory, no disk, too busy, not connected.
var passing = map[int32]bool{
	74: true, 75: true, 76: true, // CANNOT_READ_FROM/WRITE_TO_FILE_DESCRIPTOR, CANNOT_OPEN_FILE
	95: true, 96: true, // CANNOT_READ_FROM/WRITE_TO_SOCKET
	159: true, 160: true, // TIMEOUT_EXCEEDED, TOO_SLOW
	201: true, 202: true, 203: true, // QUOTA_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, NO_FREE_CONNECTION
	209: true, 210: true, // SOCKET_TIMEOUT, NETWORK_ERROR
	236: true, 241: true, 242: true, 243: true, 252: true, // ABORTED, MEMORY_LIMIT_EXCEEDED, TABLE_IS_READ_ONLY, NOT_ENOUGH_SPACE, TOO_MANY_PARTS
	279: true, 285: true, 286: true, 319: true, // ALL_CONNECTION_TRIES_FAILED, TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE, UNKNOWN_STATUS_OF_INSERT
	394: true, 425: true, 439: true, 473: true, // QUERY_WAS_CANCELLED, SYSTEM_ERROR, CANNOT_SCHEDULE_TASK, DEADLOCK_AVOIDED
	745: true, 999: true, 1001: true, 1002: true, // SERVER_OVERLOADED, KEEPER_EXCEPTION, STD_EXCEPTION, UNKNOWN_EXCEPTION
}

// storeError prints what is safe to log: server texts quote queries with their parameters, and the URLs
// of HTTP errors hold both.
type storeError struct {
	text string
	err  error
}

func (e *storeError) Error() string { return e.text }
func (e *storeError) Unwrap() error { return e.err }

// fault wraps err with the act that failed. The caller's own context error stays what it is; whatever
// waiting may mend is history.ErrUnavailable.
func (s *Store) fault(ctx context.Context, act string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", act, ctx.Err())
	case s.closed.Load():
		return fmt.Errorf("%s: the store is closed: %w", act, history.ErrUnavailable)
	case unavailable(err):
		return fmt.Errorf("%s: %w: %w", act, history.ErrUnavailable, safe(err))
	}
	return fmt.Errorf("%s: %w", act, safe(err))
}

// code is the server's exception code in err, or 0.
func code(err error) int32 {
	var e *driver.Exception
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func unavailable(err error) bool {
	if c := code(err); c != 0 {
		return passing[c]
	}
	var status *driver.HTTPError
	if errors.As(err, &status) {
		return status.StatusCode >= 500 || status.StatusCode == 429 || status.StatusCode == 408
	}
	var network net.Error
	for _, target := range []error{errSlow, context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		os.ErrDeadlineExceeded, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, driver.ErrAcquireConnTimeout, driver.ErrConnectionClosed} {
		if errors.Is(err, target) {
			return true
		}
	}
	return errors.As(err, &network)
}

// safe is err without data: a server's exception by its name, a request's failure without its URL.
func safe(err error) error {
	var e *driver.Exception
	var u *url.Error
	switch {
	case errors.As(err, &e):
		return &storeError{fmt.Sprintf("ClickHouse code %d %s%s", e.Code, exceptionName(e), hint(e.Code)), err}
	case errors.As(err, &u):
		return &storeError{fmt.Sprintf("%s: %v", u.Op, u.Err), err}
	case errors.Is(err, driver.ErrAcquireConnTimeout):
		return &storeError{"no connection in time", err}
	}
	return err
}

// exceptionName is the symbolic name at the end of an exception's text, such as (UNKNOWN_TABLE).
func exceptionName(e *driver.Exception) string {
	text := e.Message
	if i := strings.LastIndex(text, " (version"); i >= 0 {
		text = text[:i]
	}
	i, j := strings.LastIndexByte(text, '('), strings.LastIndexByte(text, ')')
	if i < 0 || j < i || strings.Trim(text[i+1:j], "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") != "" {
		return e.Name
	}
	return text[i+1 : j]
}

// hint says what a person can do about an exception.
func hint(code int32) string {
	switch code {
	case unknownTable, unknownDatabase, 16, 47: // NO_SUCH_COLUMN_IN_TABLE, UNKNOWN_IDENTIFIER
		return ": the schema is missing or old, run takt migrate"
	case 192, 193, 194, 516: // UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED
		return ": check user and password in the store URL"
	case 164, 497: // READONLY, ACCESS_DENIED
		return ": the store's user may not do this"
	case 243:
		return ": the store's disk is full"
	case 241:
		return ": the store is short of memory"
	}
	return ""
}
