// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package journal_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
)

// memory is a witness that forgets with the test.
type memory struct {
	public string
	mu     sync.Mutex
	notes  []string
	last   int64
	err    error
}

func (m *memory) Last() (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last, m.err
}

func (m *memory) Add(notes ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range notes {
		c, err := journal.ReadCheckpoint(m.public, n)
		if err != nil {
			return err
		}
		m.notes, m.last = append(m.notes, n), c.Size
	}
	return m.err
}

// archive is a store with one organisation, its journal circle, and a register.
type archive struct {
	ctx     context.Context //nolint:containedctx // the test's
	db      *store.DB
	path    string // of SQLite
	house   record.OrganisationID
	circle  record.CircleID
	links   uint32
	key     journal.Key
	witness *memory
	now     time.Time
	reg     *journal.Register
}

// onBoth runs a test on SQLite, and on PostgreSQL where there is one; make test
// wants one.
func onBoth(t *testing.T, test func(t *testing.T, a *archive)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newArchive(t)) })
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn == "" && os.Getenv("DEPOSITAIRE_TEST_REQUIRE_ALL") != "1" {
		return
	}
	t.Run("PostgreSQL", func(t *testing.T) {
		id := record.NewID[record.Entry]()
		db, err := postgres.Open(t.Context(), dsn, "test_"+hex.EncodeToString(id[:8]))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		test(t, archiveOn(t, db))
	})
}

func newArchive(t testing.TB) *archive {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a := archiveOn(t, db)
	a.path = path
	return a
}

func archiveOn(t testing.TB, db *store.DB) *archive {
	t.Helper()
	a := &archive{
		ctx: t.Context(), db: db, house: record.NewID[record.Organisation](), circle: record.NewID[record.Circle](),
		now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
	a.must(t, db.Write(a.ctx, func(tx *store.Tx) error {
		c := record.Circle{ID: a.circle, Kind: record.HouseJournal, Owner: a.owner(), Epoch: 1}
		return errors.Join(tx.PutOrganisation(a.ctx, record.Organisation{ID: a.house, Name: "Valombre"}), tx.PutCircle(a.ctx, c))
	}))
	var err error
	a.key, err = journal.NewKey(a.house, [32]byte{1})
	a.must(t, err)
	a.witness = &memory{public: a.key.Public()}
	a.restart()
	return a
}

func (a *archive) restart() { a.reg = a.another() }

// another is a second process over the same database.
func (a *archive) another() *journal.Register {
	return journal.NewRegister(a.db, func(ctx context.Context, fn func(journal.RegisterTx) error) error {
		return a.db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, a.key, a.witness, func() time.Time { return a.now })
}

func (a *archive) owner() record.Owner { return record.OwnerOf(record.OwnerOrganisation, a.house) }

type failer interface {
	Helper()
	Fatal(args ...any)
}

func (a *archive) must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (a *archive) entry(t failer) record.Entry {
	t.Helper()
	e := record.Entry{ID: record.NewID[record.Entry](), Minute: record.Minute(a.now.Unix() / 60), Body: []byte("sealed")}
	for n := range 1 + int(e.ID[0])%3 {
		e.Slips = append(e.Slips, record.EntrySlip{Circle: a.circle, Epoch: 1, Person: record.NewID[record.Person](), Sealed: []byte{byte(n)}})
	}
	a.must(t, a.db.Write(a.ctx, func(tx *store.Tx) error { _, err := journal.Append(a.ctx, tx, e); return err }))
	return e
}

func (a *archive) link(t failer) record.Link {
	t.Helper()
	l := record.Link{Owner: a.owner(), N: a.links, Class: record.LinkOther, At: 7, Signature: []byte{9}, Sealed: []byte{byte(a.links)}}
	a.must(t, a.db.Write(a.ctx, func(tx *store.Tx) error { return tx.PutLink(a.ctx, l) }))
	a.links++
	return l
}

// naive is RFC 6962 as it is written, over every leaf.
func naive(leaves [][]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	left, right := naive(leaves[:k]), naive(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

func (a *archive) leaves(t failer) [][]byte {
	t.Helper()
	all, err := a.db.Leaves(a.ctx, 0, 1<<20)
	a.must(t, err)
	raw := make([][]byte, len(all))
	for i, l := range all {
		raw[i] = journal.LeafOf(l.Row)
		if l.Sequence != int64(i) || l.Hash != journal.LeafHash(raw[i]) {
			t.Fatal("leaf", i, "is not its row's")
		}
	}
	return raw
}

// Seen to kill: grow forgetting the hashes of its own batch; Rebuild merging at
// every leaf.
func TestWhateverTheOrderTheRootIsTheNaiveTrees(t *testing.T) { onBoth(t, rootIsTheNaiveTrees) }

func rootIsTheNaiveTrees(t *testing.T, a *archive) {
	var rows []string
	var rebuilt journal.Rebuild
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"entry", "entry", "link", "many", "sequence", "restart", "checkpoint"}).Draw(rt, "step") {
			case "entry":
				rows = append(rows, string(journal.EntryLeaf(a.entry(rt))))
			case "link":
				rows = append(rows, string(journal.LinkLeaf(a.link(rt))))
			case "many":
				for range rapid.IntRange(2, 9).Draw(rt, "how many") {
					rows = append(rows, string(journal.EntryLeaf(a.entry(rt))))
				}
			case "sequence":
				_, err := a.reg.Sequence(a.ctx)
				a.must(rt, err)
			case "restart":
				a.now = a.now.Add(time.Minute)
				a.restart()
			case "checkpoint":
				_, err := a.reg.Checkpoint(a.ctx)
				a.must(rt, err)
			}
		}
		c, err := a.reg.Checkpoint(a.ctx)
		a.must(rt, err)
		leaves := a.leaves(rt)
		if len(leaves) == 0 {
			return
		}
		for _, l := range leaves[rebuilt.Size():] {
			rebuilt.Add(journal.LeafHash(l))
		}
		if c.Size != int64(len(rows)) || len(leaves) != len(rows) || c.Root != naive(leaves) || rebuilt.Root() != c.Root {
			rt.Fatalf("%d rows, %d leaves, signed %d", len(rows), len(leaves), c.Size)
		}
	})
	slices.Sort(rows)
	var kept []string
	for _, l := range a.leaves(t) {
		kept = append(kept, string(l))
	}
	slices.Sort(kept)
	if !slices.Equal(rows, kept) || len(rows) < 50 {
		t.Errorf("%d rows, %d leaves: not the same", len(rows), len(kept))
	}
}

