// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

const writers = 64

func writeTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"a transaction reads what it wrote and others do not":          writesApart,
		"a closure's own error comes back and nothing is kept":         ownError,
		"a swallowed error of the database keeps nothing":              swallowedError,
		"a question without an answer spoils no transaction":           askedInVain,
		"many writers at once all land, one that fails harms nobody":   manyWriters,
		"many writers into one journal all land":                       manyEntries,
		"of many writers of one version, one wins":                     oneVersion,
		"of many writers of one link, one wins":                        oneLink,
		"orders given to many writers of one owner are all different":  manyOrders,
		"a panic undoes its closure and goes on in the caller":         panics,
		"a closure whose caller left before its turn does not run":     leftBefore,
		"a caller who leaves during her closure keeps or loses it all": leftDuring,
		"a closed store is unavailable":                                closed,
	}
}

func writesApart(t *testing.T, h *house) {
	ctx := t.Context()
	p := record.Person{ID: record.NewID[record.Person]()}
	known := record.Known{Person: p.ID, Service: h.services[1].ID}
	h.write(func(tx *store.Tx) error {
		if err := errors.Join(tx.PutPerson(ctx, p), tx.PutKnown(ctx, known)); err != nil {
			return err
		}
		same(t, []record.ServiceID{known.Service}, must[[]record.ServiceID](t)(tx.Known(ctx, p.ID)))
		same(t, nil, must[[]record.ServiceID](t)(h.db.Known(ctx, p.ID)))
		return nil
	})
	same(t, []record.ServiceID{known.Service}, must[[]record.ServiceID](t)(h.db.Known(ctx, p.ID)))
}

var errOwn = errors.New("the closure's own")

func ownError(t *testing.T, h *house) {
	o := record.Object{ID: record.NewID[record.Object](), Owner: h.caseOwner()}
	err := h.db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.PutObject(t.Context(), o); err != nil {
			return err
		}
		return errOwn
	})
	if !errors.Is(err, errOwn) {
		t.Errorf("got %v", err)
	}
	got, err := h.db.Object(t.Context(), o.ID)
	withheld(t, got, err)
}

func swallowedError(t *testing.T, h *house) {
	p := record.Person{ID: record.NewID[record.Person]()}
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PutPerson(ctx, p); err != nil {
			return err
		}
		_ = tx.PutPerson(ctx, p)
		return nil
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutCircle(ctx, record.Circle{Owner: record.OwnerOf(record.OwnerPerson, p.ID)})
	})
}

func askedInVain(t *testing.T, h *house) {
	p := record.Person{ID: record.NewID[record.Person]()}
	h.write(func(tx *store.Tx) error {
		got, err := tx.Case(t.Context(), record.NewID[record.Case]())
		withheld(t, got, err)
		wantFault(t, fault.Conflict, tx.PutLink(t.Context(), h.link(7)))
		return tx.PutPerson(t.Context(), p)
	})
	h.object(record.OwnerOf(record.OwnerPerson, p.ID))
}

// together runs n writes at once and returns their errors.
func (h *house) together(n int, fn func(i int, tx *store.Tx) error) []error {
	all := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			all[i] = h.db.Write(h.t.Context(), func(tx *store.Tx) error { return fn(i, tx) })
		})
	}
	wg.Wait()
	return all
}

func manyWriters(t *testing.T, h *house) {
	ctx := t.Context()
	persons := ids[record.Person](writers)
	errs := h.together(writers, func(i int, tx *store.Tx) error {
		if err := tx.PutPerson(ctx, record.Person{ID: persons[i]}); err != nil {
			return err
		}
		switch i {
		case 7:
			return errOwn
		case 8:
			return tx.PutPerson(ctx, h.person) // a conflict inside
		}
		return tx.PutKnown(ctx, record.Known{Person: persons[i], Service: h.services[1].ID})
	})
	for i, err := range errs {
		known := must[[]record.ServiceID](t)(h.db.Known(ctx, persons[i]))
		if failed := i == 7 || i == 8; (err != nil) != failed || (len(known) == 0) != failed {
			t.Errorf("writer %d: error %v, known to %d", i, err, len(known))
		}
	}
	wantFault(t, fault.Conflict, errs[8])
}

