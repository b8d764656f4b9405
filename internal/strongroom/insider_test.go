// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// The malicious host has the account of a certified member of another service:
// links that she signs are well signed. The fold, not policy, says what she could
// not do.

// folds verifies a chain as a member does before she uses what is behind it.
func (c *cast) folds(m record.MemberID, o record.Owner) error {
	u, err := c.room.Unlock(ctx, m, c.secrets[m], "")
	if err != nil {
		return err
	}
	_, err = c.room.enter(ctx, u, o)
	return err
}

// tampered reports whether an error says that rows were changed.
func tampered(err error) bool { return fault.KindOf(err) == fault.Unavailable }

// Seen to kill: mayRenew letting anybody found a circle, or give what she founded.
func TestACircleFoundedByAnOutsiderIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kind  record.CircleKind
		owner func(*cast, dossier) record.Owner
	}{
		{"for what Inès will reserve, by Karim", 0, func(_ *cast, d dossier) record.Owner { return d.owner }},
		{"in a case", record.CaseCircle, func(_ *cast, d dossier) record.Owner { return d.owner }},
		{"of what one author reserves", record.Reserved, func(_ *cast, d dossier) record.Owner { return d.owner }},
		{"in a person's chain, for her name", record.Own, func(_ *cast, d dossier) record.Owner { return personOwner(d.person) }},
		{"in a person's chain, for her journal", record.HerJournal, func(_ *cast, d dossier) record.Owner { return personOwner(d.person) }},
		{"in a service's chain", record.Office, func(c *cast, _ dossier) record.Owner { return record.OwnerOf(record.OwnerService, c.north) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			o := tt.owner(c, d)
			k := record.Circle{ID: record.NewID[record.Circle](), Kind: tt.kind, Owner: o, Epoch: 1}
			author := c.sud
			switch tt.kind {
			case 0:
				author, k.Kind, k.Member = c.karim, record.Reserved, c.ines
			case record.HerJournal:
				k.Service = c.north
			case record.Reserved:
				k.Member = c.julie
			}
			c.founds(author, k)
			c.restart()
			if err := c.folds(c.julie, o); !tampered(err) {
				t.Errorf("Julie works on, in a circle whose key the host knows: %v", err)
			}
		})
	}
}

// Seen to kill: mayFound without "one of its kind".
func TestASecondCircleOfItsKindIsRefused(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.accueil, c.north, "Lucie")
	at := c.room.minute()
	c.later(3600e9)
	c.close(c.accueil)
	k := record.Circle{ID: record.NewID[record.Circle](), Kind: record.Own, Owner: personOwner(p), Epoch: 1}
	c.foundsAt(c.accueil, k, at)
	c.restart()
	if err := c.folds(c.julie, personOwner(p)); !tampered(err) {
		t.Errorf("her name goes to a key of who left: %v", err)
	}
}

// founds adds a circle to a chain with a key that its author knows.
func (c *cast) founds(author record.MemberID, k record.Circle) seal.Key {
	c.t.Helper()
	return c.foundsAt(author, k, c.room.minute())
}

func (c *cast) foundsAt(author record.MemberID, k record.Circle, at record.Minute) seal.Key {
	c.t.Helper()
	key := seal.NewKey()
	e := record.Epoch{Circle: k.ID, Number: k.Epoch, Check: seal.Check(key), Public: publicOf(k.Kind, key)}
	if k.Epoch == 1 {
		c.row(func(tx *store.Tx) error { return tx.PutCircle(ctx, k) })
	}
	c.row(func(tx *store.Tx) error { return tx.PutEpoch(ctx, e) })
	c.forge(author, k.Owner, record.Link{
		Class: record.LinkNewEpoch, Target: record.TargetOf(record.OnCircle, k.ID), Epoch: k.Epoch, At: at,
		Commitment: c.commits(k, e),
	})
	return key
}

