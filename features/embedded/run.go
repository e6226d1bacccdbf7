package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"takt/features/embedded/chdb"
	"takt/features/embedded/front"
)

// How long a store that was told to end lets statements finish, and how long it then waits for killed
// ones. Together they are less than the supervisor's patience.
const (
	finishWithin = 400 * time.Millisecond
	killWithin   = 700 * time.Millisecond
)

// report is the line a store process writes once: where it listens, or why it does not.
type report struct {
	Addr  string `json:"addr,omitempty"`
	Error string `json:"error,omitempty"`
	Kind  string `json:"kind,omitempty"` // "locked" or "no_library": errors a parent can tell apart
}

// Run is the store process: it locks the directory, opens the engine, serves the ClickHouse HTTP
// interface and returns when standard input ends, on SIGTERM or SIGINT, or with ctx. It loads libchdb
// into this process, which should do nothing else. The errors a caller may want to tell apart are
// ErrLocked and ErrNoLibrary.
func Run(ctx context.Context, o Options) error {
	o = o.withDefaults()
	err := run(ctx, o)
	if err != nil {
		// Nobody may be there to read it; the error is returned besides.
		_ = json.NewEncoder(o.Report).Encode(report{Error: err.Error(), Kind: kindOf(err)})
	}
	_ = o.Report.Close()
	return err
}

func kindOf(err error) string {
	switch {
	case errors.Is(err, ErrLocked):
		return "locked"
	case errors.Is(err, ErrNoLibrary):
		return "no_library"
	}
	return ""
}

func run(ctx context.Context, o Options) error {
	ctx, cancel := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	token, err := readToken(ctx, cancel, o.Stdin)
	if err != nil {
		return err
	}
	library, err := Locate()
	if err != nil {
		return err
	}
	held, err := lockDir(o.Path)
	if err != nil {
		return err
	}
	defer held.release()
	// The listener comes first: an address that is refused should not cost a start of the engine.
	listener, err := front.Listen(o.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := awaitEngine(ctx, o.Path); err != nil {
		return err
	}
	lib, err := chdb.Load(library.Path)
	if err != nil {
		return err
	}
	engine, err := front.Open(lib, front.EngineOptions{
		Dir: o.Path, BackupDir: o.BackupDir, Connections: o.Connections, MemoryLimit: o.MemoryLimit, Threads: o.Threads,
	})
	if err != nil {
		return err
	}
	return serve(ctx, o, listener, engine, token)
}

// readToken takes the first line of stdin and from then on ends ctx when stdin does.
func readToken(ctx context.Context, cancel func(), stdin io.Reader) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		defer cancel()
		r := bufio.NewReader(stdin)
		text, err := r.ReadString('\n')
		lines <- line{strings.TrimSpace(text), err}
		_, _ = io.Copy(io.Discard, r) // blocks until the parent closes it or dies
	}()
	var l line
	select {
	case l = <-lines:
	case <-ctx.Done():
		select {
		case l = <-lines: // the end of stdin came right behind its first line
		default:
			return "", ctx.Err()
		}
	}
	if l.err != nil || l.text == "" {
		return "", errors.New("the store expects its token as the first line of standard input")
	}
	return l.text, nil
}

// serve answers until ctx ends, then lets statements finish, kills the rest and closes the engine.
func serve(ctx context.Context, o Options, listener net.Listener, engine *front.Engine, token string) error {
	statements, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	server := &http.Server{
		Handler:           &front.Handler{Engine: engine, Token: token},
		BaseContext:       func(net.Listener) context.Context { return statements },
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := json.NewEncoder(o.Report).Encode(report{Addr: listener.Addr().String()}); err != nil {
		return fmt.Errorf("report the address: %w", err)
	}
	o.Logger.Info("store ready", "addr", listener.Addr().String(), "engine", engine.Version(), "path", o.Path)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	patience, cancel := context.WithTimeout(context.Background(), finishWithin)
	defer cancel()
	_ = server.Shutdown(patience) // running out of time is dealt with by kill
	kill()
	patience, cancel = context.WithTimeout(context.Background(), killWithin)
	defer cancel()
	if drained := engine.Drain(patience); drained != nil {
		o.Logger.Warn("store ends with statements running", "error", drained)
	}
	_ = server.Close()
	return err
}
