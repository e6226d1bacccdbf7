package cpubench

import (
	"syscall"
	"time"
	"unsafe"
)

// clockProcessCPU is CLOCK_PROCESS_CPUTIME_ID of linux/time.h.
const clockProcessCPU = 2

// Now is the CPU time that this process has used, user and system, in nanoseconds.
func Now() time.Duration {
	var ts syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockProcessCPU, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		panic("cpubench: no clock of process CPU time: " + errno.Error())
	}
	return time.Duration(ts.Nano())
}
