// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Subject is whom an entry concerns: a person, in the journal of a service, and
// which of her objects. A Subject without person is the house.
type Subject struct {
	Person  record.PersonID
	Service record.ServiceID
	Spans   []journal.Span
}

const spansPerSlip = 12 // keeps a slip under journal.MaxSlip: more ranges make a second slip

// entry makes one signed and sealed journal row: a slip per person concerned,
// holding the body's key and her objects only, then the body, whose signature
// covers the slips (secrecy.md §8).
func (r *Room) entry(ctx context.Context, u *Unlocked, b journal.Body, about []Subject) (record.Entry, error) {
	e := record.Entry{ID: record.NewID[record.Entry](), Minute: r.minute()}
	key := seal.NewKey()
	if len(about) == 0 {
		about = []Subject{{}}
	}
	for _, s := range about {
		slips, err := r.entrySlips(ctx, u, e.ID, key, s)
		if err != nil {
			return record.Entry{}, err
		}
		e.Slips = append(e.Slips, slips...)
	}
	b.At = r.now().Unix()
	for _, s := range e.Slips {
		b.Slips = append(b.Slips, journal.SlipHash(s))
	}
	r.signBody(u, &b, about[0].Service)
	e.Body = seal.Seal(key, r.entryContext(e.ID), seal.Pad(b.Encode(), 256))
	return e, nil
}

// signBody signs for the member, or for the host when nobody is unlocked.
func (r *Room) signBody(u *Unlocked, b *journal.Body, service record.ServiceID) {
	c := seal.Context{Purpose: seal.ForSignature, Organisation: r.host.organisation}
	if u == nil {
		b.Sign = seal.NewSigner(r.host.sign).Sign(c, b.Signed())
		return
	}
	b.Actor, b.Device = u.Member(), u.device
	b.Role, b.Service = u.role(service)
	c.Author = u.Member()
	b.Sign = u.signer().Sign(c, b.Signed())
}

func (r *Room) entryContext(id record.EntryID) seal.Context {
	return seal.Context{Purpose: seal.ForEntryBody, Organisation: r.host.organisation, Object: id.Ref()}
}

// entrySlips seals the body's key and one person's spans into her journal.
func (r *Room) entrySlips(ctx context.Context, u *Unlocked, id record.EntryID, key seal.Key, about Subject) ([]record.EntrySlip, error) {
	s, c, err := r.journalCircle(ctx, u, about)
	if err != nil {
		return nil, err
	}
	var slips []record.EntrySlip
	for spans := range slices.Chunk(append(about.Spans, journal.Span{}), spansPerSlip) {
		spans = slices.DeleteFunc(slices.Clone(spans), func(s journal.Span) bool { return s.Owner.Kind == 0 })
		if len(spans) == 0 && len(slips) > 0 {
			break
		}
		plain := seal.Pad(append(key.Bytes(), journal.EncodeSpans(spans)...), 96)
		slip := record.EntrySlip{Circle: c.ID, Epoch: c.Epoch, Person: about.Person, Service: about.Service}
		if slip.Sealed, err = r.sealSlip(u, s, c, id, plain); err != nil {
			return nil, err
		}
		slips = append(slips, slip)
	}
	return slips, nil
}

// sealSlip seals under the journal's key when the session holds it, to its
// public half otherwise: anybody may write into a journal.
func (r *Room) sealSlip(u *Unlocked, s *shelf, c record.Circle, id record.EntryID, plain []byte) ([]byte, error) {
	ctx := r.slipContext(s.owner, c.ID, c.Epoch, id)
	if u != nil {
		if k, ok := u.key(c.ID, c.Epoch); ok {
			return append([]byte{byte(record.WrapOwn)}, seal.Seal(k, ctx, plain)...), nil
		}
	}
	public, _, err := r.publicHalf(s, c.ID)
	if err != nil {
		return nil, err
	}
	box, err := seal.Deposit(public, ctx, plain)
	if err != nil {
		return nil, fault.Because(fault.Internal, err)
	}
	return append([]byte{byte(record.WrapHybrid)}, box...), nil
}