// Seen to kill: include returning a checkpoint that does not cover the row; Verify
// without CheckRecord.
func TestAnEntryIsProvedAtOnceAndOffline(t *testing.T) {
	a := newArchive(t)
	for range 20 {
		a.entry(t)
	}
	e, l := a.entry(t), a.link(t)
	for range 9 {
		a.entry(t)
	}
	of := map[string]func() (journal.Inclusion, error){
		"an entry": func() (journal.Inclusion, error) { return a.reg.Inclusion(a.ctx, e.ID) },
		"a link":   func() (journal.Inclusion, error) { return a.reg.LinkInclusion(a.ctx, l.Owner, l.N) },
	}
	for name, prove := range of {
		in, err := prove()
		if err != nil {
			t.Fatal(name, err)
		}
		c, err := in.Verify(a.key.Public())
		if err != nil || c.Size != 31 {
			t.Errorf("%s: size %d, %v", name, c.Size, err)
		}
		for what, forge := range map[string]func(*journal.Inclusion){
			"another leaf":      func(in *journal.Inclusion) { in.Leaf = append(slices.Clone(in.Leaf), 0) },
			"another place":     func(in *journal.Inclusion) { in.Sequence++ },
			"a shorter path":    func(in *journal.Inclusion) { in.Path = in.Path[1:] },
			"another note":      func(in *journal.Inclusion) { in.Checkpoint = strings.Replace(in.Checkpoint, "31", "32", 1) },
			"no signature":      func(in *journal.Inclusion) { in.Checkpoint, _, _ = strings.Cut(in.Checkpoint, "\n\n") },
			"a negative place":  func(in *journal.Inclusion) { in.Sequence = -1 },
			"an altered path":   func(in *journal.Inclusion) { in.Path = slices.Clone(in.Path); in.Path[2][0]++ },
			"a place too large": func(in *journal.Inclusion) { in.Sequence = 31 },
		} {
			forged := in
			forge(&forged)
			if _, err := forged.Verify(a.key.Public()); err == nil {
				t.Errorf("%s with %s is taken", name, what)
			}
		}
	}
	next := a.entry(t) // in the tree, and signed by nobody yet
	_, err := a.reg.Sequence(a.ctx)
	a.must(t, err)
	if in, err := a.reg.Inclusion(a.ctx, next.ID); err != nil || in.Sequence != 31 {
		t.Errorf("the next entry: %d, %v", in.Sequence, err)
	}
	if _, err := a.reg.Inclusion(a.ctx, record.NewID[record.Entry]()); fault.KindOf(err) != fault.Withheld {
		t.Errorf("an entry that is not there: %v", err)
	}
}

