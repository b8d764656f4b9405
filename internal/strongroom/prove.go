// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"context"
	"slices"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Path is a way by which a dossier opens.
type Path string

// The paths of secrecy.md §4 to §6, as far as they exist.
const (
	PathPassphrase Path = "passphrase"
	PathPaper      Path = "paper"
	PathPasskey    Path = "passkey"
	PathObject     Path = "object"    // a grant on one note alone
	PathEmergency  Path = "emergency" // the service's emergency key
	PathLock       Path = "lock"      // the case's recovery lock, by its envelopes
	PathOffice     Path = "office"    // the Office's lock: the service's keys and her journal
	PathDPO        Path = "dpo"       // the DPO's seat: her journal
)

// Paths lists every path, in the order in which they are proved.
func Paths() []Path {
	return []Path{PathPassphrase, PathPaper, PathPasskey, PathObject, PathEmergency, PathLock, PathOffice, PathDPO}
}

// Canary names the canary dossier and its person.
type Canary struct {
	Case   record.CaseID
	Person record.PersonID
}

// CanaryReader reads the rows of the canary's organisation.
type CanaryReader interface {
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
}

// prover opens the canary dossier without the rooms' ceremonies: those of
// recovery come later, and a restoration cannot wait for them. It refuses any
// other organisation.
type prover struct {
	*Room
	slots   CanaryReader
	canary  Canary
	said    PublishedCanary
	people  []record.MemberID
	dossier record.Case
}

// ProveCanary opens the canary dossier through each path, and returns why one does
// not open. It is refused of any organisation but the canary's.
func (r *Room) ProveCanary(ctx context.Context, slots CanaryReader, c Canary) (map[Path]error, error) {
	if !r.host.canary {
		return nil, fault.New(fault.Withheld, "")
	}
	p := &prover{Room: r, slots: slots, canary: c, said: CanaryPublished()}
	members, err := r.read.Members(ctx)
	if err != nil {
		return nil, err
	}
	if len(members) != 2 {
		return nil, errChain("a canary without its two members")
	}
	p.people = []record.MemberID{members[0].ID, members[1].ID}
	if p.dossier, err = r.read.Case(ctx, c.Case); err != nil {
		return nil, err
	}
	proofs := map[Path]func(context.Context) error{
		PathPassphrase: func(ctx context.Context) error { return p.bySlot(ctx, record.SlotPassphrase) },
		PathPaper:      func(ctx context.Context) error { return p.bySlot(ctx, record.SlotPaper) },
		PathPasskey:    func(ctx context.Context) error { return p.bySlot(ctx, record.SlotPasskey) },
		PathObject:     p.byObject, PathEmergency: p.byEmergency, PathLock: p.byLock, PathOffice: p.byOffice, PathDPO: p.byDPO,
	}
	out := map[Path]error{}
	for _, path := range Paths() {
		out[path] = proofs[path](ctx)
	}
	return out, nil
}

// unlock opens a member's slot of one kind with what is published.
func (p *prover) unlock(ctx context.Context, m record.MemberID, kind record.SlotKind) (*Unlocked, error) {
	all, err := p.slots.Slots(ctx, m)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(s record.Slot) bool { return s.Kind == kind })
	if at < 0 {
		return nil, errSlot
	}
	var s Secret
	switch kind {
	case record.SlotPassphrase:
		s, err = p.OpenPassphrase(all[at], p.said.Passphrase)
	case record.SlotPaper:
		s, err = p.OpenPaper(all[at], p.said.Paper)
	case record.SlotPasskey:
		s, err = p.OpenPasskey(all[at], p.said.Passkey)
	}
	if err != nil {
		return nil, err
	}
	return p.Unlock(ctx, m, s, journal.DeviceConsole)
}

func (p *prover) owner() record.Owner { return record.OwnerOf(record.OwnerCase, p.canary.Case) }

var proving = Why{Act: journal.Opened, Purpose: journal.ForFollowUp}

// bySlot reads the whole dossier as its referent does.
func (p *prover) bySlot(ctx context.Context, kind record.SlotKind) error {
	u, err := p.unlock(ctx, p.people[0], kind)
	if err != nil {
		return err
	}
	items, err := p.Open(ctx, u, proving, Ask{Owner: p.owner()})
	if err != nil {
		return err
	}
	return p.found(items, p.said.Team, p.said.Alone)
}

// byObject reads the one note that the colleague was given alone, and no other.
func (p *prover) byObject(ctx context.Context) error {
	u, err := p.unlock(ctx, p.people[1], record.SlotPaper)
	if err != nil {
		return err
	}
	items, err := p.Open(ctx, u, proving, Ask{Owner: p.owner()})
	if err != nil {
		return err
	}
	for _, it := range items {
		if !it.Alone {
			return errItem
		}
	}
	return p.found(items, p.said.Alone)
}

