package promotion

import (
	"context"
	"errors"
	"fmt"
	"math"

	"takt/engine"
	"takt/features/history"
)

// Bands bound how much a refresh may change what is done, on recent contexts, compared with the live
// snapshot. The zero value has the defaults.
type Bands struct {
	Hold   float64 // largest change of the share of hold, 0 to 1. Defaults to .25
	Tone   float64 // largest change of the share of any one tone among all decisions. Defaults to .25
	Sample int     // recent decisions to replay. Defaults to 1,000
	// Rows is how many decisions the live snapshot must have learned from before the bands hold: until
	// then it mostly explores, and whatever is learned first changes much. Defaults to 2,000.
	Rows int
}

func (b *Bands) defaults() Bands {
	v := *b
	if v.Hold == 0 {
		v.Hold = .25
	}
	if v.Tone == 0 {
		v.Tone = .25
	}
	if v.Sample == 0 {
		v.Sample = 1000
	}
	if v.Rows == 0 {
		v.Rows = 2000
	}
	return v
}

// leastSample is how many contexts say anything about shares.
const leastSample = 50

// Shift is what a refresh changes on recent contexts: mean propensities of both snapshots.
type Shift struct {
	Decisions int               `json:"decisions"` // replayed
	Hold      Change            `json:"hold"`
	Tones     map[string]Change `json:"tones"`
}

// Change is a share before and after.
type Change struct {
	Live float64 `json:"live"`
	New  float64 `json:"new"`
}

func (c Change) size() float64 { return math.Abs(c.New - c.Live) }

// compare replays both on the sample. It counts the decisions with a choice that both can vote on; votes
// of the new snapshot that are no numbers are an error.
func compare(live, fresh Arm, sample []engine.Decision) (*Shift, error) {
	before, after := NewReplay(live), NewReplay(fresh)
	s := &Shift{Tones: map[string]Change{}}
	g := &fresh.Tenant.Grid
	hold, tones := Change{}, make([]Change, len(g.Tones))
	for i := range sample {
		d := &sample[i]
		if len(d.Eligible) < 2 || d.Kind != engine.KindContact && d.Kind != engine.KindHold {
			continue
		}
		q, _, err := after.Vote(d)
		if errors.Is(err, ErrReplay) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p, _, err := before.Vote(d)
		if err != nil {
			continue
		}
		s.Decisions++
		for j, a := range d.Eligible {
			c := &hold
			if a != engine.Hold {
				c = &tones[g.Levels(int(a)).Tone]
			}
			c.Live, c.New = c.Live+p[j], c.New+q[j]
		}
	}
	n := math.Max(float64(s.Decisions), 1)
	s.Hold = Change{hold.Live / n, hold.New / n}
	for i, c := range tones {
		s.Tones[g.Tones[i].String()] = Change{c.Live / n, c.New / n}
	}
	return s, nil
}

// breach says which band the shift leaves, "" for none.
func (b Bands) breach(s *Shift, g *engine.Grid) string {
	if s.Decisions < leastSample {
		return ""
	}
	if s.Hold.size() > b.Hold {
		return fmt.Sprintf("the share of hold would go from %.3f to %.3f; the band is %.2f", s.Hold.Live, s.Hold.New, b.Hold)
	}
	for _, t := range g.Tones {
		if c := s.Tones[t.String()]; c.size() > b.Tone {
			return fmt.Sprintf("the share of tone %s would go from %.3f to %.3f; the band is %.2f", t, c.Live, c.New, b.Tone)
		}
	}
	return ""
}

// recent is a sample of the decisions around the newest ones up to the journal position, found by looking
// back further and further: nothing else of the log is read.
func recent(ctx context.Context, src Store, tenant string, toSeq uint64, n int) ([]engine.Decision, error) {
	const least, most = 1 << 12, 1 << 22 // facts
	for back := uint64(least); ; back *= 8 {
		after := uint64(0)
		if toSeq > back {
			after = toSeq - back
		}
		list, _, err := src.Changes(ctx, tenant, history.Cursor(after), n)
		if err != nil {
			return nil, fmt.Errorf("read recent decisions: %w", err)
		}
		if len(list) >= n || after == 0 || back >= most {
			sample := make([]engine.Decision, len(list))
			for i := range list {
				sample[i] = list[i].Decision
			}
			return sample, nil
		}
	}
}
