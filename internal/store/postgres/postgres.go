// SPDX-License-Identifier: AGPL-3.0-or-later

// Package postgres keeps one organisation's rows in one schema of a PostgreSQL
// database, or of one that speaks its protocol: no advisory lock, no LISTEN, no
// extension. One goroutine of a process writes, and commits many closures together;
// a transaction that could not be serialised beside another process's is run again.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

const (
	connectionsPerCore = 4
	idleTime           = 5 * time.Minute
)

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Open connects to the database that dsn names, makes the schema when there is
// none, and brings its tables up to date. Several processes may serve one
// schema.
func Open(ctx context.Context, dsn, schema string) (*store.DB, error) {
	return OpenThrough(ctx, dsn, schema, direct)
}

// OpenThrough is Open for tests: through may put something between the store and
// its driver, that counts statements or fails them.
func OpenThrough(ctx context.Context, dsn, schema string, through Through) (*store.DB, error) {
	e, err := connect(dsn, schema, through)
	if err != nil {
		return nil, err
	}
	db, err := e.prepare(ctx, schema)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return db, nil
}

// Through is what stands between the store and its driver.
type Through func(driver.Connector) driver.Connector

// direct is what stands there in the product: nothing.
func direct(c driver.Connector) driver.Connector { return c }

// connect sets a pool up; it dials at the first statement.
func connect(dsn, schema string, through Through) (*engine, error) {
	if !schemaName.MatchString(schema) {
		return nil, fault.Because(fault.Invalid, errors.New("postgres: a schema is named by a-z, 0-9 and _"))
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.Because(fault.Invalid, err) // pgx leaves the password out
	}
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["synchronous_commit"] = "on"
	e := &engine{pool: sql.OpenDB(through(stdlib.GetConnector(*config)))}
	e.pool.SetMaxOpenConns(connectionsPerCore * runtime.NumCPU())
	e.pool.SetMaxIdleConns(connectionsPerCore * runtime.NumCPU())
	e.pool.SetConnMaxIdleTime(idleTime)
	return e, nil
}

// prepare makes the schema and its tables.
func (e *engine) prepare(ctx context.Context, schema string) (*store.DB, error) {
	if err := e.makeSchema(ctx, schema); err != nil {
		return nil, err
	}
	return store.New(ctx, e, dialect())
}

func (e *engine) makeSchema(ctx context.Context, schema string) error {
	return e.Write(ctx, func(s store.Session) error {
		_, err := s.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema)
		if err != nil {
			return s.Fault(err)
		}
		return nil
	})
}

func dialect() store.Dialect {
	return store.Dialect{
		Blob: "BYTEA", Key: "BIGINT", Serial: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		AppendOnly: appendOnly, Purgeable: purgeable,
		Given: " OVERRIDING SYSTEM VALUE", Restart: "SELECT setval(pg_get_serial_sequence('%[1]s', 'number'), MAX(number)) FROM %[1]s",
	}
}

func appendOnly(table string) []string {
	return []string{
		`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
		fmt.Sprintf(`CREATE TRIGGER %[1]s_append_only BEFORE UPDATE OR DELETE ON %[1]s
			FOR EACH ROW EXECUTE FUNCTION refuse_change()`, table),
		fmt.Sprintf(`CREATE TRIGGER %[1]s_no_truncate BEFORE TRUNCATE ON %[1]s
			FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`, table),
	}
}

// purgeable replaces what appendOnly made.
func purgeable(table, column string) []string {
	return []string{
		fmt.Sprintf("DROP TRIGGER IF EXISTS %[1]s_append_only ON %[1]s", table),
		fmt.Sprintf("DROP TRIGGER IF EXISTS %[1]s_no_truncate ON %[1]s", table),
		fmt.Sprintf(`CREATE FUNCTION %[1]s_refuse_early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF TG_OP = 'DELETE' AND %[2]s THEN RETURN OLD; END IF;
			RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$`, table, store.Purged("OLD."+column)),
		fmt.Sprintf(`CREATE TRIGGER %[1]s_append_only BEFORE UPDATE OR DELETE ON %[1]s
			FOR EACH ROW EXECUTE FUNCTION %[1]s_refuse_early()`, table),
		fmt.Sprintf(`CREATE TRIGGER %[1]s_no_truncate BEFORE TRUNCATE ON %[1]s
			FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`, table),
	}
}

// engine implements store.Engine. pgx prepares each statement once per
// connection by itself.
type engine struct {
	pool *sql.DB
	w    writer
}

// QueryContext implements store.Session.
func (e *engine) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return e.pool.QueryContext(ctx, query, args...)
}

// ExecContext implements store.Session.
func (e *engine) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return e.pool.ExecContext(ctx, query, args...)
}

// Fault implements store.Session.
func (*engine) Fault(err error) error { return sorted(err) }

// Close implements store.Engine.
func (e *engine) Close() error {
	if err := e.pool.Close(); err != nil {
		return sorted(err)
	}
	return nil
}
