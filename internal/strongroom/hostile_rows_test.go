// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package strongroom

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// The sentences of doc/threat-model.md that declare what nobody notices.
const (
	destroys  = "Can destroy: delete a case, a wrap, a share, an envelope's row."
	withholds = "Can withhold: any note with its slips"
	olderText = "or its older versions, when he takes the marks of all its readers away with the newest"
	lessRead  = "A mark that he removes or puts back says less of who has read, never more"
	inPlace   = "a note written in the place of one that he removed is shown as read by who had read that"
	unsigned  = "What nobody signs is his to write"
	emergency = "The sentence of a dossier that is not open yet follows the row that says whether its service has the emergency right"
	oldSlot   = "the row of a replaced paper code: the old paper opens again"
	oldText   = "an older text of a draft"
	aDevice   = "Can make a browser known"
	aDraft    = "Can seal a *draft* to a member"
	closedOne = "Can put back the row of a closed session"
)

func hx(id []byte) string  { return "x'" + hex.EncodeToString(id) + "'" }
func num(id []byte) string { return "(SELECT number FROM entity WHERE id = " + hx(id) + ")" }
func circ(id record.CircleID) string {
	return "(SELECT key FROM circle WHERE id = " + hx(id[:]) + ")"
}

func obj(o record.Object) string { return "(SELECT key FROM object WHERE id = " + hx(o.ID[:]) + ")" }

// at is the key of the n-th row of an owner.
func at(id []byte, n int) string { return fmt.Sprintf("(%s * 1048576 + %d)", num(id), n) }

// of are the rows of an owner.
func of(id []byte) string { return "key / 1048576 = " + num(id) }

// last is the newest link of a chain.
func newest(id []byte) string { return "(SELECT MAX(key) FROM link WHERE " + of(id) + ")" }

// does runs statements.
func does(statements func(*scene) []string) func(*scene) {
	return func(s *scene) { s.rows(statements(s)...) }
}

// one runs one statement.
func one(statement func(*scene) string) func(*scene) {
	return func(s *scene) { s.rows(statement(s)) }
}

// swaps exchanges a column of two rows.
func swaps(table, key, column, a, b string) string {
	return fmt.Sprintf(`UPDATE %[1]s SET %[3]s = k.v FROM (SELECT %[2]s AS k, %[3]s AS v FROM main.%[1]s WHERE %[2]s IN (%[4]s, %[5]s)) AS k
		WHERE %[1]s.%[2]s IN (%[4]s, %[5]s) AND k.k <> %[1]s.%[2]s`, table, key, column, a, b)
}

// swapsUnique exchanges a column that no two rows may share.
func swapsUnique(table, key, column, a, b string) []string {
	keep := fmt.Sprintf("CREATE TEMP TABLE kept AS SELECT %s AS k, %s AS v FROM main.%s WHERE %s IN (%s, %s)", key, column, table, key, a, b)
	park := fmt.Sprintf("UPDATE %s SET %s = randomblob(16) WHERE %s IN (SELECT k FROM kept)", table, column, key)
	back := fmt.Sprintf("UPDATE %s SET %s = (SELECT v FROM kept WHERE k <> %s.%s) WHERE %s IN (SELECT k FROM kept)", table, column, table, key, key)
	return []string{keep, park, back}
}

// past puts whole tables back as they were.
func past(tables ...string) func(*scene) {
	return func(s *scene) {
		var all []string
		for _, t := range tables {
			all = append(all, "DELETE FROM main."+t, "INSERT INTO main."+t+" SELECT * FROM past."+t)
		}
		s.rows(all...)
	}
}

// everything is every table that an hour of work changes.
func everything() []string {
	return []string{"entity", "object", "circle", "epoch", "wrap", "slip", "version", "mark", "link", "draft", "journal", "journal_slip", "leaf", "node", "checkpoint"}
}

// wrapTo is a member's wrap of a circle.
func wrapTo(c record.CircleID, m record.MemberID) string {
	return "(SELECT key FROM wrap WHERE circle = " + circ(c) + " AND recipient = " + hx(m[:]) + ")"
}

// copied inserts a copy of a row of wraps with a column changed.
func copiedWrap(from, circle, recipient string) string {
	return `INSERT INTO wrap (key, circle, recipient_kind, recipient, epoch, form, sealed)
		SELECT key + 700000, ` + circle + `, recipient_kind, ` + recipient + `, epoch, form, sealed FROM wrap WHERE key = ` + from
}

// hostiles are all the attacks, by table.
func hostiles() []hostile {
	return slices.Concat(onWraps(), onSlips(), onVersions(), onObjects(), onCircles(), onEpochs(), onChains(), onMembers(), onWaysIn(), onEnvelopes(), onMarks(), onDrafts(), onCases(), onHouse())
}

