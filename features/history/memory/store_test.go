package memory_test

import (
	"testing"

	"takt/features/history"
	"takt/features/history/historytest"
	"takt/features/history/memory"
)

func TestStore(t *testing.T) {
	historytest.Exercise(t, func(*testing.T) history.Store { return memory.New() })
}
