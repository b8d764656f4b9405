// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"fmt"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

func (h *house) auditor() *Auditor {
	return &Auditor{Read: h.db, Strong: h.strong, Now: func() time.Time { return h.now }}
}

func (h *house) audit(t *testing.T) map[string]int64 {
	t.Helper()
	found, err := h.auditor().Audit(t.Context())
	must(t, err)
	if len(found) == 0 || found[0].Code != Audited || found[0].Many < 10 {
		t.Fatalf("audited: %v", found)
	}
	codes := map[string]int64{}
	for _, f := range found[1:] {
		codes[f.Code] = f.Many
	}
	return codes
}

// Each line is seen to kill what would have looked away: the comparison of wraps
// with grants, of grants with wraps, the count of readers, of keepers, of slots, of
// proofs, each of store.Loose.
func TestAnAuditTellsEachInvariantThatIsBroken(t *testing.T) {
	caseCircle := fmt.Sprintf(`(SELECT key FROM circle WHERE kind = %d ORDER BY key LIMIT 1)`, record.CaseCircle)
	for name, c := range map[string]struct {
		do   string
		want string
	}{
		"nothing is broken": {"", ""},
		"a key that nobody granted": {
			`INSERT INTO wrap SELECT key + 500, circle, object, recipient_kind, x'00112233445566778899aabbccddeeff', epoch, form, sealed
				FROM wrap WHERE circle IS NOT NULL LIMIT 1`, strongroom.WrapWithoutGrant,
		},
		"a note's key that nobody granted": {
			`INSERT INTO wrap SELECT key + 500, circle, object, recipient_kind, x'00112233445566778899aabbccddeeff', epoch, form, sealed
				FROM wrap WHERE object IS NOT NULL LIMIT 1`, "object_wrap_without_grant",
		},
		"a grant whose key is gone":        {`DELETE FROM wrap WHERE circle = ` + caseCircle + ` AND recipient_kind = 3`, strongroom.GrantWithoutWrap},
		"a note's grant whose key is gone": {`DELETE FROM wrap WHERE object IS NOT NULL`, strongroom.GrantWithoutWrap},
		"readers who can unlock no more":   {`DELETE FROM slot`, strongroom.FewReaders},
		"one way in":                       {`DELETE FROM slot WHERE kind = 1`, strongroom.OneSlot},
		"an envelope nobody looks at":      {`UPDATE seat SET proved = 1 WHERE number = 1`, strongroom.SeatUnproved},
		"a recovery without its envelopes": {`UPDATE seat SET proved = 0 WHERE number = 2`, strongroom.LockUnhealthy},
		"a journal whose lock is no more":  {`UPDATE seat SET proved = 0 WHERE number < 3`, strongroom.JournalKeepers},
		"a note without a text":            {`DELETE FROM version WHERE object = (SELECT MAX(object) FROM version)`, "object_wordless"},
		"a note no key opens":              {`DELETE FROM slip WHERE object = (SELECT MIN(object) FROM slip)`, "object_closed"},
		"a key nobody holds":               {`DELETE FROM wrap WHERE circle = ` + caseCircle, "circle_closed"},
		"a newer key that forgets the old": {`INSERT INTO epoch SELECT key + 700, circle, 2, public, print, x'' FROM epoch LIMIT 1`, "epoch_cut"},
		"a slip under a key that is not":   {`UPDATE slip SET epoch = 9 WHERE key = (SELECT MIN(key) FROM slip)`, "epoch_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			if c.do != "" {
				h.alter(t, c.do)
			}
			h.open(t)
			got := h.audit(t)
			if c.want == "" && len(got) > 0 || c.want != "" && got[c.want] == 0 {
				t.Errorf("got %v, want %q", got, c.want)
			}
		})
	}
}

