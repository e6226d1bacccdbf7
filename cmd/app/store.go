package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"takt/cmd/config"
	"takt/features/embedded"
	"takt/features/history"
	"takt/features/history/clickhouse"
	"takt/features/history/memory"
	"takt/features/history/sealed"
	"takt/features/vault"
)

// database is where the embedded store keeps the tables.
const database = "takt"

// Reader is a store as commands use it beside a server: all of history and the shelf.
type Reader interface {
	history.Store
	history.Shelf
}

// sealedReader is a store behind a vault, and its shelf, on which nothing personal lies.
type sealedReader struct {
	*sealed.Store
	history.Shelf
}

// seal puts the vault before a store.
func seal(r Reader, v *vault.Vault) Reader { return sealedReader{sealed.New(r, v), r} }

// store is the opened store and what has to live beside it.
type store struct {
	Reader
	raw   Reader // as the store has it: masked
	ping  func(context.Context) error
	child *embedded.Supervisor // nil unless embedded
	url   string
}

// Embedded reports whether a store URL means the ClickHouse in a child process.
func Embedded(url string) bool { return strings.HasPrefix(url, "embedded:") }

// Redact is a store URL without its password, for logs.
func Redact(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(no URL)"
	}
	return u.Redacted()
}

// openStore opens the store that the URL names: the one switch between them.
func openStore(ctx context.Context, c *config.Config, d *Dir, log *slog.Logger) (*store, error) {
	switch {
	case Embedded(c.Store):
		return openEmbedded(ctx, c, d, log)
	case strings.HasPrefix(c.Store, "memory:"):
		m := memory.New()
		return &store{Reader: m, raw: m, ping: func(context.Context) error { return nil }, url: "memory://"}, nil
	default:
		return openServer(ctx, c.Store, nil)
	}
}

func openServer(ctx context.Context, url string, o *clickhouse.Options) (*store, error) {
	s, err := clickhouse.Open(ctx, url, o)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", Redact(url), err)
	}
	if err := s.Migrate(ctx); err != nil {
		hint := ""
		if errors.Is(err, history.ErrUnavailable) {
			hint = "; is ClickHouse running there? Name another with --store, or leave it out for the embedded one"
		}
		return nil, errors.Join(fmt.Errorf("open the store %s: %w%s", Redact(url), err, hint), s.Close())
	}
	return &store{Reader: s, raw: s, ping: s.Ping, url: url}, nil
}

func openEmbedded(ctx context.Context, c *config.Config, d *Dir, log *slog.Logger) (*store, error) {
	// The child outlives ctx: on the way down it must still take what the journal ships.
	child, err := supervise(context.WithoutCancel(ctx), c, d, log)
	if err != nil {
		return nil, err
	}
	s, err := openServer(ctx, child.URL()+"/"+database, &clickhouse.Options{Address: func() (string, string) { return child.Addr(), child.Token() }})
	if err != nil {
		child.Stop()
		return nil, err
	}
	s.child = child
	return s, nil
}

// orphanPatience is how long the store of a killed server may take to end. We hold the data
// directory's lock, so whoever still holds the store is such an orphan, on its way out.
const orphanPatience = 20 * time.Second

// supervise starts the embedded store, after an orphan has ended.
func supervise(ctx context.Context, c *config.Config, d *Dir, log *slog.Logger) (*embedded.Supervisor, error) {
	o := embedded.SuperviseOptions{Path: d.Store(), BackupDir: d.backups(), MemoryLimit: c.Memory.StoreMB << 20, Logger: log}
	for end := time.Now().Add(orphanPatience); ; {
		child, err := embedded.Supervise(ctx, o)
		if !errors.Is(err, embedded.ErrLocked) || time.Now().After(end) {
			return child, err
		}
		log.Info("the store of a killed server is still ending")
		time.Sleep(200 * time.Millisecond)
	}
}

// address is the store's URL of the moment, and the token of the embedded one.
func (s *store) address() (string, string) {
	if s.child == nil {
		return s.url, ""
	}
	return s.child.URL() + "/" + database, s.child.Token()
}

func (s *store) close() error {
	err := s.Reader.Close()
	if s.child != nil {
		s.child.Stop()
	}
	return err
}

// Reader is the store of this process; the App closes it.
func (a *App) Reader() Reader { return a.store }

// ErrNoStore says that a server keeps its facts in its own memory only.
var ErrNoStore = errors.New("the running server keeps its facts in memory (memory://); stop it, or start it on another store")

// OpenReader opens the store of the running server that owns the data directory.
func OpenReader(ctx context.Context, data string, r *Running) (Reader, error) {
	s, err := openRaw(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := vault.Read((&Dir{Path: data}).Vault())
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return seal(s, v), nil
}

func openRaw(ctx context.Context, r *Running) (Reader, error) {
	switch {
	case strings.HasPrefix(r.Store, "memory:"):
		return nil, ErrNoStore
	case r.StoreToken == "":
		return clickhouse.Open(ctx, r.Store, nil)
	}
	u, err := url.Parse(r.Store)
	if err != nil {
		return nil, fmt.Errorf("open the running server's store: %w", err)
	}
	return clickhouse.Open(ctx, r.Store, &clickhouse.Options{Address: func() (string, string) { return u.Host, r.StoreToken }})
}

// PingStore asks a running server's store for a sign of life.
func PingStore(ctx context.Context, r *Running) error {
	s, err := openRaw(ctx, r)
	if err != nil {
		return err
	}
	defer s.Close()
	if p, ok := s.(interface{ Ping(context.Context) error }); ok {
		return p.Ping(ctx)
	}
	return nil
}

// TryStore opens and closes the configured store.
func TryStore(ctx context.Context, c *config.Config, d *Dir) error {
	s, err := openStore(ctx, c, d, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return s.close()
}

// Migrate brings the schema of the configured store up to date.
func Migrate(ctx context.Context, c *config.Config, log *slog.Logger) error {
	d, err := Claim(c.Data)
	if err != nil {
		return err
	}
	defer d.Release()
	s, err := openStore(ctx, c, d, log)
	if err != nil {
		return err
	}
	return s.close()
}

// Running describes this process for run.json.
func (a *App) Running(api, metrics string) Running {
	r := Running{Pid: os.Getpid(), API: api, Token: a.token, Metrics: metrics}
	r.Store, r.StoreToken = a.store.address()
	return r
}

// KeepRun rewrites run.json when the embedded store has moved to another port.
func (a *App) KeepRun(ctx context.Context, r Running) {
	tick(ctx, time.Second, func() {
		if now, _ := a.store.address(); now != r.Store {
			r.Store = now
			if err := a.Dir.WriteRun(r); err != nil {
				a.Log.Error("run.json is stale", "err", err)
			}
		}
	})
}
