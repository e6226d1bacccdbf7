package api

import (
	"encoding/json"
	"strings"
	"time"

	"takt/features/wire"
	"takt/models/promotion"
)

// wish is a small body that may be absent; each route takes some of the fields.
type wish struct {
	Version string
	AsOf    time.Time
	Reason  string
	Force   bool
}

func (w *wish) person(x *call) promotion.Wish {
	return promotion.Wish{Who: x.who(), Reason: w.Reason, Force: w.Force}
}

// The longest reason, in bytes, and body.
const (
	maxReason = 500
	maxWish   = 64 << 10
)

// wish reads the body of a route that changes policies.
func (s *Server) wish(x *call, known ...string) (*promotion.Desk, *wish, error) {
	d, err := s.desk()
	if err != nil {
		return nil, nil, err
	}
	w, err := s.readWish(x, known...)
	return d, w, err
}

// readWish reads a body; none is an empty one.
func (s *Server) readWish(x *call, known ...string) (*wish, error) {
	w := &wish{}
	if x.r.ContentLength == 0 {
		return w, nil
	}
	if _, err := x.mediaType("application/json"); err != nil {
		return nil, err
	}
	body, release, err := s.read(x, maxWish)
	if err != nil {
		return nil, err
	}
	defer release()
	fields, err := members(body)
	if err != nil {
		return nil, err
	}
	p := newProblem(badRequest, "")
	for _, f := range fields {
		if detail := w.set(f, known); detail != "" {
			pointer := "/" + escape(f.name)
			p.at(fault{Pointer: &pointer, Detail: detail})
		}
	}
	if len(p.Errors) > 0 {
		return nil, p
	}
	return w, nil
}

// set takes a member, or says what is wrong with it.
func (w *wish) set(f member, known []string) string {
	if !strings.Contains(" "+strings.Join(known, " ")+" ", " "+f.name+" ") {
		return "is not known; use " + strings.Join(known, ", ")
	}
	if string(f.value) == "null" {
		return ""
	}
	switch f.name {
	case "version":
		if json.Unmarshal(f.value, &w.Version) != nil || w.Version == "" {
			return "must be the name of a policy version"
		}
	case "reason":
		if json.Unmarshal(f.value, &w.Reason) != nil || strings.TrimSpace(w.Reason) == "" || len(w.Reason) > maxReason {
			return "must be a text of 1 to 500 bytes"
		}
	case "force":
		if json.Unmarshal(f.value, &w.Force) != nil {
			return "must be true or false"
		}
	case "as_of":
		var text string
		err := json.Unmarshal(f.value, &text)
		if err == nil {
			w.AsOf, err = wire.ParseTime(text)
		}
		if err != nil {
			return notTime
		}
	}
	return ""
}

const notTime = "is no RFC 3339 time with offset"

// escape makes a name a part of a JSON pointer (RFC 6901).
func escape(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }
