package front

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"takt/features/embedded/chdb"
)

// EngineOptions say where the data is and how much the engine may use.
type EngineOptions struct {
	// Dir holds the data (Dir/db) and the engine's configuration (Dir/engine.xml). It is made when absent.
	Dir string
	// BackupDir is the one directory BACKUP and RESTORE may use: BACKUP ... TO File('BackupDir/x.tar.gz').
	// It must exist by then. Defaults to Dir/backups, which is made.
	BackupDir string
	// Connections is how many statements run at once. Defaults to 16.
	Connections int
	// MemoryLimit is the most the engine may allocate, in bytes. Statements that would pass it fail with
	// code 241. Defaults to half of the machine's memory, at most 4 GiB.
	MemoryLimit int64
	// Threads is the most threads of one statement. Defaults to the engine's choice, the number of cores.
	Threads int
}

// Engine is a pool of connections to one data directory. It is safe for concurrent use.
type Engine struct {
	lib      *chdb.Library
	args     []string
	pool     chan *session
	admin    *chdb.Conn // runs KILL QUERY only, so that a cancel never waits for the pool
	version  string
	timezone string
}

// engineConfig keeps the engine from picking up a config.xml in the working directory or at home, and
// bounds caches that default to shares of the machine's memory.
const engineConfig = `<clickhouse>
  <mark_cache_size>134217728</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>33554432</index_mark_cache_size>
  <primary_index_cache_size>134217728</primary_index_cache_size>
  <mmap_cache_size>256</mmap_cache_size>
</clickhouse>
`

// Open starts the engine on o.Dir. A process can have one directory open at a time.
func Open(lib *chdb.Library, o EngineOptions) (*Engine, error) {
	if o.Connections <= 0 {
		o.Connections = 16
	}
	if o.MemoryLimit <= 0 {
		o.MemoryLimit = min(machineMemory()/2, 4<<30)
	}
	dir, err := filepath.Abs(o.Dir) // with a relative --path fsync_part_directory fails
	if err != nil {
		return nil, fmt.Errorf("store directory %s: %w", o.Dir, err)
	}
	backups := filepath.Join(dir, "backups")
	if err := os.MkdirAll(backups, 0o700); err != nil {
		return nil, fmt.Errorf("create store directory: %w", err)
	}
	if o.BackupDir != "" {
		if backups, err = filepath.Abs(o.BackupDir); err != nil {
			return nil, fmt.Errorf("backup directory %s: %w", o.BackupDir, err)
		}
	}
	config := filepath.Join(dir, "engine.xml")
	if err := os.WriteFile(config, []byte(engineConfig), 0o600); err != nil {
		return nil, fmt.Errorf("write engine configuration: %w", err)
	}
	e := &Engine{lib: lib, pool: make(chan *session, o.Connections), args: []string{
		"--config-file=" + config,
		"--path=" + filepath.Join(dir, "db"),
		"--backups.allowed_path=" + backups,
		"--max_server_memory_usage=" + strconv.FormatInt(o.MemoryLimit, 10),
		"--print_pretty_type_names=0", // drivers parse DESCRIBE; the pretty form breaks named tuples over lines
	}}
	if o.Threads > 0 {
		e.args = append(e.args, "--max_threads="+strconv.Itoa(o.Threads))
	}
	if err := e.connectAll(o.Connections); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) connectAll(n int) error {
	var err error
	if e.admin, err = e.lib.Connect(e.args...); err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	_, err = e.admin.Query("SELECT version(), timezone()", "TSVRaw", nil, func(b []byte) error {
		e.version, e.timezone, _ = strings.Cut(strings.TrimSpace(string(b)), "\t")
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask the engine's version: %w", err)
	}
	for i := range n {
		s := &session{engine: e, tag: fmt.Sprintf("takt/%d ", i)}
		if err := s.connect(); err != nil {
			return err
		}
		e.pool <- s
	}
	return nil
}

// Version is the ClickHouse version of the engine, for example "26.7.2.1".
func (e *Engine) Version() string { return e.version }

// Close ends all connections. It waits for statements that still run; cancel them first.
func (e *Engine) Close() {
	for n := len(e.pool); n > 0; n-- { // after a failed Open the pool is not full
		(<-e.pool).conn.Close()
	}
	if e.admin != nil {
		e.admin.Close()
	}
}

// Drain takes all connections out of use and closes the engine. It fails when ctx ends before the last
// statement did; then the engine stays open.
func (e *Engine) Drain(ctx context.Context) error {
	idle := make([]*session, 0, cap(e.pool))
	for range cap(e.pool) {
		s, err := e.acquire(ctx)
		if err != nil {
			return errors.Join(errors.New("statements are still running"), err)
		}
		idle = append(idle, s)
	}
	for _, s := range idle {
		s.conn.Close()
	}
	e.admin.Close()
	return nil
}

func (e *Engine) acquire(ctx context.Context) (*session, error) {
	select {
	case s := <-e.pool:
		return s, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a free connection: %w", ctx.Err())
	}
}

func (e *Engine) release(s *session) { e.pool <- s }

// killEvery is the pause between attempts to kill a statement: the first may come before the engine
// has listed it.
const killEvery = 50 * time.Millisecond

// watch kills what s runs when ctx ends. The caller runs stop when the statement is over; after that no
// kill can hit the next one.
func (e *Engine) watch(ctx context.Context, s *session) (stop func()) {
	over, idle := make(chan struct{}), make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(idle)
		for {
			// SYNC hangs on streaming statements. An error leaves nothing to do but to try again.
			_, _ = e.admin.Query("KILL QUERY WHERE startsWith(Settings['log_comment'], "+literal(s.tag)+") ASYNC", "Null", nil, nil)
			select {
			case <-over:
				return
			case <-time.After(killEvery):
			}
		}
	})
	return func() {
		close(over)
		if !unwatch() {
			<-idle
		}
	}
}

// machineMemory is the memory of the machine in bytes, 8 GiB when it cannot be read.
func machineMemory() int64 {
	const unknown = 8 << 30
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return unknown
	}
	var kib int64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err != nil {
		return unknown
	}
	return kib << 10
}
