package record

import (
	"encoding/binary"
	"math"
	"time"
)

// The versions: a plain fact, and a masked one, whose sealed part comes right behind the version.
const (
	version = 1
	masked  = 2
)

// putHead begins a payload.
func putHead(b []byte, sealed string) []byte {
	if sealed == "" {
		return append(b, version)
	}
	return putText(append(b, masked), sealed)
}

func putUint(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

func putInt(b []byte, v int64) []byte { return binary.AppendVarint(b, v) }

func putText(b []byte, s string) []byte { return append(putUint(b, uint64(len(s))), s...) }

func putBytes(b, v []byte) []byte { return append(putUint(b, uint64(len(v))), v...) }

func putFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func putBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// putTime keeps microseconds; 0 is the zero time, so that 1970 itself can be told from it.
func putTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return putUint(b, 0)
	}
	us := t.UnixMicro()
	return putUint(b, uint64(us<<1)^uint64(us>>63)+1)
}
