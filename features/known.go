package features

import "sync"

// known remembers who has any fact at all, so that a debtor seen for the first time needs no read of
// the store: portfolios start with debtors nobody knows. It holds keys only, 16 bytes a debtor, and
// never forgets; a key too many costs one read.
type known struct {
	mu      sync.Mutex
	debtors map[Key]struct{}
	whole   map[string]bool // tenants whose every debtor is in, see Ledger.Warm
}

func newKnown() *known { return &known{debtors: map[Key]struct{}{}, whole: map[string]bool{}} }

// add notes a debtor. The caller holds the debtor, or nobody else works yet.
func (n *known) add(k Key) {
	n.mu.Lock()
	n.debtors[k] = struct{}{}
	n.mu.Unlock()
}

// all notes that every debtor of the tenant with facts in the store has been added.
func (n *known) all(tenant string) {
	n.mu.Lock()
	n.whole[tenant] = true
	n.mu.Unlock()
}

// stranger reports whether the debtor has no fact for certain.
func (n *known) stranger(tenant string, k Key) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.debtors[k]
	return !ok && n.whole[tenant]
}
