package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Prices are what a tenant's values are computed with beside a snapshot: reward, and what channels
// cost. They are configuration and change with a restart; a log of them lets a stored decision be
// explained with those of then.
type Prices struct {
	Reward engine.Reward
	Specs  [engine.Channels]engine.ChannelSpec
}

// pricesKind is the kind of the log's entries on the shelf; their versions are 1, 2, 3 …
const pricesKind = "prices"

// NotePrices adds the tenant's prices of now to its log if they are not the newest in it. A server
// calls it before its first decision.
func (r *Registry) NotePrices(ctx context.Context, t *engine.Tenant) error {
	log, err := r.prices(ctx, t.ID)
	if err != nil {
		return err
	}
	now := Prices{t.Reward, t.Specs}
	if len(log) > 0 && log[len(log)-1].Prices == now {
		return nil
	}
	meta, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("note prices of tenant %s: %w", t.ID, err)
	}
	a := history.Artefact{Tenant: t.ID, Kind: pricesKind, Name: pricesKind, Version: strconv.Itoa(len(log) + 1), Meta: meta, Created: r.now()}
	if err := r.shelf.Put(ctx, a); err != nil {
		return fmt.Errorf("note prices of tenant %s: %w", t.ID, err)
	}
	return nil
}

// PricesAt are the tenant's prices at an instant of the server's clock, such as Decision.Recorded:
// the newest noted by then; before the first entry that one, the best there is. Without a log it
// returns history.ErrNotFound.
func (r *Registry) PricesAt(ctx context.Context, tenant string, at time.Time) (Prices, error) {
	log, err := r.prices(ctx, tenant)
	if err != nil {
		return Prices{}, err
	}
	for i := len(log) - 1; i >= 0; i-- {
		if i == 0 || !log[i].since.After(at) {
			return log[i].Prices, nil
		}
	}
	return Prices{}, fmt.Errorf("prices of tenant %s: %w", tenant, history.ErrNotFound)
}

// noted are prices and since when they counted.
type noted struct {
	Prices
	since time.Time
	entry int
}

// prices is the tenant's log, oldest first.
func (r *Registry) prices(ctx context.Context, tenant string) ([]noted, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, pricesKind, pricesKind, "")
	if err != nil {
		return nil, fmt.Errorf("read prices of tenant %s: %w", tenant, err)
	}
	log := make([]noted, len(list))
	for i := range list {
		log[i].since = list[i].Created
		if log[i].entry, err = strconv.Atoi(list[i].Version); err == nil {
			err = json.Unmarshal(list[i].Meta, &log[i].Prices)
		}
		if err != nil {
			return nil, fmt.Errorf("read prices %s of tenant %s: %w", list[i].Version, tenant, err)
		}
	}
	slices.SortFunc(log, func(a, b noted) int { return a.entry - b.entry })
	return log, nil
}
