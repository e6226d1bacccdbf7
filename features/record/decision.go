package record

import (
	"encoding/binary"
	"math"
	"time"

	"takt/engine"
)

// AppendDecision appends d without Seq, which is the journal's number of the record. Times of the
// send window are kept as instants beside the zone's name.
func AppendDecision(b []byte, d *engine.Decision) []byte {
	b = putHead(b, d.Sealed)
	b = append(b, d.ID[:]...)
	for _, s := range [...]string{d.Tenant, d.Debtor, d.Case} {
		b = putText(b, s)
	}
	b = append(b, byte(d.Kind), byte(d.Mode))
	for _, t := range [...]time.Time{d.IssuedAt, d.Recorded, d.Expires, d.Review, d.ProfileAsOf} {
		b = putTime(b, t)
	}
	b = appendContext(b, d)
	b = appendVotes(b, d)
	return appendChoice(b, d)
}

// ParseDecision reads what AppendDecision wrote; Seq is left 0 and all times are UTC.
func ParseDecision(b []byte) (*engine.Decision, error) { return ReadDecision(string(b)) }

// ReadDecision is ParseDecision of a string, with which the decision's texts share memory.
func ReadDecision(s string) (*engine.Decision, error) {
	var r reader
	d := &engine.Decision{Sealed: r.open(s)}
	r.fixed(d.ID[:])
	for _, s := range [...]*string{&d.Tenant, &d.Debtor, &d.Case} {
		*s = r.string()
	}
	d.Kind, d.Mode = engine.Kind(r.byte()), engine.Mode(r.byte())
	for _, t := range [...]*time.Time{&d.IssuedAt, &d.Recorded, &d.Expires, &d.Review, &d.ProfileAsOf} {
		*t = r.time()
	}
	parseContext(&r, d)
	parseVotes(&r, d)
	parseChoice(&r, d)
	if err := r.done(); err != nil {
		return nil, err
	}
	return d, nil
}

func appendContext(b []byte, d *engine.Decision) []byte {
	b = putInt(b, int64(d.Schema))
	b = putUint(b, uint64(len(d.X)))
	for _, x := range d.X {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	b = putText(b, d.Portfolio)
	b = putText(b, d.Segment)
	b = putInt(b, d.OpenMinor)
	return putText(b, d.Currency)
}

func parseContext(r *reader, d *engine.Decision) {
	d.Schema = int(r.int())
	if n := r.count(4); n > 0 {
		d.X = make([]float32, n)
		for i := range d.X {
			from, _ := r.span(4)
			d.X[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.b[from:]))
		}
	}
	d.Portfolio, d.Segment, d.OpenMinor, d.Currency = r.string(), r.string(), r.int(), r.string()
}

func appendVotes(b []byte, d *engine.Decision) []byte {
	for _, s := range [...]string{d.Policy, d.Version, d.Snapshot, d.Ruleset, d.Variant.Experiment, d.Variant.Arm, d.Grid} {
		b = putText(b, s)
	}
	b = putFloat(b, d.Variant.Share)
	b = putUint(b, uint64(len(d.Eligible)))
	last := int64(-1)
	for _, a := range d.Eligible {
		b = putInt(b, int64(a)-last-1) // neighbours are 0, one byte
		last = int64(a)
	}
	b = putUint(b, uint64(len(d.Votes)))
	for _, v := range d.Votes {
		b = putFloat(putUint(b, uint64(v.Action)), v.Weight)
	}
	return putFloat(putFloat(b, d.Epsilon), d.Draw)
}

func parseVotes(r *reader, d *engine.Decision) {
	for _, s := range [...]*string{&d.Policy, &d.Version, &d.Snapshot, &d.Ruleset, &d.Variant.Experiment, &d.Variant.Arm, &d.Grid} {
		*s = r.string()
	}
	d.Variant.Share = r.float()
	if n := r.count(1); n > 0 {
		d.Eligible = make([]uint16, n)
		last := int64(-1)
		for i := range d.Eligible {
			if last += r.int() + 1; last < 0 || last > math.MaxUint16 {
				r.fail("action")
				return
			}
			d.Eligible[i] = uint16(last)
		}
	}
	if n := r.count(9); n > 0 {
		d.Votes = make([]engine.Vote, n)
		for i := range d.Votes {
			d.Votes[i] = engine.Vote{Action: uint16(r.within(math.MaxUint16, "action")), Weight: r.float()}
		}
	}
	d.Epsilon, d.Draw = r.float(), r.float()
}

func appendChoice(b []byte, d *engine.Decision) []byte {
	b = putFloat(putInt(b, int64(d.Chosen)), d.Propensity)
	a := &d.Action
	b = append(b, byte(a.Channel), byte(a.Tone), byte(a.Offer))
	for _, s := range [...]string{a.AddressRef, a.Template, a.Language, a.TZ} {
		b = putText(b, s)
	}
	b = putTime(putTime(putTime(b, a.NotBefore), a.NotAfter), d.Until)
	b = putInt(putText(putText(b, d.Reason), d.Queue), d.CostMicro)
	b = binary.LittleEndian.AppendUint64(b, d.RequestHash)
	b = append(putText(b, d.Key), d.BodyHash[:]...)
	return putBytes(b, d.Reply)
}

func parseChoice(r *reader, d *engine.Decision) {
	d.Chosen, d.Propensity = int(r.int()), r.float()
	a := &d.Action
	a.Channel, a.Tone, a.Offer = engine.Channel(r.byte()), engine.Tone(r.byte()), engine.Offer(r.byte())
	if a.Channel >= engine.Channels || a.Tone >= engine.Tones || a.Offer >= engine.Offers {
		r.fail("action")
	}
	for _, s := range [...]*string{&a.AddressRef, &a.Template, &a.Language, &a.TZ} {
		*s = r.string()
	}
	a.NotBefore, a.NotAfter, d.Until = r.time(), r.time(), r.time()
	d.Reason, d.Queue, d.CostMicro = r.string(), r.string(), r.int()
	var hash [8]byte
	r.fixed(hash[:])
	d.RequestHash = binary.LittleEndian.Uint64(hash[:])
	d.Key = r.string()
	r.fixed(d.BodyHash[:])
	d.Reply = r.bytes()
}
