package embedded

import "syscall"

// childAttr puts the child in a group of its own, so that Ctrl-C in a terminal reaches only the parent,
// and asks for SIGTERM when the parent dies: a second belt beside the end of standard input.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