func onWraps() []hostile {
	own := func(s *scene, p record.PersonID) string {
		return "(SELECT MIN(key) FROM wrap WHERE circle = " + circ(s.circle(personOwner(p), ofKind(record.Own)).ID) + " AND recipient_kind = 2)"
	}
	return []hostile{
		{table: "wrap", name: "Julie's is moved to Inès", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET recipient = " + hx(s.ines[:]) + " WHERE key = " + wrapTo(s.d.team, s.julie)
		})},
		{table: "wrap", name: "Karim's is copied to Sud", cold: AtNight, do: one(func(s *scene) string {
			return copiedWrap(wrapTo(s.d.team, s.karim), "circle", hx(s.sud[:]))
		})},
		{table: "wrap", name: "Julie's of another dossier stands for this one's", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("wrap", "key", "sealed", wrapTo(s.d.team, s.julie), wrapTo(s.o.team, s.julie))
		})},
		{table: "wrap", name: "Karim's is said to be of the epoch before", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET epoch = 1 WHERE key = " + wrapTo(s.d.team, s.karim)
		})},
		{table: "wrap", name: "Karim's older copy is put back", cold: BeforeUse, do: one(func(s *scene) string {
			k := wrapTo(s.d.team, s.karim)
			return "UPDATE wrap SET (epoch, form, sealed) = (SELECT epoch, form, sealed FROM past.wrap p WHERE p.key = wrap.key) WHERE key = " + k
		})},
		{table: "wrap", name: "those of who left are put back", cold: AtNight, do: func(s *scene) {
			for _, w := range s.ended {
				s.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
			}
		}},
		{table: "wrap", name: "a person's name is taken from the Office", cold: AtNight, do: one(func(s *scene) string {
			return "DELETE FROM wrap WHERE key = " + own(s, s.d.person)
		})},
		{table: "wrap", name: "the names of two persons are exchanged", cold: Undetected, says: destroys, do: one(func(s *scene) string {
			return swaps("wrap", "key", "sealed", own(s, s.d.person), own(s, s.o.person))
		})},
		{table: "wrap", name: "the note that Inès was given alone is taken from her", cold: BeforeUse, do: one(func(s *scene) string {
			return "DELETE FROM wrap WHERE object = " + obj(s.d.noteRes)
		})},
		{table: "wrap", name: "the note given alone to Inès is given to Sud", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET recipient = " + hx(s.sud[:]) + " WHERE object = " + obj(s.d.noteRes)
		})},
		{table: "wrap", name: "the note given alone to Inès is another", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET object = " + obj(s.d.noteTeam) + " WHERE object = " + obj(s.d.noteRes)
		})},
		{table: "wrap", name: "Julie's emergency key is copied to Sud", cold: AtNight, do: one(func(s *scene) string {
			k := s.circle(record.OwnerOf(record.OwnerService, s.north), ofKind(record.Emergency)).ID
			return copiedWrap(wrapTo(k, s.julie), "circle", hx(s.sud[:]))
		})},
		{table: "wrap", name: "the emergency key of the dossier is taken away", cold: AtNight, do: one(func(s *scene) string {
			return "DELETE FROM wrap WHERE circle = " + circ(s.d.team) + " AND recipient_kind = 2"
		})},
		{table: "wrap", name: "Julie's is said to be in another form", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET form = 3 - form WHERE key = " + wrapTo(s.d.team, s.julie)
		})},
		{table: "wrap", name: "Julie's is said to be a lock's", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE wrap SET recipient_kind = 3 WHERE key = " + wrapTo(s.d.team, s.julie)
		})},
		{table: "wrap", name: "the recovery lock's is deleted", cold: AtNight, do: one(func(s *scene) string {
			return "DELETE FROM wrap WHERE circle = " + circ(s.d.team) + " AND recipient_kind = 3"
		})},
		{table: "wrap", name: "the recovery lock's is garbage", cold: Undetected, says: destroys, do: one(func(s *scene) string {
			return "UPDATE wrap SET sealed = randomblob(length(sealed)) WHERE circle = " + circ(s.d.team) + " AND recipient_kind = 3"
		})},
		{table: "wrap", name: "the DPO's of her journal is deleted", cold: AtNight, do: one(func(s *scene) string {
			return "DELETE FROM wrap WHERE circle = " + circ(s.journals(s.d.person)[0].ID) + " AND recipient_kind = 4"
		})},
		{table: "wrap", name: "Julie's holds a key of the host's", cold: BeforeUse, do: func(s *scene) {
			s.plantKey(s.d, s.julie, s.d.team, 2, seal.NewKey())
		}},
		{table: "wrap", name: "Karim's of what is shared stands for the team's", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("wrap", "key", "sealed", wrapTo(s.d.team, s.karim), wrapTo(s.d.hers, s.karim))
		})},
		{table: "wrap", name: "the whole table as it was", cold: BeforeUse, do: past("wrap")},
	}
}

// toInes: who holds one note alone does not open the slips of the others.
func toInes(m record.MemberID, _ string) bool { return m == scenery.people.ines }

func onSlips() []hostile {
	slip := func(o record.Object) string { return "(SELECT key FROM slip WHERE object = " + obj(o) + ")" }
	added := func(s *scene, o record.Object, in record.CircleID) string {
		return `INSERT INTO slip (key, object, circle, epoch, sealed) SELECT key + 700000, object, ` + circ(in) + `, 1, sealed FROM slip WHERE key = ` + slip(o)
	}
	return []hostile{
		{table: "slip", name: "a reserved note is put into the team's circle too", cold: BeforeUse, but: toInes, do: one(func(s *scene) string { return added(s, s.d.noteRes, s.d.team) })},
		{table: "slip", name: "Karim, whose keys the host has, says that a reserved note is the team's too", cold: BeforeUse, but: toInes, do: func(s *scene) {
			u := s.unlock(s.karim)
			_, err := s.room.enter(ctx, u, s.d.owner)
			must(s.t, err)
			key, _ := u.key(s.d.team, 2)
			slip := record.Slip{Object: s.d.noteRes.ID, Circle: s.d.team, Epoch: 2}
			slip.Sealed = seal.Seal(key, s.room.objectSlipContext(s.d.owner, slip), seal.NewKey().Bytes())
			s.row(func(tx *store.Tx) error { return tx.PutSlip(ctx, slip) })
		}},
		{table: "slip", name: "a note of the team is said to be reserved too", cold: BeforeUse, do: one(func(s *scene) string { return added(s, s.d.noteTeam, s.d.reserved) })},
		{table: "slip", name: "a note is put into another dossier's circle", cold: Harmless, do: one(func(s *scene) string { return added(s, s.d.noteTeam, s.o.team) })},
		{table: "slip", name: "a note is put into Sud's scratchpad", cold: BeforeUse, do: one(func(s *scene) string {
			return added(s, s.d.noteTeam, s.circle(record.OwnerOf(record.OwnerMember, s.sud), ofKind(record.Scratchpad)).ID)
		})},
		{table: "slip", name: "two notes of two dossiers exchange theirs", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("slip", "key", "sealed", slip(s.d.noteTeam), slip(s.o.noteTeam))
		})},
		{table: "slip", name: "a slip is said to be of the newest epoch", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE slip SET epoch = 2 WHERE key = " + slip(s.d.noteTeam)
		})},
		{table: "slip", name: "a slip of no epoch", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE slip SET epoch = 0 WHERE key = " + slip(s.d.noteTeam)
		})},
		{table: "slip", name: "a slip is deleted", cold: AtNight, do: one(func(s *scene) string {
			return "DELETE FROM slip WHERE key = " + slip(s.d.otherTeam)
		})},
		{table: "slip", name: "a slip names another note of the same circle", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("slip", "key", "sealed", slip(s.d.noteTeam), slip(s.d.otherTeam))
		})},
		{table: "slip", name: "the whole table as it was", cold: AtNight, do: past("slip")},
	}
}

