package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"takt/api/keys"
	"takt/cmd/app"
	"takt/cmd/config"
	"takt/features/embedded"
)

func newServe(e *env) *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "run the API server and its embedded store", RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := e.config()
		if err != nil {
			return err
		}
		return serve(cmd.Context(), app.Options{Config: c, Logger: logger(c)}, nil)
	}}
	c.Flags().String("listen", "", "address of the API (default 127.0.0.1:8080)")
	c.Flags().String("metrics", "", "address of /metrics, or off (default 127.0.0.1:9090)")
	c.Flags().Duration("learn-every", 0, "how often policies are refreshed; 0 never (default 5m)")
	return c
}

// newStore is the store process that serve starts; nobody calls it by hand.
func newStore(*env) *cobra.Command {
	return &cobra.Command{Use: "store", Short: "the embedded ClickHouse, started by serve", Hidden: true, DisableFlagParsing: true, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := embedded.ParseArgs(args)
			if err != nil {
				return usage(err)
			}
			return embedded.Run(cmd.Context(), o)
		}}
}

func logger(c *config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // the configuration was checked
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// listeners are the two ports of a server, taken before anything slow happens.
type listeners struct{ api, metrics net.Listener }

func listen(c *config.Config) (l listeners, err error) {
	if l.api, err = net.Listen("tcp", c.Listen); err != nil {
		return l, fmt.Errorf("listen for the API: %w; choose another address with --listen", err)
	}
	if c.Metrics == "off" {
		return l, nil
	}
	if l.metrics, err = net.Listen("tcp", c.Metrics); err != nil {
		l.api.Close()
		return l, fmt.Errorf("listen for metrics: %w; choose another address with --metrics, or off", err)
	}
	return l, nil
}

// serve runs until ctx ends. started, if not nil, is called once the server is ready; its end ends the server
// only with an error.
func serve(ctx context.Context, o app.Options, started func(ctx context.Context, a *app.App, r app.Running) error) error {
	c, log := o.Config, o.Logger
	l, err := listen(c)
	if err != nil {
		return err
	}
	gate := &gate{}
	api := &http.Server{Handler: gate, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	go api.Serve(l.api) //nolint:errcheck // ends with Shutdown
	defer api.Close()
	a, err := app.Open(ctx, o)
	if err != nil {
		if l.metrics != nil {
			l.metrics.Close()
		}
		if ctx.Err() != nil {
			log.Info("takt ended while it started: it was asked to")
			return nil
		}
		return err
	}
	metrics := &http.Server{Handler: a.Metrics(), ReadHeaderTimeout: 10 * time.Second}
	if l.metrics != nil {
		go metrics.Serve(l.metrics) //nolint:errcheck // ends with Close
	}
	gate.open(control(a, a.Handler()))
	err = operate(ctx, a, l, log, started)
	finish(api, log)
	return errors.Join(err, metrics.Close(), a.Close())
}

// finishWithin is how long requests may take to end once the server was asked to.
const finishWithin = 5 * time.Second

// finish lets requests end; a caller who does not send on must not hold the server.
func finish(api *http.Server, log *slog.Logger) {
	stop, cancel := context.WithTimeout(context.Background(), finishWithin)
	defer cancel()
	if api.Shutdown(stop) != nil {
		log.Warn("requests are cut off; what was acknowledged is on disk", "after", finishWithin)
		api.Close()
	}
}

// operate keeps run.json true and the background work going until ctx ends.
func operate(ctx context.Context, a *app.App, l listeners, log *slog.Logger, started func(context.Context, *app.App, app.Running) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run := a.Running("http://"+l.api.Addr().String(), addrOf(l.metrics))
	if err := a.Dir.WriteRun(run); err != nil {
		return err
	}
	done := make(chan error, 2)
	go func() { done <- a.Run(ctx) }()
	go a.KeepRun(ctx, run)
	log.Info("takt is ready", "api", run.API, "metrics", run.Metrics, "store", app.Redact(run.Store))
	if ids, err := keys.Tenants(a.Dir.Keys(), time.Now()); err == nil && len(ids) == 0 && started == nil {
		log.Warn("no valid API key yet; create one with: takt keys create --tenant acme --role decide --data " + a.Config.Data)
	}
	if started != nil {
		go func() {
			if err := started(ctx, a, run); err != nil {
				done <- err
			}
		}()
	}
	select {
	case <-ctx.Done():
		log.Info("takt is ending: it was asked to")
		cancel()
		return ignoreEnd(<-done)
	case err := <-done:
		return ignoreEnd(err)
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func addrOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return "http://" + l.Addr().String() + "/metrics"
}

// gate answers 503 until the journal is replayed.
type gate struct{ handler atomic.Pointer[http.Handler] }

func (g *gate) open(h http.Handler) { g.handler.Store(&h) }

// ServeHTTP passes the request on, or says that the server is starting.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintln(w, `{"type":"about:blank","title":"starting","status":503,"detail":"the journal is being replayed; try again in a second"}`)
}
