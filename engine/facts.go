package engine

import "strings"

// Facts are what the history says about a debtor and a rule may ask: the part of a profile
// that the guard reads. It holds no pointer, so that millions of profiles cost the garbage
// collector nothing; times are Unix microseconds, 0 is never; keys are [KeyOf] hashes.
type Facts struct {
	LastAt   int64 // at of the last event or decision folded
	Flags    Flags
	Hardship int64 // declared at
	Reply    int64 // last inbound message, chat or portal visit
	Complain int64 // last complaint
	BornYear int16
	Kind     Party // zero: unknown

	TZ       [32]byte // IANA zone, zero-padded; empty: unknown
	Region   [8]byte  // ISO 3166-2
	Language [12]byte // BCP 47

	Consents  [Channels]Consents
	Addresses [Channels]AddressFacts
	Stopped   ChannelSet // channels the debtor refused
	Returned  [8]uint64  // KeyOf(channel, address_ref) that came back, newest first
	Work      [4]uint64  // the same of addresses at work, newest first
	Wishes    Wishes
	Breathing Breathing

	Contacts [16]ContactFacts // newest first by At
	HoldTill int64            // debtor-wide hold, exclusive end; HoldForever without end
	HoldFor  HoldReason

	Cases [6]CaseFacts // newest first by use
	Rest  CaseFacts    // union of restrictions of cases that found no place: strict, not exact
}

// HoldForever is the end of a hold that only a later event lifts.
const HoldForever = int64(1) << 62

// Consent is the state of one permission; the zero value is unknown.
type Consent uint8

// The consent states.
const (
	ConsentGiven Consent = 1 + iota
	ConsentWithdrawn
)

// Consents are the permissions of one channel, by purpose.
type Consents struct{ Service, Marketing, Tracking Consent }

// ChannelSet is a set of channels, bit 1<<channel.
type ChannelSet uint16

// Has reports whether c is in the set.
func (s ChannelSet) Has(c Channel) bool { return s&(1<<c) != 0 }

// With is the set and c.
func (s ChannelSet) With(c Channel) ChannelSet { return s | 1<<c }

// AddressFacts is the newest address of a channel that the history names.
type AddressFacts struct {
	Key      uint64 // KeyOf(channel, address_ref); 0: none named
	Validity float32
	At       int64
}

// ContactState is how far a contact got.
type ContactState uint8

// The contact states. A pending contact that is never reported counts against every cap.
const (
	ContactPending ContactState = 1 + iota // decided, not reported back
	ContactDone                            // reported as executed, sent or attempted
	ContactTalked                          // done, and a conversation came of it, at At
)

// ContactFacts is one contact out, decided or reported.
type ContactFacts struct {
	At       int64  // send window's start while pending, then the reported time
	Decision ID     // zero: not decided by Takt
	Expires  int64  // of the pending decision
	Case     uint32 // low half of KeyOf(case id); 0: unknown, so perhaps any
	Channel  Channel
	Tone     Tone
	Offer    Offer // zero: unknown
	State    ContactState
}

// HoldReason is why a debtor or case is left alone; the codes are stored and shown.
type HoldReason uint8

// The hold reasons; the numbers are stored: append only.
const (
	HoldAsked      HoldReason = 1 + iota // hold_set by the caller
	HoldMoratorium                       // moratorium_claimed
	HoldHardship                         // hardship_declared with an end
	HoldDispute                          // dispute_opened without a case
)

var holdNames = [...]string{"", "hold_set", "moratorium", "hardship", "disputed"}

// String gives the reason code of the hold.
func (h HoldReason) String() string { return nameOf(holdNames[:], uint8(h)) }

// CaseFacts is what the history says of one case.
type CaseFacts struct {
	Key       uint64 // KeyOf(case id); 0: no case
	OpenMinor int64  // newest statement, -1: none
	OpenAt    int64
	Currency  [3]byte
	Stage     uint8 // index in Stages; 0: unknown
	Fulfilled uint8 // index in Fulfilments; 0: unknown
	Closed    bool
	Plan      bool // an agreed plan is running
	Level     int8 // dunning level, -1: unknown
	Disputes  uint8
	OldestDue Date
	Contract  Date

	Parts         [2]Part // of the claim that are left alone
	Reminders     uint8   // written ones that were carried out: letters and e-mails after the due day
	FirstReminder Date

	PromiseDue   Date // zero: no open promise
	PromiseMinor int64
	HoldTill     int64 // exclusive end
	LastContact  int64

	Decision    ID // the open decision, answered again while facts stay the same
	DecisionEnd int64
	RequestHash uint64
	NextReview  int64
}

// Part is a part of a claim that is left alone: a disputed part, an invoice on hold.
type Part struct {
	Till  int64  // exclusive end; HoldForever without end; 0: no part
	Minor int64  // of the open amount; 0: not stated, so all of it
	Key   uint32 // low half of KeyOf(reference)
	For   HoldReason
}

// Wishes are when and how a debtor asked to be contacted, or not to be.
type Wishes struct {
	From, To int16        // local minutes of the day within which contacts suit; both 0: any
	Not      Set[Weekday] // days that do not suit
	Avoid    ChannelSet   // channels that do not suit: a wish, not a withdrawn consent
	Places   [4]uint64    // address keys that do not suit, newest first
}

// Breathing is a breathing space that a debtor claimed (United Kingdom, SI 2020/1311).
type Breathing struct {
	From      Date // first day; zero: none
	Treatment bool // of a mental health crisis: it lasts as long as the treatment and some days
	Ended     Date // last day of the treatment; zero: it goes on
}

// Stages and Fulfilments are the names behind CaseFacts.Stage and .Fulfilled; index 0 is unknown.
var (
	Stages      = [...]string{"", "pre_due", "dunning", "agency", "legal"}
	Fulfilments = [...]string{"", "delivered", "in_transit", "returned", "refund"}
)

// Case is the facts of the case with the key; the rest's restrictions if it found no place.
func (f *Facts) Case(key uint64) *CaseFacts {
	for i := range f.Cases {
		if f.Cases[i].Key == key {
			return &f.Cases[i]
		}
	}
	return &f.Rest
}

// Opaque reports whether ref can be a reference to an address. An e-mail address and a number in international form are
// none: personal data is not stored.
func Opaque(ref string) bool {
	at := strings.IndexByte(ref, '@')
	if at > 0 && strings.IndexByte(ref[at:], '.') > 1 {
		return false
	}
	digits := 0
	for _, c := range []byte(ref) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune("+ ()-/.", rune(c)):
			return true
		}
	}
	return digits < 7 || ref[0] != '+'
}

// NotOpaque is what is said of a reference that is not [Opaque].
const NotOpaque = "is an address itself; send a reference to it, such as its hash"

// AddressKey is the key of one address version.
func AddressKey(c Channel, ref string) uint64 { return KeyOf(c.String(), ref) }
