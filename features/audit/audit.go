// Package audit is the log of what people did against or beside the rules: erasures, approvals, overrides.
// It is one file of JSON lines, each synced before it counts; nothing in it names a debtor.
//
//	l, err := audit.Open("takt-data/audit.jsonl")
//	err = l.Append(audit.Entry{Tenant: "acme", Act: audit.Erasure, Who: "k4 (admin)", Subject: pseudonym})
//	list := l.List("acme", 100)           // newest first
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"takt/features/internal/disk"
)

// Entry is one thing done.
type Entry struct {
	N       int             `json:"n"`  // from 1, in the order of the log
	At      time.Time       `json:"at"` // UTC, in whole seconds
	Tenant  string          `json:"tenant"`
	Act     string          `json:"act"`
	Who     string          `json:"who"` // a key's id and role, cli, config or takt
	Reason  string          `json:"reason,omitempty"`
	Subject string          `json:"subject,omitempty"` // a decision, a policy version, a rule, or a pseudonym: never a debtor or case
	Detail  json.RawMessage `json:"detail,omitempty"`
}

// The acts.
const (
	Erasure   = "erasure"   // begun: its key is destroyed after this entry
	Erased    = "erased"    // finished: Subject is the number of the Erasure
	Approval  = "approval"  // a human's word on a decision that needs one
	Overrides = "overrides" // the tenant's own rules that loosen its pack, as configured from now on
	Expired   = "retention" // facts older than the retention periods were deleted
)

// Log is an open audit log. It is safe for concurrent use.
type Log struct {
	mu  sync.RWMutex
	f   *os.File
	end int64
	all []Entry
	by  map[about]int // newest of its kind
}

// about is what entries are found by.
type about struct{ tenant, act, subject string }

// keep takes in an entry that is on disk.
func (l *Log) keep(e Entry) {
	l.all = append(l.all, e)
	l.by[about{e.Tenant, e.Act, e.Subject}] = len(l.all) - 1
}

// Open opens the file, which it makes if need be; a line that a crash tore never counted, and is cut off.
func Open(path string) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	l := &Log{f: f, by: map[about]int{}}
	if err := errors.Join(l.load(), disk.SyncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("open audit log: %w", err), f.Close())
	}
	return l, nil
}

func (l *Log) load() error {
	b, err := io.ReadAll(l.f)
	if err != nil {
		return err
	}
	for {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		if !whole {
			return l.f.Truncate(l.end)
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d: %w", len(l.all)+1, err)
		}
		l.keep(e)
		l.end += int64(len(line)) + 1
		b = rest
	}
}

// Append writes the entry and gives it its number; it is on disk when the error is nil.
func (l *Log) Append(e Entry) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.N, e.At = len(l.all)+1, e.At.UTC().Truncate(time.Second)
	line, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("write audit log: %w", err)
	}
	line = append(line, '\n')
	if _, err = l.f.WriteAt(line, l.end); err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("write audit log: %w", err), l.f.Truncate(l.end))
	}
	l.keep(e)
	l.end += int64(len(line))
	return e.N, nil
}

// List is the newest entries of a tenant, limit at most, newest first.
func (l *Log) List(tenant string, limit int) []Entry {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := []Entry{}
	for i := len(l.all) - 1; i >= 0 && len(list) < limit; i-- {
		if l.all[i].Tenant == tenant {
			list = append(list, l.all[i])
		}
	}
	return list
}

// Find is the newest entry of the act about the subject.
func (l *Log) Find(tenant, act, subject string) (Entry, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	i, ok := l.by[about{tenant, act, subject}]
	if !ok {
		return Entry{}, false
	}
	return l.all[i], true
}

// All are the entries of an act of all tenants, oldest first.
func (l *Log) All(act string) (list []Entry) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for i := range l.all {
		if l.all[i].Act == act {
			list = append(list, l.all[i])
		}
	}
	return list
}

// Close gives the file back.
func (l *Log) Close() error { return l.f.Close() }
