package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"takt/engine"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Flags win over the environment, the environment over the file, the file over the defaults.
func TestLaterWins(t *testing.T) {
	path := write(t, "takt.yaml", "listen: 127.0.0.1:1\nmetrics: 127.0.0.1:2\nlog: {level: warn}\nlearn: {every: 90s}\n")
	t.Setenv("TAKT_METRICS", "127.0.0.1:3")
	t.Setenv("TAKT_LOG__LEVEL", "error")
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.String("log-level", "", "")
	f.String("listen", "unset flags do not count", "")
	if err := f.Parse([]string{"--log-level", "debug"}); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, f)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:1" || c.Metrics != "127.0.0.1:3" || c.Log.Level != "debug" || c.Learn.Every != 90*time.Second || c.Data != "./takt-data" {
		t.Errorf("got %+v", c)
	}
}

func TestUnknownKeysNameLineAndNearest(t *testing.T) {
	for text, want := range map[string]string{
		"data: x\nlisen: y\n":                                   `:2: unknown key "lisen"; did you mean "listen"?`,
		"log:\n  levle: info\n":                                 `:2: unknown key "log.levle"; did you mean "level"?`,
		"tenants:\n  acme:\n    polcy: ladder\n":                `:3: unknown key "tenants.acme.polcy"; did you mean "policy"?`,
		"tenants: {a: {rules: {quiet_form: '1'}}}":              `:1: unknown key "tenants.a.rules.quiet_form"; did you mean "quiet_from"?`,
		"tenants: {a: {actions: {channels: {sms: {cost: 1}}}}}": `unknown key "tenants.a.actions.channels.sms.cost"`,
		"- a\n": `want keys and values`,
	} {
		_, err := Load(write(t, "takt.yaml", text), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	t.Setenv("TAKT_LISTN", "x")
	if _, err := Load(write(t, "takt.yaml", ""), nil); err == nil || !strings.Contains(err.Error(), `TAKT_LISTN: no key "listn"; did you mean "listen"?`) {
		t.Errorf("environment: got %v", err)
	}
}

func TestWrongValuesNameTheKey(t *testing.T) {
	for text, want := range map[string]string{
		"store: mysql://x": "store: use embedded://",
		"clock: lunar":     `clock: "lunar" is neither`,
		"listen: nowhere":  `listen: "nowhere" is no host:port`,
		"tenants: {a: {contact: {email: nobody}}}":                             `tenants.a.contact: /email is "nobody"`,
		"tenants: {a: {contact: {name: Muster AG}}}":                           "names nobody who can be reached",
		"tenants: {a: {policy: magic}}":                                        `tenants.a.policy: "magic" is not`,
		"tenants: {a: {holdout: {share: .5}}}":                                 "tenants.a.holdout: share: 0.5 is not between 0 and 0.1",
		"tenants: {a: {holdout: {precision: 0}}}":                              "tenants.a.holdout: precision: 0 is not between 0.1 and 50",
		"tenants: {a: {holdout: {debtors_per_year: 0}}}":                       "tenants.a.holdout: debtors_per_year: 0 is not 1 or more",
		"tenants: {a: {retention: {events_days: 9}}}":                          "tenants.a.retention: events_days: 9 is not between 90 and",
		"tenants: {a: {rules: {pack: de}, retention: {decisions_days: 1096}}}": "decisions_days: 1096 is not between 90 and 1095",
		"tenants: {a: {actions: {tones: [shouting]}}}":                         `tenants.a.actions: tones:`,
		"tenants: {a: {actions: {slots: [noon]}}}":                             `"noon" is no slot`,
		"tenants: {a: {actions: {offers: [none, none]}}}":                      `"none" stands twice`,
		"tenants: {a: {actions: {channels: {pigeon: {cost_micro: 1}}}}}":       `"pigeon" is no channel`,
		"tenants: {a: {reward: {currency: EURO}}}":                             `currency: "EURO"`,
		"tenants: {a: {rules: {quiet_from: 8pm}}}":                             `quiet_from: "8pm" is no time of day`,
		"tenants: {a: {ladder: missing.yaml}}":                                 "tenants.a.ladder: open",
		"tenants: {a: {actions: {templates: {de: {email_firm: x}}}}}":          `unknown key "tenants.a.actions.templates"`,
		"tenants: {a: {templates: missing.yaml}}":                              "tenants.a.templates: open",
		"tenants: {a: {language: deutsch}}":                                    `tenants.a: /language "deutsch" is no BCP 47 tag`,
		"tenants: {a: {actions: {methods: [cash]}}}":                           `"cash" is no method`,
		"tenants: {a: {actions: {methods: [card, card]}}}":                     `"card" stands twice`,
		"tenants: {a: {actions: {instalments: {max_count: 1}}}}":               "tenants.a.actions: instalments: /max_count is 1; use 2 to 120",
		"tenants: {a: {creditor: {iban: DE00370400440532013000}}}":             "tenants.a.creditor: /name has 0 letters; use 1 to 70\n/iban is ",
	} {
		_, err := Load(write(t, "takt.yaml", text), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestTenantOverlay(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ladder.yaml"), []byte("steps:\n  - {day: 3, channel: sms, tone: friendly, offer: payment_link}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	texts := "templates:\n  - {key: freundlich, channel: sms, tone: friendly, language: de, legal_state: approved}\n"
	if err := os.WriteFile(filepath.Join(dir, "texts.yaml"), []byte(texts), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "takt.yaml")
	text := `
clock: replay
tenants:
  acme:
    policy: uniform
    epsilon: 0.1
    ladder: ladder.yaml
    holdout: {share: 0.02, salt: s}
    actions:
      channels: {sms: {cost_micro: 90000, consent: required}, letter: {any_time: true}}
      tones: [neutral, friendly]
      slots: [d0.0800-1000, d1.0800-1000]
      offers: [none]
      methods: [paypal, giro_qr]
      instalments: {min_rate_minor: 1500, every_days: 14}
    templates: texts.yaml
    language: de
    creditor: {name: Muster AG, iban: DE89 3704 0044 0532 0130 00, bic: COBADEFFXXX}
    reward: {currency: CHF, horizon_days: 14, keep: 2, retention_minor: 5}
    rules: {quiet_from: "19:30", cap: 3, gap: 24h, sundays: true}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Tenant("acme", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Grid.String(), "sms,letter|neutral,friendly|d0.0800-1000,d1.0800-1000|none"; got != want {
		t.Errorf("grid %s, want %s", got, want)
	}
	if a.Policy != "uniform" || a.Epsilon != .1 || a.Clock != engine.ReplayClock || a.Holdout.Salt != "s" || a.Specs[engine.SMS].CostMicro != 90000 || !a.Specs[engine.SMS].Opt {
		t.Errorf("got %+v", a)
	}
	if a.Reward.Currency != "CHF" || a.Reward.Horizon != 14*24*time.Hour || a.Reward.WKeep != 2 || a.Reward.RetentionMinor != 5 {
		t.Errorf("reward %+v", a.Reward)
	}
	if a.Limits.QuietFrom != 19*60+30 || a.Limits.Cap != 3 || a.Limits.Gap != 24*time.Hour || !a.Limits.Sundays {
		t.Errorf("limits %+v", a.Limits)
	}
	if len(a.Ladder.Steps) != 1 || a.Ladder.Steps[0].Channel != engine.SMS {
		t.Errorf("ladder %+v", a.Ladder)
	}
	if got := a.Catalogue.Find(engine.Place{Channel: engine.SMS, Tone: engine.Friendly}, 20_000, nil, "de-AT"); got == nil || got.Key != "freundlich" || a.Language != "de" {
		t.Errorf("template %v of %v", got, a.Catalogue)
	}
	if a.Creditor != (engine.Creditor{Name: "Muster AG", IBAN: "DE89 3704 0044 0532 0130 00", BIC: "COBADEFFXXX"}) || !slices.Equal(a.Methods, []engine.Method{engine.PayPal, engine.GiroQR}) {
		t.Errorf("creditor %+v, methods %v", a.Creditor, a.Methods)
	}
	if want := (engine.PlanLimits{MinRateMinor: 1500, MaxCount: 6, MaxDays: 180, EveryDays: 14}); a.Plans != want {
		t.Errorf("instalments %+v, want %+v", a.Plans, want)
	}
	other, err := c.Tenant("other", make([]byte, 32))
	if err != nil || other.Policy != engine.DefaultTenant("other").Policy {
		t.Errorf("a tenant without configuration: %v %v", other, err)
	}
}

// What is wrong in the catalogue of templates is told with its own file and line.
func TestTemplatesNameTheirFile(t *testing.T) {
	texts := write(t, "texts.yaml", "templates:\n  - {key: a, channel: sms, tone: firm, language: de, legal: yes}\n  - {key: b, channel: fax, tone: firm, language: de}\n")
	_, err := Load(write(t, "takt.yaml", "tenants: {a: {templates: "+texts+", language: de}}"), nil)
	for _, want := range []string{"tenants.a.templates: " + texts + ":2: /templates/0/legal is not known", texts + `:3: /templates/1/channel "fax" is no channel`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	texts = write(t, "texts.yaml", "templates:\n  - {key: a, channel: sms, tone: firm, language: de}\n")
	_, err = Load(write(t, "takt.yaml", "tenants: {a: {templates: "+texts+"}}"), nil)
	if err == nil || !strings.Contains(err.Error(), "tenants.a: /language is missing; name the language of the templates") {
		t.Errorf("no language: %v", err)
	}
}
