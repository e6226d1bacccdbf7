package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"takt/api"
	"takt/api/keys"
	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/engine/rules"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/features/history/sealed"
	"takt/features/journal"
	"takt/features/vault"
)

// sink takes what is shipped and keeps nothing, so that the measured process is the API alone.
type sink struct{ *memory.Store }

// Append drops the batch.
func (sink) Append(context.Context, history.Batch) error { return nil }

// catalogue is the standard benchmark tenant: 8 × 4 × 7 = 224 actions, offer none, and limits that
// leave all of them eligible however often a debtor is asked about.
func catalogue() *engine.Tenant {
	t := engine.DefaultTenant("bench")
	t.Grid.Channels = []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone, engine.Messenger, engine.Push, engine.Portal, engine.Chat}
	t.Grid.Tones = []engine.Tone{engine.Friendly, engine.Neutral, engine.Empathetic, engine.Firm}
	t.Grid.Slots = nil
	for day := 1; day <= 7; day++ {
		t.Grid.Slots = append(t.Grid.Slots, engine.Slot{Day: day, From: 9 * 60, To: 12 * 60})
	}
	t.Grid.Offers = []engine.Offer{engine.OfferNone}
	for c := range t.Specs {
		t.Specs[c].AnyTime = false
	}
	t.Limits.Sundays, t.Limits.Cap, t.Limits.Gap = true, 1_000_000, 0
	t.Rules = rules.Default()
	for _, id := range []string{"core.cap.week", "core.gap", "de.contact.spacing", "de.quiet_hours", "de.quiet_hours.phone"} {
		t.Rules = t.Rules.Without(id)
	}
	t.Holdout.Share = 0
	return t
}

// product is the whole API on a journal in dir and a sink for a store.
type product struct {
	server *api.Server
	ledger *features.Ledger
	key    string
	close  func()
}

func newProduct(dir string) (*product, error) {
	tenant := catalogue()
	path := filepath.Join(dir, "keys.json")
	_, text, err := keys.Create(path, keys.New{Tenant: tenant.ID, Role: keys.Decide})
	if err != nil {
		return nil, err
	}
	ring, err := keys.Open(path, nil)
	if err != nil {
		return nil, err
	}
	s, err := api.New(api.Options{Tenants: []*engine.Tenant{tenant}, Keys: ring, Decider: engine.NewDecider(guard.New(), policy.NewUniform())})
	if err != nil {
		return nil, err
	}
	prior, err := policy.Prior(tenant, nil, features.Schema, len(features.Vector))
	if err != nil {
		return nil, err
	}
	if err := s.Swap(tenant.ID, prior); err != nil {
		return nil, err
	}
	j, err := journal.Open(filepath.Join(dir, "journal"), &journal.Options{OnSync: s.Options.Metrics.Synced})
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(filepath.Join(dir, "vault"))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := features.Open(ctx, features.Options{Journal: j, Store: sealed.New(sink{memory.New()}, v), Vault: v})
	if err != nil {
		cancel()
		return nil, err
	}
	s.Open(l)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.Run(ctx)
	}()
	return &product{s, l, text, func() {
		cancel()
		<-done
		l.Close()
		v.Close()
	}}, nil
}

// benchDecisions makes requests: the debtor is one of 10,000, and the amount is a new one each time,
// so that every request is decided.
func benchDecisions() filler {
	var channels []string
	for c := engine.Email; c < engine.Channels; c++ {
		channels = append(channels, fmt.Sprintf(`{"channel":%q,"address_ref":"%s:1f6a","validity":0.97,"consent":"service"}`, c.String(), c.String()[:1]))
	}
	text := `{"case":{"id":"C-######","portfolio":"retail","stage":"dunning","open":{"amount_minor":1######,"currency":"EUR"},"oldest_due":"2025-11-03","dunning_level":1,"default_since":null,"dispute":null,"contract_date":"2023-02-01"},` +
		`"debtor":{"id":"D-######","kind":"person","tz":"Europe/Berlin","region":"DE-BY","language":"de","flags":[]},"channels":[` + strings.Join(channels, ",") + `],` +
		`"want":{"alternatives":3,"explain":"short","mode":"live"}}`
	marked, t := []byte(text), template{b: []byte(text)}
	return func(n int) []byte {
		t.b, t.from = append(t.b[:0], marked...), 0
		t.fill('#', n%10_000)
		t.fill('#', n/10_000)
		t.fill('#', n%10_000)
		return t.b
	}
}

// benchEvents makes bodies of 100 events of as many debtors.
func benchEvents() filler {
	item := `{"specversion":"1.0","id":"e-##########","source":"erp","type":"de.takt.payment.received.v1","subject":"D-######","time":"@","data":{"case_id":"C-######","amount_minor":100,"currency":"EUR"}}`
	text := "[" + strings.Repeat(item+",", 99) + item + "]"
	return func(n int) []byte {
		t := template{b: []byte(strings.ReplaceAll(text, "@", time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")))}
		for i := n * 100; i < n*100+100; i++ {
			t.fill('#', i)
			t.fill('#', i%10_000)
			t.fill('#', i%10_000)
		}
		return t.b
	}
}

// sampleReply is the product's own answer to the first request.
func sampleReply(p *product) ([]byte, error) {
	r, err := http.NewRequest(http.MethodPost, "/v1/decisions", bytes.NewReader(benchDecisions()(0)))
	if err != nil {
		return nil, err
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"sample"}, "Authorization": {"Bearer " + p.key}}
	w := &discard{header: http.Header{}, keep: true}
	p.server.Handler().ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return nil, fmt.Errorf("sample decision: %d %s", w.status, w.body)
	}
	return w.body, nil
}
