// SPDX-License-Identifier: AGPL-3.0-or-later

package casework

import (
	"cmp"
	"context"
	"slices"

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

// Note is one note, opened.
type Note struct {
	ID      record.ObjectID
	Case    record.CaseID
	Order   uint32 // among what is kept with the case: what the journal names
	Version uint32
	Ink     record.CircleKind
	Person  record.PersonID // of a Shared note
	Author  record.MemberID
	At      int64         // seconds since 1970, when this version was written
	Day     confided.Text // of the fact, 2006-01-02
	Kind    record.NoteKind
	Origin  record.Origin
	Minutes confided.Text
	Words   confided.Text
	Stub    bool // moved away from here
	New     bool // not read before
	Reads   []strongroom.Read
	Readers cases.Audience

	items []strongroom.Item // every version, oldest first, when it was opened with its history
}

// File is a dossier, opened: its persons, as far as the actor's keys open them, and
// its notes, newest fact first.
type File struct {
	cases.Dossier
	Who    map[record.PersonID]people.Person
	Notes  []Note
	Papers []document.Document // newest first
}

// First is the dossier's first person; empty when her name does not open.
func (f File) First() people.Person { return f.Who[f.Persons[0]] }

// Timeline opens a case and its persons in one act: one screen, one entry.
func (r *Room) Timeline(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (File, error) {
	return r.file(ctx, by, id, func(asks []strongroom.Ask) ([]strongroom.Item, error) {
		return r.strong.Open(ctx, by, strongroom.Why{Act: journal.Opened, Purpose: journal.ForFollowUp}, asks...)
	})
}

// Within is the timeline of what found accepts: the words of a note, the title of a
// paper. All that her keys open of the dossier is looked through, which is an opening
// of its own kind; only what is found is marked as read (secrecy.md §4, §8).
func (r *Room) Within(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, found func(confided.Text) bool) (File, error) {
	keep := func(it strongroom.Item) bool {
		return it.Owner.Kind != record.OwnerCase || found(it.Words[record.TagText]) || found(it.Words[record.TagTitle])
	}
	return r.file(ctx, by, id, func(asks []strongroom.Ask) ([]strongroom.Item, error) {
		return r.strong.Search(ctx, by, strongroom.Why{Act: journal.Searched, Purpose: journal.ForFollowUp}, keep, asks...)
	})
}

func (r *Room) file(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, open func([]strongroom.Ask) ([]strongroom.Item, error)) (File, error) {
	d, err := r.cases.May(ctx, by, policy.ReadCase, id, record.MemberID{})
	if err != nil {
		return File{}, err
	}
	asks, err := r.people.Asks(ctx, by, d.Persons...)
	if err != nil {
		return File{}, err
	}
	items, err := open(append(asks, ask(id)))
	if err != nil {
		return File{}, err
	}
	f := File{Dossier: d, Who: people.Collect(items), Papers: document.Collect(items)}
	items = document.Not(items)
	items = slices.DeleteFunc(items, func(it strongroom.Item) bool { return it.Owner.Kind != record.OwnerCase })
	readers, err := r.strong.ItemReaders(ctx, by, items)
	if err != nil {
		return File{}, err
	}
	f.Notes = make([]Note, 0, len(items))
	for i, it := range items {
		n := read(it)
		n.Readers = readers[i]
		f.Notes = append(f.Notes, n)
	}
	slices.SortStableFunc(f.Notes, newestFirst)
	return f, nil
}

func ask(id record.CaseID) strongroom.Ask {
	return strongroom.Ask{Owner: record.OwnerOf(record.OwnerCase, id)}
}

// Index lists the notes of a case without their words, newest fact first: what a
// reader chooses from on the page of readers.
func (r *Room) Index(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) ([]Note, error) {
	d, err := r.cases.May(ctx, by, policy.SeeReaders, id, record.MemberID{})
	if err != nil {
		return nil, err
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Opened, Purpose: journal.ForReaders}, ask(d.ID))
	if err != nil {
		return nil, err
	}
	items = document.Not(items)
	readers, err := r.strong.ItemReaders(ctx, by, items)
	if err != nil {
		return nil, err
	}
	notes := make([]Note, 0, len(items))
	for i, it := range items {
		n := read(it)
		n.Words, n.Readers = confided.Text{}, readers[i]
		notes = append(notes, n)
	}
	slices.SortStableFunc(notes, newestFirst)
	return notes, nil
}

func newestFirst(a, b Note) int {
	return cmp.Or(b.Day.Compare(a.Day), cmp.Compare(b.At, a.At), cmp.Compare(b.Order, a.Order))
}

// Note opens one note.
func (r *Room) Note(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (Note, error) {
	all, err := r.open(ctx, by, id, false)
	if err != nil {
		return Note{}, err
	}
	return all[len(all)-1], nil
}

// Versions opens every version of a note, oldest first.
func (r *Room) Versions(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) ([]Note, error) {
	return r.open(ctx, by, id, true)
}

// history opens a note with what is needed to seal it anew.
func (r *Room) history(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (Note, error) {
	all, err := r.open(ctx, by, id, true)
	if err != nil {
		return Note{}, err
	}
	last := all[len(all)-1]
	last.items = nil
	for _, n := range all {
		last.items = append(last.items, n.items...)
	}
	return last, nil
}

func (r *Room) open(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, history bool) ([]Note, error) {
	obj, err := r.read.Object(ctx, id)
	if err != nil || obj.Owner.Kind != record.OwnerCase {
		_, err = r.cases.May(ctx, by, policy.ReadCase, record.CaseID(id), record.MemberID{}) // no such note: the same words and the same trace
		return nil, err
	}
	if _, err := r.cases.May(ctx, by, policy.ReadCase, record.CaseID(obj.Owner.ID), record.MemberID{}); err != nil {
		return nil, err
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Opened, Purpose: journal.ForFollowUp},
		strongroom.Ask{Owner: obj.Owner, Objects: []record.ObjectID{id}, History: history})
	if err != nil {
		return nil, err
	}
	if items = document.Not(items); len(items) == 0 {
		return nil, fault.New(fault.Withheld, "")
	}
	readers, err := r.strong.ItemReaders(ctx, by, items[:1])
	if err != nil {
		return nil, err
	}
	var notes []Note
	for _, it := range items {
		n := read(it)
		n.Readers, n.items = readers[0], []strongroom.Item{it}
		notes = append(notes, n)
	}
	return notes, nil
}

// read makes a note of an opened item.
func read(it strongroom.Item) Note {
	n := Note{
		ID: it.Object, Case: record.CaseID(it.Owner.ID), Order: it.Order, Version: it.Version, Author: it.Author, At: it.At,
		Day: it.Words[record.TagDay], Minutes: it.Words[record.TagMinutes], Words: it.Words[record.TagText],
		Stub: it.Kind == record.ItemStub, New: it.New, Reads: it.Reads, Ink: record.Reserved,
	}
	for _, c := range it.Circles {
		n.Ink, n.Person = c.Kind, c.Person
	}
	n.Kind, n.Origin = one(it.Words[record.TagNoteKind], record.NoteKinds()), one(it.Words[record.TagOrigin], record.Origins())
	return n
}

// one recognises which of a closed list a sealed code is; the last when none.
func one[T ~string](t confided.Text, all []T) T {
	for _, v := range all {
		if t.Is(string(v)) {
			return v
		}
	}
	return all[len(all)-1]
}
