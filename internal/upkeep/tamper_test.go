// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/house/figures"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
)

var folder = flag.String("figures", "", "folder of the figures; empty: none is written")

// When a mutant is caught (secrecy.md §5).
const (
	beforeUse = "before use"
	atVerify  = "at verify"
	byWitness = "by the witness"
)

// What the mutants are made of: an entry in the middle, another one, a link that
// lets Lucie into a case, and the last place.
const (
	anEntry      = `(SELECT entry FROM leaf WHERE entry IS NOT NULL ORDER BY sequence LIMIT 1 OFFSET 20)`
	anotherEntry = `(SELECT entry FROM leaf WHERE entry IS NOT NULL ORDER BY sequence LIMIT 1 OFFSET 40)`
	aSlip        = `(SELECT MIN(key) FROM journal_slip WHERE entry = ` + anEntry + `)`
	anotherSlip  = `(SELECT MIN(key) FROM journal_slip WHERE entry = ` + anotherEntry + `)`
	lucie        = `(SELECT e.id FROM member m JOIN entity e ON e.number = m.number WHERE m.login = 'lucie')`
	aLink        = `(SELECT MIN(key) FROM link WHERE recipient = ` + lucie + ` AND target_kind = 1 AND key / 1048576 IN (SELECT number FROM "case"))`
	herCase      = `(SELECT MIN(key) / 1048576 FROM link WHERE recipient = ` + lucie + ` AND target_kind = 1 AND key / 1048576 IN (SELECT number FROM "case"))`
	herLast      = `(SELECT MAX(key) FROM link WHERE key / 1048576 = ` + herCase + `)`
	houseLink    = `(SELECT MAX(key) FROM link WHERE key / 1048576 = (SELECT number FROM organisation))`
	last         = `(SELECT MAX(sequence) FROM leaf)`
	flipped      = `CAST(CASE WHEN substr(%[1]s, 1, 1) = x'01' THEN x'02' ELSE x'01' END || substr(%[1]s, 2) AS BLOB)`
)

// flip changes the first byte of a column.
func flip(column string) string { return fmt.Sprintf(flipped, column) }

// tampering is one way of changing what is stored, by who has the files.
type tampering struct {
	name   string
	do     func(*testing.T, *house)
	caught string
	kind   Kind // that verify finds
}

func sqls(statements ...string) func(*testing.T, *house) {
	return func(t *testing.T, h *house) { h.alter(t, statements...) }
}

// swap exchanges a column of two rows.
func swap(table, key, column, a, b string) string {
	return fmt.Sprintf(`UPDATE %[1]s SET %[3]s = (SELECT o.%[3]s FROM %[1]s o WHERE o.%[2]s = CASE WHEN %[1]s.%[2]s = %[4]s THEN %[5]s ELSE %[4]s END)
		WHERE %[2]s IN (%[4]s, %[5]s)`, table, key, column, a, b)
}

