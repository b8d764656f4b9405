// SPDX-License-Identifier: AGPL-3.0-or-later

// Package document is about the files of a dossier: attached to a person's dossier
// or to one note, shown, taken away. A file is sealed as it comes, and never whole
// in memory.
package document

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// MaxSize is the longest file that is taken.
const MaxSize = 20 << 20

// Reader is what the room reads.
type Reader interface {
	Object(ctx context.Context, id record.ObjectID) (record.Object, error)
	FilesOf(ctx context.Context, o record.Owner) ([]record.File, error)
	Backups(ctx context.Context) ([]record.Day, error)
}

// Room is about documents.
type Room struct {
	read   Reader
	strong *strongroom.Room
	cases  *cases.Room
	files  strongroom.Files
	now    func() time.Time
}

// New returns the room.
func New(read Reader, strong *strongroom.Room, c *cases.Room, files strongroom.Files, now func() time.Time) *Room {
	return &Room{read: read, strong: strong, cases: c, files: files, now: now}
}

// Document is one document, opened; its file is not.
type Document struct {
	ID      record.ObjectID
	Case    record.CaseID
	Beside  record.ObjectID // the note that it stands beside; zero: none
	Title   confided.Text
	Media   Media
	Day     confided.Text // of the paper, 2006-01-02
	Length  int64
	Author  record.MemberID
	At      int64
	Ink     record.CircleKind
	Removed bool
	Why     confided.Text // of a removed one
	Readers cases.Audience

	item strongroom.Item
}

// Draft is a document about to be added.
type Draft struct {
	ID    record.ObjectID // comes with the form: posted twice, it is written once
	Case  record.CaseID
	Note  record.ObjectID // that it stands beside, and whose readers it has; zero: the team's
	Title confided.Text
	Day   time.Time
}

func (d Draft) check(now time.Time) error {
	var bad fault.Fields
	if strings.TrimSpace(d.Title.Reveal()) == "" {
		bad.Add("title", "form.missing")
	}
	if d.Day.IsZero() || d.Day.After(now.AddDate(0, 0, 1)) || d.Day.Year() < 1900 {
		bad.Add("day", "fault.note_date")
	}
	return bad.Err()
}

// Add seals a file as it comes, then writes the rows that name it. Between the two
// it is an orphan, which the clock sweeps.
func (r *Room) Add(ctx context.Context, by *strongroom.Unlocked, d Draft, from io.Reader) error {
	c, err := r.writable(ctx, by, d)
	if err != nil {
		return err
	}
	if err := d.check(r.now()); err != nil {
		return err
	}
	if _, err := r.read.Object(ctx, d.ID); err == nil {
		return nil // the form was posted twice
	}
	content, media, err := r.seal(c.ID, d.ID, from)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		t := strongroom.Text{Kind: record.ItemDocument, Persons: c.Persons, Words: strongroom.Words{
			record.TagTitle: d.Title, record.TagMedia: confided.NewText(string(media)),
			record.TagDay: confided.NewText(d.Day.Format(time.DateOnly)),
		}}
		if !d.Note.IsZero() {
			t.Words[record.TagBeside] = confided.NewText(d.Note.String())
		}
		in, err := a.Ink(ctx, c.Case, record.CaseCircle)
		if err != nil {
			return err
		}
		obj, err := a.AddContent(ctx, c.Case, d.Note, []record.CircleID{in}, t, content)
		if err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForFollowUp, a.InJournal(c.Case, obj)...)
	}, nil)
}

// writable returns the case that a document goes to. Beside a note, only who wrote
// the note adds one: she alone holds the key of its readers.
func (r *Room) writable(ctx context.Context, by *strongroom.Unlocked, d Draft) (cases.Dossier, error) {
	if d.Note.IsZero() {
		return r.cases.Writable(ctx, by, d.Case)
	}
	it, err := r.item(ctx, by, d.Note)
	if err != nil {
		return cases.Dossier{}, err
	}
	c, err := r.cases.May(ctx, by, policy.CorrectNote, d.Case, it.Author)
	if err == nil && it.Kind != record.ItemNote {
		err = fault.New(fault.Refused, "fault.not_yours")
	}
	return c, err
}

// seal finds the type of a file in its first bytes, then seals it without what a
// photograph says of where and when it was taken.
func (r *Room) seal(c record.CaseID, id record.ObjectID, from io.Reader) (strongroom.Content, Media, error) {
	head := bufio.NewReaderSize(from, sniffed)
	first, err := head.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return strongroom.Content{}, "", err
	}
	media, err := mediaOf(first)
	if err != nil {
		return strongroom.Content{}, "", err
	}
	plain := media.bare(&limited{from: head, left: MaxSize})
	defer func() { _ = plain.Close() }()
	content, err := r.strong.SealContent(record.OwnerOf(record.OwnerCase, c), id, plain, r.files)
	return content, media, err
}

// limited refuses a file longer than left.
type limited struct {
	from io.Reader
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.from.Read(b)
	if l.left -= int64(n); l.left < 0 {
		return 0, fault.Field("file", "fault.file_large")
	}
	return n, err
}

