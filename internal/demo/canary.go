// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"time"

	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// The canary's two members.
const (
	miner  = "Canari Mineur" // founds, carries the dossier
	helper = "Canari Aide"   // reads one note of it, alone
	mine   = "Galerie"
)

// MakeCanary makes the canary dossier through rooms whose host is the canary's:
// an organisation of two members, one service, one person, two notes. put keeps a
// passkey's slot, which no browser made.
func MakeCanary(ctx context.Context, rooms Rooms, put func(context.Context, record.Slot) error) (strongroom.Canary, error) {
	c := &canary{maker: newMaker(rooms), put: put, said: strongroom.CanaryPublished()}
	for _, step := range []func(context.Context) error{c.found, c.passkey, c.settle, c.hire, c.receive, c.write} {
		if err := step(ctx); err != nil {
			return strongroom.Canary{}, err
		}
		c.Clock.Advance(time.Minute)
	}
	return c.made, nil
}

type canary struct {
	*maker
	put    func(context.Context, record.Slot) error
	said   strongroom.PublishedCanary
	secret strongroom.Secret
	made   strongroom.Canary
}

func (c *canary) found(ctx context.Context) error {
	out, err := c.Organisation.Found(ctx, organisation.Founding{
		Organisation: "Canari", Name: miner, Login: "canari", Regime: record.RegimeFunction, Passphrase: c.said.Passphrase,
	}, journal.DeviceConsole)
	c.members[miner], c.secrets[miner], c.secret = out.Member.ID, out.Secret, out.Secret
	return err
}

func (c *canary) passkey(ctx context.Context) error {
	slot, err := c.Strong.PasskeySlot(c.members[miner], c.secret, []byte(mine), c.said.Passkey, []byte(mine), []byte(mine))
	if err != nil {
		return err
	}
	return c.put(ctx, slot)
}

func (c *canary) settle(ctx context.Context) error {
	by, err := c.unlock(ctx, miner)
	if err != nil {
		return err
	}
	c.services[mine], err = c.Organisation.AddService(ctx, by, mine, []record.MissionCode{record.MissionGeneral}, true)
	if err != nil {
		return err
	}
	if by, err = c.unlock(ctx, miner); err != nil {
		return err
	}
	return c.Organisation.TakeFunction(ctx, by, c.services[mine], record.RoleWorker) // and makes its keys
}

func (c *canary) hire(ctx context.Context) error {
	by, err := c.unlock(ctx, miner)
	if err != nil {
		return err
	}
	code, _, err := c.Organisation.Invite(ctx, by, organisation.Newcomer{
		Name: helper, Login: "canari.aide", Regime: record.RegimeProfession,
		Functions: []record.Function{{Service: c.services[mine], Role: record.RoleWorker}},
	})
	if err != nil {
		return err
	}
	out, err := c.Organisation.Enrol(ctx, code, "canari.aide", c.said.Passphrase, journal.DeviceConsole)
	c.members[helper], c.secrets[helper] = out.Member.ID, out.Secret
	return err
}

func (c *canary) receive(ctx context.Context) error {
	by, err := c.unlock(ctx, miner)
	if err != nil {
		return err
	}
	c.made.Person = record.NewID[record.Person]()
	return c.People.Create(ctx, by, c.made.Person, c.services[mine], people.Form{Name: "Canari"})
}

// write writes what the proof looks for: a note of the team's, which opens the
// dossier, and one reserved to its author and to one colleague.
func (c *canary) write(ctx context.Context) error {
	for _, n := range []struct {
		words string
		ink   record.CircleKind
		named []record.MemberID
	}{
		{c.said.Team, record.CaseCircle, nil},
		{c.said.Alone, record.Reserved, []record.MemberID{c.members[helper]}},
	} {
		by, err := c.unlock(ctx, miner)
		if err != nil {
			return err
		}
		c.made.Case, err = c.Casework.AddNote(ctx, by, casework.Draft{
			ID: record.NewID[record.Object](), Case: c.made.Case, Person: c.made.Person, Ink: n.ink, Words: n.words,
			Kind: record.NoteOther, Origin: record.OriginUnsaid, Day: c.Clock.Now(), Named: n.named,
		})
		if err != nil {
			return err
		}
		c.Clock.Advance(time.Minute)
	}
	return nil
}
