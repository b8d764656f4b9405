// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/tally"
	"depositaire.org/depositaire/internal/upkeep"
	"depositaire.org/depositaire/internal/web"
)

// Directory is who works here: names, services and functions are not secret.
type Directory interface {
	Organisation(ctx context.Context) (record.Organisation, error)
	Names(ctx context.Context) ([]record.Member, error) // without their keys
	Member(ctx context.Context, id record.MemberID) (record.Member, error)
	Services(ctx context.Context) ([]record.Service, error)
	Service(ctx context.Context, id record.ServiceID) (record.Service, error)
	Missions(ctx context.Context, s record.ServiceID) ([]record.Mission, error)
	Functions(ctx context.Context, m record.MemberID) ([]record.Function, error)
	ServiceFunctions(ctx context.Context, s record.ServiceID) ([]record.Function, error)
	HouseFunctions(ctx context.Context) ([]record.Function, error)
}

// Rooms is what the desk shows.
type Rooms struct {
	Directory    Directory
	Strong       *strongroom.Room
	Organisation *organisation.Room
	Signin       *signin.Room
	People       *people.Room
	Cases        *cases.Room
	Casework     *casework.Room
	Document     *document.Room
	Exchange     *exchange.Room
	Agenda       *agenda.Room
	Tally        *tally.Room
	Register     Register
	Alarms       func(context.Context) (upkeep.Lines, error) // what the machine's upkeep asks for; nil: nothing
}

// Desk is the members' site.
type Desk struct {
	Rooms
	site  *web.Site
	mux   *http.ServeMux
	start string // the code of the first start's link, while nothing is founded
	now   func() time.Time
}

// New returns the members' site, ready to serve. start is the code of the first
// start's link; empty once the house is founded.
func New(rooms Rooms, site *web.Site, start string) http.Handler {
	return newDesk(rooms, site, start).handler()
}

func newDesk(rooms Rooms, site *web.Site, start string) *Desk {
	d := &Desk{Rooms: rooms, start: start, site: site, mux: http.NewServeMux(), now: site.Now}
	site.Dress, site.Uploads, site.Shows = d.dress, uploads, shows
	site.Instead = map[fault.Kind]web.Handler{fault.Veiled: d.veiled, fault.SignedOut: d.signedOut}
	return d
}

func (d *Desk) handler() http.Handler {
	d.site.Assets.Register(d.mux)
	for pattern, h := range d.Routes() {
		d.site.Handle(d.mux, pattern, h)
	}
	d.site.Handle(d.mux, "/", d.site.NotFound)
	return withVisit(d.site.Wrap(d.mux))
}

// Routes lists every page and act of the desk: what a test visits is what is served.
func (d *Desk) Routes() map[string]web.Handler {
	all := map[string]web.Handler{}
	for _, some := range []map[string]web.Handler{
		d.doorRoutes(), d.draftRoutes(), d.startRoutes(), d.invitationRoutes(),
		d.peopleRoutes(), d.relationRoutes(), d.mergeRoutes(), d.agendaRoutes(), d.caseRoutes(), d.documentRoutes(), d.noteRoutes(), d.noteActRoutes(), d.securityRoutes(), d.houseRoutes(), d.receiptRoutes(), d.witnessRoutes(), d.importRoutes(), d.helpRoutes(), d.searchRoutes(), d.withinRoutes(), d.countRoutes(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// names are the members, to be said in sentences.
type names map[record.MemberID]record.Member

func (d *Desk) names(ctx context.Context) (names, error) {
	all, err := d.Directory.Names(ctx)
	if err != nil {
		return nil, err
	}
	out := names{}
	for _, m := range all {
		out[m.ID] = m
	}
	return out, nil
}

func (n names) of(m record.MemberID) string { return n[m].Name }

// all names members but one, in the order of their names.
func (n names) all(members []record.MemberID, but record.MemberID) []string {
	var out []string
	for _, m := range members {
		if m != but {
			out = append(out, n.of(m))
		}
	}
	slices.Sort(out)
	return out
}

// firstName is what colleagues are called on a shared screen.
func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// path reads an id out of the path; what is no id is what does not exist.
func path[T any](r *http.Request, name string) (record.ID[T], error) {
	id, err := record.ParseID[T](r.PathValue(name))
	if err != nil {
		return id, fault.New(fault.Withheld, "")
	}
	return id, nil
}

// posted reads an id out of a form; a form that carries none gets a fresh one.
func posted[T any](f *web.Form, name string) record.ID[T] {
	if id, err := record.ParseID[T](f.Line(name, 40)); err == nil {
		return id
	}
	return record.NewID[T]()
}

// chosen reads an id that must have been chosen in a form.
func chosen[T any](f *web.Form, name string) (record.ID[T], error) {
	id, err := record.ParseID[T](f.Line(name, 40))
	if err != nil {
		return id, fault.Field(name, "form.choice")
	}
	return id, nil
}

// ticked reads the ids given under one name.
func ticked[T any](f *web.Form, name string) []record.ID[T] {
	var out []record.ID[T]
	for _, s := range f.All(name, 500) {
		if id, err := record.ParseID[T](s); err == nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// inkOf is the word on screen for a circle.
func inkOf(k record.CircleKind) Ink {
	switch k {
	case record.CaseCircle:
		return InkCase
	case record.Reserved:
		return InkReserved
	case record.Shared:
		return InkShared
	case record.Scratchpad:
		return InkScratch
	}
	return InkOffice
}

func circleOf(i Ink) record.CircleKind {
	switch i {
	case InkCase:
		return record.CaseCircle
	case InkReserved:
		return record.Reserved
	case InkShared:
		return record.Shared
	case InkScratch:
		return record.Scratchpad
	}
	return record.Office
}

// audience turns computed readers into the sentence's parts.
func (n names) audience(by record.MemberID, ink Ink, a cases.Audience, who people.Person, s record.Service) Audience {
	return Audience{
		Ink: ink, Me: slices.Contains(a.Members, by), Readers: n.all(a.Members, by),
		Person: who.Called(), WithHer: !a.Person.IsZero(), Team: s.Name,
		Emergency: Emergency{Off: !s.Emergency, Never: ink != InkCase, Names: n.all(a.Emergency, record.MemberID{})},
	}
}

// colleagues are the members of a service who may be let into a case, but one.
func (d *Desk) colleagues(ctx context.Context, n names, s record.ServiceID, chosen []record.MemberID, but ...record.MemberID) ([]Choice, error) {
	all, err := d.Directory.ServiceFunctions(ctx, s)
	if err != nil {
		return nil, err
	}
	var out []Choice
	seen := map[record.MemberID]bool{}
	for _, f := range all {
		m := n[f.Member]
		if seen[f.Member] || slices.Contains(but, f.Member) || m.State != record.MemberActive || f.Role == record.RoleReception {
			continue
		}
		seen[f.Member] = true
		out = append(out, Choice{ID: f.Member.String(), Name: m.Name, Chosen: slices.Contains(chosen, f.Member)})
	}
	slices.SortFunc(out, func(a, b Choice) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