func onVersions() []hostile {
	version := func(o record.Object, n int) string {
		return fmt.Sprintf("(SELECT key FROM version WHERE object = %s AND number = %d)", obj(o), n)
	}
	gone := func(s *scene) string { return "DELETE FROM version WHERE key = " + version(s.d.noteTeam, 2) }
	return []hostile{
		{table: "version", name: "the newest is removed", cold: BeforeUse, do: one(gone)},
		{table: "version", name: "the newest is removed, and every mark", cold: Undetected, says: olderText, older: true, do: does(func(s *scene) []string {
			return []string{gone(s), "DELETE FROM mark"}
		})},
		{table: "version", name: "the older words stand for the newer", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("version", "key", "sealed", version(s.d.noteTeam, 1), version(s.d.noteTeam, 2))
		})},
		{table: "version", name: "the older words come back as a third", cold: BeforeUse, do: one(func(s *scene) string {
			return `INSERT INTO version (key, object, number, minute, sealed) SELECT key + 700000, object, 3, minute, sealed FROM version WHERE key = ` + version(s.d.noteTeam, 1)
		})},
		{table: "version", name: "two notes of two dossiers exchange their words", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("version", "key", "sealed", version(s.d.otherTeam, 1), version(s.o.noteTeam, 1))
		})},
		{table: "version", name: "the minute of a note is another", cold: Harmless, do: one(func(s *scene) string {
			return "UPDATE version SET minute = minute - 525600 WHERE object = " + obj(s.d.noteTeam)
		})},
		{table: "version", name: "a person's name is cut", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE version SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE " + of(s.d.person[:])
		})},
		{table: "version", name: "two persons exchange their names", cold: BeforeUse, do: one(func(s *scene) string {
			first := func(p record.PersonID) string { return "(SELECT MIN(key) FROM version WHERE " + of(p[:]) + ")" }
			return swaps("version", "key", "sealed", first(s.d.person), first(s.o.person))
		})},
		{table: "version", name: "the whole table as it was", cold: BeforeUse, do: past("version")},
	}
}

func onObjects() []hostile {
	return []hostile{
		{table: "object", name: "two notes exchange their places", cold: BeforeUse, do: does(func(s *scene) []string {
			return swapsUnique("object", "key", "id", obj(s.d.noteTeam), obj(s.d.otherTeam))
		})},
		{table: "object", name: "a note is removed, with its slip and its words", cold: Undetected, says: withholds, do: does(func(s *scene) []string {
			k := obj(s.d.otherTeam)
			return []string{"DELETE FROM slip WHERE object = " + k, "DELETE FROM version WHERE object = " + k, "DELETE FROM object WHERE key = " + k}
		})},
		{table: "object", name: "a note is of another dossier", cold: Undetected, says: withholds, do: does(func(s *scene) []string {
			k := obj(s.d.otherTeam)
			there := at(s.o.owner.ID[:], 900)
			return []string{
				"UPDATE slip SET object = " + there + ", key = " + at(s.o.owner.ID[:], 901) + " WHERE object = " + k,
				"UPDATE version SET object = " + there + ", key = " + at(s.o.owner.ID[:], 902) + " WHERE object = " + k,
				"UPDATE object SET key = " + there + " WHERE key = " + k,
			}
		})},
		{table: "object", name: "the newest note is removed, and the next takes its place", cold: Undetected, says: inPlace, older: true, do: does(func(s *scene) []string {
			k := "(SELECT MAX(key) FROM object WHERE " + of(s.d.owner.ID[:]) + ")"
			return []string{"DELETE FROM slip WHERE object = " + k, "DELETE FROM version WHERE object = " + k, "DELETE FROM object WHERE key = " + k}
		})},
		{table: "entity", name: "two dossiers exchange their numbers", cold: BeforeUse, do: does(func(s *scene) []string {
			return swapsUnique("entity", "number", "id", num(s.d.owner.ID[:]), num(s.o.owner.ID[:]))
		})},
		{table: "entity", name: "two persons exchange their numbers", cold: BeforeUse, do: does(func(s *scene) []string {
			return swapsUnique("entity", "number", "id", num(s.d.person[:]), num(s.o.person[:]))
		})},
	}
}

