package front

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"takt/features/embedded/chdb"
)

// session is one pooled connection and what it was told so far.
type session struct {
	engine   *Engine
	conn     *chdb.Conn
	tag      string            // begins its log_comment; KILL QUERY finds the statement by it
	settings map[string]string // set on the connection
	database string            // current database
}

// connect opens the connection anew, with nothing left of what earlier statements set.
func (s *session) connect() error {
	conn, err := s.engine.lib.Connect(s.engine.args...)
	if err != nil {
		return fmt.Errorf("open a connection: %w", err)
	}
	// implicit_select is forced on by the library at connect; it would read "SELEC 1" as a query.
	_, err = conn.Query("SET implicit_select = 0, log_comment = "+literal(s.tag), "Null", nil, nil)
	if err != nil {
		conn.Close()
		return fmt.Errorf("prepare a connection: %w", err)
	}
	if s.conn != nil {
		s.conn.Close()
	}
	s.conn, s.settings, s.database = conn, map[string]string{}, "default"
	return nil
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// prepare brings the connection to the settings and the database of a request.
func (s *session) prepare(settings map[string]string, database string) error {
	if comment, ok := settings["log_comment"]; ok {
		settings["log_comment"] = s.tag + comment
	}
	if err := s.set(settings); err != nil {
		return err
	}
	if database == "" {
		database = "default"
	}
	if database == s.database {
		return nil
	}
	if _, err := s.conn.Query("USE "+identifier(database), "Null", nil, nil); err != nil {
		return err
	}
	s.database = database
	return nil
}

func (s *session) set(want map[string]string) error {
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !settingName.MatchString(name) {
			return &chdb.Error{Code: 115, Message: fmt.Sprintf("Code: 115. DB::Exception: Unknown setting %s. (UNKNOWN_SETTING)", literal(name))}
		}
		if have, ok := s.settings[name]; !ok || have != want[name] {
			changes = append(changes, name+" = "+literal(want[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		if _, ok := want[name]; !ok {
			changes = append(changes, name+" = "+s.initial(name))
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if _, err := s.conn.Query("SET "+strings.Join(changes, ", "), "Null", nil, nil); err != nil {
		if again := s.connect(); again != nil { // some of the changes may have been made
			return fmt.Errorf("%w (and %w)", err, again)
		}
		return err
	}
	s.settings = want
	return nil
}

// initial is what a setting goes back to when a request no longer asks for it.
func (s *session) initial(name string) string {
	switch name {
	case "log_comment":
		return literal(s.tag)
	case "implicit_select", "print_pretty_type_names":
		return "0"
	case "max_threads":
		for _, a := range s.engine.args {
			if v, ok := strings.CutPrefix(a, "--max_threads="); ok {
				return v
			}
		}
	}
	return "DEFAULT"
}

// literal quotes s as a string of SQL.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// identifier quotes s as a name of SQL.
func identifier(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}
