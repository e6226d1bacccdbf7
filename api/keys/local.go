package keys

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const localPrefix = "takt_local_"

// LocalText is what a command on the server's own machine presents to act for a tenant: the token
// stands in a file that only the server's owner may read, and ends with the server.
func LocalText(token, tenant string) string {
	return localPrefix + token + "_" + base64.RawURLEncoding.EncodeToString([]byte(tenant))
}

// Grant makes the ring accept LocalText of the token, with the role admin. Call it before serving.
func (r *Ring) Grant(token string) { r.local = token }

// grantee is the key behind a LocalText.
func (r *Ring) grantee(text string) (Key, bool) {
	token, encoded, ok := strings.Cut(strings.TrimPrefix(text, localPrefix), "_")
	if !ok || r.local == "" || subtle.ConstantTimeCompare([]byte(token), []byte(r.local)) != 1 {
		return Key{}, false
	}
	tenant, err := base64.RawURLEncoding.DecodeString(encoded)
	return Key{ID: "local", Tenant: string(tenant), Role: Admin}, err == nil && len(tenant) > 0
}

// Secret is the tenant's secret of 32 bytes in the file, which keys its draws; it is drawn and
// stored from random when absent, so that a restored backup draws the same.
func Secret(path, tenant string, random io.Reader) ([]byte, error) {
	f, err := read(path)
	if err != nil {
		return nil, err
	}
	if s := f.Secrets[tenant]; len(s) == secretBytes {
		return s, nil
	}
	if tenant == "" {
		return nil, errors.New("tenant secret: name the tenant")
	}
	var secret []byte
	err = change(path, func(f *file) error {
		if secret = f.Secrets[tenant]; len(secret) == secretBytes {
			return nil // another process was first
		}
		var err error
		secret = make([]byte, secretBytes)
		if _, err = io.ReadFull(random, secret); err != nil {
			return fmt.Errorf("draw a secret: %w", err)
		}
		if f.Secrets == nil {
			f.Secrets = map[string][]byte{}
		}
		f.Secrets[tenant] = secret
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("tenant secret: %w", err)
	}
	return secret, nil
}

// Tenants are the tenants that own a key which is valid at the instant.
func Tenants(path string, at time.Time) ([]string, error) {
	all, err := List(path)
	var ids []string
	for _, k := range all {
		if k.Valid(at) == nil {
			ids = append(ids, k.Tenant)
		}
	}
	return ids, err
}
