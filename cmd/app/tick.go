package app

import (
	"context"
	"time"
)

// tick runs f at every interval until ctx ends, the first time after one.
func tick(ctx context.Context, interval time.Duration, f func()) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		f()
	}
}
