// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Files is where ciphertext stands outside the database.
type Files interface {
	Put(id record.FileID, write func(io.Writer) error) (size int64, digest [32]byte, err error)
	Get(id record.FileID) (io.ReadCloser, error)
}

// Content is a file that was sealed as it came: its ciphertext is on the disk, and
// no row names it yet. Until one does, it is an orphan that nobody opens.
type Content struct {
	record.File
	Length int64 // of the file itself
	key    seal.Key
}

// SealContent seals what from gives, a chunk at a time, as the content of an object
// to be. Nothing of it touches the disk in clear.
func (r *Room) SealContent(o record.Owner, object record.ObjectID, from io.Reader, to Files) (Content, error) {
	c := Content{File: record.File{ID: record.NewID[record.File](), Object: object}, key: seal.NewKey()}
	at := r.chunk(o, c.File)
	var err error
	c.Size, c.Digest, err = to.Put(c.ID, func(w io.Writer) error {
		c.Length, err = sealChunks(w, c.key, at, from)
		return err
	})
	return c, err
}

func (r *Room) chunk(o record.Owner, f record.File) seal.Chunk {
	return seal.Chunk{Context: seal.Context{
		Purpose: seal.ForChunk, Organisation: r.host.organisation, Owner: o, Object: f.Object.Ref(),
	}, File: f.ID.Ref()}
}

// sealChunks writes what from gives, then its padding, and returns the length of
// the file.
func sealChunks(to io.Writer, k seal.Key, at seal.Chunk, from io.Reader) (int64, error) {
	counted := &counted{from: from}
	padded := bufio.NewReaderSize(io.MultiReader(counted, &padding{of: counted}), seal.ChunkSize+1)
	plain := make([]byte, seal.ChunkSize)
	defer clear(plain)
	for ; !at.Last; at.N++ {
		n, err := io.ReadFull(padded, plain)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err
		}
		_, end := padded.Peek(1)
		if at.Last = errors.Is(end, io.EOF); end != nil && !at.Last {
			return 0, end
		}
		if _, err := to.Write(seal.SealChunk(k, at, plain[:n])); err != nil {
			return 0, err
		}
	}
	return counted.n, nil
}

// counted counts what was read.
type counted struct {
	from io.Reader
	n    int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}

// padding is what follows a file: known once the file was read.
type padding struct {
	of   *counted
	left []byte
	made bool
}

func (p *padding) Read(b []byte) (int, error) {
	if !p.made {
		p.left, p.made = seal.FilePadding(p.of.n), true
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// AddContent adds a document whose content was sealed: the row that names its file
// is written with the others. Beside a note, it has the circles and the readers of
// that note; else it stands in the circles given.
func (a *Act) AddContent(ctx context.Context, c record.Case, beside record.ObjectID, in []record.CircleID, t Text, content Content) (record.Object, error) {
	s, err := a.enter(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return record.Object{}, err
	}
	if !beside.IsZero() {
		p, err := a.hold(ctx, s.owner, beside)
		if err != nil {
			return record.Object{}, err
		}
		in = nil
		for _, k := range p.circles {
			in = append(in, k.ID)
		}
	}
	t.Words[record.TagFile] = confided.NewText(content.ID.String())
	t.Words[record.TagLength] = confided.NewText(strconv.FormatInt(content.Length, 10))
	obj, key, err := a.newObject(ctx, s, content.Object, content.key, in)
	if err != nil {
		return obj, err
	}
	if err := a.version(obj, key, 1, t); err != nil {
		return obj, err
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutFile(ctx, content.File) })
	return obj, a.sameReaders(ctx, s, beside, obj, key)
}

// sameReaders lets those whom a note was opened to, one by one, read what stands
// beside it, until the same day.
func (a *Act) sameReaders(ctx context.Context, s *shelf, note record.ObjectID, obj record.Object, key seal.Key) error {
	if note.IsZero() {
		return nil
	}
	for _, g := range s.roster.onTarget(record.RightRead, record.TargetOf(record.OnObject, note)) {
		if !g.Live(a.at) || g.Recipient.Kind != record.ToMember {
			continue
		}
		to, err := a.toMember(ctx, record.MemberID(g.Recipient.ID))
		if err != nil {
			return err
		}
		why := terms{until: g.Until, why: detail{
			Act: record.ActWiden, Ground: record.GroundContinuity, Reason: record.ReasonAdvice, Informed: record.InformedNotice,
		}}
		if err := a.letAlone(ctx, s, obj.ID, key, to, why); err != nil {
			return err
		}
	}
	return nil
}

// RemoveContent takes a document away: what stays says that there was one, under a
// key of its own. The key of its file is gone with the act, and the row that names
// the file.
func (a *Act) RemoveContent(ctx context.Context, c record.Case, it Item, left Text) error {
	s, err := a.shelf(ctx, it.Owner)
	if err != nil {
		return err
	}
	if err := a.endAlone(ctx, s, it.Object); err != nil {
		return err
	}
	in := []record.CircleID{}
	for _, k := range it.Circles {
		in = append(in, k.ID)
		a.concerns(it.Object, k)
	}
	stub := it
	stub.Version, stub.Kind, stub.Words = 1, left.Kind, left.Words
	stub.Author, stub.At = a.by.Member(), a.room.now().Unix()
	if _, err := a.reseal(ctx, s, object(it), in, []Item{stub}); err != nil {
		return err
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.DropFile(ctx, it.Object) })
	return a.Journal(ctx, journal.Ended, journal.ForWithdraw, a.InJournal(c, object(it))...)
}

