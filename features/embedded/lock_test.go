package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// An engine whose lock ends late is waited for; a wait that is cancelled ends.
func TestAwaitEngineWaitsForAnOrphan(t *testing.T) {
	dir := t.TempDir()
	if err := awaitEngine(t.Context(), dir); err != nil {
		t.Errorf("no engine was ever here: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	orphan, err := os.Create(filepath.Join(dir, "db", "status"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(orphan.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := awaitEngine(ctx, dir); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the lock is held, got %v", err)
	}
	gone := time.AfterFunc(100*time.Millisecond, func() { orphan.Close() })
	defer gone.Stop()
	if err := awaitEngine(t.Context(), dir); err != nil {
		t.Errorf("the lock was given back, got %v", err)
	}
	if held, err := engineHeld(filepath.Join(dir, "db", "status")); held || err != nil {
		t.Errorf("waiting took the engine's lock itself: %v %v", held, err)
	}
}
