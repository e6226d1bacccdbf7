package features

import (
	"context"
	"fmt"
	"time"

	"takt/features/history"
)

// Expire lets go a tenant's events that happened, and decisions that were issued, before the instants, in
// store and memory. n is how many facts went, also where an error says that these are not all; debtors how many
// are left without any: their keys are destroyed, so that backups lose them, too. The profiles of all are folded
// anew when they are asked for.
func (l *Ledger) Expire(ctx context.Context, store history.Expirer, tenant string, events, decisions time.Time) (n, debtors int, err error) {
	if err := l.caughtUp(ctx); err != nil {
		return 0, 0, err
	}
	if n, err = store.Expire(ctx, tenant, events, decisions); n == 0 {
		return 0, 0, err
	}
	l.erasures.Add(1) // what Warm is reading is stale
	l.clear()
	if err != nil || l.o.Vault == nil {
		return n, 0, err
	}
	left, err := store.Debtors(ctx, tenant)
	if err != nil {
		return n, 0, err
	}
	alive := make(map[string]bool, len(left))
	for _, p := range left {
		alive[p] = true
	}
	for _, p := range l.o.Vault.Debtors(tenant) {
		if alive[p] {
			continue
		}
		gone, err := l.release(ctx, tenant, p)
		if err != nil {
			return n, debtors, err
		}
		if gone {
			debtors++
		}
	}
	return n, debtors, nil
}

// release destroys the key of a debtor who has no fact, neither in the store nor on the way there.
func (l *Ledger) release(ctx context.Context, tenant, pseudonym string) (bool, error) {
	debtor, ok := l.o.Vault.Name(pseudonym)
	if !ok {
		return false, nil
	}
	k := l.profiles.Key(tenant, debtor)
	l.profiles.Lock(k)
	defer l.profiles.Unlock(k)
	log, _, err := l.log(ctx, tenant, debtor)
	if err != nil || len(log.Events)+len(log.Decisions) > 0 {
		return false, err
	}
	l.profiles.Delete(k)
	l.erasures.Add(1)
	if err := l.o.Vault.Erase(pseudonym); err != nil {
		return false, fmt.Errorf("release a debtor: %w", err)
	}
	return true, nil
}

// clear takes all profiles out of memory, while nobody works on one.
func (l *Ledger) clear() {
	var all Stripes
	for i := range all {
		all[i] = ^uint64(0)
	}
	l.profiles.LockAll(&all)
	defer l.profiles.UnlockAll(&all)
	l.profiles.Clear()
}
