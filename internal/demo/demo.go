// SPDX-License-Identifier: AGPL-3.0-or-later

// Package demo makes organisations of synthetic people, through the same rooms
// as everybody: a small town's service to look at, or one of any size to measure.
// Nobody in it exists.
package demo

import (
	"context"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Rooms are those a demonstration is made through. They read Clock.
type Rooms struct {
	Strong       *strongroom.Room
	Organisation *organisation.Room
	People       *people.Room
	Cases        *cases.Room
	Casework     *casework.Room
	Agenda       *agenda.Room
	Document     *document.Room
	Clock        *Clock

	Write func(context.Context, func(Tx) error) error // to add persons by the thousand; of nobody when nil
}

// Account is how one may sign in. A new browser asks for both codes, as for
// anybody.
type Account struct {
	Name       string      `json:"name"`
	Role       record.Role `json:"role"`
	Service    string      `json:"service,omitempty"`
	Login      string      `json:"login"`
	Passphrase string      `json:"passphrase"`
	Paper      string      `json:"paper"`
}

// Made is what a demonstration publishes.
type Made struct {
	Organisation string    `json:"organisation"`
	People       []Account `json:"people"`
}

// The two services.
const (
	social  = "Service social"
	housing = "Logement"
)

// colleague is one account to make.
type colleague struct {
	name       string
	role       record.Role
	service    string
	passphrase string
}

// The administrator comes first: she founds.
func staff() []colleague {
	return []colleague{
		{name: "Hélène Garnier", role: record.RoleAdministrator, passphrase: "mairie clocher facteur lavoir tilleul perron"},
		{name: "Sophie Lambert", role: record.RoleLead, service: social, passphrase: "verger sentier moulin barque saule ponton"},
		{name: "Karim Benali", role: record.RoleReception, service: social, passphrase: "comptoir lampe tabouret horloge banc vitre"},
		{name: "Lucie Moreau", role: record.RoleWorker, service: social, passphrase: "colline genêt brouette potager ruche muret"},
		{name: "Thomas Ndiaye", role: record.RoleWorker, service: social, passphrase: "bateau sardine phare marée galet cordage"},
		{name: "Inès Carvalho", role: record.RoleWorker, service: housing, passphrase: "fenêtre toiture escalier balcon cour porche"},
	}
}

// maker makes one organisation.
type maker struct {
	Rooms
	made     Made
	secrets  map[string]strongroom.Secret // by name
	members  map[string]record.MemberID
	services map[string]record.ServiceID
}

func newMaker(rooms Rooms) *maker {
	return &maker{
		Rooms: rooms, secrets: map[string]strongroom.Secret{},
		members: map[string]record.MemberID{}, services: map[string]record.ServiceID{},
	}
}

// Make founds an organisation, brings its people in, and writes what they wrote
// in three weeks; it adds persons by the thousand, if asked, with a year's work on
// some. The clock, made for as many persons, ends at its end.
func Make(ctx context.Context, rooms Rooms, persons int) (Made, error) {
	m := newMaker(rooms)
	if err := m.make(ctx, persons); err != nil {
		return Made{}, err
	}
	return m.made, nil
}

func (m *maker) make(ctx context.Context, persons int) error {
	for _, step := range []func(context.Context) error{
		m.found, m.open, m.hire,
		func(ctx context.Context) error { return m.work(ctx, busy(persons)) },
		m.tell,
		func(ctx context.Context) error { return m.grow(ctx, busy(persons), persons) },
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	m.Clock.Finish()
	return nil
}

// unlock puts somebody's keys in hand, as each request does.
func (m *maker) unlock(ctx context.Context, name string) (*strongroom.Unlocked, error) {
	return m.Strong.Unlock(ctx, m.members[name], m.secrets[name], journal.DeviceConsole)
}

// found makes the organisation and proves what it printed.
func (m *maker) found(ctx context.Context) error {
	boss := staff()[0]
	form := organisation.Founding{
		Organisation: "CCAS de Valmont", Name: boss.name, Login: "helene",
		Regime: record.RegimeFunction, Passphrase: boss.passphrase,
	}
	out, err := m.Organisation.Found(ctx, form, journal.DeviceConsole)
	if err != nil {
		return err
	}
	m.made.Organisation = form.Organisation
	m.enter(boss, out.Member, out.Secret, out.Paper)
	by, err := m.unlock(ctx, boss.name)
	if err != nil {
		return err
	}
	if err := m.Organisation.ProvePaper(ctx, by, out.Paper); err != nil {
		return err
	}
	words := map[record.SeatID]string{}
	for _, e := range out.Envelopes {
		words[e.Seat] = e.Control
	}
	return m.Organisation.ProveEnvelopes(ctx, by, words)
}

// enter notes somebody who is in.
func (m *maker) enter(c colleague, a record.Member, s strongroom.Secret, paper string) {
	m.members[c.name], m.secrets[c.name] = a.ID, s
	m.made.People = append(m.made.People, Account{
		Name: c.name, Role: c.role, Service: c.service, Login: a.Login, Passphrase: c.passphrase, Paper: paper,
	})
}

// open makes the services.
func (m *maker) open(ctx context.Context) error {
	for _, s := range []struct {
		name    string
		mission record.MissionCode
	}{{social, record.MissionGeneral}, {housing, record.MissionHousing}} {
		by, err := m.unlock(ctx, staff()[0].name)
		if err != nil {
			return err
		}
		m.services[s.name], err = m.Organisation.AddService(ctx, by, s.name, []record.MissionCode{s.mission}, true)
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) hire(ctx context.Context) error {
	for _, c := range staff()[1:] {
		if err := m.bring(ctx, c); err != nil {
			return err
		}
		m.Clock.Advance(7 * time.Minute)
	}
	return nil
}

// bring invites and enrols one colleague. The administrator holds no key of a
// service: the first colleague there makes them, the next are given them.
func (m *maker) bring(ctx context.Context, c colleague) error {
	by, err := m.unlock(ctx, staff()[0].name)
	if err != nil {
		return err
	}
	code, _, err := m.Organisation.Invite(ctx, by, organisation.Newcomer{
		Name: c.name, Login: short(c.name), Regime: record.RegimeProfession,
		Functions: []record.Function{{Service: m.services[c.service], Role: c.role}},
	})
	if err != nil {
		return err
	}
	out, err := m.Organisation.Enrol(ctx, code, short(c.name), c.passphrase, journal.DeviceConsole)
	if err != nil {
		return err
	}
	m.enter(c, out.Member, out.Secret, out.Paper)
	if by, err = m.unlock(ctx, c.name); err != nil {
		return err
	}
	if err := m.Organisation.ProvePaper(ctx, by, out.Paper); err != nil {
		return err
	}
	if err := m.Organisation.Settle(ctx, by); err != nil {
		return err
	}
	return m.welcome(ctx, c)
}

// welcome is a colleague's gesture: Accueillir.
func (m *maker) welcome(ctx context.Context, c colleague) error {
	if c.service != social || c.role == record.RoleLead {
		return nil
	}
	by, err := m.unlock(ctx, lead)
	if err != nil {
		return err
	}
	return m.Organisation.Welcome(ctx, by, m.services[social], m.members[c.name])
}