func ofEntries() []tampering {
	const removed = `DELETE FROM journal_slip WHERE entry = ` + anEntry
	return []tampering{
		{"a body replaced", sqls(`UPDATE journal SET body = zeroblob(length(body)) WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"one bit of a body flipped", sqls(`UPDATE journal SET body = ` + flip("body") + ` WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"a body cut", sqls(`UPDATE journal SET body = substr(body, 1, length(body) - 1) WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"a body that is a text", sqls(`UPDATE journal SET body = 'nothing' WHERE number = ` + anEntry), atVerify, RowUnreadable},
		{"a body emptied", sqls(`UPDATE journal SET body = x'' WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"two bodies exchanged", sqls(swap("journal", "number", "body", anEntry, anotherEntry)), atVerify, LeafAltered},
		{"an entry a minute later", sqls(`UPDATE journal SET minute = minute + 1 WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"an entry under another id", sqls(`UPDATE journal SET id = randomblob(16) WHERE number = ` + anEntry), atVerify, LeafAltered},
		{"an entry deleted with its slips", sqls(`DELETE FROM journal WHERE number = `+anEntry, `DELETE FROM journal_slip WHERE entry NOT IN (SELECT number FROM journal)`), atVerify, RowGone},
		{"an entry deleted without its slips", sqls(`DELETE FROM journal WHERE number = ` + anEntry), atVerify, SlipStray},
		{"an entry deleted with slips and leaf", sqls(removed, `DELETE FROM journal WHERE number = `+anEntry, `DELETE FROM leaf WHERE entry = `+anEntry), atVerify, LeafMissing},
		{"an entry under another number", sqls(`UPDATE journal SET number = 999999 WHERE number = ` + anEntry), atVerify, RowGone},
		{"an entry inserted", sqls(`INSERT INTO journal (id, minute, body) SELECT randomblob(16), minute, body FROM journal WHERE number = ` + anEntry), atVerify, RowUnsequenced},
		{"the newest entry forgotten, its place too", sqls(
			`DELETE FROM journal WHERE number = (SELECT entry FROM leaf WHERE sequence = `+last+`)`,
			`DELETE FROM journal_slip WHERE entry NOT IN (SELECT number FROM journal)`,
			`DELETE FROM leaf WHERE sequence = `+last), atVerify, CheckpointBroken},
	}
}

func ofSlips() []tampering {
	return []tampering{
		{"a slip replaced", sqls(`UPDATE journal_slip SET sealed = zeroblob(length(sealed)) WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"one bit of a slip flipped", sqls(`UPDATE journal_slip SET sealed = ` + flip("sealed") + ` WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip deleted", sqls(`DELETE FROM journal_slip WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip added", sqls(`INSERT INTO journal_slip SELECT key + 500, entry, circle, epoch, person, service, sealed FROM journal_slip WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip of another person", sqls(`UPDATE journal_slip SET person = randomblob(16) WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip of another service", sqls(`UPDATE journal_slip SET service = randomblob(16) WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip of another epoch", sqls(`UPDATE journal_slip SET epoch = epoch + 1 WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"a slip in another circle", sqls(`UPDATE journal_slip SET circle = (SELECT MAX(key) FROM circle WHERE key <> journal_slip.circle) WHERE key = ` + aSlip), atVerify, LeafAltered},
		{"two slips exchanged", sqls(swap("journal_slip", "key", "sealed", aSlip, anotherSlip)), atVerify, LeafAltered},
		{"a slip shown under another entry", sqls(`UPDATE journal_slip SET entry = ` + anotherEntry + ` WHERE key = ` + aSlip), atVerify, SlipStray},
		{"a slip moved to another entry", sqls(`UPDATE journal_slip SET entry = ` + anotherEntry + `, key = ` + anotherEntry + ` * 1048576 + 900 WHERE key = ` + aSlip), atVerify, LeafAltered},
	}
}

func ofTheTree() []tampering {
	return []tampering{
		{"the hash of a leaf", sqls(`UPDATE leaf SET hash = ` + flip("hash") + ` WHERE sequence = 100`), atVerify, LeafAltered},
		{"a body and the hash of its leaf", func(t *testing.T, h *house) {
			h.alter(t, `UPDATE journal SET body = `+flip("body")+` WHERE number = `+anEntry)
			h.rehash(t, false)
		}, atVerify, NodeAltered},
		{"a body and every hash above it", func(t *testing.T, h *house) {
			h.alter(t, `UPDATE journal SET body = `+flip("body")+` WHERE number = `+anEntry)
			h.rehash(t, true)
		}, atVerify, CheckpointBroken},
		{"a body, every hash above it, no checkpoint kept", func(t *testing.T, h *house) {
			h.alter(t, `UPDATE journal SET body = `+flip("body")+` WHERE number = `+anEntry, `DELETE FROM checkpoint`)
			h.rehash(t, true)
		}, byWitness, WitnessBroken},
		{"the rows of two places exchanged", sqls(
			`DROP INDEX leaf_entry`, `UPDATE leaf SET entry = `+anotherEntry+` WHERE entry = `+anEntry), atVerify, LeafAltered},
		{"two places exchanged", sqls(`UPDATE leaf SET sequence = -1 WHERE sequence = 50`, `UPDATE leaf SET sequence = 50 WHERE sequence = 51`, `UPDATE leaf SET sequence = 51 WHERE sequence = -1`), atVerify, NodeAltered},
		{"two places exchanged, and every hash", func(t *testing.T, h *house) {
			h.alter(t, `UPDATE leaf SET sequence = -1 WHERE sequence = 50`, `UPDATE leaf SET sequence = 50 WHERE sequence = 51`, `UPDATE leaf SET sequence = 51 WHERE sequence = -1`)
			h.rehash(t, true)
		}, atVerify, CheckpointBroken},
		{"a place far away", sqls(`UPDATE leaf SET sequence = 5000 WHERE sequence = 100`), atVerify, LeafMissing},
		{"a leaf deleted", sqls(`DELETE FROM leaf WHERE sequence = 100`), atVerify, LeafMissing},
		{"the last leaf deleted", sqls(`DELETE FROM leaf WHERE sequence = ` + last), atVerify, RowUnsequenced},
		{"a leaf of no row", sqls(`INSERT INTO leaf (sequence, entry, hash) SELECT MAX(sequence) + 1, 999999, zeroblob(32) FROM leaf`), atVerify, RowGone},
		{"a leaf given to another row", sqls(`UPDATE leaf SET entry = NULL, link = 77 WHERE entry = ` + anEntry), atVerify, RowGone},
		{"a node altered", sqls(`UPDATE node SET hash = ` + flip("hash") + ` WHERE position = (SELECT MIN(position) FROM node WHERE position > 100)`), atVerify, NodeAltered},
		{"a node deleted", sqls(`DELETE FROM node WHERE position = (SELECT MIN(position) FROM node WHERE position > 100)`), atVerify, NodeMissing},
		{"a node beyond the tree", sqls(`INSERT INTO node (position, hash) VALUES (99999, zeroblob(32))`), atVerify, NodeForeign},
		{"a node where a leaf is", sqls(`INSERT INTO node (position, hash) VALUES (0, zeroblob(32))`), atVerify, NodeForeign},
		{"two nodes exchanged", sqls(swap("node", "position", "hash", "2", "5")), atVerify, NodeAltered},
	}
}

func ofCheckpoints() []tampering {
	const middle = `(SELECT number FROM checkpoint ORDER BY number LIMIT 1 OFFSET 1)`
	return []tampering{
		{"a checkpoint of another root", sqls(`UPDATE checkpoint SET root = ` + flip("root") + ` WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"a checkpoint of another size", sqls(`UPDATE checkpoint SET size = size - 1 WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"a checkpoint a year earlier", sqls(`UPDATE checkpoint SET minute = minute - 525600 WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"a note altered", sqls(`UPDATE checkpoint SET note = replace(note, 'minute 2', 'minute 1') WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"a note without its signature", sqls(`UPDATE checkpoint SET note = substr(note, 1, instr(note, '—') - 1) WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"the note of another checkpoint", sqls(`UPDATE checkpoint SET note = (SELECT note FROM checkpoint ORDER BY number LIMIT 1) WHERE number = ` + middle), atVerify, CheckpointForeign},
		{"a checkpoint of another host", forged, atVerify, CheckpointForeign},
		{"a checkpoint deleted", sqls(`DELETE FROM checkpoint WHERE number = ` + middle), byWitness, CheckpointGone},
		{"every checkpoint deleted", sqls(`DELETE FROM checkpoint`), byWitness, CheckpointGone},
		{"the last half hour removed, with all that was signed of it", sqls(
			`DELETE FROM checkpoint WHERE size > 256`, `DELETE FROM node WHERE position >= 2 * 256 - 1`,
			`DELETE FROM journal_slip WHERE entry IN (SELECT entry FROM leaf WHERE sequence >= 256)`,
			`DELETE FROM journal WHERE number IN (SELECT entry FROM leaf WHERE sequence >= 256)`,
			`DELETE FROM link WHERE key IN (SELECT link FROM leaf WHERE sequence >= 256)`,
			`DELETE FROM leaf WHERE sequence >= 256`), byWitness, WitnessAhead},
		{"a whole older database", older, byWitness, WitnessAhead},
	}
}

// forged signs a checkpoint of the right tree with a key of its own.
func forged(t *testing.T, h *house) {
	id, err := record.ParseID[record.Organisation](h.origin(t))
	must(t, err)
	key, err := journal.NewKey(id, [32]byte{66})
	must(t, err)
	own := NewWitnessFile(h.path("forged"), key.Public())
	h.open(t)
	reg := journal.NewRegister(h.db, write(h.db, func(tx *store.Tx) journal.RegisterTx { return tx }), key, own, func() time.Time { return h.now })
	if _, err := reg.Checkpoint(t.Context()); err == nil {
		t.Fatal("signs after another host's checkpoint")
	}
	must(t, h.db.Close())
	h.alter(t, `DELETE FROM checkpoint WHERE number = (SELECT MAX(number) FROM checkpoint)`,
		`INSERT INTO checkpoint (size, root, minute, note) SELECT size + 1, root, minute + 1, note FROM checkpoint ORDER BY number DESC LIMIT 1`)
}

// origin is the organisation that the witness file names.
func (h *house) origin(t *testing.T) string {
	raw, err := os.ReadFile(h.path("witness"))
	must(t, err)
	line, _, _ := strings.Cut(string(raw), "\n")
	return filepath.Base(line)
}

// older puts the database back as it was before the last opening, after the
// witness has seen more.
func older(t *testing.T, h *house) {
	before := h.files(t)
	h.open(t)
	must(t, h.reads(t, "Lucie Moreau"))
	h.now = h.now.Add(10 * time.Minute)
	h.sign(t)
	must(t, h.db.Close())
	delete(before, "witness")
	delete(before, "depositaire.db-lock")
	for _, name := range []string{"depositaire.db", "depositaire.db-wal", "depositaire.db-shm"} {
		_ = os.Remove(h.path(name))
	}
	for name, b := range before {
		must(t, os.WriteFile(h.path(name), b, 0o600))
	}
}

func ofTheWitness() []tampering {
	edit := func(change func([][]byte) [][]byte) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			raw, err := os.ReadFile(h.path("witness"))
			must(t, err)
			parts := bytes.SplitAfter(raw, []byte("\n\n")) // text, signature, text, signature, …
			var notes [][]byte
			for i := 0; i+1 < len(parts); i += 2 {
				notes = append(notes, slices.Concat(parts[i], parts[i+1]))
			}
			must(t, os.WriteFile(h.path("witness"), bytes.Join(change(notes), nil), 0o600))
		}
	}
	return []tampering{
		{"a note of the witness altered", edit(func(n [][]byte) [][]byte {
			n[1] = bytes.Replace(n[1], []byte("minute 2"), []byte("minute 3"), 1)
			return n
		}), atVerify, WitnessForeign},
		{"a note of the witness without its place", edit(func(n [][]byte) [][]byte { return slices.Delete(n, 1, 2) }), atVerify, WitnessLacks},
		{"the witness cut", edit(func(n [][]byte) [][]byte { return n[:1] }), atVerify, WitnessLacks},
		{"the witness emptied", edit(func([][]byte) [][]byte { return nil }), atVerify, WitnessLacks},
		{"another signature in the witness", edit(func(n [][]byte) [][]byte {
			n[0] = slices.Concat(bytes.SplitAfter(n[0], []byte("\n\n"))[0], bytes.SplitAfter(n[1], []byte("\n\n"))[1])
			return n
		}), atVerify, WitnessForeign},
		{"words in the witness", edit(func(n [][]byte) [][]byte { return append(n, []byte("nothing happened\n\n— nobody\n\n")) }), atVerify, WitnessForeign},
	}
}

func ofPurges() []tampering {
	purged := func(do func(*testing.T, *house)) func(*testing.T, *house) {
		return func(t *testing.T, h *house) { h.aYearLater(t); do(t, h) }
	}
	return []tampering{
		{"a purge that nobody signed", sqls(
			`INSERT INTO purge (below, since, minute, entry, note) SELECT size, minute, minute + 525600, randomblob(16), note FROM checkpoint ORDER BY number LIMIT 1`), atVerify, PurgeForeign},
		{"a purge of more than was signed", purged(sqls(`DELETE FROM journal WHERE number IN (SELECT entry FROM leaf WHERE sequence >= (SELECT MAX(below) FROM purge))`)), atVerify, RowGone},
		{"a purge moved further", purged(sqls(`UPDATE purge SET below = below + 1`)), atVerify, PurgeForeign},
		{"a purge told by another entry", purged(sqls(`UPDATE purge SET entry = randomblob(16)`)), atVerify, PurgeForeign},
		{"a purge without its mark", purged(sqls(`DELETE FROM purge`)), atVerify, RowGone},
		{"a purge without the entry that tells it", purged(sqls(`DELETE FROM journal WHERE id IN (SELECT entry FROM purge)`)), atVerify, PurgeUntold},
		{"a link deleted under a purge", purged(sqls(`DELETE FROM link WHERE key = ` + herLast)), atVerify, RowGone},
		{"the hash of a purged entry", purged(sqls(`UPDATE leaf SET hash = ` + flip("hash") + ` WHERE sequence = (SELECT MIN(sequence) FROM leaf WHERE entry IS NOT NULL)`)), atVerify, CheckpointBroken},
	}
}

func ofLinks() []tampering {
	link := func(column string) func(*testing.T, *house) {
		return sqls(`UPDATE link SET ` + column + ` = ` + flip(column) + ` WHERE key = ` + aLink)
	}
	return []tampering{
		{"the end of a grant", sqls(`UPDATE link SET until = 99999999 WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"the minute of a grant", sqls(`UPDATE link SET at = at - 1 WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"the right that is given", sqls(`UPDATE link SET entitles = 2 WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"the class of a link", sqls(`UPDATE link SET class = 2 WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"a grant to somebody else", sqls(`UPDATE link SET recipient = randomblob(16) WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"a grant of something else", sqls(`UPDATE link SET target = randomblob(16) WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"a grant by somebody else", sqls(`UPDATE link SET author = randomblob(16) WHERE key = ` + aLink), beforeUse, LeafAltered},
		{"the commitment of a link", link("commitment"), beforeUse, LeafAltered},
		{"the hash of the sealed part", link("sealed_hash"), beforeUse, LeafAltered},
		{"the hash of the link before", link("prev"), beforeUse, LeafAltered},
		{"the sealed part of a link", link("sealed"), beforeUse, ChainBroken},
		{"a signature", link("signature"), beforeUse, LeafAltered},
		{"two links exchanged", sqls(`UPDATE link SET key = -1 WHERE key = `+herLast, `UPDATE link SET key = key + 1 WHERE key = `+herLast,
			`UPDATE link SET key = `+herLast+` - 1 WHERE key = -1`), beforeUse, ChainBroken},
		{"the newest link of a chain removed", sqls(`DELETE FROM link WHERE key = ` + herLast), beforeUse, RowGone},
		{"a whole chain removed", sqls(`DELETE FROM link WHERE key / 1048576 = ` + herCase), beforeUse, RowGone},
		{"a link twice", sqls(`INSERT INTO link SELECT key + 1, class, entitles, recipient_kind, recipient, target_kind, target, epoch, since, until, at, author,
			commitment, sealed_hash, prev, signature, sealed FROM link WHERE key = ` + herLast), beforeUse, RowUnsequenced},
		{"a link of the organisation's chain", sqls(`UPDATE link SET until = 99999999 WHERE key = ` + houseLink), beforeUse, OrganisationsBroken},
		{"a member's key", sqls(`UPDATE member SET sign = ` + flip("sign") + ` WHERE login = 'lucie'`), beforeUse, ChainBroken},
		{"the print of a circle's key", sqls(`UPDATE epoch SET print = ` + flip("print") + ` WHERE key / 1048576 = ` + herCase), beforeUse, ChainBroken},
		{"a circle of another kind", sqls(`UPDATE circle SET kind = 2 WHERE key / 1048576 = ` + herCase + ` AND kind = 4`), atVerify, ChainBroken},
	}
}

// aYearLater lets thirteen months pass, purges, and signs again.
func (h *house) aYearLater(t *testing.T) {
	t.Helper()
	h.now = h.now.AddDate(0, 13, 0)
	h.open(t)
	must(t, h.watch.Purge(t.Context()))
	h.sign(t)
	if r := h.verify(t); !r.Sound() {
		t.Fatalf("%v after an honest purge", r.Kinds())
	}
	h.now = h.now.Add(time.Hour)
	must(t, h.db.Close())
}

// rehash makes the stored hashes those of the rows, as a careful forger would.
func (h *house) rehash(t *testing.T, above bool) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), h.path("depositaire.db"))
	must(t, err)
	leaves, err := db.Leaves(t.Context(), 0, 1<<20)
	must(t, err)
	must(t, db.Close())
	var rebuilt journal.Rebuild
	var statements []string
	for _, l := range leaves {
		hash := journal.LeafHash(journal.LeafOf(l.Row))
		statements = append(statements, fmt.Sprintf("UPDATE leaf SET hash = x'%x' WHERE sequence = %d", hash, l.Sequence))
		for _, n := range rebuilt.Add(hash) {
			if above {
				statements = append(statements, fmt.Sprintf("UPDATE node SET hash = x'%x' WHERE position = %d", n.Hash, n.Position))
			}
		}
	}
	h.alter(t, statements...)
}

// Seen to kill: each comparison of verify.go left out, one by one; walkChain without
// its hashes; the organisation's chain without its signatures.
func TestEveryTamperingOfTheJournalIsCaught(t *testing.T) {
	all := slices.Concat(ofEntries(), ofSlips(), ofTheTree(), ofCheckpoints(), ofTheWitness(), ofPurges(), ofLinks())
	caught := map[string]int{}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			h := newHouse(t)
			m.do(t, h)
			h.open(t)
			r := h.verify(t)
			before := h.reads(t, "Lucie Moreau") != nil
			if (m.caught == beforeUse) && !before {
				t.Error("used all the same")
			}
			if !slices.Contains(r.Kinds(), m.kind) {
				t.Errorf("verify finds %v, not %s", r.Kinds(), m.kind)
			}
			if m.caught == byWitness {
				must(t, os.Remove(h.path("witness")))
				if r := h.verify(t); !onlyLacks(r) {
					t.Errorf("the witness is not who caught it: %v", r.Kinds())
				}
			}
			if !t.Failed() {
				caught[m.caught]++
			}
		})
	}
	n := caught[beforeUse] + caught[atVerify] + caught[byWitness]
	t.Logf("%d of %d: %v", n, len(all), caught)
	if len(all) < 40 {
		t.Errorf("only %d mutants", len(all))
	}
	must(t, figures.Keep(*folder, "faults", "make proof", time.Now(),
		figures.AtLeast("journal tampering caught", float64(n), "of "+strconv.Itoa(len(all)), float64(len(all)))))
}

// onlyLacks reports whether nothing was found but that the witness is gone.
func onlyLacks(r Report) bool {
	return !slices.ContainsFunc(r.Kinds(), func(k Kind) bool { return k != WitnessLacks })
}
