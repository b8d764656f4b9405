// SPDX-License-Identifier: AGPL-3.0-or-later

// Package casework is Accompagnement: notes, their circles and versions. It is
// the only place where "adding a note" is defined.
package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what the room reads.
type Reader interface {
	Object(ctx context.Context, id record.ObjectID) (record.Object, error)
	Case(ctx context.Context, id record.CaseID) (record.Case, error)
}

// Tx is what the room writes.
type Tx interface {
	strongroom.Tx
	PutCase(ctx context.Context, c record.Case) error
}

// Room is Accompagnement.
type Room struct {
	read   Reader
	strong *strongroom.Room
	cases  *cases.Room
	people *people.Room
	papers *document.Room
	write  func(context.Context, func(Tx) error) error
	now    func() time.Time
}

// New returns the room.
func New(read Reader, strong *strongroom.Room, c *cases.Room, p *people.Room, papers *document.Room, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{read: read, strong: strong, cases: c, people: p, papers: papers, write: write, now: now}
}

// Draft is a note about to be written. Case or Person is set: a first note on
// somebody without a dossier opens one.
type Draft struct {
	ID      record.ObjectID // comes with the form: posted twice, it is written once
	Case    record.CaseID
	Person  record.PersonID
	Ink     record.CircleKind // CaseCircle, Reserved, Shared or Scratchpad
	Named   []record.MemberID // of a Reserved note
	Words   string
	Kind    record.NoteKind
	Day     time.Time // the day of the fact
	Minutes int
	Origin  record.Origin
	Kept    record.DraftID // the kept draft that this note finishes; zero if none
}

const longestNote = 1 << 20 // bytes: 1 MB of text

// text checks a draft and returns what is sealed.
func (d Draft) text(now time.Time, persons []record.PersonID) (strongroom.Text, error) {
	var bad fault.Fields
	if strings.TrimSpace(d.Words) == "" {
		bad.Add("words", "fault.note_empty")
	}
	if len(d.Words) > longestNote || !utf8.ValidString(d.Words) {
		bad.Add("words", "fault.note_long")
	}
	if !slices.Contains(record.NoteKinds(), d.Kind) {
		bad.Add("kind", "fault.choose")
	}
	if !slices.Contains(record.Origins(), d.Origin) {
		bad.Add("origin", "fault.choose")
	}
	if d.Day.IsZero() || d.Day.After(now.AddDate(0, 0, 1)) || d.Day.Year() < 1900 {
		bad.Add("date", "fault.note_date")
	}
	if d.Minutes < 0 || d.Minutes > 24*60 {
		bad.Add("minutes", "fault.minutes")
	}
	words := strongroom.Words{
		record.TagText: confided.NewText(d.Words), record.TagNoteKind: confided.NewText(string(d.Kind)),
		record.TagOrigin: confided.NewText(string(d.Origin)), record.TagDay: confided.NewText(d.Day.Format(time.DateOnly)),
	}
	if d.Minutes > 0 {
		words[record.TagMinutes] = confided.NewText(strconv.Itoa(d.Minutes))
	}
	return strongroom.Text{ID: d.ID, Kind: record.ItemNote, Persons: persons, Words: words}, bad.Err()
}

// Written reports whether the note of a form was written already, and in which
// case: a form posted twice writes once. It tells nobody else's.
func (r *Room) Written(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (record.CaseID, bool, error) {
	obj, err := r.read.Object(ctx, id)
	if fault.KindOf(err) == fault.Withheld {
		return record.CaseID{}, false, nil
	}
	if err != nil {
		return record.CaseID{}, false, err
	}
	return record.CaseID(obj.Owner.ID), true, r.again(ctx, by, obj)
}

// AddNote writes a note, and opens the dossier when it is somebody's first. It
// returns the case. Written twice with the same id, it is one note.
func (r *Room) AddNote(ctx context.Context, by *strongroom.Unlocked, d Draft) (record.CaseID, error) {
	if d.Case.IsZero() {
		if id, written, err := r.Written(ctx, by, d.ID); written {
			return id, err
		}
		return r.addFirst(ctx, by, d)
	}
	c, err := r.cases.May(ctx, by, policy.WriteNote, d.Case, record.MemberID{})
	if err != nil {
		return d.Case, err
	}
	t, err := d.text(r.now(), c.Persons)
	if err != nil {
		return d.Case, err
	}
	if err := r.named(ctx, c.Service, d); err != nil {
		return d.Case, err
	}
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error { return r.add(ctx, a, c.Case, d, t) }, nil)
	if fault.KindOf(err) == fault.Conflict {
		if id, written, err := r.Written(ctx, by, d.ID); written {
			return id, err
		}
	}
	return d.Case, err
}

