package chdb

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// ErrConnect is returned by Connect when the engine refuses; it says why on stderr only.
var ErrConnect = errors.New("chdb: the engine refused the connection (its reason is on stderr)")

// queryFunc is the shape of the calls that take a query, a format and named parameters.
type queryFunc func(conn, q unsafe.Pointer, qLen uintptr, format unsafe.Pointer, formatLen uintptr,
	names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer

// Library is a loaded libchdb.so. It is safe for concurrent use.
type Library struct {
	version            func() string
	setSignalHandlers  func(int32)
	connect            func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn          func(unsafe.Pointer)
	query              queryFunc
	streamQuery        queryFunc
	streamFetch        func(conn, stream unsafe.Pointer) unsafe.Pointer
	streamCancel       func(conn, stream unsafe.Pointer)
	insertOpen         queryFunc
	insertAppend       func(stream, data unsafe.Pointer, n uintptr) int32
	insertDone         func(stream unsafe.Pointer) unsafe.Pointer
	insertCancel       func(stream unsafe.Pointer)
	insertError        func(stream unsafe.Pointer) string
	insertDestroy      func(stream unsafe.Pointer)
	resultDestroy      func(unsafe.Pointer)
	resultBuffer       func(unsafe.Pointer) unsafe.Pointer
	resultLength       func(unsafe.Pointer) uintptr
	resultError        func(unsafe.Pointer) string
	resultRowsRead     func(unsafe.Pointer) uint64
	resultBytesRead    func(unsafe.Pointer) uint64
	resultRowsWritten  func(unsafe.Pointer) uint64
	resultBytesWritten func(unsafe.Pointer) uint64
}

// Load opens the shared library at path and switches off the engine's signal handlers, which would
// otherwise replace those of the Go runtime. A missing file or symbol is an error, never a panic.
func Load(path string) (*Library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	l := &Library{}
	for _, s := range l.symbols() {
		address, err := purego.Dlsym(handle, s.name)
		if err != nil {
			return nil, fmt.Errorf("load %s: too old or not libchdb: %w", path, err)
		}
		purego.RegisterFunc(s.target, address)
	}
	l.setSignalHandlers(0)
	return l, nil
}

type symbol struct {
	name   string
	target any // pointer to the func field that calls it
}

func (l *Library) symbols() []symbol {
	return []symbol{
		{"chdb_version", &l.version},
		{"chdb_set_signal_handlers_enabled", &l.setSignalHandlers},
		{"chdb_connect", &l.connect},
		{"chdb_close_conn", &l.closeConn},
		{"chdb_query_with_params_n", &l.query},
		{"chdb_stream_query_with_params_n", &l.streamQuery},
		{"chdb_stream_fetch_result", &l.streamFetch},
		{"chdb_stream_cancel_query", &l.streamCancel},
		{"chdb_stream_insert_with_params_n", &l.insertOpen},
		{"chdb_stream_append", &l.insertAppend},
		{"chdb_stream_done", &l.insertDone},
		{"chdb_stream_cancel_insert", &l.insertCancel},
		{"chdb_stream_insert_error", &l.insertError},
		{"chdb_destroy_insert_stream", &l.insertDestroy},
		{"chdb_destroy_query_result", &l.resultDestroy},
		{"chdb_result_buffer", &l.resultBuffer},
		{"chdb_result_length", &l.resultLength},
		{"chdb_result_error", &l.resultError},
		{"chdb_result_storage_rows_read", &l.resultRowsRead},
		{"chdb_result_storage_bytes_read", &l.resultBytesRead},
		{"chdb_result_rows_written", &l.resultRowsWritten},
		{"chdb_result_bytes_written", &l.resultBytesWritten},
	}
}

// Version is the version of the library, for example "26.7.3".
func (l *Library) Version() string { return l.version() }

// Connect opens a connection. args are those of clickhouse local, for example "--path=/abs/dir"; server
// options count only on the first open connection, query settings on each one by itself.
func (l *Library) Connect(args ...string) (*Conn, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]unsafe.Pointer, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse"}, args...) {
		b := append([]byte(a), 0)
		pin.Pin(&b[0])
		argv = append(argv, unsafe.Pointer(&b[0]))
	}
	argv = append(argv, nil) // argv ends with NULL, as in main()
	pin.Pin(&argv[0])
	p := l.connect(int32(len(argv)-1), unsafe.Pointer(&argv[0]))
	if p == nil {
		return nil, ErrConnect
	}
	return &Conn{lib: l, p: p}, nil
}
