package clickhouse

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

//go:embed migrations/*.up.sql
var migrationFiles embed.FS

// migration is one embedded SQL file; its place in the order of names is its version, from 1.
type migration struct {
	version uint32
	name    string
	text    string // the template as embedded
	sum     string // hex sha256 of text
}

// migrations reads all files of fsys in order.
func migrations(fsys fs.FS) ([]migration, error) {
	names, err := fs.Glob(fsys, "migrations/*.up.sql") // sorted
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		m := migration{uint32(i + 1), strings.TrimPrefix(name, "migrations/"), string(text), ""}
		if !strings.HasPrefix(m.name, fmt.Sprintf("%04d_", m.version)) {
			return nil, fmt.Errorf("migration %s is number %d: names count up from 0001 without a gap", m.name, m.version)
		}
		sum := sha256.Sum256(text)
		m.sum = hex.EncodeToString(sum[:])
		all = append(all, m)
	}
	return all, nil
}

// dialect renders DDL for one server or for a cluster.
type dialect struct {
	cluster  string // name in the server's remote_servers; "" is one server
	database string // that the tables are in
}

// statements renders a migration and splits it: a statement ends with a semicolon at the end of a line.
func (d dialect) statements(m migration) ([]string, error) {
	t, err := template.New(m.name).Option("missingkey=error").Funcs(template.FuncMap{
		"onCluster": d.onCluster, "local": d.local, "engine": d.engine, "durable": d.durable, "distributed": d.distributed, "tables": d.tables,
	}).Parse(m.text)
	if err != nil {
		return nil, fmt.Errorf("parse migration %s: %w", m.name, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return nil, fmt.Errorf("render migration %s: %w", m.name, err)
	}
	var all []string
	for _, s := range strings.Split(b.String(), ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all, nil
}

// quote makes a name of SQL.
func quote(name string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
}

func (d dialect) onCluster() string {
	if d.cluster == "" {
		return ""
	}
	return " ON CLUSTER " + quote(d.cluster)
}

// local is the table that holds the rows of this server; in a cluster the plain name is the
// Distributed table over all of them.
func (d dialect) local(table string) string {
	if d.cluster == "" {
		return table
	}
	return table + "_local"
}

// tables are the local table and, in a cluster, the Distributed one over it: a change of columns is for both.
func (d dialect) tables(table string) []string {
	if d.cluster == "" {
		return []string{table}
	}
	return []string{d.local(table), table}
}

// engine is a MergeTree engine with its arguments. A cluster's tables are replicated: a distributed one
// within its shard, the others to every server, so that each answers from its own copy.
func (d dialect) engine(table, family string, args ...string) string {
	if d.cluster != "" {
		path, replica := "'/clickhouse/tables/{database}/"+table+"'", "'{shard}-{replica}'"
		if family == "MergeTree" && table != "migrations" {
			path, replica = "'/clickhouse/tables/{shard}/{database}/"+table+"'", "'{replica}'"
		}
		family, args = "Replicated"+family, append([]string{path, replica}, args...)
	}
	if len(args) == 0 {
		return family
	}
	return family + "(" + strings.Join(args, ", ") + ")"
}

// durable are the settings of tables that the journal fills: a row that was acknowledged is on disk and
// a batch sent again is known. Without the window plain MergeTree ignores the token.
func (d dialect) durable() string {
	window := "non_replicated_deduplication_window"
	if d.cluster != "" {
		window = "replicated_deduplication_window"
	}
	return window + " = 10000, fsync_after_insert = 1, fsync_part_directory = 1"
}

// distributed is the table that spreads rows over the shards by key; nothing on one server.
func (d dialect) distributed(table, key string) string {
	if d.cluster == "" {
		return ""
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed(%s, %s, %s, %s);",
		table, d.onCluster(), d.local(table), quote(d.cluster), quote(d.database), d.local(table), key)
}

// migrationsTable records what was applied. It is not a migration itself: it has to be there first.
func (d dialect) migrationsTable() string {
	return fmt.Sprintf(`CREATE TABLE IF NOT EXISTS migrations%s (
    version UInt32,
    name    String,
    sha256  String,
    applied DateTime64(6, 'UTC')
) ENGINE = %s
ORDER BY version`, d.onCluster(), d.engine("migrations", "MergeTree"))
}
