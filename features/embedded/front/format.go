package front

import (
	"bytes"
	"strings"
)

// joiner turns the pieces of a streamed result, each complete in itself, into one document. first tells
// the first piece from the others.
type joiner func(piece []byte, first bool) []byte

// joinerOf says how pieces of a format join. Formats it does not list cannot be streamed: JSON, Parquet
// or Pretty have an envelope around all rows, so their whole result is formed before it is sent.
func joinerOf(format string) (joiner, bool) {
	switch strings.ToLower(format) {
	case "native", "rowbinary", "tabseparated", "tsv", "tabseparatedraw", "tsvraw", "raw", "csv", "tskv",
		"jsoneachrow", "jsonlines", "ndjson", "jsonstringseachrow", "jsoncompacteachrow", "jsoncompactstringseachrow",
		"lineasstring", "rawblob", "msgpack", "null":
		return func(piece []byte, _ bool) []byte { return piece }, true
	case "tabseparatedwithnames", "tsvwithnames", "tabseparatedrawwithnames", "tsvrawwithnames", "rawwithnames", "csvwithnames",
		"jsoncompacteachrowwithnames":
		return dropHeader(1), true
	case "tabseparatedwithnamesandtypes", "tsvwithnamesandtypes", "csvwithnamesandtypes", "jsoncompacteachrowwithnamesandtypes":
		return dropHeader(2), true
	case "arrowstream":
		return joinArrow, true
	}
	return nil, false
}

// dropHeader keeps the header lines of the first piece only. Names with a line break in quotes span lines.
func dropHeader(lines int) joiner {
	return func(piece []byte, first bool) []byte {
		if first {
			return piece
		}
		left, inQuotes := lines, false
		for i, c := range piece {
			switch {
			case c == '"':
				inQuotes = !inQuotes
			case c == '\n' && !inQuotes:
				if left--; left == 0 {
					return piece[i+1:]
				}
			}
		}
		return nil
	}
}

// arrowEnd closes an Arrow IPC stream: continuation marker and length zero.
var arrowEnd = []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}

// joinArrow strips the end marker of every stream, and the schema message of all but the first: the
// schema has no body, so it is marker, length and that many bytes. finish writes arrowEnd.
func joinArrow(piece []byte, first bool) []byte {
	piece = bytes.TrimSuffix(piece, arrowEnd)
	if first || len(piece) < 8 {
		return piece
	}
	n := int(piece[4]) | int(piece[5])<<8 | int(piece[6])<<16 | int(piece[7])<<24
	if n < 0 || 8+n > len(piece) {
		return nil
	}
	return piece[8+n:]
}

// trailer is what follows the last piece of a streamed result.
func trailer(format string) []byte {
	if strings.EqualFold(format, "ArrowStream") {
		return arrowEnd
	}
	return nil
}

// contentType is what a server announces for a format.
func contentType(format string) string {
	f := strings.ToLower(format)
	switch {
	case f == "json" || strings.HasPrefix(f, "jsoncompact") && !strings.Contains(f, "eachrow") || f == "jsonstrings" || f == "jsoncolumns":
		return "application/json; charset=UTF-8"
	case strings.Contains(f, "eachrow") || f == "jsonlines" || f == "ndjson":
		return "application/x-ndjson; charset=UTF-8"
	case strings.HasPrefix(f, "csv"):
		return "text/csv; charset=UTF-8; header=" + header(f)
	case strings.HasPrefix(f, "tabseparated") || strings.HasPrefix(f, "tsv"):
		return "text/tab-separated-values; charset=UTF-8"
	case f == "arrowstream":
		return "application/vnd.apache.arrow.stream"
	case f == "arrow":
		return "application/vnd.apache.arrow.file"
	case f == "native" || strings.HasPrefix(f, "rowbinary") || f == "parquet" || f == "msgpack" || f == "rawblob" || f == "orc":
		return "application/octet-stream"
	case f == "xml":
		return "application/xml; charset=UTF-8"
	}
	return "text/plain; charset=UTF-8"
}

func header(format string) string {
	if strings.Contains(format, "withnames") {
		return "present"
	}
	return "absent"
}
