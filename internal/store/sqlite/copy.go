// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

// Snapshot implements store.Engine.
func (e *engine) Snapshot(ctx context.Context, fn func(store.Session) error) error {
	return snapshot(ctx, e.pool, fn)
}

// Snapshot implements store.Engine.
func (l *looking) Snapshot(ctx context.Context, fn func(store.Session) error) error {
	return snapshot(ctx, l.pool, fn)
}

// snapshot reads in one transaction: its first statement takes the state that the
// others see. Until it ends, the log of what others write cannot be taken in.
func snapshot(ctx context.Context, pool *sql.DB, fn func(store.Session) error) error {
	tx, err := pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return sorted(err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(reading{tx})
}

// reading is the session of one snapshot.
type reading struct{ *sql.Tx }

// Fault implements store.Session.
func (reading) Fault(err error) error { return sorted(err) }

// Beside opens the database file at path beside the process that serves it, to
// read it and now and then to write a row. fault.Withheld when there is no file.
func Beside(ctx context.Context, path string) (*store.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Because(fault.Unavailable, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Withheld, "")
	}
	w, err := startWriter(ctx, path, direct)
	if err != nil {
		return nil, err
	}
	pool, err := pool(DSN(path, "query_only(1)"), direct)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return store.Look(&engine{statements: newStatements(pool), pool: pool, w: w}), nil
}

// Fill makes a database file at path, where there is none, and fills it: see
// store.Fill. It leaves no file behind when it fails.
func Fill(ctx context.Context, path string, number int64, fn func(*store.Filler) error, then func(*store.Tx) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Refused, "fault.backup_place")
	}
	e, err := open(ctx, path, direct)
	if err != nil {
		return err
	}
	err = errors.Join(store.Fill(ctx, e, dialect(), number, fn, then), e.Close())
	if err == nil {
		return nil
	}
	for _, file := range []string{path, path + "-wal", path + "-shm", path + "-lock"} {
		if gone := os.Remove(file); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, fault.Because(fault.Unavailable, gone))
		}
	}
	return err
}
