// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"depositaire.org/depositaire/internal/fault"
)

// preparer is a *sql.DB or a *sql.Conn.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// statements prepares each statement once. There are as many as the store has
// written: none is built from input.
type statements struct {
	on    preparer
	mu    sync.RWMutex
	ready map[string]*sql.Stmt
}

func newStatements(on preparer) *statements {
	return &statements{on: on, ready: map[string]*sql.Stmt{}}
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.ready[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.ready[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.on.PrepareContext(ctx, query)
	if err == nil {
		s.ready[query] = stmt
	}
	return stmt, err
}

// close frees the statements: a connection stays open as long as one of those
// prepared on it, and its WAL with it.
func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, stmt := range s.ready {
		all = append(all, stmt.Close())
	}
	clear(s.ready)
	return errors.Join(all...)
}

// QueryContext implements store.Session. A statement that began is not
// interrupted: the driver would start a goroutine for each, which costs as much
// as the statement.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// ExecContext implements store.Session.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// Fault implements store.Session.
func (*statements) Fault(err error) error { return sorted(err) }

// sorted turns an error into a fault. SQLite's own words stay behind: the code
// says enough.
func sorted(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		return fault.Because(kindOf(e.Code()), fmt.Errorf("sqlite: %d %s", e.Code(), sqlite.ErrorCodeString[e.Code()]))
	}
	if gone(err) {
		return fault.Because(fault.Unavailable, err)
	}
	return fault.Because(fault.Internal, fmt.Errorf("sqlite: %T", err))
}

// gone reports an error of the database's surroundings, which names no value.
func gone(err error) bool {
	var path *fs.PathError
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, errClosed) ||
		errors.Is(err, errLost) || errors.As(err, &path) ||
		err.Error() == "sql: database is closed" // database/sql does not export it
}

// kindOf sorts SQLite's extended result codes.
func kindOf(code int) fault.Kind {
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return fault.Conflict
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY: // what the row refers to is not there
		return fault.Withheld
	}
	switch code & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_CORRUPT,
		lib.SQLITE_NOTADB, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_NOMEM, lib.SQLITE_PERM,
		lib.SQLITE_PROTOCOL, lib.SQLITE_INTERRUPT:
		return fault.Unavailable
	}
	return fault.Internal
}
