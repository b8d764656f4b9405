// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"slices"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// The malicious host writes any row and holds no key. Each attack says whether it
// is noticed before what it changed is used (secrecy.md §5); hostile_test.go plays
// those on every other table.
const (
	beforeUse = iota
	never     // nobody signs which notes there are: declared in doc/threat-model.md
)

// numbered is the internal number of an owner.
const numbered = `(SELECT number FROM entity WHERE id = ?)`

type attack struct {
	name string
	when int
	do   func(*cast, dossier)
}

// onCase are attacks on the rows of one case, which Julie opens afterwards.
var onCase = []attack{
	{"a link's end is prolonged", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE link SET until = 99999999 WHERE key = (`+numbered+` * 1048576 + 3)`, d.owner.ID[:])
	}},
	{"a link in the middle is removed", beforeUse, func(c *cast, d dossier) {
		c.sql(`DELETE FROM link WHERE key = (`+numbered+` * 1048576 + 4)`, d.owner.ID[:])
	}},
	{"the newest links are removed", beforeUse, func(c *cast, d dossier) {
		c.sql(`DELETE FROM link WHERE key > `+numbered+` * 1048576 + 5 AND key < (`+numbered+` + 1) * 1048576`, d.owner.ID[:], d.owner.ID[:])
	}},
	{"two links change places", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE link SET key = CASE key % 1048576 WHEN 3 THEN key + 900000 ELSE key - 1 END
			WHERE key IN (`+numbered+` * 1048576 + 3, `+numbered+` * 1048576 + 4)`, d.owner.ID[:], d.owner.ID[:])
		c.sql(`UPDATE link SET key = key - 900000 + 1 WHERE key = `+numbered+` * 1048576 + 900003`, d.owner.ID[:])
	}},
	{"why a link was made is replaced", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE link SET sealed = x'0000000102' WHERE key = (`+numbered+` * 1048576 + 2)`, d.owner.ID[:])
	}},
	{"a link's signature is another's", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE link SET signature = (SELECT signature FROM link WHERE key = `+numbered+` * 1048576 + 2)
			WHERE key = `+numbered+` * 1048576 + 3`, d.owner.ID[:], d.owner.ID[:])
	}},
	{"Julie's wrap of one circle stands for another", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE wrap SET sealed = (SELECT w.sealed FROM wrap w JOIN circle k ON k.key = w.circle WHERE k.id = ?1 AND w.recipient = ?3)
			WHERE recipient = ?3 AND circle = (SELECT key FROM circle WHERE id = ?2)`, d.hers[:], d.team[:], c.julie[:])
	}},
	{"a wrap is to a key of the host's", beforeUse, func(c *cast, d dossier) { c.plant(d, c.julie, d.team) }},
	{"a slip names another object", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE slip SET sealed = (SELECT sealed FROM slip WHERE object = (SELECT key FROM object WHERE id = ?1))
			WHERE object = (SELECT key FROM object WHERE id = ?2)`, d.otherTeam.ID[:], d.noteTeam.ID[:])
	}},
	{"a reserved note's slip is put into the team's circle", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE slip SET circle = (SELECT key FROM circle WHERE id = ?1) WHERE object = (SELECT key FROM object WHERE id = ?2)`, d.team[:], d.noteRes.ID[:])
	}},
	{"a slip is of an epoch that is not", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE slip SET epoch = 7 WHERE object = (SELECT key FROM object WHERE id = ?)`, d.noteTeam.ID[:])
	}},
	{"two notes exchange their words", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE version SET sealed = (SELECT sealed FROM version WHERE object = (SELECT key FROM object WHERE id = ?1))
			WHERE object = (SELECT key FROM object WHERE id = ?2)`, d.otherTeam.ID[:], d.noteTeam.ID[:])
	}},
	{"a bit of a note is flipped", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE version SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) WHERE object = (SELECT key FROM object WHERE id = ?)`, d.noteTeam.ID[:])
	}},
	{"a note is renumbered as a later version", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE version SET number = 2 WHERE object = (SELECT key FROM object WHERE id = ?)`, d.noteTeam.ID[:])
	}},
	{"a circle's public half is the host's", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE epoch SET public = ? WHERE circle = (SELECT key FROM circle WHERE id = ?)`, seal.Hybrid(seal.NewKey()).Public(), d.team[:])
	}},
	{"a circle without links is inserted", beforeUse, func(c *cast, d dossier) {
		k := record.Circle{ID: record.NewID[record.Circle](), Kind: record.CaseCircle, Owner: d.owner, Epoch: 1}
		c.row(func(tx *store.Tx) error { return tx.PutCircle(ctx, k) })
	}},
	{"a circle's row is deleted, with its slips and wraps", beforeUse, func(c *cast, d dossier) {
		for _, table := range []string{"slip", "wrap", "mark", "epoch"} {
			c.sql(`DELETE FROM `+table+` WHERE circle = (SELECT key FROM circle WHERE id = ?)`, d.reserved[:])
		}
		c.sql(`DELETE FROM circle WHERE id = ?`, d.reserved[:])
	}},
	{"case and circle say another person", beforeUse, func(c *cast, d dossier) {
		other := c.receive(c.accueil, c.north, "Autre")
		c.sql(`UPDATE circle SET person = ? WHERE id = ?`, other[:], d.hers[:])
		c.sql(`UPDATE case_person SET person = `+numbered+` WHERE number = `+numbered, other[:], d.owner.ID[:])
	}},
	{"Reserved and the team's circle exchange their kinds", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE circle SET kind = CASE kind WHEN 4 THEN 5 ELSE 4 END, member = CASE kind WHEN 4 THEN ?1 ELSE NULL END WHERE id IN (?2, ?3)`, c.julie[:], d.team[:], d.reserved[:])
	}},
	{"what is shared with her is said to be shared with another", beforeUse, func(c *cast, d dossier) {
		other := c.receive(c.accueil, c.north, "Autre")
		c.sql(`UPDATE circle SET person = ? WHERE id = ?`, other[:], d.hers[:])
	}},
	{"the case is said to be of another service", beforeUse, func(c *cast, d dossier) {
		c.sql(`UPDATE "case" SET service = ? WHERE number = `+numbered, c.south[:], d.owner.ID[:])
	}},
	{"the case is said to concern nobody", beforeUse, func(c *cast, d dossier) {
		c.sql(`DELETE FROM case_person WHERE number = `+numbered, d.owner.ID[:])
	}},
	{"the case is said to concern somebody else", beforeUse, func(c *cast, d dossier) {
		other := c.receive(c.accueil, c.north, "Autre")
		c.sql(`UPDATE case_person SET person = `+numbered+` WHERE number = `+numbered, other[:], d.owner.ID[:])
	}},
	{"the author's public keys are the host's", beforeUse, func(c *cast, _ dossier) {
		s := newSecret()
		c.sql(`UPDATE member SET sign = ?, kem = ? WHERE number = `+numbered, s.signer().Public(), s.pair().Public(), c.julie[:])
	}},
	{"a certificate is altered", beforeUse, func(c *cast, _ dossier) {
		c.sql(`UPDATE link SET commitment = zeroblob(32) WHERE key = (SELECT key FROM link WHERE entitles = 4 AND recipient = ?)`, c.sud[:])
	}},
	{"a note is removed with its slip", never, func(c *cast, d dossier) {
		c.sql(`DELETE FROM slip WHERE object = (SELECT key FROM object WHERE id = ?)`, d.noteTeam.ID[:])
	}},
}

// plant replaces a member's wrap of a circle by one that holds a key of the host's.
func (c *cast) plant(d dossier, m record.MemberID, circle record.CircleID) {
	c.t.Helper()
	c.plantKey(d, m, circle, 1, seal.NewKey())
}

func (c *cast) plantKey(d dossier, m record.MemberID, circle record.CircleID, epoch uint32, key seal.Key) {
	c.t.Helper()
	row, err := c.db.Member(ctx, m)
	must(c.t, err)
	links, err := c.db.Chain(ctx, d.owner)
	must(c.t, err)
	w := record.Wrap{Circle: circle, Recipient: record.RecipientOf(record.ToMember, m), Epoch: epoch}
	head := Head{uint32(len(links)), linkHash(c.room.host.organisation, &links[len(links)-1])}
	to := recipient{Recipient: w.Recipient, public: row.Keys.KEM}
	must(c.t, to.seal(c.room.wrapContext(d.owner, w), encodeWrap(key, head), &w))
	c.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
}

// Seen to kill: walkChain without Prev; verifyLink always true; committed always
// true; Open ignoring its context; about() believing case_person.
func TestTheHostChangesARowOfACase(t *testing.T) {
	if len(onCase) < 15 {
		t.Fatal("too few attacks")
	}
	want := []string{"réservé", "équipe", "équipe encore", "avec elle"}
	for _, a := range onCase {
		t.Run(a.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			c.reads(c.julie, d.Case) // her wraps remember the chain
			a.do(c, d)
			c.restart()
			items, err := c.openedBy(c.julie, d.owner)
			for _, got := range texts(items) {
				if !slices.Contains(want, got) {
					t.Errorf("wrong plaintext")
				}
			}
			switch a.when {
			case beforeUse:
				if !refused(err) && len(items) == len(want) {
					t.Errorf("opens as if nothing had happened")
				}
				if !refused(err) && fault.KindOf(err) != fault.SignedOut {
					t.Errorf("opens %d of %d notes and says nothing: %v", len(items), len(want), err)
				}
			case never:
				if err != nil {
					t.Errorf("%v: noticed before use: say so in the table", err)
				}
			}
		})
	}
}

// openedBy unlocks and opens; the refusal may come from either.
func (c *cast) openedBy(m record.MemberID, o record.Owner) ([]Item, error) {
	u, err := c.room.Unlock(ctx, m, c.secrets[m], "")
	if err != nil {
		return nil, err
	}
	return c.room.Open(ctx, u, followUp, Ask{Owner: o, Via: c.north})
}

// What Julie's wrap remembers of the chain is all that stands against a chain cut,
// or cut and grown again, by who signs well. Seen to kill: walkChain without the
// remembered count; without the remembered hash.
func TestAChainCutBehindItsReaderIsRefused(t *testing.T) {
	for name, regrow := range map[string]func(*cast, dossier){
		"cut": func(*cast, dossier) {},
		"cut and grown again by who was ended": func(c *cast, d dossier) {
			for range 3 {
				c.forge(c.karim, d.owner, record.Link{Class: record.LinkOther})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			team, err := c.db.Wraps(ctx, d.team)
			must(t, err)
			hers, err := c.db.Wraps(ctx, d.hers)
			must(t, err)
			before, err := c.db.Chain(ctx, d.owner)
			must(t, err)
			must(t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.karim) }))
			c.reads(c.julie, d.Case)
			c.sql(`DELETE FROM link WHERE key > `+numbered+` * 1048576 + ? AND key < (`+numbered+` + 1) * 1048576`, d.owner.ID[:], len(before), d.owner.ID[:])
			for _, w := range slices.Concat(team, hers) {
				if w.Recipient == record.RecipientOf(record.ToMember, c.karim) {
					c.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
				}
			}
			regrow(c, d)
			c.restart()
			if err := c.folds(c.julie, d.owner); !tampered(err) {
				t.Errorf("Julie works on as if Karim had not been ended: %v", err)
			}
		})
	}
}

// Seen to kill: keep without committed.
func TestAKeyOfTheHostsIsNotWrittenUnder(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.accueil, c.north, "Lucie")
	d := dossier{person: p, Case: c.open(c.julie, c.north, c.julie, nil, p)}
	d.owner, d.team = caseOwner(d.Case), c.main(d.Case)
	c.plant(d, c.julie, d.team)
	c.restart()
	if err := c.do(c.julie, func(a *Act) error {
		_, err := a.Add(ctx, d.owner, []record.CircleID{d.team}, note(d.Case, "mots"))
		return err
	}); !refused(err) {
		t.Errorf("her note is sealed under a key that the host knows: %v", err)
	}
}

// Seen to kill: current() believing the row's epoch.
func TestACircleWhoseEpochWentBackIsRefused(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	c.reads(c.karim, d.Case)
	must(t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.karim) }))
	c.write(c.julie, d.Case, d.team, "après son départ")
	c.sql(`UPDATE circle SET epoch = 1 WHERE id = ?`, d.team[:])
	c.restart()
	err := c.do(c.julie, func(a *Act) error {
		_, err := a.Add(ctx, d.owner, []record.CircleID{d.team}, note(d.Case, "encore"))
		return err
	})
	if err == nil {
		t.Error("a note was sealed under a key that who left had held")
	}
}

// Seen to kill: Live ignoring since, or until; Holds ignoring Live; keep ignoring justified.
func TestAWrapOutsideItsGrantIsNotAWrap(t *testing.T) {
	minute := func(c *cast, d time.Duration) record.Minute { return record.Minute(c.clock.Add(d).Unix() / 60) }
	for _, tt := range []struct {
		name  string
		grant func(*cast, *Widening)
		after time.Duration
		reads bool
	}{
		{"a grant for now", func(*cast, *Widening) {}, 0, true},
		{"a grant for tomorrow", func(c *cast, w *Widening) { w.Since = minute(c, 24*time.Hour) }, 0, false},
		{"the day after, a grant for tomorrow", func(c *cast, w *Widening) { w.Since = minute(c, 24*time.Hour) }, 25 * time.Hour, true},
		{"a grant until tonight", func(c *cast, w *Widening) { w.Until = minute(c, 8*time.Hour) }, 0, true},
		{"tomorrow, a grant until tonight", func(c *cast, w *Widening) { w.Until = minute(c, 8*time.Hour) }, 24 * time.Hour, false},
		{"at the minute it ends", func(c *cast, w *Widening) { w.Until = minute(c, 8*time.Hour) }, 8 * time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier()
			w := forReaders
			w.To = c.karim
			tt.grant(c, &w)
			must(t, c.do(c.julie, func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) }))
			w.To = c.ines
			must(t, c.do(c.julie, func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, w) }))
			c.later(tt.after)
			if got := len(c.reads(c.karim, d.Case)) > 0; got != tt.reads {
				t.Errorf("the case opens: %v", got)
			}
			if got := len(c.reads(c.ines, d.Case)) > 0; got != tt.reads {
				t.Errorf("the note alone opens: %v", got)
			}
		})
	}
}

// Seen to kill: justified always true; tryAlone without its grant.
func TestAnOldWrapPutBackOpensNothing(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	w := forReaders
	w.To = c.ines
	must(t, c.do(c.julie, func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, w) }))
	c.reads(c.karim, d.Case)
	c.reads(c.ines, d.Case)
	team, err := c.db.Wraps(ctx, d.team)
	must(t, err)
	alone, err := c.db.ObjectWraps(ctx, d.noteRes.ID)
	must(t, err)
	for _, m := range []record.MemberID{c.karim, c.ines} {
		must(t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, m) }))
	}
	back := slices.Concat(team, alone)
	if len(back) < 3 {
		t.Fatal("no wrap to put back")
	}
	for _, w := range back {
		if w.Recipient == record.RecipientOf(record.ToMember, c.julie) {
			continue
		}
		c.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	for _, m := range []record.MemberID{c.karim, c.ines} {
		if got := c.reads(m, d.Case); len(got) > 0 {
			t.Errorf("who was ended reads %d notes", len(got))
		}
	}
}

// Seen to kill: tryAlone without the commitment of the object's key.
func TestWordsOfTheHostsAreNotShownAsANote(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	w := forReaders
	w.To = c.ines
	must(t, c.do(c.julie, func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, w) }))
	row, err := c.db.Member(ctx, c.ines)
	must(t, err)
	key := seal.NewKey()
	planted := record.Wrap{Object: d.noteRes.ID, Recipient: record.RecipientOf(record.ToMember, c.ines)}
	to := recipient{Recipient: planted.Recipient, public: row.Keys.KEM}
	must(t, to.seal(c.room.wrapContext(d.owner, planted), encodeWrap(key, Head{}), &planted))
	c.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, planted) })
	plain, err := body{Kind: record.ItemNote, Author: c.julie, Words: note(d.Case, "mots de l’hébergeur").Words}.encode()
	must(t, err)
	v := record.Version{Object: d.noteRes.ID, Number: 1}
	c.sql(`UPDATE version SET sealed = ? WHERE object = (SELECT key FROM object WHERE id = ?)`, seal.Seal(key, c.room.versionContext(d.noteRes, v), plain), v.Object[:])
	if items, err := c.tries(c.ines, d.owner); err == nil {
		t.Errorf("%d notes of the host's are shown in Julie's name", len(items))
	}
}

// Seen to kill: contexts without the organisation.
func TestRowsOfAnotherOrganisationDoNotOpen(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	c.room.host.organisation = record.NewID[record.Organisation]()
	c.restart()
	if items, err := c.openedBy(c.julie, d.owner); err == nil {
		t.Errorf("another organisation opens %d items", len(items))
	}
	s, err := c.room.openSlot(record.Slot{}, seal.NewKey())
	if err == nil || !s.k.IsZero() {
		t.Error("an empty slot opens")
	}
}

// Seen to kill: Unlock not comparing the secret with its certificate.
func TestASecretSlippedIntoASlotUnlocksNobody(t *testing.T) {
	c := newCast(t)
	slots, err := c.db.Slots(ctx, c.julie)
	must(t, err)
	planted := newSecret()
	for _, s := range slots {
		if s.Kind != record.SlotPassphrase {
			continue
		}
		box, err := seal.Wrap(s.Public, c.room.slotContext(s), planted.k.Bytes())
		must(t, err)
		c.sql(`UPDATE slot SET sealed = ? WHERE id = ?`, box, s.ID[:])
		s.Sealed = box
		got, err := c.room.OpenPassphrase(s, words)
		must(t, err) // a slot's public half is in clear: anybody seals to it
		if _, err := c.room.Unlock(ctx, c.julie, got, ""); err == nil {
			t.Error("Julie works under a secret that the host knows")
		}
		return
	}
	t.Fatal("no passphrase")
}

// Seen to kill: living() believing the rows of members and slots, reach() those of wraps.
func TestTheSentenceIsNotShortenedByRows(t *testing.T) {
	for name, hide := range map[string]func(*cast, dossier){
		"his account is said closed": func(c *cast, _ dossier) {
			c.sql(`UPDATE member SET state = 3 WHERE number = `+numbered, c.karim[:])
		},
		"his slots are deleted": func(c *cast, _ dossier) { c.sql(`DELETE FROM slot WHERE member = ?`, c.karim[:]) },
		"his wraps are deleted": func(c *cast, _ dossier) {
			c.sql(`DELETE FROM wrap WHERE recipient = ?`, c.karim[:])
		},
		"his public keys are changed": func(c *cast, _ dossier) {
			c.sql(`UPDATE member SET letter_box = zeroblob(65) WHERE number = `+numbered, c.karim[:])
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			c.reads(c.karim, d.Case)
			hide(c, d)
			c.restart()
			got, err := c.room.CircleReaders(ctx, c.unlock(c.julie), d.owner, d.team)
			if err == nil && !slices.Contains(got.Members, c.karim) {
				t.Error("the sentence does not name who holds the key")
			}
		})
	}
}

// Seen to kill: certify and seats believing a seat's row; lockOf believing a lock's.
func TestASeatOrALockOfTheHostsReceivesNothing(t *testing.T) {
	mine := seal.Hybrid(seal.NewKey()).Public()
	for name, plant := range map[string]func(*cast){
		"nothing":              nil,
		"a seat's public half": func(c *cast) { c.sql(`UPDATE seat SET public = ?`, mine) },
		"a lock's public half": func(c *cast) { c.sql(`UPDATE lock SET public = ?`, mine) },
		"a seat is missing":    func(c *cast) { c.sql(`DELETE FROM seat WHERE id = ?`, c.spare()) },
		"the DPO's seat and an envelope exchanged": func(c *cast) {
			c.sql(`UPDATE seat SET kind = 3 - kind WHERE number IN (SELECT MIN(number) FROM seat UNION SELECT MAX(number) FROM seat)`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			p := c.receive(c.accueil, c.north, "Lucie")
			missions, err := c.db.Missions(ctx, c.north)
			must(t, err)
			k := record.Case{ID: record.NewID[record.Case](), Service: c.north, Mission: missions[0].ID, Open: true, Persons: []record.PersonID{p}}
			c.row(func(tx *store.Tx) error { return tx.PutCase(ctx, k) })
			if plant != nil {
				plant(c)
			}
			c.restart()
			if err := c.do(c.julie, func(a *Act) error {
				return a.OpenCase(ctx, Opening{Case: k, Referent: c.julie, Reason: record.ReasonTeam})
			}); refused(err) != (plant != nil) {
				t.Errorf("a case is made ready for it: %v", err)
			}
		})
	}
}

// Seen to kill: a commitment without the circle's kind.
func TestAnOfficeAndAnEmergencyKeyDoNotExchange(t *testing.T) {
	c := newCast(t)
	c.sql(`UPDATE circle SET kind = 11 - kind WHERE kind IN (1, 10)`)
	c.restart()
	if err := c.folds(c.julie, record.OwnerOf(record.OwnerService, c.north)); !tampered(err) {
		t.Errorf("names are sealed to the emergency key: %v", err)
	}
}

// spare makes a seat's row deletable: its shares go to another first.
func (c *cast) spare() []byte {
	seat, _ := c.seat(record.SeatEnvelope, 2)
	other, _ := c.seat(record.SeatEnvelope, 1)
	c.sql(`UPDATE share SET seat = ? WHERE seat = ?`, other[:], seat[:])
	return seat[:]
}

// Drafts are sealed under a key of their author's. Seen to kill: draftContext
// without its draft; a key of drafts that is not hers.
func TestADraftMovedToAColleagueDoesNotOpen(t *testing.T) {
	c := newCast(t)
	id, second := record.NewID[record.Draft](), record.NewID[record.Draft]()
	must(t, c.room.KeepDraft(ctx, c.unlock(c.julie), id, note(record.Case{}, "brouillon").Words))
	must(t, c.room.KeepDraft(ctx, c.unlock(c.julie), second, note(record.Case{}, "autre brouillon").Words))
	c.sql(`UPDATE draft SET sealed = (SELECT sealed FROM draft WHERE id = ?2) WHERE id = ?1`, second[:], id[:])
	if got, err := c.room.OpenDraft(ctx, c.unlock(c.julie), second); err == nil {
		t.Errorf("one draft stands for another, with %d words", len(got.Words))
	}
	c.sql(`UPDATE draft SET author = ? WHERE id = ?`, c.karim[:], id[:])
	if got, err := c.room.OpenDrafts(ctx, c.unlock(c.karim)); err == nil {
		t.Errorf("he opens %d drafts", len(got))
	}
}

// Seen to kill: publicHalf without the commitment.
func TestADepositToAPublicHalfOfTheHostsIsRefused(t *testing.T) {
	for name, change := range map[string]string{
		"its public half": `UPDATE epoch SET public = ? WHERE circle = (SELECT key FROM circle WHERE id = ?)`,
		"its print":       `UPDATE epoch SET print = substr(?, 1, 32) WHERE circle = (SELECT key FROM circle WHERE id = ?)`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			p := c.receive(c.accueil, c.north, "Lucie")
			j := c.journals(p)[0]
			c.sql(change, seal.Classical(seal.NewKey()).Public(), j.ID[:])
			if _, err := c.tries(c.accueil, personOwner(p)); !refused(err) {
				t.Errorf("her journal is written to the host: %v", err)
			}
		})
	}
}
