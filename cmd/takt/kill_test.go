package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// load posts events and asks for decisions until the context ends, and keeps what was acknowledged.
type load struct {
	mu        sync.Mutex
	events    map[string]bool   // acknowledged event ids
	decisions map[string]string // idempotency key → decision id
	serial    atomic.Int64
}

func (l *load) run(ctx context.Context, s *served, key string, workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				l.event(s, key)
				l.decision(s, key)
			}
		})
	}
	wg.Wait()
}

func (l *load) event(s *served, key string) {
	id, body := l.next()
	if status, _, err := s.call(http.MethodPost, "/v1/events", key, nil, body); err == nil && status == http.StatusAccepted {
		l.mu.Lock()
		l.events[id] = true
		l.mu.Unlock()
	}
}

// next is a new event and its id.
func (l *load) next() (id string, body []byte) {
	n := l.serial.Add(1)
	id = fmt.Sprintf("e-%06d", n)
	return id, fmt.Appendf(nil, `{"specversion":"1.0","id":%q,"source":"load","type":"de.takt.payment.received.v1","subject":"D-%d","time":%q,"data":{"case_id":%q,"amount_minor":1,"currency":"EUR"}}`,
		id, n%40, time.Now().UTC().Format(time.RFC3339Nano), caseOf(n))
}

// caseOf is the case that event n is about: one of 40.
func caseOf(n int64) string { return fmt.Sprintf("C-%d", n%40) }

func (l *load) decision(s *served, key string) {
	n := l.serial.Add(1)
	idem := fmt.Sprintf("k-%06d", n)
	status, reply, err := s.call(http.MethodPost, "/v1/decisions", key, map[string]string{"Idempotency-Key": idem}, decisionBody(fmt.Sprintf("C-%06d", n), fmt.Sprintf("D-%d", n%40), ""))
	if err != nil || status != http.StatusOK {
		return
	}
	var d struct {
		ID string `json:"decision_id"`
	}
	if json.Unmarshal(reply, &d) == nil {
		l.mu.Lock()
		l.decisions[idem] = d.ID
		l.mu.Unlock()
	}
}

// decisionBody is a request for one case of a debtor in Berlin; asOf may be empty.
func decisionBody(caseID, debtor, asOf string) []byte {
	if asOf != "" {
		asOf = fmt.Sprintf(`"as_of":%q,`, asOf)
	}
	return fmt.Appendf(nil, `{%s"case":{"id":%q,"stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2026-11-01","dunning_level":1},
		"debtor":{"id":%q,"kind":"person","tz":"Europe/Berlin","language":"de","flags":[]},
		"channels":[{"channel":"email","address_ref":"e:1","validity":0.97,"consent":"service"},{"channel":"letter","address_ref":"p:1","validity":0.9}]}`, asOf, caseID, debtor)
}

// kill -9 of the server, and of the store, at random moments under load: every acknowledged event
// and decision is there after the restart, once.
func TestKilledUnderLoadLosesNothing(t *testing.T) {
	needEngine(t)
	if testing.Short() {
		t.Skip("20 restarts; left out of -short")
	}
	data := t.TempDir()
	key := createKey(t, data, "acme", "admin")
	l := &load{events: map[string]bool{}, decisions: map[string]string{}}
	chance := rand.New(rand.NewPCG(1, 2))
	s := startServer(t, data)
	for round := range 20 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(100+chance.IntN(500))*time.Millisecond)
		l.run(ctx, s, key, 8)
		cancel()
		if round%2 == 0 {
			s.kill()
			s = startServer(t, data)
			continue
		}
		for _, pid := range s.children() {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatalf("kill the store: %v", err)
			}
		}
	}
	l.verify(t, s, key)
}

func (l *load) verify(t *testing.T, s *served, key string) {
	t.Helper()
	if len(l.events) < 200 || len(l.decisions) < 200 {
		t.Fatalf("the load was too small to show anything: %d events, %d decisions", len(l.events), len(l.decisions))
	}
	events, decisions := map[string]int{}, map[string]int{}
	for n := range 40 {
		collectLog(t, s, key, fmt.Sprintf("C-%d", n), events)
	}
	for cursor := "0"; ; {
		page, next := changes(t, s, key, cursor)
		for _, id := range page {
			decisions[id]++
		}
		if next == cursor || len(page) == 0 {
			break
		}
		cursor = next
	}
	for id := range l.events {
		if events[id] != 1 {
			t.Errorf("event %s stands %d times", id, events[id])
		}
	}
	for idem, id := range l.decisions {
		if decisions[id] != 1 {
			t.Errorf("decision %s of key %s stands %d times", id, idem, decisions[id])
		}
	}
	t.Logf("%d events and %d decisions acknowledged over 20 kills", len(l.events), len(l.decisions))
}

// collectLog counts the events of a debtor's case as its timeline shows them.
func collectLog(t *testing.T, s *served, key, caseID string, events map[string]int) {
	t.Helper()
	var status int
	var b []byte
	var err error
	for end := time.Now().Add(time.Minute); status != http.StatusOK; { // 503 while a long journal is being shipped
		if status, b, err = s.call(http.MethodGet, "/v1/cases/"+caseID+"/timeline", key, nil, nil); err != nil || time.Now().After(end) {
			t.Fatalf("timeline of %s: %d %s %v", caseID, status, b, err)
		}
	}
	var line struct {
		Items []struct {
			Event struct {
				ID string `json:"id"`
			} `json:"event"`
		} `json:"items"`
	}
	if err := json.Unmarshal(b, &line); err != nil {
		t.Fatal(err)
	}
	for _, i := range line.Items {
		if i.Event.ID != "" {
			events[i.Event.ID]++
		}
	}
}

// changes is one page of the stream of decisions and the next cursor.
func changes(t *testing.T, s *served, key, cursor string) ([]string, string) {
	t.Helper()
	status, b, err := s.call(http.MethodGet, "/v1/decisions?limit=1000&changed_since="+cursor, key, nil, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("changes: %d %s %v", status, b, err)
	}
	var page struct {
		Changes []struct {
			Decision struct {
				ID string `json:"decision_id"`
			} `json:"decision"`
		} `json:"changes"`
		Cursor string `json:"cursor"`
	}
	if err := json.Unmarshal(b, &page); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range page.Changes {
		ids = append(ids, c.Decision.ID)
	}
	return ids, page.Cursor
}