// OpenContent opens a document and its file: no entry, no byte. Its plain bytes come
// a chunk at a time, and end in an error rather than in anything that was not sealed.
func (r *Room) OpenContent(ctx context.Context, u *Unlocked, why Why, o record.Owner, id record.ObjectID, from Files) (Item, io.ReadCloser, error) {
	picked, err := r.pick(ctx, u, Ask{Owner: o, Objects: []record.ObjectID{id}})
	if fault.KindOf(err) == fault.Withheld {
		return Item{}, nil, r.refuse(ctx, u, why, []Ask{{Owner: o, Objects: []record.ObjectID{id}}})
	}
	if err != nil {
		return Item{}, nil, err
	}
	proof, entry, err := r.record(ctx, u, why, picked, r.mark(u, picked))
	if err != nil {
		return Item{}, nil, err
	}
	items, err := r.reveal(u, picked, proof, entry)
	if err != nil {
		return Item{}, nil, err
	}
	it := items[0]
	file, err := record.ParseID[record.File](it.Words[record.TagFile].Reveal())
	if err != nil {
		return it, nil, fault.New(fault.Withheld, "") // no document, or one that was taken away
	}
	length, err := strconv.ParseInt(it.Words[record.TagLength].Reveal(), 10, 64)
	if err != nil {
		return it, nil, errItem
	}
	sealed, err := from.Get(file)
	if err != nil {
		return it, nil, err
	}
	at := r.chunk(o, record.File{ID: file, Object: id})
	return it, &opened{from: bufio.NewReaderSize(sealed, seal.SealedChunk+1), close: sealed, key: picked[0].key, at: at, left: length}, nil
}

// opened is a file being opened.
type opened struct {
	from  *bufio.Reader
	close io.Closer
	key   seal.Key
	at    seal.Chunk
	left  int64 // of the file, without its padding
	plain []byte
	whole []byte // the chunk that plain is a part of
}

// Read implements io.Reader.
func (o *opened) Read(b []byte) (int, error) {
	if o.left == 0 {
		return 0, io.EOF
	}
	for len(o.plain) == 0 {
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, o.plain[:min(int64(len(o.plain)), o.left)])
	o.plain, o.left = o.plain[n:], o.left-int64(n)
	return n, nil
}

// next opens one chunk more. After the last one there is none.
func (o *opened) next() error {
	if o.at.Last {
		return errItem
	}
	box := make([]byte, seal.SealedChunk)
	n, err := io.ReadFull(o.from, box)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errItem
	}
	_, end := o.from.Peek(1)
	o.at.Last = end != nil
	clear(o.whole)
	if o.whole, err = seal.OpenChunk(o.key, o.at, box[:n]); err != nil {
		return errItem
	}
	o.plain = o.whole
	o.at.N++
	return nil
}

// Close forgets what was opened last.
func (o *opened) Close() error {
	clear(o.whole)
	o.plain, o.left = nil, 0
	return o.close.Close()
}
