package journal

import (
	"strings"
	"testing"
	"time"
)

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]*Options{
		"SegmentBytes": {SegmentBytes: 100},
		"MaxBytes":     {MaxBytes: -1},
		"BatchRecords": {BatchRecords: -1},
		"BackoffMax":   {BackoffMin: time.Second, BackoffMax: time.Millisecond},
	} {
		if _, err := Open(t.TempDir(), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("bad %s gives %v", name, err)
		}
	}
}
