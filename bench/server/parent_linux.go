package server

import "syscall"

// endWithParent makes the kernel end a child when the process that started it is
// killed, so that no server outlives an interrupted test.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
