// SPDX-License-Identifier: AGPL-3.0-or-later

package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what the room reads.
type Reader interface {
	Known(ctx context.Context, p record.PersonID) ([]record.ServiceID, error)
	CasesOf(ctx context.Context, p record.PersonID) ([]record.Case, error)
	Pieces(ctx context.Context, o record.Owner) ([]record.Piece, error)
}

// Tx is what the room writes, and what it asks once more before it deletes.
type Tx interface {
	people.Tx
	Reader
	DropKnown(ctx context.Context, k record.Known) error
}

// Room receives lists of persons.
type Room struct {
	rows   Reader
	people *people.Room
	strong *strongroom.Room
	write  func(context.Context, func(Tx) error) error
	now    func() time.Time
}

// New returns the room.
func New(rows Reader, p *people.Room, strong *strongroom.Room, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{rows: rows, people: p, strong: strong, write: write, now: now}
}

// List is a list of persons on its way in. It is a draft of the member who gave
// it: nobody else opens it, and the clock deletes it after strongroom.DraftDays.
type List struct {
	ID       record.DraftID
	At       time.Time // when it was given; once received, when it was
	Service  record.ServiceID
	Sheet    Sheet             // empty once received
	Received []record.PersonID // those who can still be taken back; none before
}

// Waits reports whether nobody decided about the list yet.
func (l List) Waits() bool { return len(l.Sheet.Rows) > 0 }

// Propose reads a file and keeps what is taken of it, sealed to its giver, until
// she decides.
// Nothing else is written. Errors: what Read tells; what policy refuses.
func (r *Room) Propose(ctx context.Context, by *strongroom.Unlocked, service record.ServiceID, file []byte) (record.DraftID, error) {
	var id record.DraftID
	if err := may(by, service); err != nil {
		return id, err
	}
	s, err := Read(file, r.now())
	if err != nil {
		return id, err
	}
	text, err := s.Text()
	if err != nil {
		return id, err
	}
	id = record.NewID[record.Draft]()
	return id, r.strong.KeepDraft(ctx, by, id, strongroom.Words{
		record.TagSheet: confided.NewText(text), record.TagService: confided.NewText(service.String()),
	})
}

func may(by *strongroom.Unlocked, service record.ServiceID) error {
	return policy.Decide(by.Actor(), policy.CreatePerson, policy.Subject{Service: service}).Err()
}

// Lists returns a member's lists, the newest first.
func (r *Room) Lists(ctx context.Context, by *strongroom.Unlocked) ([]List, error) {
	drafts, err := r.strong.OpenDrafts(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []List
	for _, d := range drafts {
		if l, ok := r.read(d); ok {
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b List) int { return b.At.Compare(a.At) })
	return all, nil
}

// List returns one of a member's lists. fault.Withheld for what is no list of hers.
func (r *Room) List(ctx context.Context, by *strongroom.Unlocked, id record.DraftID) (List, error) {
	d, err := r.strong.OpenDraft(ctx, by, id)
	if err != nil {
		return List{}, err
	}
	l, ok := r.read(d)
	if !ok {
		return List{}, fault.New(fault.Withheld, "")
	}
	return l, nil
}

func (r *Room) read(d strongroom.Draft) (List, bool) {
	l := List{ID: d.ID, At: time.Unix(d.At, 0)}
	var err error
	if l.Service, err = record.ParseID[record.Service](d.Words[record.TagService].Reveal()); err != nil {
		return l, false
	}
	for id := range strings.FieldsSeq(d.Words[record.TagReceived].Reveal()) {
		p, err := record.ParseID[record.Person](id)
		if err != nil {
			return l, false
		}
		l.Received = append(l.Received, p)
	}
	if file := d.Words[record.TagSheet]; !file.Empty() {
		l.Sheet, err = Read([]byte(file.Reveal()), r.now())
	}
	return l, err == nil && (l.Waits() || len(l.Received) > 0)
}

// Compared returns one of a member's lists, its lines compared with the persons
// whom its service knows: those that resemble somebody are Alike. The comparison is
// entered, whatever it finds.
func (r *Room) Compared(ctx context.Context, by *strongroom.Unlocked, id record.DraftID) (List, error) {
	l, err := r.List(ctx, by, id)
	if err != nil || !l.Waits() {
		return l, err
	}
	all := make([]people.Newcomer, len(l.Sheet.Rows))
	for i, row := range l.Sheet.Rows {
		all[i].Form = row.Form
	}
	near, err := r.people.Near(ctx, by, l.Service, all)
	for i, ids := range near {
		row := &l.Sheet.Rows[i]
		if len(ids) > 0 && row.Outcome != Refused {
			row.Outcome, row.Known = Alike, ids
		}
	}
	return l, err
}

// Said is what was decided of a list, by the numbers of its lines.
type Said struct {
	Known  map[int]bool // shown as resembling a known person
	Others map[int]bool // said to be somebody else all the same
}

// Receive writes the persons of a list: the new ones, and of those who resemble
// somebody, the lines that are said to be others. All or nothing, in one
// transaction with the entry that each of them can read. It returns how many.
// fault.Conflict when a line resembles a person who was not known when the list
// was shown: nothing is left out in silence.
func (r *Room) Receive(ctx context.Context, by *strongroom.Unlocked, id record.DraftID, said Said) (int, error) {
	l, err := r.Compared(ctx, by, id)
	if err != nil {
		return 0, err
	}
	if err := may(by, l.Service); err != nil {
		return 0, err
	}
	var rows []Row
	for _, row := range l.Sheet.Rows {
		if len(row.Known) > 0 && !said.Known[row.Line] {
			return 0, fault.New(fault.Conflict, "fault.import_known")
		}
		if row.Outcome == Fresh || row.Outcome == Alike && said.Others[row.Line] {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return 0, fault.New(fault.Invalid, "fault.import_nobody")
	}
	received := make([]record.PersonID, len(rows))
	for i := range received {
		received[i] = record.NewID[record.Person]()
	}
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		for i, row := range rows {
			if err := r.prepare(ctx, a, received[i], l.Service, row); err != nil {
				return err
			}
		}
		if err := a.Journal(ctx, journal.Created, journal.ForReception, about(l.Service, received)...); err != nil {
			return err
		}
		return a.KeepDraft(id, words(l.Service, received))
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			for _, p := range received {
				if err := people.Put(ctx, tx, p, l.Service); err != nil {
					return err
				}
			}
			return a.Apply(ctx, tx)
		})
	})
	if fault.KindOf(err) == fault.Withheld {
		return 0, fault.New(fault.Refused, "fault.not_welcomed") // she works there, and holds no key of it yet
	}
	return len(received), err
}

