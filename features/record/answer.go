package record

import "takt/features/history"

// AppendAnswer appends a without Seq, which is the journal's number of the record.
func AppendAnswer(b []byte, a *history.Answer) []byte {
	b = append(b, version)
	b = putText(putText(b, a.Tenant), a.Key)
	b = append(append(b, a.BodyHash[:]...), a.Decision[:]...)
	return putTime(b, a.At)
}

// ParseAnswer reads what AppendAnswer wrote; Seq is left 0.
func ParseAnswer(b []byte) (history.Answer, error) {
	var r reader
	if r.open(string(b)) != "" {
		r.fail("version")
	}
	a := history.Answer{Tenant: r.string(), Key: r.string()}
	r.fixed(a.BodyHash[:])
	r.fixed(a.Decision[:])
	a.At = r.time()
	if err := r.done(); err != nil {
		return history.Answer{}, err
	}
	return a, nil
}
