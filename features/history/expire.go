package history

import (
	"context"
	"time"
)

// Expirer is a store that can let go what is too old.
type Expirer interface {
	// Expire deletes a tenant's events that happened, and decisions that were issued, before the instants, the zero time of which keeps all; n is
	// how many facts went. They are gone for every read when it returns.
	Expire(ctx context.Context, tenant string, events, decisions time.Time) (n int, err error)
	// Debtors are all of a tenant who have a fact, in no order.
	Debtors(ctx context.Context, tenant string) ([]string, error)
}