// Seen to kill: Consistent for a size beyond the tree; a checkpoint signed for a
// tree that has not grown.
func TestWhatABrowserRemembersIsComparedWithTheTree(t *testing.T) {
	a := newArchive(t)
	if c, err := a.reg.Checkpoint(a.ctx); err != nil || c.Size != 0 || c.Note != "" || len(a.witness.notes) != 0 {
		t.Errorf("an empty tree is signed: %v %v", c, err)
	}
	var seen []record.Checkpoint
	for range 5 {
		a.entry(t)
		c, err := a.reg.Checkpoint(a.ctx)
		a.must(t, err)
		a.now = a.now.Add(time.Minute)
		again, err := a.reg.Checkpoint(a.ctx)
		if err != nil || again != c {
			t.Errorf("signed twice: %v", err)
		}
		seen = append(seen, c)
	}
	if len(a.witness.notes) != len(seen) {
		t.Errorf("the witness knows %d of %d", len(a.witness.notes), len(seen))
	}
	for _, c := range seen {
		if ok, err := a.reg.Consistent(a.ctx, c.Size, c.Root); !ok || err != nil {
			t.Errorf("size %d: %v", c.Size, err)
		}
		for name, size := range map[string]int64{"a smaller tree": c.Size - 1, "a negative one": -1, "one to come": 99} {
			if ok, err := a.reg.Consistent(a.ctx, size, c.Root); ok || err != nil {
				t.Errorf("%s of size %d has the root of %d: %v", name, size, c.Size, err)
			}
		}
	}
	head, err := a.reg.Head(a.ctx)
	if err != nil || head != seen[4] {
		t.Errorf("the head is %d, %v", head.Size, err)
	}
}

// Seen to kill: a sequencer that ignores the lease; a lease that never ends.
func TestOneProcessSequencesAtATime(t *testing.T) {
	a := newArchive(t)
	other := a.another()
	for step, want := range []struct {
		by   *journal.Register
		wait time.Duration
		took int
	}{{a.reg, 0, 1}, {other, time.Second, 0}, {a.reg, time.Second, 2}, {other, 4 * time.Second, 0}, {other, time.Second, 2}, {a.reg, 0, 0}} {
		a.entry(t)
		a.now = a.now.Add(want.wait)
		if n, err := want.by.Sequence(a.ctx); err != nil || n != want.took {
			t.Errorf("step %d: %d rows, want %d, %v", step, n, want.took, err)
		}
	}
	if c, err := a.reg.Checkpoint(a.ctx); err != nil || c.Size != 6 {
		t.Errorf("who asks for a receipt waits for the lease: size %d, %v", c.Size, err)
	}
}

func TestProcessesThatSequenceTogetherGiveEachPlaceOnce(t *testing.T) { onBoth(t, eachPlaceOnce) }

func eachPlaceOnce(t *testing.T, a *archive) {
	var all sync.WaitGroup
	for n := range 4 {
		reg := a.another()
		all.Go(func() {
			for range 20 {
				a.entry(stopper{t, n})
				if _, err := reg.Checkpoint(a.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := len(a.leaves(t)); got != 80 {
		t.Errorf("%d leaves of 80 rows", got)
	}
}

// stopper fails a test from another goroutine.
type stopper struct {
	testing.TB
	n int
}

func (s stopper) Fatal(args ...any) { s.Error(append([]any{fmt.Sprint("process ", s.n)}, args...)...) }

// Seen to kill: batch without unchanged; last without unchanged.
func TestATreeRewrittenWhileTheProcessRunsIsNotGoneOnWith(t *testing.T) {
	for name, statement := range map[string]string{
		"a leaf":         `UPDATE leaf SET hash = zeroblob(32) WHERE sequence = 12`,
		"a node":         `UPDATE node SET hash = zeroblob(32) WHERE position = 14`,
		"the last place": `DELETE FROM leaf WHERE sequence = 12`,
	} {
		for what, then := range map[string]func(*archive) error{
			"sequencing": func(a *archive) error { _, err := a.reg.Sequence(a.ctx); return err },
			"signing":    func(a *archive) error { a.restart(); _, err := a.reg.Checkpoint(a.ctx); return err },
		} {
			a := newArchive(t)
			for range 13 {
				a.entry(t)
			}
			_, err := a.reg.Checkpoint(a.ctx)
			a.must(t, err)
			a.raw(t, `DROP TRIGGER leaf_no_UPDATE`, `DROP TRIGGER leaf_no_DELETE`, `DROP TRIGGER node_no_UPDATE`, statement)
			a.entry(t)
			if err := then(a); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%s rewritten, %s goes on: %v", name, what, err)
			}
		}
	}
}

// raw runs statements past the program.
func (a *archive) raw(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", a.path)
	a.must(t, err)
	defer func() { a.must(t, db.Close()) }()
	for _, s := range statements {
		_, err := db.ExecContext(a.ctx, s)
		a.must(t, err)
	}
}

// Seen to kill: a Sequence that forgives every Conflict.
func TestARowWhosePlaceIsTakenIsNoSilence(t *testing.T) {
	a := newArchive(t)
	a.entry(t)
	_, err := a.reg.Checkpoint(a.ctx)
	a.must(t, err)
	a.raw(t, `INSERT INTO waiting (entry) SELECT entry FROM leaf`)
	a.entry(t)
	if _, err := a.reg.Sequence(a.ctx); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a row that is given a second place: %v", err)
	}
}
