// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Settings are what a team has decided for its new dossiers.
type Settings struct {
	Readers []record.MemberID // named when a dossier opens, the referent apart
	Ink     record.CircleKind // what a note starts with: CaseCircle or Reserved
}

// The words of TagDefaultInk. They are part of the byte format.
const (
	inkCase     = "case"
	inkReserved = "reserved"
)

var forSetting = strongroom.Why{Act: journal.Opened, Purpose: journal.ForSetting}

// Settings returns what a service has decided: nobody and the team's ink until
// somebody decides otherwise. Readers who left, or who carry no cases there any
// more, are left out. fault.Withheld to who does not hold the Office.
func (r *Room) Settings(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID) (Settings, error) {
	it, err := r.setting(ctx, by, s)
	if err != nil || it == nil {
		return Settings{Ink: record.CaseCircle}, err
	}
	carry, err := r.carriers(ctx, s)
	if err != nil {
		return Settings{}, err
	}
	out := Settings{Ink: record.CaseCircle}
	if it.Words[record.TagDefaultInk].Reveal() == inkReserved {
		out.Ink = record.Reserved
	}
	for word := range strings.FieldsSeq(it.Words[record.TagReaders].Reveal()) {
		m, err := record.ParseID[record.Member](word)
		if err != nil {
			return Settings{}, fault.Because(fault.Unavailable, err)
		}
		if carry[m] {
			out.Readers = append(out.Readers, m)
		}
	}
	return out, nil
}

// setting opens the setting of a service; nil when there is none. A service
// without one is not asked to open anything, so nothing is refused.
func (r *Room) setting(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID) (*strongroom.Item, error) {
	o := record.OwnerOf(record.OwnerService, s)
	objects, err := r.read.Settings(ctx, s)
	if err != nil || len(objects) == 0 {
		return nil, err
	}
	ask := strongroom.Ask{Owner: o}
	for _, one := range objects {
		ask.Objects = append(ask.Objects, one.ID)
	}
	items, err := r.strong.Open(ctx, by, forSetting, ask)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if it.Kind == record.ItemSetting {
			return &it, nil
		}
	}
	return nil, nil
}

// carriers are the members who may be named in a service's dossiers.
func (r *Room) carriers(ctx context.Context, s record.ServiceID) (map[record.MemberID]bool, error) {
	roles, order, err := r.rolesIn(ctx, s)
	if err != nil {
		return nil, err
	}
	carry := map[record.MemberID]bool{}
	for _, id := range order {
		m, err := r.read.Member(ctx, id)
		if err != nil {
			return nil, err
		}
		carry[id] = m.State == record.MemberActive && slices.ContainsFunc(roles[id], record.Role.CarriesCases)
	}
	return carry, nil
}

// SetSettings decides for a service. Faults stand at "readers" and "ink".
func (r *Room) SetSettings(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID, to Settings) error {
	if err := may(by, policy.ChangeSettings, policy.Subject{Service: s}); err != nil {
		return err
	}
	words, err := r.settingWords(ctx, s, to)
	if err != nil {
		return err
	}
	text := strongroom.Text{Kind: record.ItemSetting, Words: words}
	old, err := r.setting(ctx, by, s)
	if err != nil {
		return err
	}
	office, err := r.office(ctx, s)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		o := record.OwnerOf(record.OwnerService, s)
		if old == nil {
			_, err = a.Add(ctx, o, []record.CircleID{office}, text)
		} else {
			_, err = a.Correct(ctx, o, old.Object, old.Version, text)
		}
		if err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForSetting)
	}, nil)
}

func (r *Room) settingWords(ctx context.Context, s record.ServiceID, to Settings) (strongroom.Words, error) {
	carry, err := r.carriers(ctx, s)
	if err != nil {
		return nil, err
	}
	var faults fault.Fields
	var readers []string
	for _, m := range to.Readers {
		readers = append(readers, m.String())
	}
	if slices.ContainsFunc(to.Readers, func(m record.MemberID) bool { return !carry[m] }) {
		faults.Add("readers", "form.choice")
	}
	ink, ok := map[record.CircleKind]string{record.CaseCircle: inkCase, record.Reserved: inkReserved}[to.Ink]
	if !ok {
		faults.Add("ink", "form.choice")
	}
	return strongroom.Words{
		record.TagReaders:    confided.NewText(strings.Join(readers, " ")),
		record.TagDefaultInk: confided.NewText(ink),
	}, faults.Err()
}

func (r *Room) office(ctx context.Context, s record.ServiceID) (record.CircleID, error) {
	circles, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, s))
	if err != nil {
		return record.CircleID{}, err
	}
	for _, c := range circles {
		if c.Kind == record.Office {
			return c.ID, nil
		}
	}
	return record.CircleID{}, fault.New(fault.Refused, "fault.no_office")
}
