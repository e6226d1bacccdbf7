package features

import (
	"sync"
	"time"

	"takt/engine"
	"takt/features/history"
)

// AnswersKept is how long an idempotency key is remembered.
const AnswersKept = 7 * 24 * time.Hour

// answers remembers which decision each idempotency key was answered with, without pointers: 56
// bytes per key and what the map adds. The key itself is not kept, its 128-bit hash is.
type answers struct {
	shards [64]struct {
		mu sync.RWMutex
		m  map[Key]answer
	}
}

type answer struct {
	body     [16]byte
	decision engine.ID
	at       int64 // Unix microseconds
}

func newAnswers() *answers {
	a := &answers{}
	for i := range a.shards {
		a.shards[i].m = map[Key]answer{}
	}
	return a
}

// put keeps the first answer of a key, unless it has expired before this one was given.
func (a *answers) put(k Key, v *history.Answer) {
	s := &a.shards[k.hi>>58]
	s.mu.Lock()
	defer s.mu.Unlock()
	at := v.At.UnixMicro()
	if old, ok := s.m[k]; !ok || at-old.at >= AnswersKept.Microseconds() {
		s.m[k] = answer{v.BodyHash, v.Decision, at}
	}
}

func (a *answers) get(k Key, now time.Time) (answer, bool) {
	s := &a.shards[k.hi>>58]
	s.mu.RLock()
	v, ok := s.m[k]
	s.mu.RUnlock()
	return v, ok && now.UnixMicro()-v.at < AnswersKept.Microseconds()
}

// forget takes back the answer that named the decision.
func (a *answers) forget(k Key, id engine.ID) {
	s := &a.shards[k.hi>>58]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m[k].decision == id {
		delete(s.m, k)
	}
}

// forgetAll takes back the answers that named one of the decisions.
func (a *answers) forgetAll(ids map[engine.ID]bool) {
	for i := range a.shards {
		s := &a.shards[i]
		s.mu.Lock()
		for k, v := range s.m {
			if ids[v.decision] {
				delete(s.m, k)
			}
		}
		s.mu.Unlock()
	}
}

// expire lets go what is too old, shard by shard so that nobody waits long.
func (a *answers) expire(now time.Time) {
	before := now.UnixMicro() - AnswersKept.Microseconds()
	for i := range a.shards {
		s := &a.shards[i]
		s.mu.Lock()
		for k, v := range s.m {
			if v.at <= before {
				delete(s.m, k)
			}
		}
		s.mu.Unlock()
	}
}

func (a *answers) len() (n int64) {
	for i := range a.shards {
		s := &a.shards[i]
		s.mu.RLock()
		n += int64(len(s.m))
		s.mu.RUnlock()
	}
	return n
}
