// SPDX-License-Identifier: AGPL-3.0-or-later

package powercut

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/store/storetest"
)

// Story is what the store asked of SQLite while the gestures of internal/desk were
// done: one list of statements for each transaction.
type Story [][]storetest.Step

// ReadStory reads what internal/desk recorded.
func ReadStory(path string) (s Story, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := gob.NewDecoder(f).Decode(&s); err != nil {
		return nil, err
	}
	if len(s) < 100 {
		return nil, fmt.Errorf("%s has only %d transactions", path, len(s))
	}
	return s, nil
}

// numbered is how the store writes arguments; a driver that counts them as they
// come would bind $2 before $1 wrongly.
var numbered = regexp.MustCompile(`\$(\d+)`)

// Run does the transactions on one connection, as the store's writer does, and
// tells each once it is answered.
func (s Story) Run(ctx context.Context, db *sql.DB, answered func(n int)) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for n, steps := range s {
		for _, step := range steps {
			if err := ask(ctx, c, step); err != nil {
				return fmt.Errorf("transaction %d, %.80s: %w", n, step.Query, err)
			}
		}
		answered(n + 1)
	}
	return nil
}

func ask(ctx context.Context, c *sql.Conn, step storetest.Step) error {
	args := make([]any, len(step.Args))
	for i, a := range step.Args {
		args[i] = a.Value
		if b, is := a.Value.([]byte); is && b == nil { // gob keeps no empty slice
			args[i] = []byte{}
		}
	}
	query := numbered.ReplaceAllString(step.Query, "?$1")
	if !strings.Contains(query, "RETURNING") {
		_, err := c.ExecContext(ctx, query, args...)
		return err
	}
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	for rows.Next() { //nolint:revive // what it returns was read when it was recorded
	}
	return errors.Join(rows.Err(), rows.Close())
}

// Print is a hash of everything that a database holds.
func Print(ctx context.Context, db *sql.DB) (out [32]byte, err error) {
	names, err := column(ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		return out, err
	}
	h := sha256.New()
	for _, name := range names {
		_, _ = fmt.Fprintf(h, "table %v\n", name)
		rows, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT * FROM "%v"`, name))
		if err != nil {
			return out, err
		}
		fields, err := rows.Columns()
		if err != nil {
			return out, err
		}
		values, to := make([]any, len(fields)), make([]any, len(fields))
		for i := range values {
			to[i] = &values[i]
		}
		var lines []string
		for rows.Next() {
			if err := rows.Scan(to...); err != nil {
				return out, err
			}
			lines = append(lines, fmt.Sprintf("%x\n", values))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return out, err
		}
		slices.Sort(lines)
		for _, line := range lines {
			_, _ = h.Write([]byte(line))
		}
	}
	return [32]byte(h.Sum(nil)), nil
}

func column(ctx context.Context, db *sql.DB, query string) (all []any, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var one any
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
