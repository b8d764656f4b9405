// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func houseTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"the organisation and its services come back as put":       houseComesBack,
		"an organisation is alone in its database":                 organisationAlone,
		"members come back by id and by exact login":               membersComeBack,
		"a member is changed as a whole":                           memberChanges,
		"a service is changed as a whole":                          serviceChanges,
		"functions come back by member and by service":             functionsComeBack,
		"a name that a database cannot hold is refused alike":      namesRefused,
		"what refers to something absent is withheld":              absentReference,
		"an empty name is not an absent one and 1 MB is no matter": extremeNames,
	}
}

func houseComesBack(t *testing.T, h *house) {
	ctx := t.Context()
	same(t, h.organisation, must[record.Organisation](t)(h.db.Organisation(ctx)))
	same(t, h.services, must[[]record.Service](t)(h.db.Services(ctx)))
	same(t, h.services[0], must[record.Service](t)(h.db.Service(ctx, h.services[0].ID)))
	same(t, []record.Mission{h.mission}, must[[]record.Mission](t)(h.db.Missions(ctx, h.services[0].ID)))
	same(t, 0, len(must[[]record.Mission](t)(h.db.Missions(ctx, h.services[1].ID))))
	got, err := h.db.Service(ctx, record.NewID[record.Service]())
	withheld(t, got, err)
	got, err = h.db.Service(ctx, record.ServiceID{})
	withheld(t, got, err)
}

func organisationAlone(_ *testing.T, h *house) {
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutOrganisation(ctx, record.Organisation{ID: record.NewID[record.Organisation](), Name: "second"})
	})
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutOrganisation(ctx, h.organisation)
	})
}

func membersComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	same(t, h.members, must[[]record.Member](t)(h.db.Members(ctx)))
	bare := slices.Clone(h.members)
	for i := range bare {
		bare[i].Keys = record.PublicKeys{}
	}
	same(t, bare, must[[]record.Member](t)(h.db.Names(ctx)))
	same(t, h.members[1], must[record.Member](t)(h.db.Member(ctx, h.members[1].ID)))
	same(t, h.members[1], must[record.Member](t)(h.db.MemberByLogin(ctx, "zoé")))
	for _, login := range []string{"ZOÉ", "zoe", "zoe\u0301", "zo", "", "zoé\x00", "zoé\xff"} {
		got, err := h.db.MemberByLogin(ctx, login)
		withheld(t, got, err)
	}
	got, err := h.db.Member(ctx, record.NewID[record.Member]())
	withheld(t, got, err)
	taken := newMember("Autre", "awa")
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutMember(ctx, taken) })
	got, err = h.db.Member(ctx, taken.ID)
	withheld(t, got, err)
}

func memberChanges(t *testing.T, h *house) {
	m := h.members[0]
	m.Name, m.Login, m.Regime, m.State, m.Keys = "Awa D.", "awa.d", record.RegimeDiscretion, record.MemberClosed, record.PublicKeys{}
	h.write(func(tx *store.Tx) error { return tx.SetMember(t.Context(), m) })
	same(t, m, must[record.Member](t)(h.db.Member(t.Context(), m.ID)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.SetMember(ctx, newMember("X", "x")) })
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error {
		m.Login = h.members[1].Login
		return tx.SetMember(ctx, m)
	})
}

func serviceChanges(t *testing.T, h *house) {
	s := h.services[0]
	s.Name, s.Emergency = "Action sociale de proximité", !s.Emergency
	h.write(func(tx *store.Tx) error { return tx.SetService(t.Context(), s) })
	same(t, s, must[record.Service](t)(h.db.Service(t.Context(), s.ID)))
	same(t, h.services[1], must[record.Service](t)(h.db.Service(t.Context(), h.services[1].ID)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetService(ctx, record.Service{ID: record.NewID[record.Service](), Name: "X"})
	})
}

func functionsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	worker := record.Function{Member: h.members[0].ID, Service: h.services[0].ID, Role: record.RoleWorker}
	lead := record.Function{Member: h.members[0].ID, Service: h.services[0].ID, Role: record.RoleLead}
	director := record.Function{Member: h.members[0].ID, Role: record.RoleDirector}
	other := record.Function{Member: h.members[1].ID, Service: h.services[0].ID, Role: record.RoleReception}
	for _, f := range []record.Function{worker, lead, director, other} {
		h.write(func(tx *store.Tx) error { return tx.PutFunction(ctx, f) })
		h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutFunction(ctx, f) })
	}
	same(t, []record.Function{worker, lead, director}, must[[]record.Function](t)(h.db.Functions(ctx, h.members[0].ID)))
	same(t, []record.Function{worker, lead, other}, must[[]record.Function](t)(h.db.ServiceFunctions(ctx, h.services[0].ID)))
	same(t, []record.Function{director}, must[[]record.Function](t)(h.db.HouseFunctions(ctx)))
	for _, f := range []record.Function{worker, director, director} { // dropping twice is no fault
		h.write(func(tx *store.Tx) error { return tx.DropFunction(ctx, f) })
	}
	same(t, []record.Function{lead}, must[[]record.Function](t)(h.db.Functions(ctx, h.members[0].ID)))
}

func namesRefused(_ *testing.T, h *house) {
	for _, name := range []string{"U+0000 \x00", "not UTF-8 \xff"} {
		m := newMember(name, "fine")
		h.fails(fault.Invalid, func(ctx context.Context, tx *store.Tx) error { return tx.PutMember(ctx, m) })
		m = newMember("fine", name)
		h.fails(fault.Invalid, func(ctx context.Context, tx *store.Tx) error { return tx.PutMember(ctx, m) })
		s := record.Service{ID: record.NewID[record.Service](), Name: name}
		h.fails(fault.Invalid, func(ctx context.Context, tx *store.Tx) error { return tx.PutService(ctx, s) })
		s.ID = h.services[0].ID
		h.fails(fault.Invalid, func(ctx context.Context, tx *store.Tx) error { return tx.SetService(ctx, s) })
		h.members[0].Name = name
		h.fails(fault.Invalid, func(ctx context.Context, tx *store.Tx) error { return tx.SetMember(ctx, h.members[0]) })
	}
}

func absentReference(_ *testing.T, h *house) {
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutMission(ctx, record.Mission{ID: record.NewID[record.Mission](), Service: record.NewID[record.Service]()})
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutCase(ctx, record.Case{ID: record.NewID[record.Case](), Service: h.services[0].ID, Mission: record.NewID[record.Mission]()})
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		c := h.dossier
		c.ID, c.Persons = record.NewID[record.Case](), ids[record.Person](1)
		return tx.PutCase(ctx, c)
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutKnown(ctx, record.Known{Person: h.person.ID, Service: record.NewID[record.Service]()})
	})
}

func extremeNames(t *testing.T, h *house) {
	ctx := t.Context()
	for _, name := range []string{"", " ", strings.Repeat("é", 1<<19), "\u202e rtl \u200f", "'; DROP TABLE member; --"} {
		s := record.Service{ID: record.NewID[record.Service](), Name: name}
		h.write(func(tx *store.Tx) error { return tx.PutService(ctx, s) })
		same(t, s, must[record.Service](t)(h.db.Service(ctx, s.ID)))
	}
}
