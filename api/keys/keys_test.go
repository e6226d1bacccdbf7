package keys_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"takt/api/keys"
)

// clock is a settable time.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

func newFile(t *testing.T) (string, *clock) {
	t.Helper()
	return filepath.Join(t.TempDir(), "keys.json"), &clock{t: time.Date(2025, 11, 21, 9, 0, 0, 0, time.UTC)}
}

func create(t *testing.T, path string, n keys.New) (keys.Key, string) {
	t.Helper()
	k, text, err := keys.Create(path, n)
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

func open(t *testing.T, path string, c *clock) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(path, &keys.RingOptions{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestFileHoldsNoSecret(t *testing.T) {
	path, c := newFile(t)
	k, text := create(t, path, keys.New{Tenant: "acme", Role: keys.Decide, Now: c.now()})
	if want := "takt_" + k.ID + "_"; !strings.HasPrefix(text, want) || len(text) != len(want)+52 {
		t.Errorf("text %q: want %s and 52 letters, 256 bits in base 32", text, want)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if secret := text[len(text)-52:]; strings.Contains(string(b), secret) {
		t.Error("the file holds the secret")
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %o, want 600", st.Mode().Perm())
	}
}

func TestLookup(t *testing.T) {
	path, c := newFile(t)
	_, forever := create(t, path, keys.New{Tenant: "acme", Role: keys.Decide, Now: c.now()})
	_, spent := create(t, path, keys.New{Tenant: "acme", Role: keys.Admin, Now: c.now(), Expires: c.now()})
	gone, revoked := create(t, path, keys.New{Tenant: "other", Role: keys.Analyst, Now: c.now()})
	if err := keys.Revoke(path, gone.ID, c.now()); err != nil {
		t.Fatal(err)
	}
	ring := open(t, path, c)
	for _, tt := range []struct {
		text string
		want error
	}{
		{forever, nil}, {spent, keys.ErrExpired}, {revoked, keys.ErrRevoked},
		{"", keys.ErrUnknown}, {"takt_", keys.ErrUnknown}, {"takt__", keys.ErrUnknown}, {forever[:len(forever)-1], keys.ErrUnknown},
		{forever + "a", keys.ErrUnknown}, {strings.ToUpper(forever), keys.ErrUnknown},
		{forever[:14] + revoked[14:], keys.ErrUnknown}, // one key's id with another key's secret
	} {
		k, err := ring.Lookup(tt.text)
		if !errors.Is(err, tt.want) {
			t.Errorf("%.20q: error %v, want %v", tt.text, err, tt.want)
		}
		if err == nil && (k.Tenant != "acme" || k.Role != keys.Decide) {
			t.Errorf("key of tenant %s, role %s", k.Tenant, k.Role)
		}
	}
}

func TestRingFollowsTheFile(t *testing.T) {
	path, c := newFile(t)
	ring := open(t, path, c)
	if ring.Len() != 0 {
		t.Fatalf("%d keys without a file", ring.Len())
	}
	k, text := create(t, path, keys.New{Tenant: "acme", Role: keys.Decide, Now: c.now()})
	if _, err := ring.Lookup(text); !errors.Is(err, keys.ErrUnknown) {
		t.Errorf("the file was read again within the second: %v", err)
	}
	c.add(time.Second)
	if _, err := ring.Lookup(text); err != nil {
		t.Errorf("after a second: %v", err)
	}
	fresh, next, err := keys.Rotate(path, k.ID, time.Hour, keys.New{Now: c.now()})
	if err != nil || fresh.Tenant != "acme" || fresh.Role != keys.Decide {
		t.Fatalf("rotated to %+v, %v", fresh, err)
	}
	c.add(59 * time.Minute)
	for _, s := range []string{text, next} {
		if _, err := ring.Lookup(s); err != nil {
			t.Errorf("within the grace time: %v", err)
		}
	}
	c.add(time.Minute)
	if _, err := ring.Lookup(text); !errors.Is(err, keys.ErrExpired) {
		t.Errorf("after the grace time: %v", err)
	}
	if err := keys.Revoke(path, fresh.ID, c.now()); err != nil {
		t.Fatal(err)
	}
	c.add(time.Second)
	if _, err := ring.Lookup(next); !errors.Is(err, keys.ErrRevoked) {
		t.Errorf("after revoking: %v", err)
	}
}

func TestRingKeepsGoodKeys(t *testing.T) {
	path, c := newFile(t)
	_, text := create(t, path, keys.New{Tenant: "acme", Role: keys.Decide, Now: c.now()})
	ring := open(t, path, c)
	if err := os.WriteFile(path, []byte(`{"version":1,"ke`), 0o600); err != nil {
		t.Fatal(err)
	}
	c.add(2 * time.Second)
	if _, err := ring.Lookup(text); err != nil {
		t.Errorf("a torn file locked everybody out: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	path, _ := newFile(t)
	for _, tt := range []struct {
		text string
		mode os.FileMode
		want string
	}{
		{`{"version":1,"keys":[]}`, 0o644, "chmod 600"},
		{`{"version":2,"keys":[]}`, 0o600, "version 2"},
		{`{"version":1,"keys":[{"id":"a","sha256":"00"}]}`, 0o600, "no SHA-256"},
		{`nonsense`, 0o600, "invalid"},
	} {
		os.Remove(path)
		if err := os.WriteFile(path, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(path, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s (%o): error %v, want one with %q", tt.text, tt.mode, err, tt.want)
		}
	}
}

// Commands that change keys at the same time lose no key.
func TestConcurrentCreate(t *testing.T) {
	path, c := newFile(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := keys.Create(path, keys.New{Tenant: "acme", Role: keys.Decide, Now: c.now()}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := keys.List(path); err != nil || len(all) != 8 {
		t.Errorf("%d keys, %v; want 8", len(all), err)
	}
}

func TestRoles(t *testing.T) {
	rights := []keys.Right{keys.Ask, keys.Work, keys.Read, keys.Manage}
	for role, want := range map[keys.Role]string{keys.Decide: "1100", keys.Analyst: "0110", keys.Admin: "1111", "": "0000"} {
		got := ""
		for _, r := range rights {
			got += map[bool]string{true: "1", false: "0"}[role.May(r)]
		}
		if got != want {
			t.Errorf("role %q may %s, want %s", role, got, want)
		}
	}
	if _, err := keys.ParseRole("root"); err == nil {
		t.Error("root is a role")
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "keys.json")
	_, text, err := keys.Create(path, keys.New{Tenant: "acme", Role: keys.Analyst})
	if err != nil {
		panic(err)
	}
	ring, err := keys.Open(path, nil)
	if err != nil {
		panic(err)
	}
	k, err := ring.Lookup(text)
	fmt.Println(k.Tenant, k.Role.May(keys.Read), k.Role.May(keys.Ask), err)
	// Output: acme true false <nil>
}