// Seen to kill: mayRenew believing the row's kind and service; readsAny in it.
func TestACircleRenewedByWhoDoesNotReadItIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		author func(*cast) record.MemberID
		before func(*cast, dossier)
		circle func(*cast, dossier) record.CircleID
	}{
		{"the team's, by another service", func(c *cast) record.MemberID { return c.sud }, nil, func(_ *cast, d dossier) record.CircleID { return d.team }},
		{"the team's, said to be a journal of the other service", func(c *cast) record.MemberID { return c.sud }, func(c *cast, d dossier) {
			c.sql(`UPDATE circle SET kind = ?, service = ? WHERE id = ?`, record.HerJournal, c.south[:], d.team[:])
		}, func(_ *cast, d dossier) record.CircleID { return d.team }},
		{"a reserved one, by a reader of the team", func(c *cast) record.MemberID { return c.karim }, nil, func(_ *cast, d dossier) record.CircleID { return d.reserved }},
		{"her journal, by another service", func(c *cast) record.MemberID { return c.sud }, nil, func(c *cast, d dossier) record.CircleID { return c.journals(d.person)[0].ID }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			if tt.before != nil {
				tt.before(c, d)
			}
			k, err := c.db.Circle(ctx, tt.circle(c, d))
			must(t, err)
			k.Epoch++
			key := c.founds(tt.author(c), k)
			if k.Owner == d.owner {
				c.plantKey(d, c.julie, k.ID, k.Epoch, key)
			}
			c.restart()
			if err := c.folds(c.julie, k.Owner); !tampered(err) {
				t.Errorf("Julie works on, with a key of somebody else's making: %v", err)
			}
			if err := c.folds(c.ines, k.Owner); !tampered(err) {
				t.Errorf("the fold takes it: %v", err)
			}
		})
	}
}

// Seen to kill: fold without verifyLink.
func TestALinkInSomebodyElsesNameIsRefused(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	l := record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: record.RecipientOf(record.ToMember, c.ines), Target: record.TargetOf(record.OnCircle, d.team)}
	links, err := c.db.Chain(ctx, d.owner)
	must(t, err)
	l.Owner, l.N, l.Author, l.At = d.owner, uint32(len(links)), c.julie, c.room.minute()
	l.Prev = linkHash(c.room.host.organisation, &links[l.N-1])
	signLink(c.room.host.organisation, c.secrets[c.karim].signer(), &l)
	c.row(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
	c.restart()
	for _, m := range []record.MemberID{c.julie, c.ines} {
		if err := c.folds(m, d.owner); !tampered(err) {
			t.Errorf("a link that Karim signed for Julie: %v", err)
		}
	}
}

// A hybrid wrap remembers nothing: anybody seals to a public half. Seen to kill:
// newest trusting the head of a hybrid wrap.
func TestAHeadThatAColleagueSealedIsNotBelieved(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	u := c.unlock(c.karim)
	must(t, c.room.offices(ctx, u))
	_, err := c.room.enter(ctx, u, d.owner)
	must(t, err)
	key, ok := u.key(d.team, 1)
	if !ok {
		t.Fatal("Karim holds no key")
	}
	links, err := c.db.Chain(ctx, d.owner)
	must(t, err)
	l := record.Link{
		Class: record.LinkGives, Right: record.RightRead, Recipient: record.RecipientOf(record.ToMember, c.ines), Target: record.TargetOf(record.OnCircle, d.reserved),
		Owner: d.owner, N: uint32(len(links)), Author: c.julie, At: c.room.minute(), Prev: linkHash(c.room.host.organisation, &links[len(links)-1]),
	}
	signLink(c.room.host.organisation, c.secrets[c.karim].signer(), &l)
	c.row(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
	c.plantKey(d, c.julie, d.team, 1, key)
	c.restart()
	if err := c.folds(c.julie, d.owner); !tampered(err) {
		t.Errorf("a link in her own name that she did not sign: %v", err)
	}
}

// Seen to kill: mayGive and mayEnd returning true.
func TestALinkByWhoCouldNotIsRefused(t *testing.T) {
	member := func(m record.MemberID) record.Recipient { return record.RecipientOf(record.ToMember, m) }
	for _, tt := range []struct {
		name   string
		author func(*cast) record.MemberID
		owner  func(*cast, dossier) record.Owner
		link   func(*cast, dossier) record.Link
	}{
		{"an outsider lets herself in", sudActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.sud), Target: record.TargetOf(record.OnCircle, d.team)}
		}},
		{"an outsider lets herself into one note", sudActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.sud), Target: record.TargetOf(record.OnObject, d.noteTeam.ID)}
		}},
		{"an outsider ends Karim", sudActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkEnds, Right: record.RightRead, Recipient: member(c.karim), Target: record.TargetOf(record.OnCircle, d.team)}
		}},
		{"an outsider declares an emergency", sudActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightEmergency, Recipient: member(c.sud), Target: record.TargetOf(record.OnCase, d.Case.ID)}
		}},
		{"a holder of the emergency right declares one before step 4", inesActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightEmergency, Recipient: member(c.ines), Target: record.TargetOf(record.OnCase, d.Case.ID)}
		}},
		{"a holder of the emergency right covers before step 4", inesActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightCover, Recipient: member(c.ines), Target: record.TargetOf(record.OnCase, d.Case.ID)}
		}},
		{"an outsider names the referent", sudActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightReferent, Recipient: member(c.sud), Target: record.TargetOf(record.OnCase, d.Case.ID)}
		}},
		{"an outsider joins the Office", sudActs, inService, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.sud), Target: c.office()}
		}},
		{"an outsider ends the Office's place at a person's name", sudActs, inPerson, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkEnds, Right: record.RightRead, Recipient: record.Recipient{Kind: record.ToCircle, ID: c.office().ID}, Target: c.ownOf(d)}
		}},
		{"an outsider gives a person's name to her own Office", sudActs, inPerson, func(c *cast, d dossier) record.Link {
			k := c.circle(record.OwnerOf(record.OwnerService, c.south), ofKind(record.Office))
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: record.RecipientOf(record.ToCircle, k.ID), Target: c.ownOf(d)}
		}},
		{"a colleague outside lets himself in", inesActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.ines), Target: record.TargetOf(record.OnCircle, d.team)}
		}},
		{"a reader of the team lets himself into what is reserved", karimActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.karim), Target: record.TargetOf(record.OnCircle, d.reserved)}
		}},
		{"a reader of the team lets in somebody of another service", karimActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.sud), Target: record.TargetOf(record.OnCircle, d.team)}
		}},
		{"a link dated before the one before it", karimActs, inCase, func(c *cast, d dossier) record.Link {
			return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: member(c.ines), Target: record.TargetOf(record.OnCircle, d.team), At: c.room.minute() - 1}
		}},
		{"a reader ends the place of the recovery lock", karimActs, inCase, func(c *cast, d dossier) record.Link {
			locks, err := c.db.Locks(ctx, d.owner)
			must(c.t, err)
			return record.Link{Class: record.LinkEnds, Right: record.RightRead, Recipient: record.RecipientOf(record.ToLock, locks[0].ID), Target: record.TargetOf(record.OnCircle, d.team)}
		}},
		{"a colleague ends the DPO's place in her journal", inesActs, inPerson, func(c *cast, d dossier) record.Link {
			seat, _ := c.seat(record.SeatDPO, 0)
			return record.Link{Class: record.LinkEnds, Right: record.RightRead, Recipient: record.RecipientOf(record.ToSeat, seat), Target: record.TargetOf(record.OnCircle, c.journals(d.person)[0].ID)}
		}},
		{"a link of no class", karimActs, inCase, func(c *cast, d dossier) record.Link { return record.Link{Class: 9} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			c.later(1000 * 3600e9)
			d := c.dossier(c.karim)
			o := tt.owner(c, d)
			c.forge(tt.author(c), o, tt.link(c, d))
			c.restart()
			if err := c.folds(c.julie, o); !tampered(err) {
				t.Errorf("the fold takes it: %v", err)
			}
		})
	}
}

