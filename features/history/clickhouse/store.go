// Package clickhouse keeps history in ClickHouse: in the embedded store, on a server or in a cluster.
//
// Every access goes through clickhouse-go, by HTTP (http://, https://) or by ClickHouse's native protocol
// (clickhouse://), with user, password and database in the URL:
//
//	s, err := clickhouse.Open(ctx, "http://takt:secret@127.0.0.1:8123/takt", nil)
//	err = s.Migrate(ctx)                  // the schema is up to date
//	err = s.Append(ctx, history.Batch{Token: "log-1-100", Events: events})
//	log, err := s.Log(ctx, history.Debtor("acme", "D-9"))
//	err = s.Scan(ctx, history.Range{Tenant: "acme"}, func(l *history.Log) error { return fold(l) })
//
// Every query names its tenant as a bound parameter. See features/history/README.md for the tables.
package clickhouse

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/features/history"
)

// Options change how a store is reached. The zero value serves a plain server.
type Options struct {
	// Address gives the host:port and the password of the moment; it replaces those of the URL on every
	// HTTP request. The embedded store's change when its process is restarted. nil: the URL's.
	Address func() (addr, password string)
	// Cluster is the name of a cluster in the servers' remote_servers. Migrate then makes replicated and
	// distributed tables. "" is one server.
	Cluster string
	// DialTimeout bounds connecting and waiting for a free connection. Defaults to 5 seconds.
	DialTimeout time.Duration
	// ReadTimeout bounds every call but Scan, Answers and Migrate. Defaults to 30 seconds.
	ReadTimeout time.Duration
	// ScanTimeout bounds Scan, Answers and Migrate. Defaults to 2 hours.
	ScanTimeout time.Duration
	// Connections bounds the open connections for short calls; scans have eight of their own. Defaults to 16.
	Connections int
	// Now is the clock that orders puts of the same artefact. Defaults to time.Now.
	Now func() time.Time
}

func (o *Options) defaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	if d.DialTimeout <= 0 {
		d.DialTimeout = 5 * time.Second
	}
	if d.ReadTimeout <= 0 {
		d.ReadTimeout = 30 * time.Second
	}
	if d.ScanTimeout <= 0 {
		d.ScanTimeout = 2 * time.Hour
	}
	if d.Connections <= 0 {
		d.Connections = 16
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return d
}

// Store is a history in ClickHouse. It is safe for concurrent use.
type Store struct {
	options Options
	dialect dialect
	url     *driver.Options // as parsed; the connections' options derive from it
	short   driver.Conn     // calls that answer at once
	long    driver.Conn     // scans: they neither wait for short calls nor keep them waiting
	byRows  bool            // read rows one by one: the native protocol has no formats
	closed  atomic.Bool
	lastPut atomic.Uint64 // see tick
	zones   sync.Map      // by name; see zone

	// Rows of a chunk of Scan: what one query reads, and what a scan holds in memory about three times.
	chunkEvents, chunkDecisions int
}

var (
	_ history.Store = (*Store)(nil)
	_ history.Shelf = (*Store)(nil)
)

// Open makes a store of the URL. It asks the server who it is, so that a wrong password shows at once;
// a server that cannot be reached is no error here: calls return history.ErrUnavailable until it can.
func Open(ctx context.Context, url string, o *Options) (*Store, error) {
	s := &Store{options: o.defaults(), chunkEvents: 1 << 18, chunkDecisions: 1 << 14}
	var err error
	if s.url, err = parseURL(url, s.options); err != nil {
		return nil, err
	}
	s.dialect = dialect{s.options.Cluster, cmp.Or(s.url.Auth.Database, "default")}
	s.byRows = s.url.Protocol == driver.Native
	if s.short, err = connect(*s.url, s.options, s.options.ReadTimeout, s.options.Connections); err != nil {
		return nil, err
	}
	if s.long, err = connect(*s.url, s.options, s.options.ScanTimeout, 8); err != nil {
		return nil, err
	}
	if err := s.Ping(ctx); err != nil && !errors.Is(err, history.ErrUnavailable) && code(err) != unknownDatabase {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Ping asks the server for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	return s.fault(ctx, "ask the store for a sign of life", s.short.Ping(c))
}

// Close gives back all connections. Calls after it return history.ErrUnavailable.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return errors.Join(s.short.Close(), s.long.Close())
}

// errSlow is why a call of ours ends before its caller's context does.
var errSlow = errors.New("the store took too long")

func (s *Store) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, errSlow)
}
