package logged

import (
	"errors"
	"fmt"
	"math"

	"takt/engine/policy"
	"takt/models/learner"
)

// Progressive is a learner that a log can lead row by row. Actions are flattened over the factors, the last one
// innermost; x has no constant.
type Progressive interface {
	// Propensities are the action of the greatest expected reward, and the probability of each action
	// under Thompson sampling, before the row is learned. x is not kept; thompson is valid until the next call.
	Propensities(x []float32) (greedy int, thompson []float64)
	// Learn takes the row's outcome. x is not kept.
	Learn(action int, x []float32, reward float64) error
}

// Task is what a learner may know of a log beforehand.
type Task struct {
	Levels   []int   // per factor
	Features int     // per row, the log's leading 1 left out
	Scale    float64 // the largest absolute reward; 0: all rewards are 0 or 1
	Seed     uint64
}

// New makes a learner that knows nothing but the task.
type New func(Task) (Progressive, error)

// ErrLevels says that there is nothing to choose from.
var ErrLevels = errors.New("a learner needs at least two actions")

// Task is the log's.
func (l *Log) Task(seed uint64) Task {
	t := Task{Features: l.Width() - 1, Seed: seed}
	for _, f := range l.Factors {
		t.Levels = append(t.Levels, len(f.Levels))
	}
	for _, r := range l.Reward {
		if r != 0 && r != 1 {
			t.Scale = 1
		}
	}
	if t.Scale > 0 {
		t.Scale = 0
		for _, r := range l.Reward {
			t.Scale = max(t.Scale, math.Abs(r))
		}
	}
	return t
}

func (t *Task) actions() int {
	k := 1
	for _, n := range t.Levels {
		k *= n
	}
	return k
}

// maxParams bounds the learner's parameters: its matrices hold their square some six times.
const maxParams = 4000

// NewTakt is a [New]: the learner of Takt's own decisions, one prior for every log ([learner.NewOnline]). It
// takes one to four factors.
func NewTakt(t Task) (Progressive, error) {
	var size [4]int
	if len(t.Levels) > len(size) {
		return nil, fmt.Errorf("%d factors, the learner takes 1 to %d; leave some out of the spec's actions, or join their columns", len(t.Levels), len(size))
	}
	copy(size[:], t.Levels)
	l := policy.Layout{Channels: size[0], Tones: size[1], Slots: size[2], Offers: size[3], Features: t.Features}
	if n := l.Params(); n > maxParams {
		return nil, fmt.Errorf("levels %d and %d features give the learner %d parameters, at most %d fit; leave columns of many levels out of the spec", t.Levels, t.Features, n, maxParams)
	}
	o, err := learner.NewOnline(t.Levels, t.Features, t.Seed, t.Scale)
	if err != nil {
		return nil, err
	}
	return o, nil
}
