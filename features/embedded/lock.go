package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrLocked says that another process owns the store directory.
var ErrLocked = errors.New("the store is in use by another process")

// lock is the advisory lock of a store directory. The kernel drops it when the process ends, however
// it ends; the file stays.
type lock struct{ f *os.File }

// lockDir takes the lock of dir, which it makes when absent, and leaves this process's id in Dir/LOCK.
func lockDir(dir string) (*lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create store directory: %w", err)
	}
	path := filepath.Join(dir, "LOCK")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open store lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s is held by %s", ErrLocked, dir, holder(f))
		}
		return nil, fmt.Errorf("lock store directory %s: %w", dir, err)
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("write store lock: %w", err)
	}
	return &lock{f}, nil
}

// enginePatience is how long an engine that was killed may take to be gone.
const enginePatience = 10 * time.Second

// awaitEngine waits until the engine's own lock is free. We hold the store's, so whoever has the
// engine's is an orphan that the kernel is still taking apart: its locks do not end at once.
func awaitEngine(ctx context.Context, dir string) error {
	for end := time.Now().Add(enginePatience); ; {
		held, err := engineHeld(filepath.Join(dir, "db", "status"))
		if err != nil || !held {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%w: the engine's files in %s are held by another program", ErrLocked, dir)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// engineHeld reports whether somebody holds ClickHouse's lock file.
func engineHeld(status string) (bool, error) {
	f, err := os.Open(status)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the engine's lock: %w", err)
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// holder names the process that wrote the lock file.
func holder(f *os.File) string {
	b, err := io.ReadAll(io.LimitReader(f, 32))
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return "process " + pid
	}
	return "an unknown process"
}

func (l *lock) release() error { return l.f.Close() }
