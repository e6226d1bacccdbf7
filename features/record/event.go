package record

import "takt/engine"

// AppendEvent appends e without Seq, which is the journal's number of the record.
func AppendEvent(b []byte, e *engine.Event) []byte {
	b = append(b, version)
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
	var r reader
	r.open(b)
	e := engine.Event{
		Tenant: r.string(), Source: r.string(), ID: r.string(), Type: engine.EventType(r.byte()),
		Debtor: r.string(), At: r.time(), Received: r.time(),
	}
	if e.Type == 0 || int(e.Type) >= engine.EventTypes {
		r.fail("event type")
	}
	parseData(&r, &e.Data)
	if err := r.done(); err != nil {
		return engine.Event{}, err
	}
	return e, nil
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