// again answers a form posted twice: the note is there, if it is in a case where
// the author still has a place.
func (r *Room) again(ctx context.Context, by *strongroom.Unlocked, obj record.Object) error {
	_, err := r.cases.May(ctx, by, policy.ReadCase, record.CaseID(obj.Owner.ID), record.MemberID{})
	return err
}

func (r *Room) addFirst(ctx context.Context, by *strongroom.Unlocked, d Draft) (record.CaseID, error) {
	plan, err := r.cases.Plan(ctx, by, record.CaseID(d.ID), d.Person)
	if err != nil {
		return record.CaseID{}, err
	}
	t, err := d.text(r.now(), plan.Case.Persons)
	if err != nil {
		return record.CaseID{}, err
	}
	if err := r.named(ctx, plan.Case.Service, d); err != nil {
		return record.CaseID{}, err
	}
	return plan.Case.ID, r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if err := r.cases.Open(ctx, a, plan); err != nil {
			return err
		}
		return r.add(ctx, a, plan.Case, d, t)
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			if err := tx.PutCase(ctx, plan.Case); err != nil {
				return err
			}
			return a.Apply(ctx, tx)
		})
	})
}

// named refuses a reserved note for somebody outside the service.
func (r *Room) named(ctx context.Context, s record.ServiceID, d Draft) error {
	for _, m := range d.Named {
		w := strongroom.Widening{To: m, Reason: record.ReasonAdvice}
		if err := r.cases.Inside(ctx, s, &w); d.Ink == record.Reserved && err != nil {
			return err
		}
	}
	return nil
}

// add seals the note into its circle, with the grants of those it names, the
// journal entry and the end of its draft.
func (r *Room) add(ctx context.Context, a *strongroom.Act, c record.Case, d Draft, t strongroom.Text) error {
	in, err := a.Ink(ctx, c, d.Ink)
	if err != nil {
		return err
	}
	obj, err := a.Add(ctx, record.OwnerOf(record.OwnerCase, c.ID), []record.CircleID{in}, t)
	if err != nil {
		return err
	}
	if d.Ink == record.Reserved {
		for _, m := range d.Named {
			w := strongroom.Widening{To: m, Reason: record.ReasonAdvice}
			if err := r.cases.Inside(ctx, c.Service, &w); err != nil {
				return err
			}
			if err := a.WidenNew(ctx, c, obj, w); err != nil {
				return err
			}
		}
	}
	if !d.Kept.IsZero() {
		a.DropDraft(d.Kept)
	}
	return a.Journal(ctx, journal.Wrote, journal.ForFollowUp, a.InJournal(c, obj)...)
}

// Correct writes a further version of one's own note. base is the version that
// the page had shown; fault.Conflict when another was written meanwhile.
func (r *Room) Correct(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, base uint32, d Draft) (record.CaseID, error) {
	n, err := r.Note(ctx, by, id)
	if err != nil {
		return record.CaseID{}, err
	}
	c, err := r.cases.May(ctx, by, policy.CorrectNote, n.Case, n.Author)
	if err == nil && n.Stub {
		err = fault.New(fault.Refused, "fault.not_yours") // it says that a note was moved, and nothing else
	}
	if err != nil {
		return n.Case, err
	}
	t, err := d.text(r.now(), c.Persons)
	if err != nil {
		return n.Case, err
	}
	return n.Case, r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		obj, err := a.Correct(ctx, record.OwnerOf(record.OwnerCase, c.ID), id, base, t)
		if err != nil {
			return err
		}
		if !d.Kept.IsZero() {
			a.DropDraft(d.Kept)
		}
		return a.Journal(ctx, journal.Wrote, journal.ForFollowUp, a.InJournal(c.Case, obj)...)
	}, nil)
}

