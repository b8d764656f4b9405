// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
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
	began, hold := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // everybody else waits behind it
		_ = db.Write(ctx, func(*store.Tx) error { close(began); <-hold; return nil })
	})
	<-began
	var mu sync.Mutex
	got := map[string]error{}
	for name, do := range outcomes {
		wg.Go(func() {
			err := do()
			mu.Lock()
			defer mu.Unlock()
			got[name] = err
		})
	}
	for waiting := 0; waiting < len(outcomes); runtime.Gosched() {
		e.w.mu.Lock()
		waiting = len(e.w.waiting)
		e.w.mu.Unlock()
	}
	close(hold)
	wg.Wait()
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
