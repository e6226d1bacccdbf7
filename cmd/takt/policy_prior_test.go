package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/cmd/config"
	"takt/engine"
	"takt/engine/policy"
)

// takt policy prior prints what tenants.ID.prior reads: the default, a tenant's, and what a snapshot has learned.
func TestPolicyPriorComesBack(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	prior, learned := policy.DefaultPrior(), policy.DefaultPrior()
	prior.Scale, learned.Scale = .7, .7
	learned.Heads[policy.Resolve].LevelX[2] = 1. / 3
	tenant := engine.DefaultTenant("acme")
	b, err := policy.EncodeLearned(engine.Header{Tenant: "acme", Grid: tenant.Grid.String(), Features: 2}, &prior, &learned, policy.PriorWeights(policy.NewLayout(&tenant.Grid, 2), &prior, 1))
	if err != nil {
		t.Fatal(err)
	}
	snapshot := file("a.snapshot", string(b))
	conf := file("takt.yaml", "data: "+dir+"/data\ntenants: {acme: {prior: acme.yaml}, other: {}}\n")
	file("acme.yaml", "scale: .7\n")
	for name, v := range map[string]struct {
		args []string
		want policy.PriorSpec
	}{
		"default":    {nil, policy.DefaultPrior()},
		"configured": {[]string{"--tenant", "acme"}, prior},
		"silent":     {[]string{"--tenant", "other"}, policy.DefaultPrior()},
		"learned":    {[]string{"--from", snapshot}, learned},
		"json":       {[]string{"--from", snapshot, "--json"}, learned},
	} {
		out, errs, code := takt(t, append([]string{"policy", "prior", "--config", conf}, v.args...)...)
		if got, err := config.ParsePrior("printed", []byte(out)); code != 0 || err != nil || *got != v.want {
			t.Errorf("%s: code %d, %v: %s%s", name, code, err, out, errs)
		}
	}
	for want, args := range map[string][]string{
		"--tenant: name the tenant":    {"--from", "live"},
		`--tenant: nobody knows "who"`: {"--tenant", "who"},
		"the first line is not of":     {"--from", conf},
	} {
		if _, errs, code := takt(t, append([]string{"policy", "prior", "--config", conf}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: code %d, %s, want %s", args, code, errs, want)
		}
	}
}