// Widen lets a colleague of the service read one note, for a usual reason.
func (r *Room) Widen(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, w strongroom.Widening) error {
	n, err := r.Note(ctx, by, id)
	if err != nil {
		return err
	}
	c, err := r.cases.May(ctx, by, policy.WidenNote, n.Case, n.Author)
	if err != nil {
		return err
	}
	if n.Ink == record.Scratchpad || n.Stub {
		return fault.New(fault.Refused, "fault.scratch_alone")
	}
	if err := r.cases.Inside(ctx, c.Service, &w); err != nil {
		return err
	}
	beside, err := r.papers.Beside(ctx, by, c.ID, id)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		for _, one := range append(beside, id) {
			if err := a.WidenNote(ctx, c.Case, one, w); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// alone refuses a note that documents stand beside: they would keep its readers.
func (r *Room) alone(ctx context.Context, by *strongroom.Unlocked, n Note) error {
	beside, err := r.papers.Beside(ctx, by, n.Case, n.ID)
	if err == nil && len(beside) > 0 {
		err = fault.New(fault.Refused, "fault.note_documents")
	}
	return err
}

// Narrow takes one reader away from one's own note, in one act: the note gets a
// new key, and the readers left hold it. It returns who had read it.
func (r *Room) Narrow(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, gone record.MemberID) (Note, error) {
	n, err := r.history(ctx, by, id)
	if err != nil {
		return Note{}, err
	}
	c, err := r.cases.May(ctx, by, policy.NarrowNote, n.Case, n.Author)
	if err != nil {
		return Note{}, err
	}
	if n.Stub || n.Ink == record.Scratchpad || gone == by.Member() {
		return Note{}, fault.New(fault.Refused, "fault.last_reader")
	}
	if !slices.Contains(n.Readers.Members, gone) {
		return Note{}, fault.Field("reader", "form.choice")
	}
	if err := r.alone(ctx, by, n); err != nil {
		return Note{}, err
	}
	keep := slices.DeleteFunc(slices.Clone(n.Readers.Members), func(m record.MemberID) bool { return m == gone || m == by.Member() })
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.NarrowNote(ctx, c.Case, n.items, keep) }, nil)
	return n, err
}

// Move takes a note out of the wrong dossier, in one act: sealed anew in the
// other, a stub stays. It returns who had read it.
func (r *Room) Move(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, to record.CaseID) (Note, error) {
	n, err := r.history(ctx, by, id)
	if err != nil {
		return Note{}, err
	}
	from, err := r.cases.May(ctx, by, policy.MoveNote, n.Case, n.Author)
	if err != nil {
		return Note{}, err
	}
	target, err := r.cases.May(ctx, by, policy.WriteNote, to, record.MemberID{})
	if err != nil {
		return Note{}, err
	}
	if n.Stub || n.Author != by.Member() || from.ID == target.ID {
		return Note{}, fault.New(fault.Refused, "fault.not_yours")
	}
	if err := r.alone(ctx, by, n); err != nil {
		return Note{}, err
	}
	stub := strongroom.Text{Kind: record.ItemStub, Words: strongroom.Words{
		record.TagDay: n.items[len(n.items)-1].Words[record.TagDay], record.TagMovedBy: confided.NewText(by.Member().String()),
	}}
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		in, err := a.Ink(ctx, target.Case, n.Ink)
		if err != nil {
			return err
		}
		return a.MoveNote(ctx, from.Case, target.Case, in, n.items, stub)
	}, nil)
	return n, err
}