func TestAlarmsSayWhatToDo(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	a := h.auditor()
	today := DayOf(h.now)
	alarms := func(s State) map[string]Mark {
		t.Helper()
		lines, err := a.Alarms(t.Context(), s)
		must(t, err)
		all := map[string]Mark{}
		for _, l := range lines {
			all[l.Key] = l.Mark
		}
		return all
	}
	change := func(fn func(*store.Tx) error) { t.Helper(); must(t, h.db.Write(t.Context(), fn)) }
	want := func(name string, s State, want map[string]Mark) {
		t.Helper()
		if diff := cmp.Diff(want, alarms(s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	want("nothing was ever done", State{}, map[string]Mark{"upkeep.no_backup": Repair, "upkeep.not_audited": Minor})
	want("a demonstration", State{Demo: true}, map[string]Mark{"upkeep.no_backup": Minor, "upkeep.not_audited": Minor})
	change(func(tx *store.Tx) error { return tx.PutBackup(t.Context(), today-3) })
	found, err := a.Audit(t.Context())
	must(t, err)
	change(func(tx *store.Tx) error { return tx.SetFindings(t.Context(), found) })
	want("a backup of three days ago", State{}, map[string]Mark{"upkeep.last_backup": Repair, "upkeep.audited": Well})
	change(func(tx *store.Tx) error { return tx.PutBackup(t.Context(), today-1) })
	want("all is well", State{Free: littleRoom, Verified: &Report{}}, map[string]Mark{"upkeep.last_backup": Well, "upkeep.audited": Well})
	want("a full disk, a tampered row", State{Free: littleRoom - 1, Verified: &Report{Found: 2}}, map[string]Mark{
		"upkeep.last_backup": Well, "upkeep.audited": Well, "upkeep.disk": Repair, "upkeep.tampered": Repair,
	})
	change(func(tx *store.Tx) error {
		return tx.PutIncident(t.Context(), record.Incident{Kind: record.IncidentOlder})
	})
	want("an older state", State{}, map[string]Mark{"upkeep.last_backup": Well, "upkeep.audited": Well, "upkeep.read_only": Repair})
	change(func(tx *store.Tx) error { return tx.RecordIncident(t.Context(), 5, "said") })
	h.now = h.now.Add(4 * 24 * time.Hour)
	want("four days later", State{}, map[string]Mark{"upkeep.last_backup": Repair, "upkeep.audited": Well, "upkeep.not_audited": Minor})
}

func TestWhatIsErasedIsGoneWithTheLastBackupThatKnewIt(t *testing.T) {
	for name, c := range map[string]struct {
		erased  record.Day
		backups []record.Day
		want    record.Day
	}{
		"never backed up":            {100, nil, 100},
		"backed up the same day":     {100, []record.Day{100}, 135},
		"backed up before and after": {100, []record.Day{90, 98, 101, 130}, 133},
		"backed up only after":       {100, []record.Day{101}, 100},
		"backed up long before":      {100, []record.Day{10}, 100},
	} {
		t.Run(name, func(t *testing.T) {
			if got := GoneOn(c.erased, c.backups); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// Seen to kill: Older that never tells.
func TestAnOlderDatabaseIsTold(t *testing.T) {
	h := newHouse(t)
	older := func() bool {
		t.Helper()
		got, err := h.watch.Older(t.Context())
		must(t, err)
		return got
	}
	h.open(t)
	if older() {
		t.Fatal("told before anything happened")
	}
	must(t, h.reads(t, "Lucie Moreau"))
	h.sign(t)
	if older() {
		t.Fatal("told of what it signed itself")
	}
	must(t, h.db.Close())
	remembers := h.files(t)["witness"]
	for _, gone := range []string{"depositaire.db", "depositaire.db-wal", "depositaire.db-shm"} {
		must(t, os.RemoveAll(h.path(gone)))
	}
	before := maps.Clone(sample.files)
	before["witness"] = remembers
	h.put(t, before)
	h.open(t)
	if !older() {
		t.Error("an older database is not told")
	}
}

// The canary dossier is in no list, count, search or statistic: it adds nothing to
// any table that they read.
func TestTheCanaryIsInOneRowOfNoOtherTable(t *testing.T) {
	w := newWorld(t, openFile(t))
	before := dump(t, w.db)
	its := &world{db: openFile(t), host: w.host.Canary(nil)}
	its.Rooms = rooms(its.db, its.host)
	content := pack(t, its)
	must(t, w.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutCanary(t.Context(), content) }))
	after := dump(t, w.db)
	if len(after["canary"]) != 1 || len(before["canary"]) != 0 {
		t.Fatalf("%d rows", len(after["canary"]))
	}
	delete(before, "canary")
	delete(after, "canary")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