func onCircles() []hostile {
	counter := func(s *scene) record.CircleID { return s.circle(personOwner(s.d.person), ofKind(record.Counter)).ID }
	set := func(column string, to func(*scene) []byte, in func(*scene) record.CircleID) func(*scene) {
		return one(func(s *scene) string {
			return "UPDATE circle SET " + column + " = " + hx(to(s)) + " WHERE key = " + circ(in(s))
		})
	}
	team := func(s *scene) record.CircleID { return s.d.team }
	reserved := func(s *scene) record.CircleID { return s.d.reserved }
	return []hostile{
		{table: "circle", name: "the team's is said to be shared with her", cold: BeforeUse, warm: AtVerify, do: set("person", func(s *scene) []byte { return s.d.person[:] }, team)},
		{table: "circle", name: "what is reserved is said to be shared with her", cold: BeforeUse, warm: AtVerify, do: set("person", func(s *scene) []byte { return s.d.person[:] }, reserved)},
		{table: "circle", name: "the team's is said to be one author's", cold: BeforeUse, warm: AtVerify, do: set("member", func(s *scene) []byte { return s.julie[:] }, team)},
		{table: "circle", name: "the team's is said to be another service's", cold: BeforeUse, warm: AtVerify, do: set("service", func(s *scene) []byte { return s.south[:] }, team)},
		{table: "circle", name: "what Julie reserves is said to be Karim's", cold: BeforeUse, warm: AtVerify, do: set("member", func(s *scene) []byte { return s.karim[:] }, reserved)},
		{table: "circle", name: "her Counter is said to be another service's", cold: BeforeUse, warm: AtVerify, do: set("service", func(s *scene) []byte { return s.south[:] }, counter)},
		{table: "circle", name: "what is shared is said to be the team's", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "UPDATE circle SET kind = 4, person = NULL WHERE key = " + circ(s.d.hers)
		})},
		{table: "circle", name: "her Own is said to be a Counter", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "UPDATE circle SET kind = 3, service = " + hx(s.north[:]) + " WHERE kind = 2 AND " + of(s.d.person[:])
		})},
		{table: "circle", name: "an epoch is announced that nobody made", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "UPDATE circle SET epoch = 3 WHERE key = " + circ(s.d.team)
		})},
		{table: "circle", name: "the team's circles of two dossiers exchange their ids", cold: BeforeUse, warm: BeforeUse, do: does(func(s *scene) []string {
			return swapsUnique("circle", "key", "id", circ(s.d.team), circ(s.o.team))
		})},
		{table: "circle", name: "a circle of the host's, with a key of his", cold: BeforeUse, warm: AtVerify, do: func(s *scene) {
			k := record.Circle{ID: record.NewID[record.Circle](), Kind: record.Reserved, Owner: s.d.owner, Member: s.karim, Epoch: 1}
			key := seal.NewKey()
			s.row(func(tx *store.Tx) error {
				return first(tx.PutCircle(ctx, k), tx.PutEpoch(ctx, record.Epoch{Circle: k.ID, Number: 1, Check: seal.Check(key), Public: publicOf(k.Kind, key)}))
			})
		}},
		{table: "circle", name: "with the epochs, as they were", cold: BeforeUse, warm: AtVerify, do: past("circle", "epoch")},
	}
}

func onEpochs() []hostile {
	epoch := func(c record.CircleID, n int) string {
		return fmt.Sprintf("(SELECT key FROM epoch WHERE circle = %s AND number = %d)", circ(c), n)
	}
	office := func(s *scene) record.CircleID {
		return s.circle(record.OwnerOf(record.OwnerService, s.north), ofKind(record.Office)).ID
	}
	return []hostile{
		{table: "epoch", name: "an Office's public half is the host's", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "UPDATE epoch SET public = " + hx(seal.Hybrid(seal.NewKey()).Public()) + " WHERE circle = " + circ(office(s))
		})},
		{table: "epoch", name: "the public half of her journal is the host's", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "UPDATE epoch SET public = " + hx(seal.Classical(seal.NewKey()).Public()) + " WHERE circle = " + circ(s.journals(s.d.person)[0].ID)
		})},
		{table: "epoch", name: "the public half of the house's journal is the host's", cold: BeforeUse, warm: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE epoch SET public = " + hx(seal.Classical(seal.NewKey()).Public()) + " WHERE circle = " + circ(s.circle(s.room.house(), ofKind(record.HouseJournal)).ID)
		})},
		{table: "epoch", name: "the prints of two epochs are exchanged", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return swaps("epoch", "key", "print", epoch(s.d.team, 1), epoch(s.d.team, 2))
		})},
		{table: "epoch", name: "the way back to the older key is another's", cold: BeforeUse, warm: Harmless, do: one(func(s *scene) string {
			return "UPDATE epoch SET back = randomblob(length(back)) WHERE key = " + epoch(s.d.team, 2)
		})},
		{table: "epoch", name: "the first one is deleted", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "DELETE FROM epoch WHERE key = " + epoch(s.d.team, 1)
		})},
		{table: "epoch", name: "the public halves of two dossiers are exchanged", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return swaps("epoch", "key", "public", epoch(s.d.team, 1), epoch(s.o.team, 1))
		})},
	}
}

