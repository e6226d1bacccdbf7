package engine

import "crypto/sha256"

// Draw is the one random number of a decision, in [0,1) with 53 bits: the first eight bytes of
// HMAC-SHA-256(secret, "takt/draw/1" + the id's 26 letters), big-endian, shifted right by 11,
// times 2^-53. Whoever has the secret can repeat it; nobody can re-roll it.
func Draw(secret []byte, id ID) float64 {
	text := make([]byte, 0, len(drawLabel)+26)
	text, _ = id.AppendText(append(text, drawLabel...))
	sum := keyed(secret, text)
	v := uint64(0)
	for _, b := range sum[:8] {
		v = v<<8 | uint64(b)
	}
	return float64(v>>11) * 0x1p-53
}

const drawLabel = "takt/draw/1"

// keyed is HMAC-SHA-256 (RFC 2104) of a text of at most 64 bytes. Written out because
// crypto/hmac allocates its state, and deciding must not.
func keyed(key, text []byte) [sha256.Size]byte {
	var inner, outer [2 * sha256.BlockSize]byte
	if len(key) > sha256.BlockSize {
		k := sha256.Sum256(key)
		copy(inner[:], k[:])
	} else {
		copy(inner[:], key)
	}
	for i := range sha256.BlockSize {
		outer[i] = inner[i] ^ 0x5c
		inner[i] ^= 0x36
	}
	n := sha256.BlockSize + copy(inner[sha256.BlockSize:], text)
	sum := sha256.Sum256(inner[:n])
	n = sha256.BlockSize + copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:n])
}

// derive is a tenant's stand-in secret until one is set.
func derive(id string) []byte {
	k := sha256.Sum256([]byte("takt/secret/1" + id))
	return k[:]
}
