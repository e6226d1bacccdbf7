// Package disk holds what durable files need beside their own sync.
//
//	err := disk.SyncDir("takt-data")      // the names made or removed in it survive a crash
package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// SyncDir makes names created or removed in dir durable. A file system that cannot sync directories (EINVAL)
// is no error.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync a directory: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return fmt.Errorf("sync a directory: %w", err)
	}
	return nil
}