func onChains() []hostile {
	change := func(set string, key func(*scene) string) func(*scene) {
		return one(func(s *scene) string { return "UPDATE link SET " + set + " WHERE key = " + key(s) })
	}
	second := func(s *scene) string { return at(s.d.owner.ID[:], 3) }
	gives := func(to record.MemberID, t record.Target) record.Link {
		return record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: record.RecipientOf(record.ToMember, to), Target: t}
	}
	team := func(s *scene) record.Target { return record.TargetOf(record.OnCircle, s.d.team) }
	return []hostile{
		{table: "link", name: "the beginning of a grant", cold: BeforeUse, do: change("since = 1", second)},
		{table: "link", name: "the epoch of a link", cold: BeforeUse, do: change("epoch = epoch + 1", second)},
		{table: "link", name: "the kind of a recipient", cold: BeforeUse, do: change("recipient_kind = 2", second)},
		{table: "link", name: "the kind of a target", cold: BeforeUse, do: change("target_kind = 2", second)},
		{table: "link", name: "the newest of a person's chain is removed", cold: BeforeUse, do: one(func(s *scene) string {
			return "DELETE FROM link WHERE key = " + newest(s.d.person[:])
		})},
		{table: "link", name: "the newest of a service's chain is removed", cold: BeforeUse, older: true, do: one(func(s *scene) string {
			return "DELETE FROM link WHERE key = " + newest(s.north[:])
		})},
		{table: "link", name: "the newest of the organisation's chain is removed", cold: BeforeUse, do: one(func(s *scene) string {
			return "DELETE FROM link WHERE key = " + newest(s.room.host.organisation[:])
		})},
		{table: "link", name: "the end of Renée's place is taken back, in every table", cold: AtVerify, warm: BeforeUse, older: true, do: past("link", "wrap", "circle", "epoch", "mark", "slip", "version", "object", "entity")},
		{table: "link", name: "the chain as it was, and nothing else", cold: BeforeUse, do: past("link")},
		{table: "link", name: "the newest links of two dossiers are exchanged", cold: BeforeUse, do: does(func(s *scene) []string {
			a, b := newest(s.d.owner.ID[:]), newest(s.o.owner.ID[:])
			return []string{
				"CREATE TEMP TABLE one AS SELECT * FROM main.link WHERE key = " + a, "CREATE TEMP TABLE two AS SELECT * FROM main.link WHERE key = " + b,
				"UPDATE one SET key = (SELECT key FROM two)", "UPDATE two SET key = " + a,
				"DELETE FROM link WHERE key IN (SELECT key FROM one UNION SELECT key FROM two)",
				"INSERT INTO link SELECT * FROM one UNION SELECT * FROM two",
			}
		})},
		{table: "link", name: "a link of another chain is repeated here", cold: BeforeUse, do: does(func(s *scene) []string {
			return []string{
				`CREATE TEMP TABLE one AS SELECT * FROM main.link WHERE key = ` + newest(s.o.owner.ID[:]),
				`UPDATE one SET key = ` + newest(s.d.owner.ID[:]) + ` + 1`, `INSERT INTO link SELECT * FROM one`,
			}
		})},
		{table: "link", name: "Renée's old place is given again, by the old link", cold: BeforeUse, do: does(func(s *scene) []string {
			return []string{
				`CREATE TEMP TABLE one AS SELECT * FROM main.link WHERE key = (SELECT MIN(key) FROM link WHERE recipient = ` + hx(s.renee[:]) + ` AND target = ` + hx(s.d.team[:]) + `)`,
				`UPDATE one SET key = ` + newest(s.d.owner.ID[:]) + ` + 1`, `INSERT INTO link SELECT * FROM one`,
			}
		})},
		{table: "link", name: "Sud, whose keys the host has, lets herself in", cold: BeforeUse, do: func(s *scene) { s.forge(s.sud, s.d.owner, gives(s.sud, team(s))) }},
		{table: "link", name: "Renée lets herself in again after her end", cold: BeforeUse, do: func(s *scene) { s.forge(s.renee, s.d.owner, gives(s.renee, team(s))) }},
		{table: "link", name: "Renée lets herself in again, dated before her end", cold: BeforeUse, do: func(s *scene) {
			l := gives(s.renee, team(s))
			l.At = s.room.minute() - 90
			s.forge(s.renee, s.d.owner, l)
		}},
		{table: "link", name: "a reader lets Sud in, of another service", cold: BeforeUse, do: func(s *scene) { s.forge(s.karim, s.d.owner, gives(s.sud, team(s))) }},
		{table: "link", name: "Sud makes herself an officer", cold: BeforeUse, do: func(s *scene) {
			s.forge(s.sud, s.room.house(), record.Link{
				Class: record.LinkGives, Right: record.RightOfficer, Recipient: record.RecipientOf(record.ToMember, s.sud),
				Target: record.TargetOf(record.OnOrganisation, s.room.host.organisation),
			})
		}},
		{table: "link", name: "the first of the organisation's is signed by another root", cold: BeforeUse, warm: AtVerify, do: change("signature = randomblob(64)", func(s *scene) string {
			return "(SELECT MIN(key) FROM link WHERE " + of(s.room.host.organisation[:]) + ")"
		})},
		{table: "waiting", name: "what waits for its place is forgotten", cold: AtVerify, do: func(s *scene) {
			s.everybodyReads()
			s.rows("DELETE FROM waiting")
			s.later(10 * time.Minute)
		}},
		{table: "journal", name: "the last opening is forgotten before it has its place", cold: Undetected, says: "What nobody signed yet (ten minutes at most) can be taken away unseen", do: func(s *scene) {
			s.everybodyReads()
			s.rows("DELETE FROM journal_slip WHERE entry IN (SELECT entry FROM waiting)", "DELETE FROM journal WHERE number IN (SELECT entry FROM waiting)", "DELETE FROM waiting")
		}},
	}
}

func onMembers() []hostile {
	of := func(set string, m func(*scene) record.MemberID) func(*scene) {
		return one(func(s *scene) string {
			id := m(s)
			return "UPDATE member SET " + set + " WHERE number = " + num(id[:])
		})
	}
	karim := func(s *scene) record.MemberID { return s.karim }
	reception := func(s *scene) record.MemberID { return s.accueil }
	renee := func(s *scene) record.MemberID { return s.renee }
	return []hostile{
		{table: "member", name: "two colleagues exchange their names", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("member", "number", "name", num(s.karim[:]), num(s.ines[:]))
		})},
		{table: "member", name: "reception is called otherwise", cold: BeforeUse, do: of("name = 'Personne'", reception)},
		{table: "member", name: "Karim's public keys are the host's", cold: BeforeUse, do: func(s *scene) {
			k := newSecret().public()
			s.rows("UPDATE member SET kem = " + hx(k.KEM) + ", sign = " + hx(k.Sign) + ", letter_box = " + hx(k.LetterBox) + " WHERE number = " + num(s.karim[:]))
		}},
		{table: "member", name: "a letter box is the host's", cold: BeforeUse, do: of("letter_box = randomblob(65)", karim)},
		{table: "member", name: "a reader is said to have left", cold: BeforeUse, do: of("state = 3", karim)},
		{table: "member", name: "who holds the emergency right is said to have left", cold: BeforeUse, do: of("state = 3", renee)},
		{table: "member", name: "reception is said to have left", cold: BeforeUse, do: of("state = 3", reception)},
		{table: "member", name: "who has left is said to be back", cold: Harmless, honest: func(s *scene) { s.close(s.ines) }, do: func(s *scene) {
			s.rows("UPDATE member SET state = 2 WHERE number = " + num(s.ines[:]))
		}},
		{table: "member", name: "two logins are exchanged", cold: BeforeUse, do: does(func(s *scene) []string {
			return swapsUnique("member", "number", "login", num(s.karim[:]), num(s.julie[:]))
		}), probe: func(s *scene) error {
			m, err := s.db.MemberByLogin(ctx, "Julie")
			must(s.t, err)
			slots, err := s.db.Slots(ctx, m.ID)
			must(s.t, err)
			_, err = s.room.OpenPassphrase(slots[0], words+" de Julie")
			return err
		}},
		{table: "member", name: "whence her secrecy comes is another", cold: Undetected, says: unsigned, do: of("regime = 'discretion'", karim)},
		{table: "function", name: "Sud is said to work in the other service", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return "INSERT INTO function (member, service, role) VALUES (" + hx(s.sud[:]) + ", " + hx(s.north[:]) + ", 'lead')"
		})},
		{table: "function", name: "reception is said to carry dossiers", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return "UPDATE function SET role = 'worker' WHERE member = " + hx(s.accueil[:])
		})},
		{table: "function", name: "Julie is said to do nothing", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return "DELETE FROM function WHERE member = " + hx(s.julie[:])
		})},
	}
}

