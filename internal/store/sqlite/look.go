// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

// Look opens the database file at path to read it, beside the process that
// serves it, and says in plain words which settings of secrecy.md §9 it lacks.
// fault.Withheld when there is no file. Write is refused.
func Look(ctx context.Context, path string) (db *store.DB, lacks []string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, nil, fault.Because(fault.Unavailable, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fault.New(fault.Withheld, "")
	}
	pool, err := sql.Open("sqlite", DSN(path, "query_only(1)"))
	if err != nil {
		return nil, nil, sorted(err)
	}
	if lacks, err = settings(ctx, pool); err != nil {
		return nil, nil, errors.Join(sorted(err), pool.Close())
	}
	return store.Look(&looking{newStatements(pool), pool}), lacks, nil
}

// settings compares a connection with what the writer's is.
func settings(ctx context.Context, pool *sql.DB) (lacks []string, err error) {
	for _, s := range []struct{ pragma, want, why string }{
		{"journal_mode", "wal", "the journal mode is %s, not wal: readers would wait for writers"},
		{"synchronous", "2", "synchronous is %s, not 2 (full): a power cut would lose what was saved"},
		{"quick_check(1)", "ok", "the file is damaged (%s): put a backup back"},
	} {
		var got string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+s.pragma).Scan(&got); err != nil {
			return nil, err
		}
		if got != s.want {
			lacks = append(lacks, fmt.Sprintf(s.why, got))
		}
	}
	return lacks, nil
}

// looking implements store.Engine for who only reads.
type looking struct {
	*statements
	pool *sql.DB
}

// Write implements store.Engine: it is refused.
func (*looking) Write(context.Context, func(store.Session) error) error {
	return fault.New(fault.Refused, "")
}

// Close implements store.Engine.
func (l *looking) Close() error {
	if err := l.pool.Close(); err != nil {
		return sorted(err)
	}
	return nil
}
