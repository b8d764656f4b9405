// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// What waits for the writer goes into one transaction, in which each keeps its own
// outcome. Seen to kill: a closure that fails is not rolled back to its savepoint;
// a panic is not told; a caller who left is written all the same; a transaction that is not
// committed is answered.
func TestThoseWhoWaitAreCommittedTogetherAndFailAlone(t *testing.T) {
	schema, raw := newSchema(t)
	openSchema(t, schema)
	e := engineOf(t, schema)
	db := store.Look(e)
	ctx := t.Context()
	put := func(tx *store.Tx) (record.PersonID, error) {
		id := record.NewID[record.Person]()
		return id, tx.PutPerson(ctx, record.Person{ID: id})
	}
	left, leave := context.WithCancel(ctx)
	leave()
	refused := errors.New("refused")
	outcomes := map[string]func() error{
		"fails": func() error {
			return db.Write(ctx, func(tx *store.Tx) error { _, err := put(tx); return errors.Join(err, refused) })
		},
		"left": func() error { return db.Write(left, func(tx *store.Tx) error { _, err := put(tx); return err }) },
		"panics": func() (err error) {
			defer func() { err = fmt.Errorf("panicked: %v", recover()) }()
			return db.Write(ctx, func(tx *store.Tx) error { _, _ = put(tx); panic("at once") })
		},
	}
	const good = 20
	for i := range good {
		outcomes[fmt.Sprint("good ", i)] = func() error {
			return db.Write(ctx, func(tx *store.Tx) error { _, err := put(tx); return err })
		}
	}
	got := writtenTogether(t, e, outcomes)
	for name, err := range got {
		switch name {
		case "fails":
			if !errors.Is(err, refused) {
				t.Errorf("%s: %v", name, err)
			}
		case "left":
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%s: %v", name, err)
			}
		case "panics":
			if err == nil || err.Error() != "panicked: at once" {
				t.Errorf("%s: %v", name, err)
			}
		default:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	var n int
	if err := raw.QueryRowContext(ctx, "SELECT COUNT(*) FROM entity").Scan(&n); err != nil || n != good {
		t.Errorf("%d persons, want %d: %v", n, good, err)
	}
}

// writtenTogether lets all wait behind one writer, so that they come in one group,
// and returns what each was answered.
func writtenTogether(t *testing.T, e *engine, all map[string]func() error) map[string]error {
	t.Helper()
	db := store.Look(e)
	began, hold := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = db.Write(t.Context(), func(*store.Tx) error { close(began); <-hold; return nil })
	})
	<-began
	var mu sync.Mutex
	got := map[string]error{}
	for name, do := range all {
		wg.Go(func() {
			err := do()
			mu.Lock()
			defer mu.Unlock()
			got[name] = err
		})
	}
	for waiting := 0; waiting < len(all); runtime.Gosched() {
		e.w.mu.Lock()
		waiting = len(e.w.waiting)
		e.w.mu.Unlock()
	}
	close(hold)
	wg.Wait()
	return got
}

// TestACommitWithoutAnAnswerIsNotTriedAgain: the connection is lost while the group
// commits, so nobody knows whether its rows are there; run again, they might be twice.
//
// Seen to kill: a group run again, one by one, after any failure of its commit.
func TestACommitWithoutAnAnswerIsNotTriedAgain(t *testing.T) {
	schema, raw := newSchema(t)
	openSchema(t, schema)
	e := engineOf(t, schema)
	db := store.Look(e)
	ctx := t.Context()
	for _, statement := range []string{
		`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
		`CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON entity DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()`,
	} {
		if _, err := raw.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	var ran atomic.Int32
	write := func() error {
		return db.Write(ctx, func(tx *store.Tx) error {
			ran.Add(1)
			return tx.PutPerson(ctx, record.Person{ID: record.NewID[record.Person]()})
		})
	}
	got := writtenTogether(t, e, map[string]func() error{"one": write, "two": write})
	for name, err := range got {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s was answered %v", name, err)
		}
	}
	if n := ran.Load(); len(got) != 2 || n != 2 {
		t.Errorf("two closures ran %d times", n)
	}
}
