package front

import "strings"

type tokenKind uint8

const (
	word   tokenKind = iota // bare identifier, keyword or number
	quoted                  // 'string', "identifier", `identifier` or $tag$heredoc$tag$
	punct                   // one byte of anything else
)

type token struct {
	kind       tokenKind
	start, end int // byte offsets
}

// nextToken reads the token at or after pos, skipping blanks and comments; ok is false at the end.
// It follows ClickHouse's lexer as far as finding clauses needs.
func nextToken(sql string, pos int) (t token, ok bool) {
	pos = skipBlank(sql, pos)
	if pos >= len(sql) {
		return token{start: pos, end: pos}, false
	}
	c := sql[pos]
	switch {
	case c == '\'' || c == '"' || c == '`':
		return token{quoted, pos, quotedEnd(sql, pos)}, true
	case isWordByte(c):
		end := pos + 1
		for end < len(sql) && (isWordByte(sql[end]) || sql[end] == '$') {
			end++
		}
		return token{word, pos, end}, true
	case c == '$':
		if end := heredocEnd(sql, pos); end > 0 {
			return token{quoted, pos, end}, true
		}
	}
	return token{punct, pos, pos + 1}, true
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func skipBlank(sql string, pos int) int {
	for pos < len(sql) {
		rest := sql[pos:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v\x00", rest[0]) >= 0:
			pos++
		case strings.HasPrefix(rest, "/*"):
			pos += spanTo(rest, 2, "*/")
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "# "), strings.HasPrefix(rest, "#!"):
			pos += spanTo(rest, 2, "\n")
		case strings.HasPrefix(rest, "\ufeff"): // byte order mark, as files from Windows editors begin with
			pos += len("\ufeff")
		default:
			return pos
		}
	}
	return pos
}

// spanTo is the length of s up to and including the first end at or after from, or all of s.
func spanTo(s string, from int, end string) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// quotedEnd finds the end of a quoted token; a backslash escapes, and so does doubling the quote (which
// reads here as two tokens side by side: the same for finding clauses).
func quotedEnd(sql string, pos int) int {
	q := sql[pos]
	for i := pos + 1; i < len(sql); i++ {
		switch sql[i] {
		case '\\':
			i++
		case q:
			return i + 1
		}
	}
	return len(sql)
}

func heredocEnd(sql string, pos int) int {
	tagEnd := pos + 1
	for tagEnd < len(sql) && isWordByte(sql[tagEnd]) {
		tagEnd++
	}
	if tagEnd >= len(sql) || sql[tagEnd] != '$' {
		return 0
	}
	tag := sql[pos : tagEnd+1]
	if i := strings.Index(sql[tagEnd+1:], tag); i >= 0 {
		return tagEnd + 1 + i + len(tag)
	}
	return 0
}
