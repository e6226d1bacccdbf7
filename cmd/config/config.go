// Package config reads takt.yaml, the environment and flags into one checked structure; the later
// of the three wins. Unknown keys are refused with their line and the nearest known name.
//
//	c, err := config.Load("takt.yaml", flags)
//	t, err := c.Tenant("acme", secret)   // *engine.Tenant, defaults where the file is silent
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"takt/engine/policy"
)

// Config is the whole configuration of one Takt process.
type Config struct {
	Data    string            `koanf:"data"`    // data directory; defaults to ./takt-data
	Listen  string            `koanf:"listen"`  // API address; defaults to 127.0.0.1:8080
	Metrics string            `koanf:"metrics"` // metrics address; defaults to 127.0.0.1:9090, "off" for none
	Store   string            `koanf:"store"`   // embedded://, http(s)://…, clickhouse://… or memory://
	Clock   string            `koanf:"clock"`   // system or replay
	Log     Log               `koanf:"log"`
	Memory  Memory            `koanf:"memory"`
	Journal Journal           `koanf:"journal"`
	Learn   Learn             `koanf:"learn"`
	Tenants map[string]Tenant `koanf:"tenants"`

	dir    string // of the file, for relative paths in it
	priors map[string]*policy.PriorSpec
}

// Log says what is logged and how.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error
	Format string `koanf:"format"` // text or json
}

// Memory bounds what is kept in memory, in MiB.
type Memory struct {
	ProfilesMB int64 `koanf:"profiles_mb"`
	StoreMB    int64 `koanf:"store_mb"` // server memory limit of the embedded ClickHouse
}

// Journal bounds the write-ahead log, in MiB.
type Journal struct {
	MaxMB int64 `koanf:"max_mb"` // unshipped records; beyond it 503
}

// Learn says how the live policy is refreshed, and what a new version must show.
type Learn struct {
	Every    time.Duration `koanf:"every"`     // 0 never refreshes
	HoldBand float64       `koanf:"hold_band"` // largest change of the share of hold by one refresh
	ToneBand float64       `koanf:"tone_band"` // of the share of any tone
	Margin   float64       `koanf:"margin"`    // share of the live version's value that a new version may lose
}

var defaults = map[string]any{
	"data": "./takt-data", "listen": "127.0.0.1:8080", "metrics": "127.0.0.1:9090", "store": "embedded://", "clock": "system",
	"log.level": "info", "log.format": "text", "memory.profiles_mb": 1024, "memory.store_mb": 4096, "journal.max_mb": 8192, "learn.every": "5m",
	"learn.hold_band": .25, "learn.tone_band": .25, "learn.margin": .01,
}

// EnvPrefix starts the environment variables that set keys: TAKT_LOG__LEVEL sets log.level.
const EnvPrefix = "TAKT_"

// reserved are environment variables with the prefix that name no key.
var reserved = map[string]bool{"TAKT_BIN": true, "TAKT_REQUIRE": true, "TAKT_CHDB_LIB": true, "TAKT_SHARED": true, "TAKT_CONFIG": true}

// Load reads the file (none if path is empty and ./takt.yaml is absent), the environment and the
// flags that were set; flag names are keys with dashes for dots. Errors name file, line and key.
func Load(path string, flags *pflag.FlagSet) (*Config, error) {
	k := koanf.New(".")
	c := &Config{dir: "."}
	_ = k.Load(confmap.Provider(defaults, "."), nil) // a literal map cannot fail
	text, path, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if text != nil {
		c.dir = filepath.Dir(path)
		if err := checkKeys(path, text); err != nil {
			return nil, err
		}
		if err := k.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	if err := loadEnv(k); err != nil {
		return nil, err
	}
	if flags != nil {
		known := knownKeys()
		only := posflag.ProviderWithFlag(flags, ".", k, func(f *pflag.Flag) (string, any) {
			key := strings.ReplaceAll(f.Name, "-", ".")
			if !f.Changed || !known.leaf(key) {
				return "", nil
			}
			return key, posflag.FlagVal(flags, f)
		})
		if err := k.Load(only, nil); err != nil {
			return nil, fmt.Errorf("read flags: %w", err)
		}
	}
	if err := k.Unmarshal("", c); err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return c, errors.Join(c.validate(), c.loadPriors())
}

func readFile(path string) ([]byte, string, error) {
	if path == "" {
		path = os.Getenv("TAKT_CONFIG")
	}
	optional := path == ""
	if optional {
		path = "takt.yaml"
	}
	text, err := os.ReadFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil, path, nil
	}
	if err != nil {
		return nil, path, fmt.Errorf("read the configuration: %w", err)
	}
	return text, path, nil
}

func loadEnv(k *koanf.Koanf) error {
	known := knownKeys()
	var unknown error
	p := env.Provider(".", env.Opt{Prefix: EnvPrefix, TransformFunc: func(name, value string) (string, any) {
		if reserved[name] {
			return "", nil
		}
		key := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, EnvPrefix)), "__", ".")
		if !known.has(key) {
			unknown = errors.Join(unknown, fmt.Errorf("environment variable %s: no key %q%s", name, key, known.hint(key)))
			return "", nil
		}
		return key, value
	}})
	if err := k.Load(p, nil); err != nil {
		return fmt.Errorf("read the environment: %w", err)
	}
	return unknown
}

func (c *Config) validate() error {
	var errs []error
	bad := func(key, format string, a ...any) { errs = append(errs, fmt.Errorf(key+": "+format, a...)) }
	if c.Data == "" {
		bad("data", "is empty; name a directory")
	}
	for key, addr := range map[string]string{"listen": c.Listen, "metrics": c.Metrics} {
		if _, _, err := net.SplitHostPort(addr); err != nil && (key != "metrics" || addr != "off") {
			bad(key, "%q is no host:port", addr)
		}
	}
	if c.Clock != "system" && c.Clock != "replay" {
		bad("clock", "%q is neither system nor replay", c.Clock)
	}
	if s, _, ok := strings.Cut(c.Store, "://"); !ok || !oneOf(s, "embedded", "http", "https", "clickhouse", "memory") {
		bad("store", "use embedded://, http(s)://host:8123, clickhouse://host:9000 or memory://")
	}
	if !oneOf(c.Log.Level, "debug", "info", "warn", "error") {
		bad("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if !oneOf(c.Log.Format, "text", "json") {
		bad("log.format", "%q is neither text nor json", c.Log.Format)
	}
	if c.Memory.ProfilesMB < 1 || c.Memory.StoreMB < 256 || c.Journal.MaxMB < 1 {
		bad("memory", "profiles_mb and journal.max_mb are at least 1, memory.store_mb at least 256")
	}
	if c.Learn.Every < 0 {
		bad("learn.every", "is negative; 0 never refreshes")
	}
	for key, v := range map[string]float64{"learn.hold_band": c.Learn.HoldBand, "learn.tone_band": c.Learn.ToneBand, "learn.margin": c.Learn.Margin} {
		if !(v > 0 && v <= 1) {
			bad(key, "%g is not above 0 and at most 1", v)
		}
	}
	for id := range c.Tenants {
		if _, err := c.Tenant(id, make([]byte, 32)); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func oneOf(s string, of ...string) bool {
	for _, o := range of {
		if s == o {
			return true
		}
	}
	return false
}
