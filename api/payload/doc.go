// Package payload is the JSON of decisions: requests in, replies out.
//
//	var codec payload.Codec                        // zero value ready, safe for concurrent use
//	var ask payload.Ask
//	err := codec.Parse(&ask, body, false)          // *SyntaxError, or *engine.FieldErrors joined
//	b = payload.AppendReply(b[:0], decision, explanation, &payload.Frame{Input: input, Language: "de"})
//
// Parsing is strict: unknown, repeated and wrong fields are refused, each with its JSON pointer, and
// all of them at once. A reply is written once, stored with its decision and repeated byte for byte.
// Times are written in the debtor's zone with their offset; money is integer minor units.
package payload
