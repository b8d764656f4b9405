// SPDX-License-Identifier: AGPL-3.0-or-later

// Package storetest says what a store does, whatever the database: the same
// suite runs on each. Its people are synthetic.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// Run is the specification. open returns a new, empty store; it closes it when
// the test ends.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	t.Helper()
	groups := []map[string]func(*testing.T, *house){
		houseTests(), accessTests(), chainTests(), sealedTests(), peopleTests(), scopeTests(), namesTests(), agendaTests(), journalTests(),
		clockTests(), fileTests(), tallyTests(), treeTests(), writeTests(),
	}
	for _, group := range groups {
		if len(group) == 0 {
			t.Fatal("a group holds no test")
		}
		for name, test := range group {
			t.Run(name, func(t *testing.T) { test(t, newHouse(t, open(t))) })
		}
	}
}

// house is a small organisation: two services, two members, a person known to
// the first service, and her case.
type house struct {
	t            *testing.T
	db           *store.DB
	organisation record.Organisation
	services     []record.Service
	mission      record.Mission
	members      []record.Member
	person       record.Person
	dossier      record.Case
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{
		t: t, db: db,
		organisation: record.Organisation{ID: record.NewID[record.Organisation](), Name: "CCAS de Valombre"},
		services: []record.Service{
			{ID: record.NewID[record.Service](), Name: "Polyvalence", Emergency: true},
			{ID: record.NewID[record.Service](), Name: "Insertion"},
		},
		members: []record.Member{newMember("Awa Diallo", "awa"), newMember("Zoé Émilien 🙂", "zoé")},
		person:  record.Person{ID: record.NewID[record.Person]()},
	}
	h.mission = record.Mission{ID: record.NewID[record.Mission](), Service: h.services[0].ID, Code: record.MissionGeneral}
	h.dossier = record.Case{
		ID: record.NewID[record.Case](), Service: h.services[0].ID, Mission: h.mission.ID, Open: true,
		Persons: []record.PersonID{h.person.ID},
	}
	h.write(h.fill)
	return h
}

func newMember(name, login string) record.Member {
	return record.Member{
		ID: record.NewID[record.Member](), Name: name, Login: login, Regime: record.RegimeMission, State: record.MemberActive,
		Keys: record.PublicKeys{KEM: raw(1, 1216), Sign: raw(2, 32), LetterBox: raw(3, 65)},
	}
}

func (h *house) fill(tx *store.Tx) error {
	ctx := h.t.Context()
	all := []error{tx.PutOrganisation(ctx, h.organisation)}
	for _, s := range h.services {
		all = append(all, tx.PutService(ctx, s))
	}
	all = append(all, tx.PutMission(ctx, h.mission))
	for _, m := range h.members {
		all = append(all, tx.PutMember(ctx, m))
	}
	return errors.Join(append(all,
		tx.PutPerson(ctx, h.person),
		tx.PutKnown(ctx, record.Known{Person: h.person.ID, Service: h.services[0].ID}),
		tx.PutCase(ctx, h.dossier))...)
}

func (h *house) caseOwner() record.Owner { return record.OwnerOf(record.OwnerCase, h.dossier.ID) }

func (h *house) personOwner() record.Owner { return record.OwnerOf(record.OwnerPerson, h.person.ID) }

func (h *house) toMember(n int) record.Recipient {
	return record.RecipientOf(record.ToMember, h.members[n].ID)
}

// circle puts a circle of the case's and returns it.
func (h *house) circle(kind record.CircleKind, owner record.Owner) record.Circle {
	h.t.Helper()
	c := record.Circle{ID: record.NewID[record.Circle](), Kind: kind, Owner: owner, Epoch: 1}
	h.write(func(tx *store.Tx) error { return tx.PutCircle(h.t.Context(), c) })
	return c
}

// object puts an object and returns it with its order.
func (h *house) object(owner record.Owner) record.Object {
	h.t.Helper()
	o := record.Object{ID: record.NewID[record.Object](), Owner: owner}
	h.write(func(tx *store.Tx) (err error) {
		o.Order, err = tx.PutObject(h.t.Context(), o)
		return err
	})
	return o
}

// write must succeed.
func (h *house) write(fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatalf("write: %v", err)
	}
}

// fails writes and must get a fault of this kind.
func (h *house) fails(kind fault.Kind, fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(tx *store.Tx) error { return fn(h.t.Context(), tx) })
	wantFault(h.t, kind, err)
}

func wantFault(t *testing.T, kind fault.Kind, err error) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("got %v, want the fault %v", err, kind)
	}
}

// withheld asserts that a row is not there.
func withheld[T any](t *testing.T, _ T, err error) {
	t.Helper()
	wantFault(t, fault.Withheld, err)
}

// must returns a value that reading must yield.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		return v
	}
}

func same[T any](t *testing.T, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record.Scope{})); diff != "" {
		t.Errorf("(-want, +got):\n%s", diff)
	}
}

// raw is n bytes that no text is: they hold U+0000 and no valid UTF-8.
func raw(seed byte, n int) []byte {
	b := bytes.Repeat([]byte{0, 0xff, seed, 'x'}, n/4+1)
	return b[:n]
}

func hash(seed byte) [32]byte { return [32]byte(raw(seed, 32)) }

func ids[T any](n int) []record.ID[T] {
	all := make([]record.ID[T], n)
	for i := range all {
		all[i] = record.NewID[T]()
	}
	return all
}

func reversed[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}
