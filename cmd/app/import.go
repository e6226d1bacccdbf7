package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/importer"
	"takt/features/wire"
)

// Imported is what an import did.
type Imported struct {
	Rows       int64    `json:"rows"`
	Events     int      `json:"events"`     // new, durable
	Duplicates int      `json:"duplicates"` // known before
	Bad        int64    `json:"bad_rows"`
	Errors     []string `json:"errors,omitempty"` // of the first bad rows
}

// importing is one import on its way.
type importing struct {
	Imported
	tenant  string
	call    Call
	store   history.Store
	known   map[string]ids // by source
	send    []byte         // NDJSON on its way
	n       int            // events in send
	refused int64          // by the server
}

// ids are the identities of a source that the store holds, hashed to 128 bits.
type ids map[[16]byte]struct{}

const (
	importBatch  = 1000 // events of one request
	importPauses = 60   // tries while the journal is full, a second apart
	importErrors = 20   // refusals that are told
)

// Import reads a file to its end and reports its events through the API. What the store knows
// already is left out, so that a second import of the same file adds nothing.
func Import(ctx context.Context, r *importer.Reader, call Call, store history.Store, tenant string) (*Imported, error) {
	// Asking for due cases ships the journal first: what was accepted a moment ago is known, too.
	status, b, err := call(ctx, tenant, http.MethodGet, "/v1/cases/due?limit=1", "", "", nil)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("import: the server answered %d: %.300s", status, b)
	}
	im := &importing{tenant: tenant, call: call, store: store, known: map[string]ids{}}
	var failed error
	for failed == nil {
		events, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			failed = err
			break
		}
		for i := range events {
			if failed = im.add(ctx, &events[i]); failed != nil {
				break
			}
		}
	}
	if failed == nil {
		failed = im.flush(ctx)
	}
	report := r.Report()
	im.Rows, im.Bad = report.Rows, report.Bad+im.refused
	for _, e := range report.Errors {
		im.Errors = append(im.Errors, e.Error())
	}
	return &im.Imported, failed
}

func (im *importing) add(ctx context.Context, e *engine.Event) error {
	known, ok := im.known[e.Source]
	if !ok {
		var err error
		if known, err = im.load(ctx, e.Source); err != nil {
			return err
		}
		im.known[e.Source] = known
	}
	id := identity(e.ID)
	if _, ok := known[id]; ok {
		im.Duplicates++
		return nil
	}
	known[id] = struct{}{}
	im.send = append(wire.AppendEvent(im.send, e), '\n')
	if im.n++; im.n == importBatch {
		return im.flush(ctx)
	}
	return nil
}

func identity(id string) [16]byte {
	h := sha256.Sum256([]byte(id))
	return [16]byte(h[:16])
}

// load reads which events of a source the store holds.
func (im *importing) load(ctx context.Context, source string) (ids, error) {
	known := ids{}
	err := im.store.Scan(ctx, history.Range{Tenant: im.tenant, Source: source, Slim: true}, func(l *history.Log) error {
		for i := range l.Events {
			if l.Events[i].Source == source {
				known[identity(l.Events[i].ID)] = struct{}{}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("import: read what is known of source %s: %w", source, err)
	}
	return known, nil
}

// flush reports the batch; while the journal is full it waits, since nothing may be lost.
func (im *importing) flush(ctx context.Context) error {
	for try := 0; im.n > 0; try++ {
		status, reply, err := im.call(ctx, im.tenant, http.MethodPost, "/v1/events", "application/x-ndjson", "", im.send)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if status == http.StatusServiceUnavailable && try < importPauses {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
			continue
		}
		if status != http.StatusAccepted {
			return fmt.Errorf("import: the server answered %d: %.500s", status, bytes.TrimSpace(reply))
		}
		return im.count(reply)
	}
	return nil
}

// refusal is why the server took an event not: what only its clock can tell, the rest was checked before.
type refusal struct{ Pointer, Detail string }

// refuse counts the row of an event that the server refused; the pointer's start is the line of our request.
func (im *importing) refuse(id string, why []refusal) {
	im.refused++
	for _, w := range why {
		if len(im.Errors) == importErrors {
			return
		}
		_, field, _ := strings.Cut(strings.TrimPrefix(w.Pointer, "/line/"), "/")
		im.Errors = append(im.Errors, fmt.Sprintf("event %s: /%s %s", id, field, w.Detail))
	}
}

func (im *importing) count(reply []byte) error {
	var r struct {
		Accepted, Duplicates, Refused int
		Results                       []struct {
			ID, Status string
			Errors     []refusal
		}
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		return fmt.Errorf("import: read the answer: %w", err)
	}
	im.Events, im.Duplicates = im.Events+r.Accepted, im.Duplicates+r.Duplicates
	im.send, im.n = im.send[:0], 0
	for _, item := range r.Results {
		if item.Status == "refused" {
			im.refuse(item.ID, item.Errors)
		}
	}
	return nil
}
