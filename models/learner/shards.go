package learner

import (
	"sync"

	"takt/engine/policy"
)

// shardCount is fixed: which debtors are added up together, and in which order the sums are
// joined, must not depend on the machine.
const shardCount = 4

// shards add examples up in parallel, each debtor always in the same one.
type shards struct {
	in   [shardCount]chan []row
	sums [shardCount]*stats
	done sync.WaitGroup
}

func startShards(l policy.Layout) *shards {
	p := &shards{}
	for i := range p.in {
		p.in[i], p.sums[i] = make(chan []row, 64), newStats(l)
		p.done.Go(func() {
			var terms []term
			for rows := range p.in[i] {
				for j := range rows {
					terms = p.sums[i].add(&rows[j], terms)
				}
			}
		})
	}
	return p
}

// add hands the examples of one debtor over.
func (p *shards) add(debtor uint64, rows []row) {
	if len(rows) > 0 {
		p.in[debtor%shardCount] <- rows
	}
}

// finish waits and joins the sums in the order of the shards.
func (p *shards) finish() *stats {
	for i := range p.in {
		close(p.in[i])
	}
	p.done.Wait()
	for _, s := range p.sums[1:] {
		p.sums[0].merge(s)
	}
	return p.sums[0]
}
