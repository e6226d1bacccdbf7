package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrSchema is returned by Migrate when the database was made by another Takt: newer than this one, or
// from a migration file that has changed since.
var ErrSchema = errors.New("the store's schema does not fit this version of takt")

// Migrate brings the schema up to date: it makes the database if need be and applies the embedded
// migrations that are missing, in order. It may be run again at any time, and by several processes.
func (s *Store) Migrate(ctx context.Context) error {
	all, err := migrations(migrationFiles)
	if err != nil {
		return err
	}
	return s.migrate(ctx, all)
}

func (s *Store) migrate(ctx context.Context, all []migration) error {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	if err := s.makeDatabase(ctx, c); err != nil {
		return err
	}
	if err := s.long.Exec(c, s.dialect.migrationsTable()); err != nil {
		return s.fault(ctx, "create table migrations", err)
	}
	done, err := s.applied(ctx, c)
	if err != nil {
		return err
	}
	if err := fits(done, all); err != nil {
		return err
	}
	for _, m := range all[len(done):] {
		if err := s.apply(ctx, c, m); err != nil {
			return err
		}
	}
	return nil
}

// makeDatabase creates the URL's database through a connection that does not name it.
func (s *Store) makeDatabase(ctx, c context.Context) error {
	if s.dialect.database == "default" {
		return nil
	}
	opt := *s.url
	opt.Auth.Database = ""
	conn, err := connect(opt, s.options, s.options.ScanTimeout, 1)
	if err != nil {
		return err
	}
	err = conn.Exec(c, "CREATE DATABASE IF NOT EXISTS "+quote(s.dialect.database)+s.dialect.onCluster())
	return s.fault(ctx, "create the database", errors.Join(err, conn.Close()))
}

// applied are the recorded migrations in order.
func (s *Store) applied(ctx, c context.Context) ([]migration, error) {
	rows, err := s.long.Query(c, "SELECT version, any(name), groupUniqArray(sha256) FROM migrations GROUP BY version ORDER BY version")
	if err != nil {
		return nil, s.fault(ctx, "read applied migrations", err)
	}
	defer rows.Close()
	var done []migration
	for rows.Next() {
		var m migration
		var sums []string
		if err := rows.Scan(&m.version, &m.name, &sums); err != nil {
			return nil, s.fault(ctx, "read applied migrations", err)
		}
		if len(sums) == 1 {
			m.sum = sums[0]
		}
		done = append(done, m)
	}
	return done, s.fault(ctx, "read applied migrations", rows.Err())
}

// fits reports whether the applied migrations are the first of all.
func fits(done, all []migration) error {
	for i, d := range done {
		if i >= len(all) {
			return fmt.Errorf("migration %04d %s is unknown here, the database is newer: upgrade takt: %w", d.version, d.name, ErrSchema)
		}
		if m := all[i]; d.version != m.version || d.name != m.name || d.sum != m.sum {
			return fmt.Errorf("migration %s was applied in another version than this takt has: use the takt that made the database: %w", m.name, ErrSchema)
		}
	}
	return nil
}

// apply runs one migration and records it. Its statements can be repeated: a crash between them and the
// record does no harm.
func (s *Store) apply(ctx, c context.Context, m migration) error {
	statements, err := s.dialect.statements(m)
	if err != nil {
		return err
	}
	for i, text := range statements {
		if err := s.long.Exec(c, text); err != nil {
			return s.fault(ctx, fmt.Sprintf("apply statement %d of migration %s", i+1, m.name), err)
		}
	}
	batch, err := s.long.PrepareBatch(c, "INSERT INTO migrations (version, name, sha256, applied)")
	if err == nil {
		err = batch.Append(m.version, m.name, m.sum, s.options.Now().UTC().Truncate(time.Microsecond))
	}
	if err == nil {
		err = batch.Send()
	}
	return s.fault(ctx, "record migration "+m.name, err)
}