func manyEntries(t *testing.T, h *house) {
	ctx := t.Context()
	c := h.circle(record.HerJournal, h.personOwner())
	errs := h.together(writers, func(i int, tx *store.Tx) error {
		return tx.AppendEntry(ctx, record.Entry{
			ID: record.NewID[record.Entry](), Minute: 5, Body: raw(byte(i), 300),
			Slips: []record.EntrySlip{{Circle: c.ID, Epoch: 1, Sealed: raw(1, 100)}},
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	same(t, writers, len(must[[]record.Entry](t)(h.db.JournalOf(ctx, c.ID, 0, 1000))))
}

// oneWins asserts that one write succeeded and the others are conflicts.
func oneWins(t *testing.T, errs []error) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantFault(t, fault.Conflict, err)
	}
	same(t, 1, won)
}

func oneVersion(t *testing.T, h *house) {
	o := h.object(h.caseOwner())
	oneWins(t, h.together(16, func(i int, tx *store.Tx) error {
		return tx.PutVersion(t.Context(), record.Version{Object: o.ID, Number: 1, Sealed: raw(byte(i), 30)})
	}))
	same(t, 1, len(must[[]record.Version](t)(h.db.ObjectVersions(t.Context(), o.ID))))
}

func oneLink(t *testing.T, h *house) {
	oneWins(t, h.together(16, func(_ int, tx *store.Tx) error { return tx.PutLink(t.Context(), h.link(0)) }))
	same(t, 1, len(must[[]record.Link](t)(h.db.Chain(t.Context(), h.caseOwner()))))
}

func manyOrders(t *testing.T, h *house) {
	orders := make([]uint32, 16)
	errs := h.together(len(orders), func(i int, tx *store.Tx) (err error) {
		orders[i], err = tx.PutObject(t.Context(), record.Object{ID: record.NewID[record.Object](), Owner: h.caseOwner()})
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]bool{}
	for _, n := range orders {
		if n < 1 || n > uint32(len(orders)) || seen[n] {
			t.Errorf("order %d is out of range or given twice", n)
		}
		seen[n] = true
	}
}

func panics(t *testing.T, h *house) {
	ctx := t.Context()
	lost, kept := ids[record.Person](1)[0], ids[record.Person](1)[0]
	var got any
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { got = recover() }()
		_ = h.db.Write(ctx, func(tx *store.Tx) error {
			_ = tx.PutPerson(ctx, record.Person{ID: lost})
			panic("on purpose")
		})
	})
	wg.Go(func() {
		if err := h.db.Write(ctx, func(tx *store.Tx) error { return tx.PutPerson(ctx, record.Person{ID: kept}) }); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	same(t, any("on purpose"), got)
	h.object(record.OwnerOf(record.OwnerPerson, kept))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PutObject(ctx, record.Object{ID: record.NewID[record.Object](), Owner: record.OwnerOf(record.OwnerPerson, lost)})
		return err
	})
}

func leftBefore(t *testing.T, h *house) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := h.db.Write(ctx, func(*store.Tx) error { t.Error("it ran"); return nil })
	wantFault(t, fault.Unavailable, err)
	h.object(h.caseOwner())
}

func leftDuring(t *testing.T, h *house) {
	persons := ids[record.Person](2)
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	err := h.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.PutPerson(ctx, record.Person{ID: persons[0]}); err != nil {
			return err
		}
		cancel()
		return tx.PutPerson(ctx, record.Person{ID: persons[1]})
	})
	for _, id := range persons {
		write := h.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutPerson(t.Context(), record.Person{ID: id}) })
		if kept := fault.KindOf(write) == fault.Conflict; kept != (err == nil) {
			t.Errorf("the write answered %v, the row is kept: %v", err, kept)
		}
	}
}

func closed(t *testing.T, h *house) {
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	h.fails(fault.Unavailable, func(context.Context, *store.Tx) error { t.Error("it ran"); return nil })
	_, err := h.db.Members(t.Context())
	wantFault(t, fault.Unavailable, err)
}
