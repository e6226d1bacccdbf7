package embedded_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func TestDriverExceptions(t *testing.T) {
	for name, method := range map[string]clickhouse.CompressionMethod{"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4} {
		t.Run(name, func(t *testing.T) {
			conn := open(t, func(o *clickhouse.Options) { o.Compression = &clickhouse.Compression{Method: method} })
			mustExec(t, conn, "CREATE TABLE e (a UInt8) ENGINE = MergeTree ORDER BY a")
			code := func(err error) int32 {
				var e *clickhouse.Exception
				if !errors.As(err, &e) {
					t.Errorf("not a *clickhouse.Exception: %v", err)
					return 0
				}
				return e.Code
			}
			for sql, want := range map[string]int32{
				"SELECT * FROM nowhere": 60, "SELEC 1": 62, "SELECT nofunction(1)": 46, "SELECT 1; SELECT 2": 62, "INSERT INTO nowhere VALUES (1)": 60,
				"SELECT throwIf(1)": 395, "DROP TABLE nowhere": 60, "INSERT INTO e VALUES ('x')": 6, "CREATE TABLE e (a UInt8) ENGINE = MergeTree ORDER BY a": 57,
			} {
				if got := code(conn.Exec(t.Context(), sql)); got != want {
					t.Errorf("%s: code %d, want %d", sql, got, want)
				}
			}
			rows, err := conn.Query(t.Context(), "SELECT throwIf(number = 3000000) FROM numbers(10000000) SETTINGS max_block_size = 10000, max_threads = 1")
			if err != nil {
				t.Fatalf("the exception should come after the first rows: %v", err)
			}
			defer rows.Close()
			n := 0
			for rows.Next() {
				n++
			}
			if got := code(rows.Err()); got != 395 || n == 0 || n > 3_000_000 {
				t.Errorf("in the midst of a result: code %d after %d rows", got, n)
			}
		})
	}
}

func TestDriverCancel(t *testing.T) {
	conn := open(t, nil)
	mustExec(t, conn, "CREATE TABLE sink (a UInt64) ENGINE = MergeTree ORDER BY a")
	for _, sql := range []string{
		"SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))",
		"SELECT sipHash64(number) FROM numbers(1000000000000)", // streams
		"INSERT INTO sink SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))",
		"CREATE TABLE forever ENGINE = MergeTree ORDER BY () AS SELECT sipHash64(number) AS h FROM numbers(1000000000000)",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		rows, err := conn.Query(ctx, sql)
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			rows.Close()
		}
		cancel()
		if err == nil {
			t.Errorf("%s: ended by itself", sql)
		}
		deadline := time.Now().Add(time.Second)
		for scalar[uint64](t, conn, "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64(number)%' AND query NOT LIKE '%system.processes%'") > 0 {
			if time.Now().After(deadline) {
				t.Fatalf("%s: still running a second after the cancel", sql)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