// found compares what was opened with what the canary was made with.
func (p *prover) found(items []Item, want ...string) error {
	if len(items) != len(want) {
		return errItem
	}
	for _, w := range want {
		text := confided.NewText(w)
		if !slices.ContainsFunc(items, func(it Item) bool { return it.Words[record.TagText].Equal(text) }) {
			return errItem
		}
	}
	return nil
}

// hand holds what was opened outside of any session.
func (p *prover) hand() *Unlocked {
	return newUnlocked(record.Actor{}, journal.DeviceConsole, Secret{})
}

// rowsOf reads an owner's rows and verifies its chain, with no key.
func (p *prover) rowsOf(ctx context.Context, o record.Owner) (*shelf, error) {
	s, err := p.rows(ctx, p.hand(), o)
	if err != nil {
		return nil, err
	}
	d, err := p.directory(ctx)
	if err != nil {
		return nil, err
	}
	return s, p.fold(d, s, Head{})
}

// take puts into the hand every circle of a shelf whose wrap to a recipient opens,
// is granted by the chain and gives the key that the chain commits to.
func (p *prover) take(ctx context.Context, u *Unlocked, s *shelf, right record.Right, to record.Recipient, open func(record.Wrap) (openedWrap, bool)) error {
	wraps, err := p.read.WrapsTo(ctx, s.owner, to)
	if err != nil {
		return err
	}
	taken := 0
	for _, w := range wraps {
		o, ok := open(w)
		if !ok || !p.committed(s, w.Circle, w.Epoch, o.key) || !s.roster.Holds(right, to, record.TargetOf(record.OnCircle, w.Circle), p.minute()) {
			return errChain("a key that does not open")
		}
		u.hold(s.circles[w.Circle], w.Epoch, o.key)
		taken++
	}
	if taken == 0 {
		return errChain("no key for this path")
	}
	return nil
}

// withPair opens the wraps of a lock or a seat.
func (p *prover) withPair(pair seal.Pair, o record.Owner) func(record.Wrap) (openedWrap, bool) {
	return func(w record.Wrap) (openedWrap, bool) {
		plain, err := pair.Open(p.wrapContext(o, w), w.Sealed)
		if err != nil {
			return openedWrap{}, false
		}
		return decodeWrap(w, plain)
	}
}

// readNotes opens, of the canary dossier, what the hand opens.
func (p *prover) readNotes(ctx context.Context, u *Unlocked, s *shelf) ([]Item, error) {
	pieces, err := p.read.Pieces(ctx, s.owner)
	if err != nil {
		return nil, err
	}
	keys, err := p.objectKeys(ctx, u, s, pieces)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, o := range pieces {
		pick, ok := keys[o.ID]
		if !ok {
			continue
		}
		plain, err := seal.Open(pick.key, p.versionContext(o.Object, o.Version), o.Version.Sealed)
		if err != nil {
			return nil, errItem
		}
		b, err := decodeBody(plain)
		if err != nil {
			return nil, err
		}
		out = append(out, Item{Object: o.ID, Words: b.Words})
	}
	return out, nil
}

// byEmergency opens the case circle with the service's emergency key alone. The
// fold would refuse it without an emergency link: that is for the living.
func (p *prover) byEmergency(ctx context.Context) error {
	holder, err := p.unlock(ctx, p.people[0], record.SlotPaper)
	if err != nil {
		return err
	}
	service, err := p.Room.shelf(ctx, holder, record.OwnerOf(record.OwnerService, p.dossier.Service))
	if err != nil {
		return err
	}
	c, ok := service.kind(record.Emergency)
	if !ok {
		return errChain("no emergency key")
	}
	key, epoch, err := holder.current(service, c.ID)
	if err != nil {
		return err
	}
	u := p.hand()
	u.hold(c, epoch, key)
	s, err := p.rowsOf(ctx, p.owner())
	if err != nil {
		return err
	}
	err = p.take(ctx, u, s, record.RightEmergency, record.RecipientOf(record.ToCircle, c.ID), func(w record.Wrap) (openedWrap, bool) {
		return p.openWrap(u, s.owner, w)
	})
	if err != nil {
		return err
	}
	items, err := p.readNotes(ctx, u, s)
	if err != nil {
		return err
	}
	return p.found(items, p.said.Team) // never what is reserved
}

