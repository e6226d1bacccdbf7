package front

import "strings"

// statement is what the front has to know about a query before the engine parses it.
type statement struct {
	verb   string // first keyword in upper case; "(" for a parenthesised query; "" when there is none
	text   string // the query without the semicolon that ends it
	format string // name in its FORMAT clause, "" when it has none
	multi  bool   // something follows a semicolon

	totals bool // WITH TOTALS: output that cannot be joined from blocks
	writes bool // WITH ... INSERT

	// Of an INSERT that carries data: the statement up to FORMAT or VALUES, the format of the data, and
	// where in the analysed text the data begins. insert is empty for INSERT ... SELECT and the like.
	insert       string
	insertFormat string
	data         int
}

// analyse reads the clauses of sql that decide how it is run.
func analyse(sql string) statement {
	first, ok := nextToken(sql, 0)
	s := statement{verb: keyword(sql, first), text: sql}
	if ok && first.kind == punct {
		s.verb = sql[first.start:first.end]
	}
	if s.verb == "INSERT" && s.findData(sql, first.end) {
		return s
	}
	s.findTail(sql)
	return s
}

// keyword is the token in upper case when it is a bare word, else "".
func keyword(sql string, t token) string {
	if t.kind != word {
		return ""
	}
	return strings.ToUpper(sql[t.start:t.end])
}

// findData looks for FORMAT or VALUES of an INSERT whose first keyword ends at pos.
func (s *statement) findData(sql string, pos int) bool {
	t, ok := nextToken(sql, pos)
	for ok && (keyword(sql, t) == "INTO" || keyword(sql, t) == "TABLE" || keyword(sql, t) == "FUNCTION") {
		t, ok = nextToken(sql, t.end)
	}
	// t is the table, and may be named "format" or "values": step over it before looking for clauses.
	for depth := 0; ok; {
		next, more := nextToken(sql, t.end)
		if !more {
			return false
		}
		depth += nesting(sql, t)
		switch kw := keyword(sql, next); {
		case depth != 0 || isDot(sql, t):
		case kw == "SELECT" || kw == "WITH" || kw == "FROM" || kw == "EXPLAIN":
			return false
		case kw == "VALUES":
			s.insert, s.insertFormat, s.data = sql[:next.start], "Values", next.end
			return true
		case kw == "FORMAT":
			name, named := nextToken(sql, next.end)
			if !named || name.kind != word {
				return false
			}
			s.insert, s.insertFormat, s.data = sql[:next.start], sql[name.start:name.end], dataStart(sql, name.end)
			return true
		}
		t = next
	}
	return false
}

// dataStart skips the blanks and the one line break that may stand between FORMAT x and the data.
func dataStart(sql string, pos int) int {
	for pos < len(sql) && (sql[pos] == ' ' || sql[pos] == '\t' || sql[pos] == '\f') {
		pos++
	}
	if pos < len(sql) && sql[pos] == '\r' {
		pos++
	}
	if pos < len(sql) && sql[pos] == '\n' {
		pos++
	}
	return pos
}

// findTail looks for the FORMAT clause at the end, a closing semicolon, and what rules out streaming.
func (s *statement) findTail(sql string) {
	var prev, beforePrev token
	depth, format, settings := 0, "", false
	t, ok := nextToken(sql, 0)
	for ; ok; t, ok = nextToken(sql, t.end) {
		if isSemicolon(sql, t) {
			_, s.multi = nextToken(sql, t.end)
			s.text = sql[:t.start]
			break
		}
		depth += nesting(sql, t)
		if kw := keyword(sql, t); depth == 0 {
			s.totals = s.totals || kw == "TOTALS"
			s.writes = s.writes || kw == "INSERT"
			// FORMAT x counts when nothing or SETTINGS follows: "format" is a fine name for a column.
			if kw == "SETTINGS" && keyword(sql, beforePrev) == "FORMAT" && prev.kind == word {
				format, settings = sql[prev.start:prev.end], true
			}
		}
		beforePrev, prev = prev, t
	}
	if !settings && depth == 0 && beforePrev.end > 0 && keyword(sql, beforePrev) == "FORMAT" && prev.kind == word {
		format = sql[prev.start:prev.end]
	}
	s.format = format
}

// streams says whether the engine can hand the result over block by block.
func (s *statement) streams() bool {
	switch s.verb {
	case "SELECT", "WITH", "(":
		return !s.totals && !s.writes
	}
	return false
}

// reads says whether the statement leaves no trace, as GET requests must.
func (s *statement) reads() bool {
	switch s.verb {
	case "SELECT", "WITH", "(", "FROM", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK", "SET", "USE":
		return !s.writes
	}
	return false
}

// changesSession says whether the statement leaves state behind in the connection it ran on.
func (s *statement) changesSession() bool {
	if s.verb != "CREATE" {
		return s.verb == "SET" || s.verb == "USE"
	}
	for t, ok := nextToken(s.text, 0); ok; t, ok = nextToken(s.text, t.end) {
		switch keyword(s.text, t) {
		case "CREATE", "OR", "REPLACE":
		case "TEMPORARY":
			return true
		default:
			return false
		}
	}
	return false
}

func nesting(sql string, t token) int {
	if t.kind != punct {
		return 0
	}
	switch sql[t.start] {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

func isSemicolon(sql string, t token) bool { return t.kind == punct && sql[t.start] == ';' }

func isDot(sql string, t token) bool { return t.kind == punct && sql[t.start] == '.' }
