// Package keys keeps the API keys of a server: who may ask, for which tenant, in which role.
//
// A key is 256 bits of chance, shown once; the file keys.json (0600) holds its SHA-256 alone.
//
//	key, text, err := keys.Create("takt-data/keys.json", keys.New{Tenant: "acme", Role: keys.Decide})
//	fmt.Println(text)                       // takt_k3mq7t2a_… : the only time it is seen
//
//	ring, err := keys.Open("takt-data/keys.json", nil)
//	key, err = ring.Lookup(text)            // ErrUnknown, ErrExpired or ErrRevoked
//	key.Role.May(keys.Read)                 // what the role allows
//
// A Ring reads the file again when it changed, at most once a second, so a command that creates or
// revokes a key needs no restart. Every change replaces the file whole, under a lock file.
package keys
