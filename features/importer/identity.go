package importer

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
	"takt/features/wire"
)

// envelope appends an event's attributes up to its data object.
func envelope(dst []byte, id, source string, t engine.EventType, subject, at string) []byte {
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = appendQuote(dst, id)
	dst = append(dst, `,"source":`...)
	dst = appendQuote(dst, source)
	dst = append(dst, `,"type":"`...)
	dst = append(dst, wire.TypeName(t)...)
	dst = append(dst, `","subject":`...)
	dst = appendQuote(dst, subject)
	dst = append(dst, `,"time":`...)
	dst = appendQuote(dst, at)
	return append(dst, `,"data":`...)
}

// identity is the id itself, or its hash where it is too long for one.
func identity(id string) string {
	if len(id) <= wire.MaxText {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// appendQuote appends s as a JSON string.
func appendQuote(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // cells are checked before: whatever is no UTF-8 never comes here
	return dst
}

func quote(s string) jsontext.Value { return appendQuote(nil, s) }