// seat is the key pair of an envelope, out of its printed code.
func (p *prover) seat(ctx context.Context, id record.SeatID) (seal.Pair, error) {
	seats, err := p.read.Seats(ctx)
	if err != nil {
		return seal.Pair{}, err
	}
	for i, s := range seats {
		if s.ID != id {
			continue
		}
		printed := append(p.said.Envelopes[:], p.said.DPO)
		if i >= len(printed) {
			break
		}
		code, err := seal.ParseCode(printed[i])
		if err != nil {
			return seal.Pair{}, errSlot
		}
		pair := seal.Hybrid(seal.CodeKey(code, "seat"))
		if !bytes.Equal(pair.Public(), s.Public) {
			break
		}
		return pair, nil
	}
	return seal.Pair{}, errChain("an envelope that is not the one printed")
}

// join gives the pair of an owner's lock back, by every two of its three envelopes.
func (p *prover) join(ctx context.Context, o record.Owner) (record.Lock, seal.Pair, error) {
	locks, err := p.read.Locks(ctx, o)
	if err != nil || len(locks) != 1 {
		return record.Lock{}, seal.Pair{}, errChain("no lock")
	}
	l := locks[0]
	var shares [][]byte
	for _, sh := range l.Shares {
		pair, err := p.seat(ctx, sh.Seat)
		if err != nil {
			return l, seal.Pair{}, err
		}
		plain, err := pair.Open(p.shareContext(l, sh.Index), sh.Sealed)
		if err != nil {
			return l, seal.Pair{}, errChain("a share that does not open")
		}
		shares = append(shares, plain)
	}
	var pair seal.Pair
	for without := range shares {
		two := slices.Delete(slices.Clone(shares), without, without+1)
		secret, err := seal.Join(uint(l.Threshold), two)
		if err != nil {
			return l, pair, errChain("shares that give no key")
		}
		if pair = seal.Hybrid(secret); !bytes.Equal(pair.Public(), l.Public) {
			return l, pair, errChain("shares that give another key")
		}
	}
	return l, pair, nil
}

// byLock opens the whole dossier with two envelopes of three.
func (p *prover) byLock(ctx context.Context) error {
	l, pair, err := p.join(ctx, p.owner())
	if err != nil {
		return err
	}
	s, err := p.rowsOf(ctx, p.owner())
	if err != nil {
		return err
	}
	u := p.hand()
	if err := p.take(ctx, u, s, record.RightRead, record.RecipientOf(record.ToLock, l.ID), p.withPair(pair, s.owner)); err != nil {
		return err
	}
	items, err := p.readNotes(ctx, u, s)
	if err != nil {
		return err
	}
	return p.found(items, p.said.Team, p.said.Alone)
}

// byOffice opens, with two envelopes, the service's keys and her journal there.
func (p *prover) byOffice(ctx context.Context) error {
	o := record.OwnerOf(record.OwnerService, p.dossier.Service)
	l, pair, err := p.join(ctx, o)
	if err != nil {
		return err
	}
	s, err := p.rowsOf(ctx, o)
	if err != nil {
		return err
	}
	u := p.hand()
	if err := p.take(ctx, u, s, record.RightRead, record.RecipientOf(record.ToLock, l.ID), p.withPair(pair, o)); err != nil {
		return err
	}
	for _, kind := range []record.CircleKind{record.Office, record.Emergency} {
		c, _ := s.kind(kind)
		if _, _, err := u.current(s, c.ID); err != nil {
			return errChain("a key of the service that the lock does not give")
		}
	}
	return p.journals(ctx, u, record.RecipientOf(record.ToLock, l.ID), pair)
}

// byDPO opens her journal with the DPO's envelope.
func (p *prover) byDPO(ctx context.Context) error {
	seats, err := p.read.Seats(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(seats, func(s record.Seat) bool { return s.Kind == record.SeatDPO })
	if at < 0 {
		return errChain("no seat of the DPO's")
	}
	pair, err := p.seat(ctx, seats[at].ID)
	if err != nil {
		return err
	}
	return p.journals(ctx, p.hand(), record.RecipientOf(record.ToSeat, seats[at].ID), pair)
}

// journals opens every entry of her journals, and checks who signed it.
func (p *prover) journals(ctx context.Context, u *Unlocked, to record.Recipient, pair seal.Pair) error {
	s, err := p.rowsOf(ctx, record.OwnerOf(record.OwnerPerson, p.canary.Person))
	if err != nil {
		return err
	}
	if err := p.take(ctx, u, s, record.RightRead, to, p.withPair(pair, s.owner)); err != nil {
		return err
	}
	d, err := p.directory(ctx)
	if err != nil {
		return err
	}
	entries := 0
	for _, c := range s.journals(p.dossier.Service) {
		rows, err := p.read.JournalOf(ctx, c.ID, 0, 100)
		if err != nil {
			return err
		}
		for _, e := range rows {
			if look, ok := p.openEntry(u, s, d, e); !ok || !look.Sound {
				return errItem
			}
			entries++
		}
	}
	if entries == 0 {
		return errChain("an empty journal")
	}
	return nil
}
