package embedded_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"
)

const wideTable = `CREATE TABLE wide (
	id UInt64, channel LowCardinality(String), at DateTime64(3, 'UTC'), amount Decimal(18, 2), tags Array(String),
	note Nullable(String), weights Map(String, Float64), day Date, flag Bool, raw FixedString(4), key UUID,
	kinds Array(LowCardinality(Nullable(String))), pair Tuple(a Int32, b String), kind Enum8('open' = 1, 'paid' = 2), text String
) ENGINE = MergeTree ORDER BY id`

// wideRow is row i of the batch, so that reading back can be checked without keeping it.
func wideRow(i int) []any {
	var note *string
	if i%3 == 0 {
		s := fmt.Sprintf("note\n\n%d", i) // a blank line: the engine's own query parser would cut there
		note = &s
	}
	kind := "kind"
	return []any{
		uint64(i), []string{"email", "sms", "letter"}[i%3], time.UnixMilli(1_700_000_000_123 + int64(i)).UTC(), decimal.New(int64(i), -2),
		[]string{"a", fmt.Sprint(i)}, note, map[string]float64{"w": float64(i) / 4}, time.Date(2025, 1, 1+i%28, 0, 0, 0, 0, time.UTC), i%2 == 0,
		"ab\x00\n", "0190b0a0-0000-7000-8000-00000000beef", []*string{nil, &kind}, map[string]any{"a": int32(i), "b": "x"}, "paid", "\x00\xff;\n\nFORMAT",
	}
}

func TestDriverBatch(t *testing.T) {
	const rows = 100_000
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD, "gzip": clickhouse.CompressionGZIP,
	} {
		t.Run(name, func(t *testing.T) {
			n := rows
			if method != clickhouse.CompressionLZ4 {
				n = 1000
			}
			conn := open(t, func(o *clickhouse.Options) {
				o.Compression = &clickhouse.Compression{Method: method, Level: 1}
				if method == clickhouse.CompressionGZIP {
					o.Settings = clickhouse.Settings{"enable_http_compression": 1}
				}
			})
			mustExec(t, conn, wideTable)
			batch, err := conn.PrepareBatch(t.Context(), "INSERT INTO wide")
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if err := batch.Append(wideRow(i)...); err != nil {
					t.Fatal(err)
				}
			}
			if err := batch.Send(); err != nil {
				t.Fatal(err)
			}
			checkWide(t, conn, n)
		})
	}
}

func checkWide(t *testing.T, conn driver.Conn, n int) {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT id, channel, at, amount, tags, note, weights, raw, toString(key), kinds, pair.a, kind, text FROM wide ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := 0
	for ; rows.Next(); got++ {
		var (
			id                      uint64
			channel, raw, key, kind string
			text                    string
			at                      time.Time
			amount                  decimal.Decimal
			tags                    []string
			note                    *string
			weights                 map[string]float64
			kinds                   []*string
			a                       int32
		)
		if err := rows.Scan(&id, &channel, &at, &amount, &tags, &note, &weights, &raw, &key, &kinds, &a, &kind, &text); err != nil {
			t.Fatal(err)
		}
		want := wideRow(got)
		ok := id == want[0] && channel == want[1] && at.Equal(want[2].(time.Time)) && amount.Equal(want[3].(decimal.Decimal)) &&
			len(tags) == 2 && tags[1] == fmt.Sprint(got) && (note == nil) == (got%3 != 0) && weights["w"] == float64(got)/4 &&
			raw == want[9] && key == want[10] && len(kinds) == 2 && kinds[0] == nil && *kinds[1] == "kind" && a == int32(got) && kind == "paid" && text == want[14]
		if note != nil && *note != *want[5].(*string) || !ok {
			t.Fatalf("row %d differs: %v %v %v %v %v %v %v %q %v %v %v %v %q", got, id, channel, at, amount, tags, note, weights, raw, key, kinds, a, kind, text)
		}
	}
	if err := rows.Err(); err != nil || got != n {
		t.Fatalf("read %d rows of %d: %v", got, n, err)
	}
}

// On plain MergeTree a token counts only with non_replicated_deduplication_window.
func TestDriverDeduplicationToken(t *testing.T) {
	conn := open(t, nil)
	mustExec(t, conn, `CREATE TABLE events (id UInt64, day Date) ENGINE = MergeTree PARTITION BY day ORDER BY id
		SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1`)
	send := func(token string) {
		t.Helper()
		ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"insert_deduplication_token": token}))
		batch, err := conn.PrepareBatch(ctx, "INSERT INTO events (id, day)")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			if err := batch.Append(uint64(i), time.Date(2025, 1, 1+i%5, 0, 0, 0, 0, time.UTC)); err != nil {
				t.Fatal(err)
			}
		}
		if err := batch.Send(); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		token string
		want  uint64
	}{{"a", 1000}, {"a", 1000}, {"b", 2000}, {"a", 2000}, {"b", 2000}} {
		send(c.token)
		if got := scalar[uint64](t, conn, "SELECT count() FROM events"); got != c.want {
			t.Fatalf("after insert %d with token %s: %d rows, want %d", i, c.token, got, c.want)
		}
	}
	// The same in SQL, as curl would write it.
	for range 2 {
		mustExec(t, conn, "INSERT INTO events SETTINGS insert_deduplication_token = 'c' VALUES (1, '2025-01-01')")
	}
	if got := scalar[uint64](t, conn, "SELECT count() FROM events"); got != 2001 {
		t.Errorf("after two VALUES with one token: %d rows, want 2001", got)
	}
}