func sudActs(c *cast) record.MemberID   { return c.sud }
func inesActs(c *cast) record.MemberID  { return c.ines }
func karimActs(c *cast) record.MemberID { return c.karim }

func inCase(_ *cast, d dossier) record.Owner   { return d.owner }
func inPerson(_ *cast, d dossier) record.Owner { return personOwner(d.person) }
func inService(c *cast, _ dossier) record.Owner {
	return record.OwnerOf(record.OwnerService, c.north)
}

func (c *cast) office() record.Target {
	return record.TargetOf(record.OnCircle, c.circle(record.OwnerOf(record.OwnerService, c.north), ofKind(record.Office)).ID)
}

func (c *cast) ownOf(d dossier) record.Target {
	return record.TargetOf(record.OnCircle, c.circle(personOwner(d.person), ofKind(record.Own)).ID)
}

// Seen to kill: the founder of a case kept until somebody else links.
func TestALeadWhoOpenedACaseForAColleagueLetsNobodyInLater(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.renee, c.north, "Lucie")
	k := c.open(c.renee, c.north, c.julie, []record.MemberID{c.karim}, p)
	c.reads(c.julie, k)
	at := c.room.minute()
	c.later(30 * 24 * 3600e9)
	c.forge(c.renee, caseOwner(k), record.Link{
		Class: record.LinkGives, Right: record.RightRead, Recipient: record.RecipientOf(record.ToMember, c.renee),
		Target: record.TargetOf(record.OnCircle, c.main(k)), At: at,
	})
	c.restart()
	if err := c.folds(c.julie, caseOwner(k)); !tampered(err) {
		t.Errorf("she is a reader at the next key: %v", err)
	}
}

