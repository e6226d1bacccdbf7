package api

import (
	"bytes"
	"encoding/json"
	"io"
)

// member is one name of a JSON object with its value.
type member struct {
	name  string
	value json.RawMessage
}

// members are those of a body that is one JSON object; a name may stand once.
func members(body []byte) ([]member, error) {
	bad := func(detail string, cause error) error {
		pointer := ""
		return newProblem(badJSON, "").at(fault{Pointer: &pointer, Detail: detail}).because(cause)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, bad("must be an object", err)
	}
	var all []member
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, bad("is not JSON that can be read", err)
		}
		m := member{name: name}
		if err := d.Decode(&m.value); err != nil {
			return nil, bad("is not JSON that can be read", err)
		}
		if seen[name] {
			return nil, bad("has a name twice", nil)
		}
		seen[name] = true
		all = append(all, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, bad("is not JSON that can be read", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad("has data after the object", err)
	}
	return all, nil
}