var errNoWay = errors.New("refused")

func onWaysIn() []hostile {
	slots := func(s *scene, m record.MemberID) record.Slot {
		all, err := s.db.Slots(ctx, m)
		must(s.t, err)
		i := slices.IndexFunc(all, func(o record.Slot) bool { return o.Kind == record.SlotPassphrase })
		return all[i]
	}
	opens := func(m func(*scene) record.MemberID) func(*scene) error {
		return func(s *scene) error {
			secret, err := s.room.OpenPassphrase(slots(s, m(s)), words)
			if err == nil {
				_, err = s.room.Unlock(ctx, m(s), secret, "")
			}
			return err
		}
	}
	julie := func(s *scene) record.MemberID { return s.julie }
	stored := func(s *scene) record.Session {
		row, err := s.db.Session(ctx, s.session.Hash)
		must(s.t, err)
		return row
	}
	puts := func(s *scene, row record.Session) { s.row(func(tx *store.Tx) error { return tx.PutSession(ctx, row) }) }
	return []hostile{
		{table: "slot", name: "Sud's opens as Julie", cold: BeforeUse, do: func(s *scene) {
			other := slots(s, s.sud)
			mine := slots(s, s.julie)
			s.rows("UPDATE slot SET (salt, public, sealed) = (SELECT salt, public, sealed FROM slot WHERE id = " + hx(other.ID[:]) + ") WHERE id = " + hx(mine.ID[:]))
		}, probe: opens(julie)},
		{table: "slot", name: "Sud's is moved to Julie", cold: BeforeUse, do: func(s *scene) {
			mine, other := slots(s, s.julie), slots(s, s.sud)
			s.rows("DELETE FROM slot WHERE id = "+hx(mine.ID[:]), "UPDATE slot SET member = "+hx(s.julie[:])+" WHERE id = "+hx(other.ID[:]))
		}, probe: opens(julie)},
		{table: "slot", name: "a secret of the host's is sealed to Julie's", cold: BeforeUse, do: func(s *scene) {
			mine := slots(s, s.julie)
			box, err := seal.Wrap(mine.Public, s.room.slotContext(mine), newSecret().k.Bytes())
			must(s.t, err)
			s.rows("UPDATE slot SET sealed = " + hx(box) + " WHERE id = " + hx(mine.ID[:]))
		}, probe: opens(julie)},
		{table: "slot", name: "Karim's are deleted", cold: BeforeUse, do: one(func(s *scene) string { return "DELETE FROM slot WHERE member = " + hx(s.karim[:]) })},
		{table: "slot", name: "reception's are deleted", cold: BeforeUse, do: one(func(s *scene) string { return "DELETE FROM slot WHERE member = " + hx(s.accueil[:]) })},
		{table: "slot", name: "a replaced paper code is put back", cold: Undetected, says: oldSlot, do: func(s *scene) {
			s.row(func(tx *store.Tx) error { return tx.PutSlot(ctx, s.paper) })
		}},
		{table: "slot", name: "it is called as another is", cold: Harmless, do: func(s *scene) {
			mine := slots(s, s.julie)
			s.rows("UPDATE slot SET label = " + hx(s.label) + " WHERE id = " + hx(mine.ID[:]))
		}, probe: func(s *scene) error {
			mine := slots(s, s.julie)
			if got := s.room.OpenLabel(s.unlock(s.julie), mine.ID.Ref(), mine.Label); !got.Empty() {
				s.t.Error("a way in bears another's name")
			}
			return nil
		}},
		{table: "device", name: "a browser of the host's is known", cold: Undetected, says: aDevice, do: one(func(s *scene) string {
			return "INSERT INTO device (hash, member, made) VALUES (randomblob(32), " + hx(s.julie[:]) + ", 1)"
		})},
		{table: "device", name: "Karim's browser bears the name of Julie's", cold: Harmless, do: func(s *scene) {
			s.rows("INSERT INTO device (hash, member, made, label) VALUES (randomblob(32), " + hx(s.karim[:]) + ", 1, " + hx(s.label) + ")")
		}, probe: func(s *scene) error {
			if got := s.room.OpenLabel(s.unlock(s.karim), s.device, s.label); !got.Empty() {
				s.t.Error("he reads what she calls her telephone")
			}
			return nil
		}},
		{table: "session", name: "a closed one is put back, without its cookies", cold: BeforeUse, do: func(s *scene) { puts(s, s.session) }, probe: func(s *scene) error {
			_, err := s.room.Resume(stored(s), NewCookie(), Half(NewCookie()))
			return err
		}},
		{table: "session", name: "a closed one is put back, and both its cookies were kept", cold: Undetected, says: closedOne, do: func(s *scene) { puts(s, s.session) }},
		{table: "session", name: "Julie's is said to be Sud's", cold: BeforeUse, do: func(s *scene) {
			row := s.session
			row.Member = s.sud
			puts(s, row)
		}, probe: func(s *scene) error {
			_, err := s.room.Resume(stored(s), s.cookie, s.half)
			return err
		}},
		{table: "session", name: "Julie's stands behind a cookie of Sud's", cold: BeforeUse, do: func(s *scene) {
			row := s.session
			row.Hash = CookieHash(Cookie(make([]byte, 32)))
			puts(s, row)
			s.session.Hash = row.Hash
		}, probe: func(s *scene) error {
			_, err := s.room.Resume(stored(s), Cookie(make([]byte, 32)), s.half)
			return err
		}},
		{table: "invitation", name: "its code is the host's", cold: BeforeUse, do: func(*scene) {}, probe: func(s *scene) error {
			return enrolledWith(s, func(e *Enrolment) {
				code := seal.Random(invitationSize)
				signer := seal.NewSigner(seal.CodeKey(code, "invitation").Derive("sign"))
				s.rows("UPDATE invitation SET code = " + hx(signer.Public()) + " WHERE id = " + hx(e.Invitation.ID[:]))
				e.Code, e.Invitation.Code = seal.FormatCode(code), [32]byte(signer.Public())
			})
		}},
		{table: "invitation", name: "it is prolonged", cold: BeforeUse, do: func(*scene) {}, probe: func(s *scene) error {
			defer s.later(-100 * time.Hour)
			return enrolledWith(s, func(e *Enrolment) {
				s.rows("UPDATE invitation SET until = 99999999")
				e.Invitation.Until = 99_999_999
				s.later(100 * time.Hour)
			})
		}},
		{table: "invitation", name: "it is for another account", cold: BeforeUse, do: func(*scene) {}, probe: func(s *scene) error {
			return enrolledWith(s, func(e *Enrolment) {
				s.rows("UPDATE invitation SET member = " + hx(s.sud[:]))
				e.Invitation.Member, e.Member.ID = s.sud, s.sud
			})
		}},
		{table: "invitation", name: "it is for another service", cold: BeforeUse, do: func(*scene) {}, probe: func(s *scene) error {
			return enrolledWith(s, func(e *Enrolment) {
				e.Functions = []record.Function{{Member: e.Member.ID, Service: s.south, Role: record.RoleWorker}}
			})
		}},
	}
}