// item opens one object of a case, or refuses as for what does not exist.
func (r *Room) item(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (strongroom.Item, error) {
	owner, err := r.owner(ctx, by, id)
	if err != nil {
		return strongroom.Item{}, err
	}
	items, err := r.strong.Open(ctx, by, reading(), strongroom.Ask{Owner: owner, Objects: []record.ObjectID{id}})
	if err != nil {
		return strongroom.Item{}, err
	}
	return items[0], nil
}

func reading() strongroom.Why {
	return strongroom.Why{Act: journal.Opened, Purpose: journal.ForFollowUp}
}

// owner finds the case of an object in which the actor has a place.
func (r *Room) owner(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (record.Owner, error) {
	obj, err := r.read.Object(ctx, id)
	at := record.CaseID(obj.Owner.ID)
	if err != nil || obj.Owner.Kind != record.OwnerCase {
		at = record.CaseID(id) // no such document: the same words and the same trace
	}
	_, err = r.cases.Readable(ctx, by, at)
	return obj.Owner, err
}

// Document opens one document, and not its file.
func (r *Room) Document(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (Document, error) {
	it, err := r.item(ctx, by, id)
	if err != nil {
		return Document{}, err
	}
	if !is(it) {
		return Document{}, fault.New(fault.Withheld, "")
	}
	readers, err := r.strong.ItemReaders(ctx, by, []strongroom.Item{it})
	if err != nil {
		return Document{}, err
	}
	d := read(it)
	d.Readers = readers[0]
	return d, nil
}

// Content opens a document and its file, which the caller closes.
func (r *Room) Content(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID) (Document, io.ReadCloser, error) {
	owner, err := r.owner(ctx, by, id)
	if err != nil {
		return Document{}, nil, err
	}
	it, content, err := r.strong.OpenContent(ctx, by, reading(), owner, id, r.files)
	return read(it), content, err
}

// Remove takes a document away, for a reason that stays. Its words and the key of
// its file are gone at once, its ciphertext when the clock sweeps.
func (r *Room) Remove(ctx context.Context, by *strongroom.Unlocked, id record.ObjectID, reason confided.Text) (Document, error) {
	d, err := r.Document(ctx, by, id)
	if err != nil {
		return d, err
	}
	c, err := r.cases.May(ctx, by, policy.CorrectNote, d.Case, d.Author)
	if err == nil && d.Removed {
		err = fault.New(fault.Refused, "fault.not_yours")
	}
	if err == nil && reason.Empty() {
		err = fault.Field("why", "form.missing")
	}
	if err != nil {
		return d, err
	}
	left := strongroom.Text{Kind: record.ItemRemoved, Words: strongroom.Words{record.TagWhy: reason, record.TagDay: d.Day}}
	return d, r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.RemoveContent(ctx, c.Case, d.item, left) }, nil)
}

// Beside returns the documents that stand beside a note.
func (r *Room) Beside(ctx context.Context, by *strongroom.Unlocked, c record.CaseID, note record.ObjectID) ([]record.ObjectID, error) {
	owner := record.OwnerOf(record.OwnerCase, c)
	files, err := r.read.FilesOf(ctx, owner)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	ask := strongroom.Ask{Owner: owner}
	for _, f := range files {
		ask.Objects = append(ask.Objects, f.Object)
	}
	items, err := r.strong.Open(ctx, by, reading(), ask)
	if fault.KindOf(err) == fault.Withheld {
		return nil, nil // none that she opens
	}
	var out []record.ObjectID
	for _, d := range Collect(items) {
		if d.Beside == note {
			out = append(out, d.ID)
		}
	}
	return out, err
}

// Backups returns the days on which a backup was taken: what one removed is gone
// from the last of them 35 days later (secrecy.md §9).
func (r *Room) Backups(ctx context.Context) ([]record.Day, error) { return r.read.Backups(ctx) }

// Collect returns the documents among opened items, the newest paper first.
func Collect(items []strongroom.Item) []Document {
	var all []Document
	for _, it := range items {
		if is(it) {
			all = append(all, read(it))
		}
	}
	slices.SortStableFunc(all, func(a, b Document) int { return b.Day.Compare(a.Day) })
	return all
}

// is reports whether an item is a document, or what stays of one.
func is(it strongroom.Item) bool {
	return it.Kind == record.ItemDocument || it.Kind == record.ItemRemoved
}

// Not returns the items that are no documents.
func Not(items []strongroom.Item) []strongroom.Item {
	return slices.DeleteFunc(slices.Clone(items), is)
}

func read(it strongroom.Item) Document {
	d := Document{
		ID: it.Object, Case: record.CaseID(it.Owner.ID), Title: it.Words[record.TagTitle], Day: it.Words[record.TagDay],
		Author: it.Author, At: it.At, Ink: record.Reserved, Removed: it.Kind == record.ItemRemoved,
		Why: it.Words[record.TagWhy], item: it,
	}
	d.Beside, _ = record.ParseID[record.Object](it.Words[record.TagBeside].Reveal())
	d.Length, _ = strconv.ParseInt(it.Words[record.TagLength].Reveal(), 10, 64)
	for _, m := range medias() {
		if it.Words[record.TagMedia].Is(string(m)) {
			d.Media = m
		}
	}
	for _, c := range it.Circles {
		d.Ink = c.Kind
	}
	return d
}
