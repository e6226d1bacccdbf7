package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// ErrDown says that the store process is not running at the moment; the supervisor is restarting it.
var ErrDown = errors.New("the store is restarting")

// Restart delays double from the first to the last; a child that lived for backoffReset starts afresh.
const (
	backoffFirst = 50 * time.Millisecond
	backoffLast  = 5 * time.Second
	backoffReset = 30 * time.Second
)

// stopPatience is how long Stop waits for a child that was told to end before it kills it.
const stopPatience = 5 * time.Second

// SuperviseOptions say which store process to keep alive.
type SuperviseOptions struct {
	// Path is the store directory. Required.
	Path string
	// Command is the program and the arguments before the store's own flags. Defaults to this
	// executable and "store".
	Command []string
	// Env is added to this process's environment; TZ=UTC is always set.
	Env []string
	// BackupDir, Connections, MemoryLimit and Threads are those of Options.
	BackupDir   string
	Connections int
	MemoryLimit int64
	Threads     int
	// StartTimeout is how long a start may take. Defaults to one minute.
	StartTimeout time.Duration
	// Token is what clients of the store have to present. Defaults to 260 random bits.
	Token string
	// Logger defaults to slog.Default().
	Logger *slog.Logger
	// Now defaults to time.Now.
	Now func() time.Time
}

// Supervisor keeps one store process running until Stop. It is safe for concurrent use.
type Supervisor struct {
	o       SuperviseOptions
	cancel  context.CancelFunc
	done    chan struct{} // closed when the last child is gone
	mu      sync.Mutex
	address string // of the current or the last child
	child   atomic.Pointer[child]
}

// Supervise starts the store process and returns when it serves. Its first start is not retried: the
// error is the child's own, with ErrLocked and ErrNoLibrary as errors.Is sees them. Ending ctx stops
// the store as Stop does.
func Supervise(ctx context.Context, o SuperviseOptions) (*Supervisor, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Supervisor{o: o, cancel: cancel, done: make(chan struct{})}
	c, err := s.start(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	go s.keep(ctx, c)
	return s, nil
}

func (o *SuperviseOptions) fill() error {
	if o.Path == "" {
		return errors.New("supervise: Path is required")
	}
	if len(o.Command) == 0 {
		exe, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this executable: %w", err)
		}
		o.Command = []string{exe, "store"}
	}
	if o.StartTimeout <= 0 {
		o.StartTimeout = time.Minute
	}
	if o.Token == "" {
		o.Token = rand.Text() + rand.Text()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return nil
}

// start runs one child until it reports its address.
func (s *Supervisor) start(ctx context.Context) (*child, error) {
	c, err := startChild(ctx, s.o)
	if err != nil {
		return nil, fmt.Errorf("start the store: %w", err)
	}
	s.mu.Lock()
	s.address = c.addr
	s.mu.Unlock()
	s.child.Store(c)
	s.o.Logger.Info("store started", "pid", c.pid, "addr", c.addr)
	return c, nil
}

// keep restarts the child whenever it ends, until ctx does.
func (s *Supervisor) keep(ctx context.Context, c *child) {
	defer close(s.done)
	delay := time.Duration(0)
	for {
		if c != nil {
			select {
			case <-ctx.Done():
				s.child.Store(nil)
				c.stop(stopPatience)
				s.o.Logger.Info("store stopped", "pid", c.pid)
				return
			case <-c.gone:
				s.child.Store(nil)
				delay = nextDelay(delay, s.o.Now().Sub(c.started))
				s.o.Logger.Error("store ended, will restart", "pid", c.pid, "state", c.state(), "in", delay)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
		var err error
		if c, err = s.start(ctx); err != nil {
			delay = nextDelay(delay, 0)
			s.o.Logger.Error("store did not start, will try again", "error", err, "in", delay)
		}
	}
}

// nextDelay is the pause before the next start, after the last one was preceded by delay and lived so long.
func nextDelay(delay, lived time.Duration) time.Duration {
	if delay == 0 || lived >= backoffReset {
		return backoffFirst
	}
	return min(2*delay, backoffLast)
}

// Stop ends the store and waits until it is gone. It may be called more than once.
func (s *Supervisor) Stop() {
	s.cancel()
	<-s.done
}

// Addr is host:port of the current child, or of the last one while a restart is on its way.
func (s *Supervisor) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// URL is the base URL of the HTTP interface, "http://127.0.0.1:PORT". It changes with a restart.
func (s *Supervisor) URL() string { return "http://" + s.Addr() }

// Token is what clients present; it stays the same over restarts.
func (s *Supervisor) Token() string { return s.o.Token }

// Healthy says whether the child runs and has reported its address.
func (s *Supervisor) Healthy() bool { return s.child.Load() != nil }

// Pid is the child's process id, 0 while there is none.
func (s *Supervisor) Pid() int {
	if c := s.child.Load(); c != nil {
		return c.pid
	}
	return 0
}

// DialContext connects to the current child, whatever address is asked for: as the DialContext of
// clickhouse.Options it finds the store again after a restart. While there is no child it is ErrDown.
func (s *Supervisor) DialContext(ctx context.Context, _ string) (net.Conn, error) {
	c := s.child.Load()
	if c == nil {
		return nil, ErrDown
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", c.addr)
	if err != nil {
		return nil, fmt.Errorf("reach the store: %w", err)
	}
	return conn, nil
}
