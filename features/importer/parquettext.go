package importer

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// The format functions write a Parquet value as CSV would have it: dates as days, timestamps with Z
// where they are instants and without where they are wall times, decimals digit by digit.

func formatBool(v bool) string { return strconv.FormatBool(v) }

// formatFloat gives the shortest decimal that reads back as the same float: 302.46 stays 302.46.
func formatFloat64(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func formatFloat32(v float32) string { return strconv.FormatFloat(float64(v), 'f', -1, 32) }

// formatInt96 reads the timestamps of old writers as the wall times they are.
func formatInt96(v parquet.Int96) string {
	return v.ToTime().UTC().Format("2006-01-02T15:04:05.999999")
}

func formatInt[T int32 | int64](t schema.LogicalType) func(T) string {
	switch t := t.(type) {
	case schema.DateLogicalType:
		return func(v T) string { return time.Unix(int64(v)*86400, 0).UTC().Format(time.DateOnly) }
	case *schema.TimestampLogicalType:
		return formatTimestamp[T](t)
	case *schema.DecimalLogicalType:
		return func(v T) string { return decimal(big.NewInt(int64(v)), int(t.Scale())) }
	case *schema.IntLogicalType:
		if !t.IsSigned() {
			return formatUnsigned[T]
		}
	}
	return func(v T) string { return strconv.FormatInt(int64(v), 10) }
}

func formatUnsigned[T int32 | int64](v T) string {
	if n, narrow := any(v).(int32); narrow {
		return strconv.FormatUint(uint64(uint32(n)), 10)
	}
	return strconv.FormatUint(uint64(v), 10)
}

func formatTimestamp[T int32 | int64](t *schema.TimestampLogicalType) func(T) string {
	layout := "2006-01-02T15:04:05.999999"
	if t.IsAdjustedToUTC() {
		layout += "Z"
	}
	return func(v T) string {
		at := time.UnixMilli(int64(v))
		switch t.TimeUnit() {
		case schema.TimeUnitMicros:
			at = time.UnixMicro(int64(v))
		case schema.TimeUnitNanos:
			at = time.Unix(0, int64(v))
		}
		return at.UTC().Format(layout)
	}
}

func formatBytes[T ~[]byte](t schema.LogicalType) func(T) string {
	d, ok := t.(*schema.DecimalLogicalType)
	if !ok {
		return func(v T) string { return string(v) }
	}
	return func(v T) string {
		n := new(big.Int).SetBytes(v)
		if len(v) > 0 && v[0] >= 0x80 { // two's complement, the highest byte first
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
		}
		return decimal(n, int(d.Scale()))
	}
}

// decimal writes n·10^-scale.
func decimal(n *big.Int, scale int) string {
	if scale <= 0 {
		return n.String()
	}
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
