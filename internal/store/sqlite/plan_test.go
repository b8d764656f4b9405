// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/storetest"
)

// small is what stays small whatever the number of persons, so that a statement
// may read it whole: the house, its members and their sessions and scratchpads,
// functions in the whole house, what waits for its place, what is signed every ten
// minutes, and the results of subqueries that are bounded themselves.
var small = regexp.MustCompile(`^(organisation|o$|seat|session|invitation|schema_version|mine|page|last|waiting|w|checkpoint|purge)\b|` +
	`_(organisation|service|member)_1$|circle_scratchpad$|function_house$`)

var scanned = regexp.MustCompile(`(?m)^SCAN (.*)$`)

// explorer keeps every statement of a store.
type explorer struct {
	*engine
	mu    sync.Mutex
	asked map[string]bool
}

func (e *explorer) note(query string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked[query] = true
}

func (e *explorer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	e.note(query)
	return e.engine.QueryContext(ctx, query, args...)
}

func (e *explorer) Write(ctx context.Context, fn func(store.Session) error) error {
	return e.engine.Write(ctx, func(s store.Session) error { return fn(explored{s, e}) })
}

type explored struct {
	store.Session
	by *explorer
}

func (e explored) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	e.by.note(query)
	return e.Session.QueryContext(ctx, query, args...)
}

func (e explored) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	e.by.note(query)
	return e.Session.ExecContext(ctx, query, args...)
}

// The cost of opening a case may not depend on how many there are.
func TestNoStatementReadsALargeTableWhole(t *testing.T) {
	asked := map[string]bool{}
	storetest.Run(t, func(t *testing.T) *store.DB {
		e, err := open(t.Context(), filepath.Join(t.TempDir(), "rows.db"), direct)
		if err != nil {
			t.Fatal(err)
		}
		x := &explorer{engine: e, asked: map[string]bool{}}
		db, err := store.New(t.Context(), x, dialect())
		if err != nil {
			t.Fatal(err)
		}
		x.asked = asked // what a migration reads, it reads once
		t.Cleanup(func() { _ = db.Close() })
		return db
	})
	path := filepath.Join(t.TempDir(), "rows.db")
	openAt(t, path)
	raw := rawHandle(t, path)
	explained := 0
	for query := range asked {
		for _, scan := range scanned.FindAllStringSubmatch(plan(t, raw, query), -1) {
			if !small.MatchString(scan[1]) {
				t.Errorf("reads the whole of %s:\n%s", scan[1], query)
			}
		}
		explained++
	}
	if explained < 80 {
		t.Errorf("only %d statements were seen", explained)
	}
}

// plan returns SQLite's plan of a statement, the checks of foreign keys included.
func plan(t *testing.T, raw *sql.DB, query string) string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "$"))...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		all.WriteString(detail + "\n")
	}
	return all.String()
}