// Seen to kill: judging a link at its own date without asking that dates go on.
func TestAClosedOfficerCertifiesNobodyInThePast(t *testing.T) {
	c := newCast(t)
	second := c.hire(c.founder, "Ancienne", as(record.RoleAdministrator, record.ServiceID{}))
	before := c.room.minute()
	c.later(3600e9)
	c.close(second)
	c.later(3600e9)
	house := c.room.house()
	c.forge(second, house, record.Link{
		Class: record.LinkGives, Right: record.RightOfficer, Recipient: record.RecipientOf(record.ToMember, c.sud),
		Target: record.TargetOf(record.OnOrganisation, c.room.host.organisation), At: before,
	})
	c.restart()
	d, err := c.room.directory(ctx)
	if err == nil && d.isOfficer(c.sud, c.room.minute()) {
		t.Error("who was dismissed made an officer")
	}
}

// Seen to kill: mayCertify without its officer, its service, its class.
func TestWhoIsNoOfficerCertifiesNothing(t *testing.T) {
	org := func(c *cast) record.Target {
		return record.TargetOf(record.OnOrganisation, c.room.host.organisation)
	}
	at := func(s record.ServiceID) record.Target { return record.TargetOf(record.OnService, s) }
	self := func(c *cast, m record.MemberID) record.Recipient { return record.RecipientOf(record.ToMember, m) }
	for name, forge := range map[string]func(*cast) (record.MemberID, record.Link){
		"a worker makes herself an officer": func(c *cast) (record.MemberID, record.Link) {
			return c.sud, record.Link{Class: record.LinkGives, Right: record.RightOfficer, Recipient: self(c, c.sud), Target: org(c)}
		},
		"a worker joins another service": func(c *cast) (record.MemberID, record.Link) {
			return c.sud, record.Link{Class: record.LinkGives, Right: record.RightMember, Recipient: self(c, c.sud), Target: at(c.north)}
		},
		"a worker makes herself a lead": func(c *cast) (record.MemberID, record.Link) {
			return c.sud, record.Link{Class: record.LinkGives, Right: record.RightLead, Recipient: self(c, c.sud), Target: at(c.south)}
		},
		"a lead invites into another service": func(c *cast) (record.MemberID, record.Link) {
			return c.renee, record.Link{Class: record.LinkGives, Right: record.RightInvited, Recipient: self(c, c.ines), Target: at(c.south)}
		},
		"a lead makes a lead": func(c *cast) (record.MemberID, record.Link) {
			return c.renee, record.Link{Class: record.LinkGives, Right: record.RightLead, Recipient: self(c, c.julie), Target: at(c.north)}
		},
		"a lead closes an account": func(c *cast) (record.MemberID, record.Link) {
			return c.renee, record.Link{Class: record.LinkEnds, Right: record.RightMember, Recipient: self(c, c.sud), Target: org(c)}
		},
		"a worker replaces a seat": func(c *cast) (record.MemberID, record.Link) {
			seat, _ := c.seat(record.SeatEnvelope, 0)
			return c.sud, record.Link{Class: record.LinkGives, Right: record.RightSeat, Recipient: record.RecipientOf(record.ToSeat, seat), Target: org(c)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			author, l := forge(c)
			c.forge(author, c.room.house(), l)
			c.restart()
			if _, err := c.room.directory(ctx); !tampered(err) {
				t.Errorf("the fold takes it: %v", err)
			}
		})
	}
}

// Seen to kill: Welcome and AdmitToCase asking only that the recipient be certified.
func TestNobodyOutsideTheServiceIsLetIn(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	c.row(func(tx *store.Tx) error {
		return tx.PutFunction(ctx, record.Function{Member: c.sud, Service: c.north, Role: record.RoleReception})
	})
	w := forReaders
	w.To = c.sud
	for name, act := range map[string]func(*Act) error{
		"the Office":       func(a *Act) error { return a.Welcome(ctx, c.north, c.sud, false) },
		"the case":         func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) },
		"one note":         func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteTeam.ID, w) },
		"a case at birth":  func(a *Act) error { return a.OpenCase(ctx, c.opening(d, c.sud)) },
		"what is narrowed": func(a *Act) error { return a.NarrowNote(ctx, d.Case, c.all(d), []record.MemberID{c.sud}) },
	} {
		if err := c.do(c.julie, act); !refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (c *cast) opening(d dossier, readers ...record.MemberID) Opening {
	k := record.Case{ID: record.NewID[record.Case](), Service: c.north, Mission: d.Mission, Open: true, Persons: d.Persons}
	c.row(func(tx *store.Tx) error { return tx.PutCase(ctx, k) })
	return Opening{Case: k, Referent: c.julie, Readers: readers, Reason: record.ReasonTeam}
}

// all are the opened versions of the team's note.
func (c *cast) all(d dossier) []Item {
	c.t.Helper()
	items, err := c.room.Open(ctx, c.unlock(c.julie), followUp, Ask{Owner: d.owner, Objects: []record.ObjectID{d.noteTeam.ID}, History: true})
	must(c.t, err)
	return slices.Clip(items)
}
