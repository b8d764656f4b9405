// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Envelope is what is printed for one seat: the code that is its key, its share
// of the root, and the control word typed back to prove that it was printed.
type Envelope struct {
	Seat    record.SeatID
	Kind    record.SeatKind
	Code    string
	Root    string // empty for the DPO's
	Control string
}

// Founding is what the first person's session makes, in the order of secrecy.md
// §4: root, officer, seats, the DPO's seat.
type Founding struct {
	Name       string // the organisation's
	Founder    record.Member
	Passphrase string
	Device     journal.Device
}

// Founded is what founding leaves in the founder's session, to print and prove.
type Founded struct {
	Secret    Secret
	Member    record.Member
	Paper     string // the paper code
	Envelopes []Envelope
	Slots     []record.Slot
	Seats     []record.Seat
}

// founder carries what founding makes from step to step.
type founder struct {
	room   *Room
	secret Secret
	member record.Member
	shelf  *shelf
	act    *Act
	out    Founded
}

// Found makes the organisation. commit writes the rows of the organisation, the
// founder, her slots and the seats, then applies the act.
func (r *Room) Found(ctx context.Context, f Founding, commit func(context.Context, Founded, *Act) error) (Founded, error) {
	if r.host.Founded() {
		if links, err := r.read.Chain(ctx, r.house()); err != nil || len(links) > 0 {
			return Founded{}, fault.New(fault.Refused, "fault.founded")
		}
	}
	root, shares, err := seal.Split(2, 3)
	if err != nil {
		return Founded{}, fault.Because(fault.Internal, err)
	}
	b := &founder{room: r, secret: newSecret(), member: f.Founder}
	b.member.Keys, b.member.State = b.secret.public(), record.MemberActive
	b.shelf = newShelf(r.house())
	by := newUnlocked(record.Actor{Member: b.member.ID}, f.Device, b.secret)
	b.act = &Act{room: r, by: by, at: r.minute(), touched: map[record.Owner]bool{}}
	seats := b.seats(shares)
	b.officer(seal.NewSigner(root))
	for _, s := range seats {
		b.sign(record.Link{
			Class: record.LinkGives, Right: record.RightSeat, Recipient: record.RecipientOf(record.ToSeat, s.ID),
			Target: record.TargetOf(record.OnOrganisation, r.host.organisation), Commitment: seatCommit(s),
		})
	}
	if err := b.houseJournal(ctx, seats); err != nil {
		return Founded{}, err
	}
	slots, err := b.slots(f.Passphrase)
	if err != nil {
		return Founded{}, err
	}
	if err := r.host.pin(seal.NewSigner(root).Public()); err != nil {
		return Founded{}, err
	}
	b.out.Secret, b.out.Member, b.out.Slots, b.out.Seats = b.secret, b.member, slots, seats
	return b.out, commit(ctx, b.out, b.act)
}

func (r *Room) house() record.Owner {
	return record.OwnerOf(record.OwnerOrganisation, r.host.organisation)
}

// officer is the chain's first link: the root names the founder, and is forgotten.
func (b *founder) officer(root seal.Signer) {
	l := record.Link{
		Class: record.LinkGives, Right: record.RightOfficer, Recipient: b.act.by.self(),
		Target:     record.TargetOf(record.OnOrganisation, b.room.host.organisation),
		Commitment: hashMember(b.member), Owner: b.shelf.owner, At: b.act.at,
	}
	signLink(b.room.host.organisation, root, &l)
	b.append(l)
}

// sign appends a link of the founder's to the organisation's chain.
func (b *founder) sign(l record.Link) {
	l.Owner, l.N, l.Prev = b.shelf.owner, b.shelf.roster.Head.Count, b.shelf.roster.Head.Hash
	l.At, l.Author = b.act.at, b.member.ID
	signLink(b.room.host.organisation, b.secret.signer(), &l)
	b.append(l)
}

func (b *founder) append(l record.Link) {
	b.shelf.roster.apply(&l)
	b.shelf.roster.Head = Head{Count: l.N + 1, Hash: linkHash(b.room.host.organisation, &l)}
	b.act.step(func(ctx context.Context, tx Tx) error { return tx.PutLink(ctx, l) })
}

