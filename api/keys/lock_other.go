//go:build !unix

package keys

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// lock creates the lock file and removes it again; one left by a crash is to be removed by hand.
func lock(path string) (unlock func(), err error) {
	for range 100 {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			f.Close()
			return func() { os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.New(path + " exists: another command is changing keys, or one crashed and left it")
}
