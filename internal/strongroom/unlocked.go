// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Secret is a member's secret: 32 bytes, one generation, from which everything
// of hers derives. It prints as "[key]".
type Secret struct{ k seal.Key }

// newSecret returns a fresh member secret.
func newSecret() Secret { return Secret{seal.NewKey()} }

func (s Secret) own() seal.Key       { return s.k.Derive("own wraps") }
func (s Secret) scratch() seal.Key   { return s.k.Derive("scratchpad") }
func (s Secret) pair() seal.Pair     { return seal.Hybrid(s.k.Derive("kem")) }
func (s Secret) signer() seal.Signer { return seal.NewSigner(s.k.Derive("sign")) }

// public returns the public part, which an officer certifies.
func (s Secret) public() record.PublicKeys {
	return record.PublicKeys{
		KEM: s.pair().Public(), Sign: s.signer().Public(),
		LetterBox: seal.LetterBox(s.k.Derive("letter box")),
	}
}

// Unlocked is a member whose keys are in hand, for the length of one request. No
// process keeps one between requests (secrecy.md §4).
type Unlocked struct {
	actor  record.Actor
	device journal.Device
	secret Secret
	signs  *seal.Signer                          // derived once a request
	wraps  seal.Key                              // the key of her own wraps, derived once a request
	held   map[circleEpoch]seal.Key              // circle keys opened during this request
	kinds  map[record.CircleID]record.CircleKind // of the circles whose key is in hand
	loaded map[record.Owner]*shelf               // rows and rosters read during this request
	pad    record.Circle                         // her scratchpad, once looked for
	house  *Directory                            // the organisation's chain, once asked for
	alive  map[record.MemberID]bool              // who was found living during this request
	slips  map[record.Owner][]record.Slip

	reached map[circleAt]Readers // whom a circle of an owner was found to reach, while nothing is linked
}

// circleAt is a circle among an owner's.
type circleAt struct {
	owner  record.Owner
	circle record.CircleID
}

type circleEpoch struct {
	circle record.CircleID
	epoch  uint32
}

func newUnlocked(a record.Actor, d journal.Device, s Secret) *Unlocked {
	return &Unlocked{
		actor: a, device: d, secret: s,
		held: map[circleEpoch]seal.Key{}, kinds: map[record.CircleID]record.CircleKind{}, loaded: map[record.Owner]*shelf{}, alive: map[record.MemberID]bool{}, slips: map[record.Owner][]record.Slip{},
		reached: map[circleAt]Readers{},
	}
}

// Actor returns who is unlocked.
func (u *Unlocked) Actor() record.Actor { return u.actor }

// Member returns the id of who is unlocked.
func (u *Unlocked) Member() record.MemberID { return u.actor.Member }

func (u *Unlocked) self() record.Recipient {
	return record.RecipientOf(record.ToMember, u.actor.Member)
}

// signer is the member's Ed25519 key, derived once a request.
func (u *Unlocked) signer() seal.Signer {
	if u.signs == nil {
		s := u.secret.signer()
		u.signs = &s
	}
	return *u.signs
}

// own is the key of the member's own wraps, derived once a request.
func (u *Unlocked) own() seal.Key {
	if u.wraps.IsZero() {
		u.wraps = u.secret.own()
	}
	return u.wraps
}

// hold puts a circle's key in hand.
func (u *Unlocked) hold(c record.Circle, epoch uint32, k seal.Key) {
	u.held[circleEpoch{c.ID, epoch}] = k
	u.kinds[c.ID] = c.Kind
}

// forget drops what was read, after something was written.
func (u *Unlocked) forget(o record.Owner) {
	delete(u.loaded, o)
	delete(u.slips, o)
	clear(u.reached)
}

// role returns the function under which the member acts in a service: the one
// that opens most.
func (u *Unlocked) role(s record.ServiceID) (record.Role, record.ServiceID) {
	for _, r := range []record.Role{record.RoleWorker, record.RoleLead, record.RoleReception} {
		if u.actor.Has(r, s) {
			return r, s
		}
	}
	for _, f := range u.actor.Functions {
		return f.Role, f.Service
	}
	return "", record.ServiceID{}
}