// prepare adds one person to the act. Where she can be written to, and her number
// elsewhere, stand apart from her name (S-41).
func (r *Room) prepare(ctx context.Context, a *strongroom.Act, id record.PersonID, service record.ServiceID, row Row) error {
	own, err := r.people.Prepare(ctx, a, people.Newcomer{ID: id, Form: row.Form}, service)
	if err != nil {
		return err
	}
	_, err = a.Add(ctx, record.OwnerOf(record.OwnerPerson, id), []record.CircleID{own}, strongroom.Text{
		Kind: record.ItemAddress, Persons: []record.PersonID{id}, Words: strongroom.Words{
			record.TagReference: confided.NewText(row.Reference), record.TagEmail: confided.NewText(row.Address.Email),
			record.TagStreet: confided.NewText(row.Address.Street), record.TagComplement: confided.NewText(row.Address.Complement),
			record.TagPostcode: confided.NewText(row.Address.Postcode), record.TagTown: confided.NewText(row.Address.Town),
		},
	})
	return err
}

// objects is how many a person has who was received from a list and not touched
// since: her identity, how to reach her, her address.
const objects = 3

// TakeBack undoes a list: whoever it brought and nobody has touched since is
// forgotten, her journal apart. It returns how many stay: somebody wrote about
// them, or another service knows them.
func (r *Room) TakeBack(ctx context.Context, by *strongroom.Unlocked, id record.DraftID) (gone, stay int, err error) {
	l, err := r.List(ctx, by, id)
	if err != nil {
		return 0, 0, err
	}
	if err := may(by, l.Service); err != nil {
		return 0, 0, err
	}
	var forgotten []record.PersonID
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		forgotten = nil
		for _, p := range l.Received {
			ok, err := untouched(ctx, r.rows, p, l.Service)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			forgotten = append(forgotten, p)
			if err := a.Forget(ctx, p); err != nil {
				return err
			}
		}
		a.DropDraft(id)
		if len(forgotten) == 0 {
			return nil
		}
		return a.Journal(ctx, journal.Forgot, journal.ForReception, about(l.Service, forgotten)...)
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			for _, p := range forgotten {
				ok, err := untouched(ctx, tx, p, l.Service)
				if err == nil && !ok {
					err = fault.New(fault.Conflict, "fault.import_touched") // since we looked
				}
				if err != nil {
					return err
				}
				if err := tx.DropKnown(ctx, record.Known{Person: p, Service: l.Service}); err != nil {
					return err
				}
			}
			return a.Apply(ctx, tx)
		})
	})
	return len(forgotten), len(l.Received) - len(forgotten), err
}

// untouched reports whether a person is as her line of a list made her: her first
// objects in their first version, no dossier, no other service that knows her.
func untouched(ctx context.Context, rows Reader, p record.PersonID, service record.ServiceID) (bool, error) {
	known, err := rows.Known(ctx, p)
	if err != nil || len(known) != 1 || known[0] != service {
		return false, err
	}
	held, err := rows.CasesOf(ctx, p)
	if err != nil || len(held) > 0 {
		return false, err
	}
	pieces, err := rows.Pieces(ctx, record.OwnerOf(record.OwnerPerson, p))
	if err != nil || len(pieces) != objects {
		return false, err
	}
	return !slices.ContainsFunc(pieces, func(one record.Piece) bool { return one.Version.Number != 1 }), nil
}

// Discard forgets a list that waits.
func (r *Room) Discard(ctx context.Context, by *strongroom.Unlocked, id record.DraftID) error {
	l, err := r.List(ctx, by, id)
	if err != nil || !l.Waits() {
		return err
	}
	return r.strong.DropDraft(ctx, by, id)
}

func about(service record.ServiceID, all []record.PersonID) []strongroom.Subject {
	out := make([]strongroom.Subject, len(all))
	for i, p := range all {
		out[i] = strongroom.Subject{Person: p, Service: service}
	}
	return out
}

func words(service record.ServiceID, received []record.PersonID) strongroom.Words {
	ids := make([]string, len(received))
	for i, p := range received {
		ids[i] = p.String()
	}
	return strongroom.Words{
		record.TagService: confided.NewText(service.String()), record.TagReceived: confided.NewText(strings.Join(ids, " ")),
	}
}
