// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"database/sql"
	"encoding/gob"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/store/storetest"
)

var recording = flag.String("record", "", "where the transactions of the story are kept, for test/powercut")

// TestTheTransactionsOfTheStoryCanBeRunAgain: what test/powercut replays on disks
// that forget is what the store asks of SQLite.
func TestTheTransactionsOfTheStoryCanBeRunAgain(t *testing.T) {
	long(t)
	dir := t.TempDir()
	var asked takes
	s := &scene{t: t, has: newHands(), tape: &tape{}}
	s.h = openHall(t, dir, storetest.Through(asked.watch))
	s.settle(ground{Dir: dir})
	for _, g := range gestures() {
		if why := s.attempt(g.do); why != "" {
			t.Fatalf("%s: %s", g.name, why)
		}
	}
	s.together(t)
	s.leave()
	again := filepath.Join(t.TempDir(), "again.db")
	for i, one := range asked.kept {
		replayed(t, ground{Dir: filepath.Dir(again)}, i, one)
	}
	if diff := cmp.Diff(ground{Dir: dir}.tables(t), ground{Dir: filepath.Dir(again)}.tables(t)); diff != "" {
		t.Errorf("-said +again:\n%s", diff)
	}
	if *recording != "" {
		var b bytes.Buffer
		ok(t, gob.NewEncoder(&b).Encode(asked.kept))
		ok(t, os.WriteFile(*recording, b.Bytes(), 0o600))
	}
	t.Logf("%d transactions", len(asked.kept))
}

// together lets some write at the same moment, so that their transactions commit
// as one.
func (s *scene) together(t *testing.T) {
	t.Helper()
	karim := session(s, "karim2", "karim")
	karim.at(t, "/today")
	var all sync.WaitGroup
	for range 24 {
		b := s.by("karim2").copy(t)
		all.Go(func() { b.get("/persons") })
	}
	all.Wait()
}

// takes are the transactions that were committed, without what their savepoints
// undid and without what only reads.
type takes struct {
	now  []storetest.Step
	kept [][]storetest.Step
}

// watch implements storetest.Watch: one goroutine writes.
func (k *takes) watch(s storetest.Step) error {
	query := strings.TrimSpace(s.Query)
	switch {
	case s.Committed:
		k.kept, k.now = append(k.kept, k.now), nil
	case query == "ROLLBACK":
		k.now = nil
	case query == "ROLLBACK TO job":
		for k.now[len(k.now)-1].Query != "SAVEPOINT job" {
			k.now = k.now[:len(k.now)-1]
		}
	case !strings.HasPrefix(query, "SELECT") && !strings.HasPrefix(query, "WITH"):
		for i, a := range s.Args {
			if b, is := a.Value.([]byte); is {
				s.Args[i].Value = bytes.Clone(b)
			}
		}
		k.now = append(k.now, storetest.Step{Query: s.Query, Args: slices.Clone(s.Args)})
	}
	return nil
}

// replayed runs a transaction of the recording.
func replayed(t *testing.T, g ground, i int, steps []storetest.Step) {
	t.Helper()
	raw := g.raw(t)
	defer func() { _ = raw.Close() }()
	c, err := raw.Conn(t.Context())
	ok(t, err)
	defer func() { _ = c.Close() }()
	for _, s := range steps {
		args := make([]any, len(s.Args))
		for n, a := range s.Args {
			args[n] = a.Value
		}
		rows, err := c.QueryContext(t.Context(), s.Query, args...)
		if err == nil {
			err = drained(rows)
		}
		if err != nil {
			t.Fatalf("transaction %d, %s: %v", i, s.Query, err)
		}
	}
}

func drained(rows *sql.Rows) error {
	for rows.Next() { //nolint:revive // what it returns was read when it was recorded
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("drained: %w", err)
	}
	return rows.Close()
}
