//go:build race

package guard_test

// slow divides the number of worlds under the race detector, which also empties pools at random,
// so that allocations cannot be counted.
const slow = 20
