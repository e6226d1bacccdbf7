package front

import (
	"strings"
	"testing"
)

func TestAnalyseInsert(t *testing.T) {
	for _, c := range []struct{ sql, insert, format, data string }{
		{"INSERT INTO t FORMAT Native\n\x01\x02", "INSERT INTO t ", "Native", "\x01\x02"},
		{"insert into db.t (a, b) settings async_insert=1 format CSV 1,2", "insert into db.t (a, b) settings async_insert=1 ", "CSV", "1,2"},
		{"/* a FORMAT b */ INSERT -- VALUES\n INTO t VALUES (1)", "/* a FORMAT b */ INSERT -- VALUES\n INTO t ", "Values", " (1)"},
		{"INSERT INTO format VALUES (1)", "INSERT INTO format ", "Values", " (1)"},
		{"INSERT INTO db.values (format, values) FORMAT TSV\r\n1\t2", "INSERT INTO db.values (format, values) ", "TSV", "1\t2"},
		{"INSERT INTO db . format FORMAT TSV\n1", "INSERT INTO db . format ", "TSV", "1"},
		{"INSERT INTO `a FORMAT b` FORMAT TSV\n1", "INSERT INTO `a FORMAT b` ", "TSV", "1"},
		{"INSERT INTO TABLE t(a)VALUES('x;''y')", "INSERT INTO TABLE t(a)", "Values", "('x;''y')"},
		{"INSERT INTO FUNCTION file('x.csv', 'CSV', 'a UInt8') VALUES (1)", "INSERT INTO FUNCTION file('x.csv', 'CSV', 'a UInt8') ", "Values", " (1)"},
		{"INSERT INTO {table:Identifier} SETTINGS insert_deduplication_token='a FORMAT b' FORMAT JSONEachRow {}", "INSERT INTO {table:Identifier} SETTINGS insert_deduplication_token='a FORMAT b' ", "JSONEachRow", "{}"},
	} {
		s := analyse(c.sql)
		if s.insert != c.insert || s.insertFormat != c.format || c.sql[s.data:] != c.data {
			t.Errorf("%q: got %q, %q, %q", c.sql, s.insert, s.insertFormat, c.sql[s.data:])
		}
	}
	for _, sql := range []string{
		"INSERT INTO t SELECT 1", "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x FORMAT CSV", "INSERT INTO t (SELECT 1)",
		"INSERT INTO t FROM INFILE 'x' FORMAT CSV", "INSERT INTO t", "INSERT", "INSERT INTO t FORMAT", "SELECT 'INSERT INTO t VALUES (1)'",
		"EXPLAIN INSERT INTO t VALUES (1)",
	} {
		if s := analyse(sql); s.insert != "" {
			t.Errorf("%q: taken for an insert with data: %+v", sql, s)
		}
	}
}

func TestAnalyseTail(t *testing.T) {
	for _, c := range []struct {
		sql, verb, format string
		multi, streams    bool
	}{
		{"SELECT 1", "SELECT", "", false, true},
		{"select 1 format JSON", "SELECT", "JSON", false, true},
		{"SELECT 1 FORMAT TSV SETTINGS max_threads = 1;", "SELECT", "TSV", false, true},
		{"SELECT format FROM t", "SELECT", "", false, true},
		{"SELECT x AS format SETTINGS a = 1", "SELECT", "", false, true},
		{"SELECT x format", "SELECT", "", false, true},
		{"SELECT 'a FORMAT JSON'", "SELECT", "", false, true},
		{"SELECT 1 -- FORMAT JSON", "SELECT", "", false, true},
		{"SELECT * FROM (SELECT 1 FORMAT JSON)", "SELECT", "", false, true},
		{"SELECT $x$ ; FORMAT JSON $x$", "SELECT", "", false, true},
		{"(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV", "(", "CSV", false, true},
		{"WITH 1 AS x SELECT x", "WITH", "", false, true},
		{"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "WITH", "", false, false},
		{"SELECT a, count() FROM t GROUP BY a WITH TOTALS", "SELECT", "", false, false},
		{"SELECT 1; SELECT 2", "SELECT", "", true, true},
		{"SELECT 1; -- done", "SELECT", "", false, true},
		{"  # comment\n// another\nSHOW TABLES FORMAT TSVRaw", "SHOW", "TSVRaw", false, false},
		{"\ufeffSELECT 1", "SELECT", "", false, true},
		{"CREATE TABLE t (format String) ENGINE = Memory", "CREATE", "", false, false},
		{"", "", "", false, false},
	} {
		s := analyse(c.sql)
		if s.verb != c.verb || s.format != c.format || s.multi != c.multi || s.streams() != c.streams {
			t.Errorf("%q: got verb %q format %q multi %v streams %v", c.sql, s.verb, s.format, s.multi, s.streams())
		}
		if strings.Contains(s.text, ";") && !strings.Contains(s.text, "'") && !strings.Contains(s.text, "$") {
			t.Errorf("%q: semicolon kept in %q", c.sql, s.text)
		}
	}
}

func TestChangesSession(t *testing.T) {
	for sql, want := range map[string]bool{
		"SET a = 1": true, "use db": true, "CREATE TEMPORARY TABLE t (a UInt8)": true, "CREATE OR REPLACE TEMPORARY TABLE t (a UInt8)": true,
		"CREATE TABLE t (temporary UInt8) ENGINE = Memory": false, "SELECT 1": false,
	} {
		s := analyse(sql)
		if got := s.changesSession(); got != want {
			t.Errorf("%q: changes the session: %v, want %v", sql, got, want)
		}
	}
}

// FuzzAnalyse holds the analyser to what callers rely on: offsets inside the text, and no endless loop.
func FuzzAnalyse(f *testing.F) {
	for _, sql := range []string{"INSERT INTO t FORMAT Native\n\x00", "SELECT '\\", "$a$", "/*", "INSERT INTO t VALUES", "SELECT 1;;", "`", "--"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		s := analyse(sql)
		if s.data < 0 || s.data > len(sql) || !strings.HasPrefix(sql, s.text) || !strings.HasPrefix(sql, s.insert) {
			t.Fatalf("%q: %+v", sql, s)
		}
		if s.insert != "" && s.insertFormat == "" {
			t.Fatalf("%q: insert without format", sql)
		}
	})
}
