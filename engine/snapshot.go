package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Snapshot is a policy's frozen, numbered state. It never changes; a new one replaces it by an
// atomic swap. Its bytes are the whole of it: a header line of JSON, then float arrays.
type Snapshot struct {
	ID     string // SnapshotID of the bytes
	Header Header
	Policy Policy // ready to vote
}

// Header says where a snapshot comes from; with the log it replays to the same bytes.
type Header struct {
	Format    int    `json:"format"`
	Algorithm string `json:"algorithm"` // name and version, such as factored-ts/3
	Tenant    string `json:"tenant"`
	Version   string `json:"version"` // policy version it refreshes
	Grid      string `json:"grid"`
	Schema    int    `json:"schema"`
	Features  int    `json:"features"`
	Draws     int    `json:"draws"`
	Seed      uint64 `json:"seed"`
	FromSeq   uint64 `json:"from_seq"` // log range, inclusive
	ToSeq     uint64 `json:"to_seq"`
	AsOf      string `json:"as_of"` // RFC 3339: labels are as known at this time
	Rows      int    `json:"rows"`
	Reward    Reward `json:"reward"`

	Denied []string `json:"denied,omitempty"` // features without weights: not learned from, not decided by

	Groups  []Group       `json:"groups,omitempty"`  // with weights of their own, in the order of their columns
	Booking time.Duration `json:"booking,omitempty"` // after the horizon, until a label is closed
	Past    bool          `json:"past,omitempty"`    // contacts without a decision were learned from
	Forced  bool          `json:"forced,omitempty"`  // so were decisions that the rules had settled
	Drift   *Drift        `json:"drift,omitempty"`   // the last alarm
	Forgot  *Forgetting   `json:"forgot,omitempty"`  // the last time that old examples were found out of date
}

// Drift is an alarm: debtors settle otherwise than the model says, by more than its errors explain.
type Drift struct {
	Day     string  `json:"day"`     // of the decision that raised it, or of the settlements that were too few, UTC
	Rows    int     `json:"rows"`    // with a final label, learned by then
	Channel string  `json:"channel"` // all, hold or a channel's name
	Shift   float64 `json:"shift"`   // mean residual there of late
}

// Forgetting is what learning found out of date: the information of old examples about how debtors pay (Base)
// and how they react to a channel, tone, slot and offer was multiplied by these factors.
type Forgetting struct {
	Rows    int     `json:"rows"` // learned by then
	Base    float64 `json:"base"`
	Channel float64 `json:"channel"`
	Tone    float64 `json:"tone"`
	Slot    float64 `json:"slot"`
	Offer   float64 `json:"offer"`
}

// Group is a portfolio or, with Segment, a segment of it. Groups form a hierarchy: a new segment starts as its
// portfolio does, a new portfolio as its tenant.
type Group struct {
	Portfolio string `json:"portfolio"`
	Segment   string `json:"segment,omitempty"`
}

// SnapshotID is the hex sha256 of a snapshot's bytes.
func SnapshotID(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