func (r *Room) slipContext(o record.Owner, c record.CircleID, epoch uint32, id record.EntryID) seal.Context {
	return seal.Context{
		Purpose: seal.ForEntrySlip, Organisation: r.host.organisation, Owner: o,
		Circle: c, Epoch: epoch, Object: id.Ref(),
	}
}

// journalCircle finds the journal of a person in a service, or of the house.
func (r *Room) journalCircle(ctx context.Context, u *Unlocked, about Subject) (*shelf, record.Circle, error) {
	if about.Person.IsZero() {
		s, err := r.houseShelf(ctx, u)
		if err != nil {
			return nil, record.Circle{}, err
		}
		c, ok := s.kind(record.HouseJournal)
		if !ok {
			return nil, record.Circle{}, fault.Because(fault.Unavailable, integrity("no house journal"))
		}
		return s, c, nil
	}
	if u == nil {
		return nil, record.Circle{}, fault.Because(fault.Internal, integrity("nobody unlocked writes into a person's journal"))
	}
	s, err := r.herShelf(ctx, u, about.Person)
	if err != nil {
		return nil, record.Circle{}, err
	}
	all := s.journals(about.Service)
	if len(all) == 0 {
		return nil, record.Circle{}, fault.New(fault.Withheld, "")
	}
	return s, all[len(all)-1], nil
}

// herShelf loads a person's rows to write in her journal. With a case in hand its
// circle opens the journal; without, the Offices are asked for her other keys.
func (r *Room) herShelf(ctx context.Context, u *Unlocked, p record.PersonID) (*shelf, error) {
	o := record.OwnerOf(record.OwnerPerson, p)
	for _, kind := range u.kinds {
		if kind == record.CaseCircle {
			return r.shelf(ctx, u, o)
		}
	}
	return r.enter(ctx, u, o)
}

// journals are a person's journals in a service, oldest first: whoever opens a
// case there begins a new one, and the newest takes the entries (doc/adr/0008).
func (s *shelf) journals(service record.ServiceID) []record.Circle {
	var all []record.Circle
	for _, id := range s.order {
		if c := s.circles[id]; c.Kind == record.HerJournal && c.Service == service {
			all = append(all, c)
		}
	}
	return all
}

// houseShelf is the organisation's shelf: its roster is the directory's.
func (r *Room) houseShelf(ctx context.Context, u *Unlocked) (*shelf, error) {
	s, err := r.rows(ctx, newUnlocked(record.Actor{}, "", Secret{}), r.house())
	if err != nil {
		return nil, err
	}
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, err
	}
	s.roster = d.roster.clone()
	return s, r.bound(s)
}

// Note writes an entry in a transaction of its own: a refusal, a sign-in.
// u is nil when nobody is unlocked; then the host signs and the house keeps it.
func (r *Room) Note(ctx context.Context, u *Unlocked, b journal.Body, about ...Subject) error {
	_, _, err := r.append(ctx, u, b, about)
	return err
}

func (r *Room) append(ctx context.Context, u *Unlocked, b journal.Body, about []Subject) (journal.Proof, record.EntryID, error) {
	var proof journal.Proof
	e, err := r.entry(ctx, u, b, about)
	if err != nil {
		return proof, e.ID, err
	}
	err = r.write(ctx, func(tx Tx) error {
		var err error
		proof, err = journal.Append(ctx, tx, e)
		return err
	})
	return proof, e.ID, err
}

// witness writes an entry durably, or nothing may be opened after it.
func (r *Room) witness(ctx context.Context, u *Unlocked, b journal.Body, about ...Subject) error {
	proof, id, err := r.append(ctx, u, b, about)
	if err == nil && !proof.For(id) {
		err = fault.New(fault.Unavailable, "fault.journal")
	}
	return err
}
