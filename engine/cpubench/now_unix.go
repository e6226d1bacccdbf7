//go:build unix && !linux

package cpubench

import (
	"syscall"
	"time"
)

// Now is the CPU time that this process has used, user and system, in steps of a microsecond or more.
func Now() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("cpubench: no process CPU time: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
