//go:build !linux

package journal

import "os"

// syncData makes the bytes of f durable.
func syncData(f *os.File) error { return f.Sync() }

// reserve does nothing: there is no portable call that gives room.
func reserve(*os.File, int64) error { return nil }
