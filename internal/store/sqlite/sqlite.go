// SPDX-License-Identifier: AGPL-3.0-or-later

// Package sqlite keeps one organisation's rows in one SQLite file. Readers have
// a pool of connections; one goroutine writes, and commits many closures with
// one sync.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"modernc.org/sqlite"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

// readersPerCore: readers wait for the disk as much as they compute
// (architecture.md §3 asks for two to four).
const readersPerCore = 4

// Open opens the database file at path, makes it when there is none, and brings
// its tables up to date. Beside it stands path-lock: a second process that
// opens the same file gets an Unavailable fault with the key "store.locked".
func Open(ctx context.Context, path string) (*store.DB, error) {
	return OpenThrough(ctx, path, direct)
}

// OpenThrough is Open for tests: through may put something between the store and
// its driver, that counts statements, fails them or forgets them.
func OpenThrough(ctx context.Context, path string, through Through) (*store.DB, error) {
	e, err := open(ctx, path, through)
	if err != nil {
		return nil, err
	}
	db, err := store.New(ctx, e, dialect())
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return db, nil
}

// Through is what stands between the store and its driver.
type Through func(driver.Connector) driver.Connector

// direct is what stands there in the product: nothing.
func direct(c driver.Connector) driver.Connector { return c }

func dialect() store.Dialect {
	return store.Dialect{Blob: "BLOB", Key: "INTEGER", Serial: "INTEGER PRIMARY KEY", AppendOnly: appendOnly, Purgeable: purgeable}
}

func appendOnly(table string) []string {
	var all []string
	for _, verb := range []string{"UPDATE", "DELETE"} {
		all = append(all, fmt.Sprintf(
			"CREATE TRIGGER %[1]s_no_%[2]s BEFORE %[2]s ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s is append-only'); END",
			table, verb))
	}
	return all
}

// purgeable replaces what appendOnly made.
func purgeable(table, column string) []string {
	all := []string{"DROP TRIGGER IF EXISTS " + table + "_no_UPDATE", "DROP TRIGGER IF EXISTS " + table + "_no_DELETE"}
	all = append(all, appendOnly(table)...)
	last := len(all) - 1
	all[last] = strings.Replace(all[last], " BEGIN ", " WHEN NOT "+store.Purged("OLD."+column)+" BEGIN ", 1)
	return all
}

// engine implements store.Engine. Its own session reads from the pool.
type engine struct {
	*statements
	pool *sql.DB
	w    *writer
	lock *os.File
}

func open(ctx context.Context, path string, through Through) (_ *engine, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fault.Because(fault.Unavailable, err)
	}
	e := &engine{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if e.lock, err = claim(path + "-lock"); err != nil {
		return nil, err
	}
	if err = private(path); err != nil {
		return nil, err
	}
	if e.w, err = startWriter(ctx, path, through); err != nil {
		return nil, err
	}
	if e.pool, err = pool(DSN(path, "query_only(1)"), through); err != nil {
		return nil, err
	}
	readers := readersPerCore * runtime.NumCPU()
	e.pool.SetMaxOpenConns(readers)
	e.pool.SetMaxIdleConns(readers)
	e.statements = newStatements(e.pool)
	return e, nil
}

func pool(dsn string, through Through) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, sorted(err)
	}
	return sql.OpenDB(through(c)), nil
}

// DSN names a file and the settings of secrecy.md §9. recursive_triggers makes
// INSERT OR REPLACE meet the triggers that refuse a DELETE.
func DSN(path string, more ...string) string {
	settings := url.Values{"_pragma": append([]string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)",
		"temp_store(MEMORY)", "trusted_schema(0)", "recursive_triggers(1)",
	}, more...)}
	file := url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}
	return file.String()
}

// claim takes the lock that keeps two processes from one file. The kernel drops
// it with the process, however that ends.
func claim(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Because(fault.Unavailable, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f := fault.Because(fault.Unavailable, errors.New("another process serves this database"))
		f.Key = "store.locked"
		return nil, errors.Join(f, file.Close())
	}
	return file, nil
}

// private makes the file for its owner only; SQLite gives the files beside it
// the same mode.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(file.Chmod(0o600), file.Close())
	}
	if err != nil {
		return fault.Because(fault.Unavailable, err)
	}
	return nil
}

// Write implements store.Engine.
func (e *engine) Write(ctx context.Context, fn func(store.Session) error) error {
	return e.w.write(ctx, fn)
}

// Close implements store.Engine. The lock goes last.
func (e *engine) Close() error {
	var all []error
	if e.pool != nil {
		all = append(all, e.pool.Close())
	}
	if e.w != nil {
		all = append(all, e.w.close())
	}
	if e.lock != nil {
		all = append(all, e.lock.Close())
	}
	if err := errors.Join(all...); err != nil {
		return sorted(err)
	}
	return nil
}
