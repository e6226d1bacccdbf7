package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// syncData makes the bytes of f durable, without its times.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

// reserve gives f size bytes of disk, read as zeros, or fails. File systems
// that cannot are left alone: their writes fail one by one when full.
func reserve(f *os.File, size int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, 0, size)
		switch {
		case err == syscall.EINTR:
			continue
		case errors.Is(err, syscall.EOPNOTSUPP), err == syscall.ENOSYS:
			return nil
		case err != nil:
			return fmt.Errorf("fallocate: %w", err)
		}
		return nil
	}
}
