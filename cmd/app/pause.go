package app

import "context"

// pausing is a wish that shipping stands still while f runs.
type pausing struct {
	f    func() error
	done chan error
}

// pause runs f while nothing is shipped from the journal to the store.
func (a *App) pause(ctx context.Context, f func() error) error {
	p := pausing{f, make(chan error, 1)}
	select {
	case a.pauses <- p:
		return <-p.done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ship moves the journal into the store until ctx ends, and stands still for pauses.
func (a *App) Ship(ctx context.Context) error {
	for {
		part, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- a.ledger.Run(part) }()
		select {
		case p := <-a.pauses:
			cancel()
			<-done // ended by the cancel; what it could not ship stays in the journal
			p.done <- p.f()
		case err := <-done:
			cancel()
			return err
		}
	}
}