// seats makes three envelopes, each with its share of the root, and the DPO's.
func (b *founder) seats(shares [][]byte) []record.Seat {
	var out []record.Seat
	for i := range 4 {
		code := b.room.host.code("envelope " + string(rune('1'+i)))
		key := seal.CodeKey(code, "seat")
		s := record.Seat{ID: record.NewID[record.Seat](), Kind: record.SeatEnvelope, Public: seal.Hybrid(key).Public()}
		e := Envelope{Kind: record.SeatEnvelope, Code: seal.FormatCode(code), Control: seal.ControlWord(key)}
		if i < len(shares) {
			e.Root = seal.FormatCode(shares[i])
		} else {
			s.Kind, e.Kind = record.SeatDPO, record.SeatDPO
		}
		e.Seat = s.ID
		out = append(out, s)
		b.out.Envelopes = append(b.out.Envelopes, e)
	}
	return out
}

// houseJournal makes the circle of acts that concern nobody accompanied. The
// DPO's seat reads it, and two envelopes of three.
func (b *founder) houseJournal(ctx context.Context, seats []record.Seat) error {
	a, s := b.act, b.shelf
	secret, shares, err := seal.Split(2, 3)
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	l := record.Lock{ID: record.NewID[record.Lock](), Owner: s.owner, Public: seal.Hybrid(secret).Public(), Threshold: 2}
	for i := range shares {
		sh, err := a.room.share(l, seats[i], uint8(i)+1, shares[i]) //nolint:gosec // three envelopes
		if err != nil {
			return err
		}
		l.Shares = append(l.Shares, sh)
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutLock(ctx, l) })
	k := seal.NewKey()
	c := record.Circle{ID: record.NewID[record.Circle](), Kind: record.HouseJournal, Owner: s.owner, Epoch: 1}
	e := record.Epoch{Circle: c.ID, Number: 1, Check: seal.Check(k), Public: publicOf(c.Kind, k)}
	where := a.room.epochContext(s, c, 1)
	a.step(func(ctx context.Context, tx Tx) error {
		if err := tx.PutCircle(ctx, c); err != nil {
			return err
		}
		return tx.PutEpoch(ctx, e)
	})
	s.circles[c.ID], s.order, s.epochs[circleEpoch{c.ID, 1}] = c, append(s.order, c.ID), e
	a.by.held[circleEpoch{c.ID, 1}] = k
	b.sign(record.Link{
		Class: record.LinkNewEpoch, Target: record.TargetOf(record.OnCircle, c.ID), Epoch: 1,
		Commitment: seal.Commitment(e.Check, e.Public, where),
	})
	for _, to := range []recipient{seatRecipient(seats[3]), lockRecipient(l)} {
		b.sign(record.Link{
			Class: record.LinkGives, Right: record.RightRead, Recipient: to.Recipient,
			Target: record.TargetOf(record.OnCircle, c.ID), Commitment: to.commit,
		})
		if err := a.wrap(s, c.ID, to); err != nil {
			return err
		}
	}
	delete(a.by.held, circleEpoch{c.ID, 1})
	return nil
}

func (b *founder) slots(passphrase string) ([]record.Slot, error) {
	words, err := b.room.PassphraseSlot(b.member.ID, b.secret, passphrase)
	if err != nil {
		return nil, err
	}
	paper, code, err := b.room.PaperSlot(b.member.ID, b.secret)
	b.out.Paper = code
	return []record.Slot{words, paper}, err
}

// share seals one share of a lock's secret to a seat.
func (r *Room) share(l record.Lock, s record.Seat, index uint8, share []byte) (record.Share, error) {
	box, err := seal.Wrap(s.Public, r.shareContext(l, index), share)
	if err != nil {
		return record.Share{}, fault.Because(fault.Internal, err)
	}
	return record.Share{Seat: s.ID, Index: index, Sealed: box}, nil
}

func (r *Room) shareContext(l record.Lock, index uint8) seal.Context {
	return seal.Context{
		Purpose: seal.ForShare, Organisation: r.host.organisation, Owner: l.Owner,
		Object: l.ID.Ref(), Version: uint32(index),
	}
}

// ProveControl reports whether typed is the control word printed with an envelope.
func (e Envelope) ProveControl(typed string) bool { return fold(typed) == e.Control }