// enrolledWith invites somebody to Nord, lets the host change what is kept of it, and enrols.
func enrolledWith(s *scene, change func(*Enrolment)) error {
	e := s.invite(worker(s.north))
	change(&e)
	_, err := s.enrol(e)
	return err
}

func onEnvelopes() []hostile {
	opensACase := func(s *scene) error {
		missions, err := s.db.Missions(ctx, s.north)
		must(s.t, err)
		k := record.Case{ID: record.NewID[record.Case](), Service: s.north, Mission: missions[0].ID, Open: true, Persons: []record.PersonID{s.o.person}}
		return s.room.Do(ctx, s.unlock(s.julie), func(a *Act) error {
			return a.OpenCase(ctx, Opening{Case: k, Referent: s.julie, Reason: record.ReasonTeam})
		}, func(ctx context.Context, a *Act) error {
			return s.db.Write(ctx, func(tx *store.Tx) error { return first(tx.PutCase(ctx, k), a.Apply(ctx, tx)) })
		})
	}
	mine := func() string { return hx(seal.Hybrid(seal.NewKey()).Public()) }
	return []hostile{
		{table: "seat", name: "an envelope's public half is the host's", cold: BeforeUse, do: one(func(*scene) string {
			return "UPDATE seat SET public = " + mine() + " WHERE number = (SELECT MIN(number) FROM seat)"
		}), probe: opensACase},
		{table: "seat", name: "the DPO's and an envelope are exchanged", cold: BeforeUse, do: one(func(*scene) string {
			return "UPDATE seat SET kind = 3 - kind WHERE number IN (SELECT MIN(number) FROM seat UNION SELECT MAX(number) FROM seat)"
		}), probe: opensACase},
		{table: "seat", name: "an envelope is said to be proved", cold: Undetected, says: unsigned, do: one(func(*scene) string { return "UPDATE seat SET proved = 29000000" })},
		{table: "lock", name: "its public half is the host's", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE lock SET public = " + mine() + " WHERE owner = " + num(s.north[:])
		}), probe: opensACase},
		{table: "lock", name: "it is another owner's", cold: BeforeUse, do: does(func(s *scene) []string {
			return []string{swaps("lock", "number", "owner", "(SELECT number FROM lock WHERE owner = "+num(s.north[:])+")", "(SELECT number FROM lock WHERE owner = "+num(s.d.owner.ID[:])+")")}
		}), probe: opensACase},
		{table: "lock", name: "one envelope is said to be enough", cold: BeforeUse, do: one(func(*scene) string { return "UPDATE lock SET threshold = 1" }), probe: recovers},
		{table: "share", name: "two locks exchange theirs", cold: BeforeUse, do: one(func(s *scene) string {
			return `UPDATE share SET sealed = (SELECT o.sealed FROM main.share o WHERE o.lock <> share.lock AND o.place = share.place LIMIT 1)`
		}), probe: recovers},
		{table: "share", name: "two places of a lock are exchanged", cold: BeforeUse, do: one(func(*scene) string {
			return "UPDATE share SET sealed = (SELECT o.sealed FROM main.share o WHERE o.lock = share.lock AND o.place = 3 - share.place) WHERE place IN (1, 2)"
		}), probe: recovers},
		{table: "share", name: "they are deleted", cold: BeforeUse, do: one(func(*scene) string { return "DELETE FROM share WHERE place = 1" }), probe: recovers},
	}
}

// recovers joins the first dossier's lock by its three envelopes, as recovery will.
func recovers(s *scene) error {
	locks, err := s.db.Locks(ctx, s.d.owner)
	must(s.t, err)
	l := locks[0]
	var shares [][]byte
	for i, sh := range l.Shares {
		_, pair := s.seat(record.SeatEnvelope, i)
		plain, err := pair.Open(s.room.shareContext(l, sh.Index), sh.Sealed)
		if err != nil {
			return err
		}
		shares = append(shares, plain)
	}
	secret, err := seal.Join(uint(l.Threshold), shares[:min(len(shares), int(l.Threshold))])
	if err != nil {
		return err
	}
	if !slices.Equal(seal.Hybrid(secret).Public(), l.Public) {
		return errNoWay
	}
	return nil
}

