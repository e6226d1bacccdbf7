package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"takt/features/history"
	"takt/features/history/memory"
	"takt/models/registry"
)

func newRegistry(t *testing.T) (*registry.Registry, *memory.Store) {
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	r := registry.New(s)
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	r.Now = func() time.Time { at = at.Add(time.Second); return at }
	r.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	return r, s
}

func publish(t *testing.T, r *registry.Registry, version, data string) {
	t.Helper()
	if err := r.Publish(t.Context(), "acme", registry.Policy, "bandit", version, []byte(data), []byte(`{"rows":1}`)); err != nil {
		t.Fatal(err)
	}
}

func TestVersionsNeverChange(t *testing.T) {
	r, _ := newRegistry(t)
	publish(t, r, "v1", "one")
	publish(t, r, "v1", "one") // again: nothing happens
	err := r.Publish(t.Context(), "acme", registry.Policy, "bandit", "v1", []byte("two"), nil)
	if !errors.Is(err, registry.ErrExists) {
		t.Errorf("other bytes: %v", err)
	}
	a, err := r.Get(t.Context(), "acme", registry.Policy, "bandit", "v1")
	if err != nil || string(a.Data) != "one" || string(a.Meta) != `{"rows":1}` {
		t.Errorf("%+v, %v", a, err)
	}
	for _, k := range [][4]string{{"acme", "policy", "bandit", "v2"}, {"other", "policy", "bandit", "v1"}, {"acme", "model", "bandit", "v1"}, {"acme", "policy", "x", "v1"}} {
		if _, err := r.Get(t.Context(), k[0], k[1], k[2], k[3]); !errors.Is(err, history.ErrNotFound) {
			t.Errorf("%v: %v", k, err)
		}
	}
	for _, k := range [][3]string{{"nonsense", "bandit", "v1"}, {"policy", "", "v1"}, {"policy", "a/b", "v1"}, {"policy", "bandit", ""}, {"policy", "bandit", "v 1"}} {
		if err := r.Publish(t.Context(), "acme", k[0], k[1], k[2], nil, nil); !errors.Is(err, registry.ErrName) {
			t.Errorf("%v: %v", k, err)
		}
	}
}

func TestListIsNewestFirst(t *testing.T) {
	r, _ := newRegistry(t)
	for i := range 4 {
		publish(t, r, fmt.Sprint("v", i), "data")
	}
	list, err := r.List(t.Context(), "acme", registry.Policy, "bandit")
	if err != nil || len(list) != 4 || list[0].Version != "v3" || list[3].Version != "v0" || list[0].Data != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestLiveAndRollback(t *testing.T) {
	r, _ := newRegistry(t)
	live := func(want string) {
		t.Helper()
		a, err := r.Live(t.Context(), "acme", registry.Policy, "bandit")
		if want == "" {
			if !errors.Is(err, history.ErrNotFound) {
				t.Errorf("live %+v, %v; want none", a, err)
			}
			return
		}
		if err != nil || a.Version != want || string(a.Data) != "data of "+want {
			t.Errorf("live %+v, %v; want %s", a, err, want)
		}
	}
	back := func(want string) {
		t.Helper()
		if v, err := r.Rollback(t.Context(), "acme", registry.Policy, "bandit", "", registry.Change{}); v != want || (want == "") != errors.Is(err, history.ErrNotFound) {
			t.Errorf("rolled back to %q, %v; want %q", v, err, want)
		}
	}
	set := func(v string) {
		t.Helper()
		if err := r.SetLive(t.Context(), "acme", registry.Policy, "bandit", v); err != nil {
			t.Fatal(err)
		}
	}
	live("")
	back("")
	if err := r.SetLive(t.Context(), "acme", registry.Policy, "bandit", "v9"); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("an unpublished version went live: %v", err)
	}
	for _, v := range []string{"v1", "v2", "v3"} {
		publish(t, r, v, "data of "+v)
	}
	live("") // publishing alone changes nothing
	set("v1")
	set("v2")
	set("v2") // again: no new entry
	set("v3")
	live("v3")
	back("v2")
	back("v1")
	live("v1")
	back("")
	live("v1")
	set("v3")
	back("v1") // to what was live before, not to what was ever later
	if _, err := r.Live(t.Context(), "other", registry.Policy, "bandit"); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("another tenant sees the pointer: %v", err)
	}
}

func TestWatchSwapsWithoutRestart(t *testing.T) {
	r, _ := newRegistry(t)
	publish(t, r, "v1", "one")
	publish(t, r, "v2", "two")
	ctx, cancel := context.WithCancel(t.Context())
	seen, ended := make(chan string), make(chan struct{})
	go func() {
		r.Watch(ctx, "acme", registry.Policy, "bandit", time.Millisecond, func(s registry.State) error {
			a, err := r.Get(ctx, "acme", registry.Policy, "bandit", s.Version)
			seen <- string(a.Data)
			return err
		})
		close(ended)
	}()
	for _, c := range []struct{ version, data string }{{"v1", "one"}, {"v2", "two"}, {"v1", "one"}} {
		if err := r.SetLive(ctx, "acme", registry.Policy, "bandit", c.version); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; got != c.data {
			t.Errorf("watch hands over %q, want %q", got, c.data)
		}
	}
	cancel()
	<-ended
}

func TestWatchSurvivesAStoreThatIsAway(t *testing.T) {
	r, s := newRegistry(t)
	publish(t, r, "v1", "one")
	s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r.Watch(ctx, "acme", registry.Policy, "bandit", time.Millisecond, func(registry.State) error { t.Error("handed over what cannot be read"); return nil })
	if err := r.SetLive(t.Context(), "acme", registry.Policy, "bandit", "v1"); err == nil {
		t.Error("a closed store took a pointer")
	}
}
