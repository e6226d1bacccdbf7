package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/cmd/app"
	"takt/cmd/config"
	"takt/engine"
	"takt/experiments/simulator"
)

// Takt in the process and Takt over HTTP are told the same events and asked the same questions: where no
// chance is in the policy, they give the same result to the byte. Late, lost and doubled events included.
func TestSimulateInsideAndOverHTTPAgree(t *testing.T) {
	s, err := simulator.Load("late_events")
	if err != nil {
		t.Fatal(err)
	}
	tenant := s.Tenant("simulator")
	tenant.Policy, tenant.Ladder = engine.LadderName, engine.DefaultLadder()
	o := simulator.Options{Scenario: s, Policy: "bandit", Cases: 120, Days: 12, Tenant: tenant}
	inside, err := simulator.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Tenant, o.Remote = nil, remote(t, tenant)
	over, err := simulator.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(inside)
	b, _ := json.Marshal(over)
	if !bytes.Equal(a, b) {
		t.Errorf("in the process: %s\nover HTTP:      %s", a, b)
	}
	if inside.Contacts.Mean < 1 {
		t.Errorf("only %.2f contacts a case", inside.Contacts.Mean)
	}
}

// remote is a server in memory that knows the tenant, behind a real socket.
func remote(t *testing.T, tenant *engine.Tenant) *simulator.Remote {
	t.Helper()
	c := &config.Config{Data: filepath.Join(t.TempDir(), "data"), Store: "memory://", Clock: "replay",
		Memory: config.Memory{ProfilesMB: 256, StoreMB: 256}, Journal: config.Journal{MaxMB: 256},
		Tenants: map[string]config.Tenant{tenant.ID: config.Of(tenant)}}
	a, err := app.Open(t.Context(), app.Options{Config: c, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Rand: newChance(1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	srv := httptest.NewServer(a.Handler())
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	run := a.Running(srv.URL, "")
	return &simulator.Remote{Tenant: tenant.ID, Call: simulator.Call(run.Call)}
}

// The command prints the promised keys, and says what is wrong with what it is given.
func TestSimulateCommand(t *testing.T) {
	out, errs, code := takt(t, "simulate", "--policy", "ladder", "--cases", "2000", "--json")
	var r map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
		t.Fatalf("%v %d %s %s", err, code, out, errs)
	}
	for _, key := range []string{"recovered_before_agency", "agency_share", "forgetful_or_short_at_agency", "median_days", "cost_per_case_minor",
		"complaint_rate", "churn_rate", "net_per_case_minor", "contacts_per_case"} {
		var f struct{ Mean, Lo, Hi *float64 }
		if err := json.Unmarshal(r[key], &f); err != nil || f.Mean == nil || f.Lo == nil || f.Hi == nil || !(*f.Lo <= *f.Mean && *f.Mean <= *f.Hi) {
			t.Errorf("%s is %s", key, r[key])
		}
	}
	mine := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(mine, []byte("extends: base\ncreditor:\n  rules: {gap: 3}\ndebtors:\n  types:\n    wont: {share: 1.2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"mine.yaml:6: debtors.types.wont.share": {"--scenario", mine},
		"bose":                                  {"--scenario", "bose"},
		`"magic" is no policy`:                  {"--policy", "magic"},
		"learn nothing":                         {"--policy", "ladder", "--learn", "10"},
		"replay clock never goes back":          {"--policy", "bandit", "--learn", "10", "--http"},
		"--policy is empty":                     {"--policy", ""},
		"--seed":                                {"--seed", "0"},
		"in this process":                       {"--sweep", "--http"},
		"such as world-7":                       {"--scenario", "worlds", "--show"},
		`"foo" is no policy`:                    {"--policy", "ladder,foo"},
		"no weights to sweep":                   {"--policy", "ladder", "--sweep"},
		"only bandit runs over HTTP":            {"--policy", "ladder", "--http"},
		"--cases":                               {"--cases", "-1"},
		"takes one policy":                      {"--policy", "oracle,bandit", "--sweep"},
		"worlds":                                {"--scenario", "worlds", "--sweep"},
	} {
		out, errs, code := takt(t, append([]string{"simulate"}, args...)...)
		if code != exitUsage || !strings.Contains(errs, want) || out != "" || strings.Count(errs, "\n") > 1 {
			t.Errorf("%v: code %d, %q, %q; want usage with %q", args, code, out, errs, want)
		}
	}
	show, _, code := takt(t, "simulate", "--scenario", "world-7", "--show")
	if code != 0 {
		t.Fatal(show)
	}
	again := filepath.Join(t.TempDir(), "again.yaml")
	if err := os.WriteFile(again, []byte(show), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, _ := takt(t, "simulate", "--scenario", "world-7", "--policy", "oracle", "--cases", "500", "--json")
	b, _, _ := takt(t, "simulate", "--scenario", again, "--policy", "oracle", "--cases", "500", "--json")
	if a != b || a == "" {
		t.Error("a scenario that was shown and read again gives another result")
	}
}
