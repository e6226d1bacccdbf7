package promotion

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/history/memory"
	"takt/models/registry"
)

// A live snapshot that uses what is denied now is refused, with its name in the log, and cannot be promoted; the prior
// without the feature decides until the next training, which brings a snapshot that fits.
func TestDenialReplacesTheSnapshot(t *testing.T) {
	store, free, now := memory.New(), engine.DefaultTenant("acme"), time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	d := &Desk{Registry: registry.New(store), Store: store, Now: func(string) time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	old, err := d.Train(t.Context(), free, Training{})
	if err != nil || old.State != StateLive {
		t.Fatal(old.State, err)
	}
	strict := *free
	if strict.Denied, err = features.Deny("birth_year_band"); err != nil {
		t.Fatal(err)
	}
	live := func(want string) {
		t.Helper()
		s, err := d.Stage(t.Context(), &strict)
		if err != nil || s.Live.Snapshot.Header.Version != want || !slices.Equal(s.Live.Snapshot.Header.Denied, strict.Denied.Names) {
			t.Errorf("live is %+v, %v; want %s", s.Live.Snapshot.Header, err, want)
		}
	}
	live("prior")
	if !strings.Contains(log.String(), "age_70_up") {
		t.Error(log.String())
	}
	if _, err := d.Promote(t.Context(), &strict, old.Snapshot, Wish{Force: true, Reason: "test"}); !errors.Is(err, ErrUnfit) {
		t.Errorf("it is promoted: %v", err)
	}
	now = now.Add(time.Hour)
	fresh, err := d.Train(t.Context(), &strict, Training{})
	if err != nil || fresh.State != StateLive || fresh.Snapshot == old.Snapshot {
		t.Fatal(fresh.State, err)
	}
	live(First)
}
