package embedded_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"takt/features/embedded/embeddedtest"
)

// open connects clickhouse-go to a fresh database of the shared store.
func open(t testing.TB, change func(*clickhouse.Options)) driver.Conn {
	t.Helper()
	o, err := clickhouse.ParseDSN(embeddedtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(o)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func mustExec(t testing.TB, conn driver.Conn, sql string, args ...any) {
	t.Helper()
	if err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func scalar[T any](t testing.TB, conn driver.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestDriverPing(t *testing.T) {
	conn := open(t, nil)
	if err := conn.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := conn.ServerVersion()
	if err != nil || v.Version.Major != 26 || v.Version.Minor != 7 || v.Timezone.String() != "UTC" {
		t.Fatalf("version %+v, %v", v, err)
	}
}

func TestDriverParameters(t *testing.T) {
	conn := open(t, nil)
	awkward := "tab\t quote' back\\slash newline\n {x:String} ? $1"
	if got := scalar[string](t, conn, "SELECT {text:String}", clickhouse.Named("text", awkward)); got != awkward {
		t.Errorf("{text:String} gives %q, want %q", got, awkward)
	}
	if got := scalar[*string](t, conn, "SELECT {text:Nullable(String)}", clickhouse.Named("text", nil)); got != nil {
		t.Errorf("null parameter gives %q", *got)
	}
	ctx := clickhouse.Context(t.Context(), clickhouse.WithParameters(clickhouse.Parameters{"n": "3", "list": "['a','b']"}))
	var sum uint64
	var list []string
	if err := conn.QueryRow(ctx, "SELECT sum(number), {list:Array(String)} FROM numbers({n:UInt64})").Scan(&sum, &list); err != nil || sum != 3 || len(list) != 2 {
		t.Errorf("sum %d list %v: %v", sum, list, err)
	}
	if got := scalar[string](t, conn, "SELECT ?", awkward); got != awkward {
		t.Errorf("? gives %q, want %q", got, awkward)
	}
	mustExec(t, conn, "CREATE TABLE p (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
	mustExec(t, conn, "INSERT INTO p VALUES (?, ?), (?, ?)", 1, awkward, 2, "x;\n\ny")
	mustExec(t, conn, "insert into p (a, b) -- VALUES\n values ({a:UInt64}, {b:String})", clickhouse.Named("a", 3), clickhouse.Named("b", "z"))
	mustExec(t, conn, "INSERT INTO p SELECT a + {d:UInt64}, b FROM p", clickhouse.Named("d", 10))
	if got := scalar[[]string](t, conn, "SELECT arrayMap(x -> x.2, arraySort(groupArray((a, b)))) FROM p WHERE a < 10"); len(got) != 3 || got[0] != awkward || got[1] != "x;\n\ny" || got[2] != "z" {
		t.Errorf("inserted %q", got)
	}
	if got := scalar[uint64](t, conn, "SELECT count() FROM p"); got != 6 {
		t.Errorf("%d rows, want 6", got)
	}
}

// Settings and database of one request are not those of the next on the same connection.
func TestDriverSettingsDoNotLeak(t *testing.T) {
	conn := open(t, nil)
	with := func(s clickhouse.Settings) context.Context {
		return clickhouse.Context(t.Context(), clickhouse.WithSettings(s))
	}
	for range 40 { // more than the pool has connections
		var got uint64
		if err := conn.QueryRow(with(clickhouse.Settings{"max_block_size": 77, "log_comment": "x"}), "SELECT toUInt64(getSetting('max_block_size'))").Scan(&got); err != nil || got != 77 {
			t.Fatalf("max_block_size %d: %v", got, err)
		}
		if got := scalar[uint64](t, conn, "SELECT toUInt64(getSetting('max_block_size'))"); got == 77 {
			t.Fatal("a setting of the last request is still there")
		}
		mustExec(t, conn, "SET max_block_size = 78")
	}
	for range 40 {
		if got := scalar[uint64](t, conn, "SELECT toUInt64(getSetting('max_block_size'))"); got == 78 {
			t.Fatal("SET of an earlier request is still there")
		}
	}
	var e *clickhouse.Exception
	if err := conn.Exec(with(clickhouse.Settings{"no_such_setting": 1}), "SELECT 1"); !errors.As(err, &e) || e.Code != 115 {
		t.Fatalf("unknown setting: %v", err)
	}
}
