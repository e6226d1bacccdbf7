//go:build !race

package guard_test

const slow = 1
