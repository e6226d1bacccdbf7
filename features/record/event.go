package record

import "takt/engine"

// AppendEvent appends e without Seq, which is the journal's number of the record.
func AppendEvent(b []byte, e *engine.Event) []byte {
	b = putHead(b, e.Sealed)
	b = putText(b, e.Tenant)
	b = putText(b, e.Source)
	b = putText(b, e.ID)
	b = append(b, byte(e.Type))
	b = putText(b, e.Debtor)
	b = putTime(b, e.At)
	b = putTime(b, e.Received)
	return appendData(b, &e.Data)
}

// ParseEvent reads what AppendEvent wrote; Seq is left 0.
func ParseEvent(b []byte) (engine.Event, error) {
	var e engine.Event
	err := ReadEvent(&e, string(b))
	return e, err
}

// ReadEvent reads what AppendEvent wrote into e, whose Seq becomes 0. The texts of e share memory with
// s: reading many costs no allocation. After an error e is the zero event.
func ReadEvent(e *engine.Event, s string) error {
	var r reader
	*e = engine.Event{} // field by field after it: a literal would be built aside and copied, 800 bytes
	e.Sealed = r.open(s)
	e.Tenant, e.Source, e.ID, e.Type = r.string(), r.string(), r.string(), engine.EventType(r.byte())
	e.Debtor, e.At, e.Received = r.string(), r.time(), r.time()
	if e.Type == 0 || int(e.Type) >= engine.EventTypes {
		r.fail("event type")
	}
	parseData(&r, &e.Data)
	err := r.done()
	if err != nil {
		*e = engine.Event{}
	}
	return err
}

// appendData writes the given fields and those in use only. Has may differ from what is in use (a
// given zero), so the difference follows it; it is nearly always one byte.
func appendData(b []byte, d *engine.EventData) []byte {
	used := inUse(d)
	b = putUint(b, uint64(d.Has))
	b = putUint(b, uint64(used^d.Has))
	for rest := used; rest != 0; rest &= rest - 1 {
		b = appendField(b, d, rest&-rest)
	}
	return b
}

func parseData(r *reader, d *engine.EventData) {
	d.Has = engine.Fields(r.uint())
	used := engine.Fields(r.uint()) ^ d.Has
	for rest := used; rest != 0; rest &= rest - 1 {
		parseField(r, d, rest&-rest)
	}
}