func onMarks() []hostile {
	mark := func(c record.CircleID, m record.MemberID) string {
		return "(SELECT key FROM mark WHERE circle = " + circ(c) + " AND reader = " + hx(m[:]) + ")"
	}
	return []hostile{
		{table: "mark", name: "Karim's is deleted", cold: Undetected, says: lessRead, do: one(func(s *scene) string {
			return "DELETE FROM mark WHERE key = " + mark(s.d.team, s.karim)
		})},
		{table: "mark", name: "Karim's is said to be Renée's", cold: Undetected, says: lessRead, do: does(func(s *scene) []string {
			return []string{"DELETE FROM mark WHERE reader = " + hx(s.renee[:]), "UPDATE mark SET reader = " + hx(s.renee[:]) + " WHERE key = " + mark(s.d.team, s.karim)}
		})},
		{table: "mark", name: "Karim's of another dossier stands for this one's", cold: Undetected, says: lessRead, do: one(func(s *scene) string {
			return "UPDATE mark SET sealed = (SELECT sealed FROM mark WHERE key = " + mark(s.o.team, s.karim) + ") WHERE key = " + mark(s.d.team, s.karim)
		})},
		{table: "mark", name: "Julie's stands for Karim's", cold: Undetected, says: lessRead, do: one(func(s *scene) string {
			return "UPDATE mark SET sealed = (SELECT sealed FROM mark WHERE key = " + mark(s.d.team, s.julie) + ") WHERE key = " + mark(s.d.team, s.karim)
		})},
		{table: "mark", name: "the whole table as it was", cold: Undetected, says: lessRead, do: past("mark")},
	}
}

func onDrafts() []hostile {
	draft := func(s *scene, i int) string {
		return "(SELECT number FROM draft WHERE id = " + hx(s.drafts[i][:]) + ")"
	}
	return []hostile{
		{table: "draft", name: "two of Julie's are exchanged", cold: BeforeUse, do: one(func(s *scene) string {
			return swaps("draft", "number", "sealed", draft(s, 0), draft(s, 1))
		})},
		{table: "draft", name: "one of Julie's is said to be Karim's", cold: BeforeUse, do: one(func(s *scene) string {
			return "UPDATE draft SET author = " + hx(s.karim[:]) + " WHERE number = " + draft(s, 0)
		})},
		{table: "draft", name: "an older text is put back", cold: Undetected, says: oldText, older: true, do: past("draft")},
		{table: "draft", name: "a text of the host's is sealed to Julie", cold: Undetected, says: aDraft, older: true, do: func(s *scene) {
			must(s.t, s.room.DepositDraft(ctx, s.julie, Words{record.TagText: confided.NewText("mots de l’hébergeur")}))
		}},
		{table: "draft", name: "one is deleted", cold: Undetected, says: destroys, do: one(func(s *scene) string { return "DELETE FROM draft WHERE number = " + draft(s, 0) })},
	}
}

func onCases() []hostile {
	k := func(set string) func(*scene) {
		return one(func(s *scene) string { return `UPDATE "case" SET ` + set + ` WHERE number = ` + num(s.d.owner.ID[:]) })
	}
	return []hostile{
		{table: "case", name: "it is said to be of the other service", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return `UPDATE "case" SET service = ` + hx(s.south[:]) + ` WHERE number = ` + num(s.d.owner.ID[:])
		})},
		{table: "case", name: "it is said to be closed", cold: Undetected, says: unsigned, do: k("open = 0")},
		{table: "case", name: "it is said to be of another mission", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return `UPDATE "case" SET mission = (SELECT id FROM mission WHERE service = ` + hx(s.south[:]) + `) WHERE number = ` + num(s.d.owner.ID[:])
		})},
		{table: "case", name: "it is deleted", cold: AtVerify, do: k("number = -1")},
		{table: "case_person", name: "two dossiers exchange their persons", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return swaps("case_person", "number", "person", num(s.d.owner.ID[:]), num(s.o.owner.ID[:]))
		})},
		{table: "case_person", name: "a second person is added", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "INSERT INTO case_person (number, place, person) VALUES (" + num(s.d.owner.ID[:]) + ", 2, " + num(s.o.person[:]) + ")"
		})},
		{table: "case_person", name: "it concerns nobody", cold: BeforeUse, warm: AtVerify, do: one(func(s *scene) string {
			return "DELETE FROM case_person WHERE number = " + num(s.d.owner.ID[:])
		})},
		{table: "known", name: "the other service is said to know her", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return "INSERT INTO known (service, person) VALUES (" + num(s.south[:]) + ", " + num(s.d.person[:]) + ")"
		}), probe: func(s *scene) error {
			items, err := s.room.Open(ctx, s.unlock(s.sud), followUp, Ask{Owner: personOwner(s.d.person), Via: s.south})
			if err == nil || len(items) > 0 {
				s.t.Error("Sud reads her name")
			}
			return nil
		}},
		{table: "known", name: "her service is said not to know her", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return "DELETE FROM known WHERE person = " + num(s.d.person[:])
		})},
	}
}

func onHouse() []hostile {
	return []hostile{
		{table: "organisation", name: "it is called otherwise", cold: Undetected, says: unsigned, do: one(func(*scene) string { return "UPDATE organisation SET name = 'Autre'" })},
		{table: "service", name: "two services exchange their names", cold: Undetected, says: unsigned, do: one(func(s *scene) string {
			return swaps("service", "number", "name", num(s.north[:]), num(s.south[:]))
		})},
		{table: "service", name: "the emergency right is said to be refused", cold: Undetected, says: emergency, but: func(_ record.MemberID, of string) bool { return of == "to come" }, do: one(func(s *scene) string {
			return "UPDATE service SET emergency = 0 WHERE number = " + num(s.north[:])
		})},
		{table: "mission", name: "two missions exchange their services", cold: Undetected, says: unsigned, do: does(func(s *scene) []string {
			return []string{swaps("mission", "number", "service", "(SELECT MIN(number) FROM mission)", "(SELECT MAX(number) FROM mission)")}
		})},
		{table: "database", name: "the whole one as it was", cold: ByWitness, warm: BeforeUse, older: true, do: past(everything()...)},
		{table: "database", name: "the whole one as it was, with the witness of that day", cold: ByWitness, warm: BeforeUse, older: true, do: func(s *scene) {
			past(everything()...)(s)
			raw, err := os.ReadFile(s.witness)
			must(s.t, err)
			first, _, _ := bytes.Cut(raw, []byte("\n\ndepositaire.org"))
			must(s.t, os.WriteFile(s.witness, append(first, "\n\n"...), 0o600))
		}},
		{table: "host file", name: "that of another organisation", cold: BeforeUse, do: func(*scene) {}, probe: func(s *scene) error {
			var other []byte
			_, err := NewHost(func(b []byte) error { other = b; return nil })
			must(s.t, err)
			return s.reopened(other)
		}},
	}
}
