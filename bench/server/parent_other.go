//go:build !linux

package server

import "syscall"

// endWithParent has no counterpart outside Linux: an interrupted test may leave
// its servers running.
func endWithParent() *syscall.SysProcAttr { return nil }
