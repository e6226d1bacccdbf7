//go:build unix && !linux

package embedded

import "syscall"

// childAttr puts the child in a group of its own, so that Ctrl-C in a terminal reaches only the parent.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
