package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// watch registers what is asked for at each scrape.
func (m *Metrics) watch(s *Server) {
	m.registry.MustRegister(&gauges{s: s})
}

// gauges reads ledger and snapshots when they are scraped.
type gauges struct{ s *Server }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe names nothing ahead: the collector is unchecked, its set depends on the ledger being open.
func (g *gauges) Describe(chan<- *prometheus.Desc) {}

// Collect asks.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(v float64, d *prometheus.Desc, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(v float64, d *prometheus.Desc) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	age := desc("takt_snapshot_age_seconds", "Time since the log range of the live snapshot ended, by tenant.", "tenant")
	paused := desc("takt_policy_paused", "1 while the policies of the tenant are paused and the ladder decides.", "tenant")
	ramp := desc("takt_policy_ramp_share", "Share of the debtors outside the hold-out who are decided for by a version that is on its way to be live.", "tenant")
	g.s.tenants.each(func(t *Tenant) {
		stage := t.Stage()
		gauge(one(stage.Paused), paused, t.Config.ID)
		gauge(stage.Share, ramp, t.Config.ID)
		if sn := t.Snapshot(); sn != nil {
			if asOf, err := time.Parse(time.RFC3339, sn.Header.AsOf); err == nil {
				gauge(g.s.Clock.Now(t.Config.ID).Sub(asOf).Seconds(), age, t.Config.ID)
			}
		}
	})
	l := g.s.ledger.Load()
	if l == nil {
		return
	}
	st := l.Stats()
	j := &st.JournalState
	gauge(float64(st.Profiles.Profiles), desc("takt_profiles", "Profiles in memory."))
	gauge(float64(st.Profiles.Bytes), desc("takt_profiles_bytes", "Memory of the profiles."))
	gauge(float64(st.Answers), desc("takt_idempotency_keys", "Idempotency keys remembered."))
	gauge(float64(j.UnshippedRecords), desc("takt_journal_unshipped_records", "Records that wait for the store."))
	gauge(float64(j.UnshippedBytes), desc("takt_journal_unshipped_bytes", "Bytes that wait for the store."))
	count(float64(j.Appends), desc("takt_journal_records_total", "Records accepted."))
	count(float64(j.WrittenBytes), desc("takt_journal_bytes_total", "Bytes written."))
	count(float64(j.Fsyncs), desc("takt_journal_fsyncs_total", "Writes that became durable."))
	count(float64(j.FailedWrites), desc("takt_journal_failed_writes_total", "Writes that failed."))
	count(float64(j.Refused), desc("takt_journal_refused_total", "Records refused for want of room."))
	count(float64(j.ShipRetries), desc("takt_store_retries_total", "Batches that the store did not take at the first try."))
	count(float64(st.Loads), desc("takt_profile_loads_total", "Profiles folded from the store."))
	count(float64(st.Lost), desc("takt_profile_unavailable_total", "Decisions without a profile because the store could not be reached."))
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
