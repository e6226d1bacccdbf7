package embedded_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"takt/features/embedded/embeddedtest"
)

// Each benchmark adds the processor time of the store process per operation, which the time per operation
// hides on a machine that does other things besides.

func BenchmarkSelectOne(b *testing.B) {
	benchmark(b, func(conn driver.Conn) error {
		var one uint8
		return conn.QueryRow(b.Context(), "SELECT 1").Scan(&one)
	})
}

func BenchmarkHistoryOfOneDebtor(b *testing.B) {
	benchmark(b, func(conn driver.Conn) error {
		rows, err := conn.Query(b.Context(), "SELECT at, id FROM bench WHERE debtor = 4711 ORDER BY at, id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	})
}

func BenchmarkInsertBatch10k(b *testing.B) {
	n := 0
	benchmark(b, func(conn driver.Conn) error {
		batch, err := conn.PrepareBatch(b.Context(), "INSERT INTO bench (debtor, at, id)")
		if err != nil {
			return err
		}
		for range 10_000 {
			n++
			if err := batch.Append(uint64(n), int64(n), strconv.Itoa(n)); err != nil {
				return err
			}
		}
		return batch.Send()
	})
}

func BenchmarkStreamMillionRows(b *testing.B) {
	benchmark(b, func(conn driver.Conn) error {
		rows, err := conn.Query(b.Context(), "SELECT number, toString(number) FROM numbers(1000000)")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	})
}

func benchmark(b *testing.B, op func(driver.Conn) error) {
	conn := open(b, nil)
	mustExec(b, conn, "CREATE TABLE bench (debtor UInt64, at Int64, id String) ENGINE = MergeTree ORDER BY (debtor, at, id) SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1")
	mustExec(b, conn, "INSERT INTO bench SELECT number % 50000, number, toString(number) FROM numbers(1000000)")
	pid := embeddedtest.Shared(b).Pid()
	before := cpuSeconds(b, pid)
	for b.Loop() {
		if err := op(conn); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuSeconds(b, pid)-before)*1e9/float64(b.N), "store-cpu-ns/op")
}

// cpuSeconds is the processor time a process has used, in steps of 10 ms.
func cpuSeconds(b *testing.B, pid int) float64 {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}
