package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
)

// maxLogLine bounds a line of a child's standard error, in bytes; the rest of a longer one is dropped.
const maxLogLine = 8 << 10

// logWriter passes a child's standard error on, one log line per line. The store's own lines are JSON
// and keep level and fields; the engine's keep what is a warning or worse; anything else (a crash) is
// an error line each. It is used by one goroutine.
type logWriter struct {
	logger *slog.Logger
	rest   []byte
}

func (w *logWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		w.rest = append(w.rest, line[:min(len(line), maxLogLine-len(w.rest))]...)
		if ended {
			w.line(w.rest)
			w.rest = w.rest[:0]
		}
		rest = after
	}
	return len(p), nil
}

func (w *logWriter) line(line []byte) {
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	if level, message, attrs, ok := ownLine(line); ok {
		w.logger.LogAttrs(context.Background(), level, message, attrs...)
		return
	}
	if level, message, ok := engineLine(line); ok {
		if level >= slog.LevelWarn {
			w.logger.Log(context.Background(), level, "store engine", "line", message)
		}
		return
	}
	w.logger.Error("store output", "line", string(line))
}

// ownLine reads a line that slog.NewJSONHandler wrote.
func ownLine(line []byte) (level slog.Level, message string, attrs []slog.Attr, ok bool) {
	var fields map[string]any
	if json.Unmarshal(line, &fields) != nil {
		return 0, "", nil, false
	}
	name, _ := fields["level"].(string)
	message, _ = fields["msg"].(string)
	if message == "" || level.UnmarshalText([]byte(name)) != nil {
		return 0, "", nil, false
	}
	for key, value := range fields {
		if key != "level" && key != "msg" && key != "time" {
			attrs = append(attrs, slog.Any(key, value))
		}
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) })
	return level, message, attrs, true
}

var enginePattern = regexp.MustCompile(`^\S+ \S+ \[ \d+ \] \{[^}]*\} <(\w+)> (.*)`)

// engineLine reads a line of ClickHouse's console log.
func engineLine(line []byte) (level slog.Level, message string, ok bool) {
	m := enginePattern.FindSubmatch(line)
	if m == nil {
		return 0, "", false
	}
	switch string(m[1]) {
	case "Fatal", "Critical", "Error":
		level = slog.LevelError
	case "Warning":
		level = slog.LevelWarn
	default:
		level = slog.LevelDebug
	}
	return level, string(m[2]), true
}
