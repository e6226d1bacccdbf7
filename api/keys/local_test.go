package keys

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
)

func TestLocalCommandsActForAnyTenant(t *testing.T) {
	r, err := Open(filepath.Join(t.TempDir(), "keys.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Lookup(LocalText("", "acme")); err == nil {
		t.Error("a ring without grant takes an empty token")
	}
	r.Grant("secret")
	k, err := r.Lookup(LocalText("secret", "acme_ü"))
	if err != nil || k.Tenant != "acme_ü" || k.Role != Admin {
		t.Errorf("got %+v, %v", k, err)
	}
	for _, text := range []string{LocalText("wrong", "acme"), LocalText("secret", ""), "takt_local_secret", "takt_local_secret_%"} {
		if _, err := r.Lookup(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// The secret is drawn once, survives in the file and differs by tenant; keys and secrets do not disturb each other.
func TestSecretIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	a, err := Secret(path, "a", rand.Reader)
	if err != nil || len(a) != 32 {
		t.Fatalf("%x %v", a, err)
	}
	if _, _, err := Create(path, New{Tenant: "a", Role: Decide}); err != nil {
		t.Fatal(err)
	}
	again, err := Secret(path, "a", rand.Reader)
	b, err2 := Secret(path, "b", rand.Reader)
	if err != nil || err2 != nil || !bytes.Equal(a, again) || bytes.Equal(a, b) {
		t.Errorf("%x %x %x %v %v", a, again, b, err, err2)
	}
	if all, err := List(path); err != nil || len(all) != 1 {
		t.Errorf("keys %v %v", all, err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", st.Mode(), err)
	}
	if _, err := Secret(path, "", rand.Reader); err == nil {
		t.Error("a tenant without name has a secret")
	}
}
