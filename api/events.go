package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"takt/api/payload"
	"takt/engine"
	"takt/features/wire"
)

// ndjson is the media type of lines.
const ndjson = "application/x-ndjson"

// maxItems bounds the answer: events that fit the body are fewer, scraps of JSON could be millions.
const maxItems = 100_000

// item is what became of one event of a request.
type item struct {
	source, id string
	err        error // refused
	at         int   // index among the accepted
}

// intake is the working space of one request of events.
type intake struct {
	items  []item
	events []engine.Event
	reply  []byte
}

func (in *intake) clear() {
	clear(in.items)
	clear(in.events)
	in.items, in.events = in.items[:0], in.events[:0]
	if cap(in.events) > 4096 { // a rare giant does not stay
		*in = intake{}
	}
}

// events takes one event, an array or lines. Good ones are stored whatever is wrong with others;
// the answer comes once they are on disk and folded into profiles.
func (s *Server) events(x *call) error {
	mediaType, err := x.mediaType("application/json", "application/cloudevents+json", "application/cloudevents-batch+json", ndjson)
	if err != nil {
		return err
	}
	body, release, err := s.read(x, maxEvents)
	if err != nil {
		return err
	}
	defer release()
	in, _ := s.intakes.Get().(*intake)
	if in == nil {
		in = new(intake)
	}
	defer s.intakes.Put(in)
	defer in.clear() // runs first: a pooled intake keeps no body alive
	parser := wire.Parser{Latest: s.Clock.latest(x.tenant.Config.ID)}
	err = parser.ParseEvents(mediaType, bytes.NewReader(body), maxEvents, func(_ int, e engine.Event, err error) error {
		if len(in.items) == maxItems {
			return newProblem(tooLarge, "use at most "+strconv.Itoa(maxItems)+" events")
		}
		if err == nil {
			err = s.human(x, &e)
		}
		in.items = append(in.items, item{source: e.Source, id: e.ID, err: err, at: len(in.events)})
		if err == nil {
			in.events = append(in.events, e)
		}
		return nil
	})
	if err != nil {
		return unread(body, mediaType, err)
	}
	if items := in.items; len(items) == 1 && items[0].err != nil && mediaType != ndjson && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		return unread(body, mediaType, items[0].err) // one event alone: its faults are the answer
	}
	return s.accept(x, in)
}

// unread is the error of a body none of which is stored: malformed, or refused.
func unread(body []byte, mediaType string, err error) error {
	if mediaType != ndjson && len(wire.FieldErrors(err)) > 0 && !jsontext.Value(body).IsValid() {
		return newProblem(badJSON, "").faults(err)
	}
	return err
}

func (s *Server) accept(x *call, in *intake) error {
	tenant, items, es := x.tenant.Config.ID, in.items, in.events
	receipts, err := x.ledger.Events(x.r.Context(), tenant, es)
	if err != nil {
		return err
	}
	if len(receipts) != len(es) {
		return errors.New("the ledger gave " + strconv.Itoa(len(receipts)) + " receipts for " + strconv.Itoa(len(es)) + " events")
	}
	var newest time.Time
	for i := range es {
		if es[i].At.After(newest) {
			newest = es[i].At
		}
	}
	if !newest.IsZero() {
		s.Clock.Observe(tenant, newest)
	}
	var accepted, duplicate, refused int64
	b := append(in.reply[:0], `{"results":[`...)
	for i := range items {
		it := &items[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendInt(append(b, `{"index":`...), int64(i), 10), `,"source":`...)
		b = append(payload.AppendText(b, it.source), `,"id":`...)
		b = append(payload.AppendText(b, it.id), `,"status":`...)
		switch {
		case it.err != nil:
			refused++
			b = appendFaults(append(b, `"refused","errors":`...), it.err)
		case receipts[it.at].Duplicate:
			duplicate++
			b = append(b, `"duplicate"`...)
		default:
			accepted++
			b = append(b, `"accepted"`...)
		}
		b = append(b, '}')
	}
	b = strconv.AppendInt(append(b, `],"accepted":`...), accepted, 10)
	b = strconv.AppendInt(append(b, `,"duplicates":`...), duplicate, 10)
	b = strconv.AppendInt(append(b, `,"refused":`...), refused, 10)
	s.Options.Metrics.took(accepted, duplicate, refused)
	in.reply = append(b, '}')
	return x.reply(http.StatusAccepted, in.reply)
}

// appendFaults appends the faults of an item as a JSON array.
func appendFaults(b []byte, err error) []byte {
	all := problemOf(err).Errors
	b = append(b, '[')
	for i, f := range all {
		if i > 0 {
			b = append(b, ',')
		}
		pointer := ""
		if f.Pointer != nil {
			pointer = *f.Pointer
		}
		b = append(payload.AppendText(append(b, `{"pointer":`...), pointer), `,"detail":`...)
		b = append(payload.AppendText(b, f.Detail), '}')
	}
	return append(b, ']')
}
