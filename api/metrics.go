package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"takt/engine"
)

// Metrics are a server's figures. No label ever holds a case, a debtor or a key.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	events    *prometheus.CounterVec
	trainings *prometheus.CounterVec
	sync      prometheus.Histogram
	group     prometheus.Histogram
	storeErrs prometheus.Counter

	series sync.Map // requestLabels → requestSeries: no label is hashed on the way of a request
	chosen sync.Map // decisionLabels → prometheus.Counter
}

type requestLabels struct {
	route  *route
	status int
}

type requestSeries struct {
	count   prometheus.Counter
	latency prometheus.Observer
}

type decisionLabels struct {
	kind   engine.Kind
	mode   engine.Mode
	policy string
}

// NewMetrics makes a registry of its own, with the process's figures in it.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		requests:  counter("takt_http_requests_total", "Requests by route and status.", "method", "route", "status"),
		decisions: counter("takt_decisions_total", "Decisions made, by kind, policy and mode.", "kind", "policy", "mode"),
		events:    counter("takt_events_total", "Events taken in, by what became of them.", "result"),
		trainings: counter("takt_policy_trainings_total", "Training runs by what became of them: live, held (a refresh that failed its checks), unchanged, candidate, failed; drift counts alarms.", "tenant", "result"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "takt_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"route"}),
		sync: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "takt_journal_fsync_seconds", Help: "Time of one fsync of the journal.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1}}),
		group: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "takt_journal_fsync_records", Help: "Records made durable by one fsync.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}}),
		storeErrs: prometheus.NewCounter(prometheus.CounterOpts{Name: "takt_store_errors_total", Help: "Requests that failed because the store could not be reached."}),
	}
	m.registry.MustRegister(m.requests, m.latency, m.decisions, m.events, m.trainings, m.sync, m.group, m.storeErrs,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers a Prometheus scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Registry takes the collectors of other parts.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// Synced counts one fsync; it is made for journal.Options.OnSync.
func (m *Metrics) Synced(latency time.Duration, records, _ int) {
	m.sync.Observe(latency.Seconds())
	m.group.Observe(float64(records))
}

// Trained counts one training run; it is made for promotion.Desk.
func (m *Metrics) Trained(tenant, result string) { m.trainings.WithLabelValues(tenant, result).Inc() }

func (m *Metrics) request(r *route, status int, took time.Duration) {
	k := requestLabels{r, status}
	v, ok := m.series.Load(k)
	if !ok {
		method := r.method
		if r.path == "none" {
			method = "any" // callers may send any word as a method
		}
		v = requestSeries{m.requests.WithLabelValues(method, r.path, strconv.Itoa(status)), m.latency.WithLabelValues(r.path)}
		if r.path != "none" { // such a route is made anew for every request
			m.series.Store(k, v)
		}
	}
	s := v.(requestSeries)
	s.count.Inc()
	s.latency.Observe(took.Seconds())
}

func (m *Metrics) decision(d *engine.Decision) {
	k := decisionLabels{d.Kind, d.Mode, d.Policy}
	v, ok := m.chosen.Load(k)
	if !ok {
		v = m.decisions.WithLabelValues(d.Kind.String(), d.Policy, d.Mode.String())
		m.chosen.Store(k, v)
	}
	v.(prometheus.Counter).Inc()
}

func (m *Metrics) took(accepted, duplicate, refused int64) {
	m.events.WithLabelValues("accepted").Add(float64(accepted))
	m.events.WithLabelValues("duplicate").Add(float64(duplicate))
	m.events.WithLabelValues("refused").Add(float64(refused))
}
