// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package strongroom

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"github.com/google/go-cmp/cmp"
)

// The malicious host, on every table (secrecy.md §10). He writes any row by SQL,
// holds copies of older states, and the keys of Sud, a certified member of another
// service. What he did is then used by everybody, in a process that had verified
// the house before him (warm) and in one that starts after him (cold). In none may
// somebody read what she may not, other words than were written, or a sentence of
// readers that is not true; and each attack says when it is noticed.

// When an attack is noticed (secrecy.md §5).
const (
	BeforeUse  = "before use"
	AtVerify   = "at the next verify"
	ByWitness  = "by a witness"
	AtNight    = "by the nightly audit"
	Harmless   = "harmless"             // nobody sees a difference: what was written is not believed
	Undetected = "undetected, declared" // in doc/threat-model.md
)

// Keeper is what keeps a house sound, which lives in a room above this one.
type Keeper struct {
	Sign   func(context.Context, *store.DB, *Host, string, func() time.Time) (record.Checkpoint, error)
	Agrees func(context.Context, *store.DB, *Host, record.Checkpoint) (bool, error) // with what a browser remembers
	Verify func(context.Context, *store.DB, *Room, *Host, string, func() time.Time) (kinds []string, err error)
	Night  func(context.Context, *store.DB, *Room, func() time.Time) (counts map[string]int64, err error)
}

// hostile is one attack. cold and warm say when it is noticed; warm empty: as cold.
// says is the sentence that declares it, of what is undetected.
type hostile struct {
	table  string
	name   string
	do     func(*scene)
	cold   string
	warm   string
	says   string
	older  bool                                    // what is shown may be of the older state, to who read it then
	but    func(m record.MemberID, of string) bool // sentences that may be false, which says declares
	honest func(*scene)                            // what members did before him
	probe  func(*scene) error                      // what else is tried afterwards: an error is a refusal
}

// scene is a house with two dossiers and a past, and what the host kept of it.
type scene struct {
	*cast
	hostFile []byte
	witness  string            // its path
	browser  record.Checkpoint // what those of members remember
	past     string            // a whole older database
	d, o     dossier
	ended    []record.Wrap // Renée's, from when she read the first dossier
	drafts   [2]record.DraftID
	session  record.Session // of Julie's, closed since
	cookie   Cookie
	half     Half
	paper    record.Slot // of Julie's, replaced since
	device   record.Ref
	label    []byte
}

var scenery struct {
	once   sync.Once
	made   scene
	files  map[string][]byte
	world  world
	people people
	clock  time.Time
}

const aPast, aWitness = "past.db", "witness"

func setScene(t *testing.T, k Keeper) {
	c := newCast(t)
	s := &scene{cast: c, hostFile: staging.made.host, witness: filepath.Join(t.TempDir(), aWitness), past: filepath.Join(t.TempDir(), aPast)}
	s.stories()
	_, err := k.Sign(ctx, c.db, c.room.host, s.witness, c.room.now)
	must(t, err)
	c.sql("VACUUM INTO $1", s.past)
	s.goesOn()
	s.browser, err = k.Sign(ctx, c.db, c.room.host, s.witness, c.room.now)
	must(t, err)
	copied := filepath.Join(t.TempDir(), "now.db")
	c.sql("VACUUM INTO $1", copied)
	files := map[string][]byte{}
	for name, path := range map[string]string{"depositaire.db": copied, aPast: s.past, aWitness: s.witness} {
		raw, err := os.ReadFile(path)
		must(t, err)
		files[name] = raw
	}
	scenery.files, scenery.world, scenery.people = files, *c.world, c.people
	s.cast = nil
	scenery.made = *s
}

// stories are what the older state knows.
func (s *scene) stories() {
	s.d = s.dossier(s.karim)
	w := forReaders
	w.To = s.ines
	must(s.t, s.do(s.julie, func(a *Act) error { return a.WidenNote(ctx, s.d.Case, s.d.noteRes.ID, w) }))
	s.o = dossier{person: s.receive(s.accueil, s.north, "Autre")}
	s.o.Case = s.open(s.karim, s.north, s.karim, []record.MemberID{s.julie}, s.o.person)
	s.o.owner, s.o.team = caseOwner(s.o.Case), s.main(s.o.Case)
	s.o.hers = s.circle(s.o.owner, ofKind(record.Shared)).ID
	s.o.noteTeam = s.write(s.karim, s.o.Case, s.o.team, "autre dossier")
	w.To = s.renee
	must(s.t, s.do(s.julie, func(a *Act) error { return a.AdmitToCase(ctx, s.d.Case, w) }))
	for i := range s.drafts {
		s.drafts[i] = record.NewID[record.Draft]()
		must(s.t, s.room.KeepDraft(ctx, s.unlock(s.julie), s.drafts[i], note(s.d.Case, fmt.Sprint("brouillon ", i)).Words))
	}
	var err error
	s.paper, _, err = s.room.PaperSlot(s.julie, s.secrets[s.julie])
	must(s.t, err)
	s.session, s.cookie, s.half = s.room.Begin(s.julie, s.secrets[s.julie])
	s.device = record.NewID[record.Draft]().Ref()
	s.label = s.room.SealLabel(s.unlock(s.julie), s.device, confided.NewText("mon téléphone"))
	s.everybodyReads()
}

// goesOn is what happened since: Renée's place ended, a note corrected, another written.
func (s *scene) goesOn() {
	s.later(time.Hour)
	for _, c := range []record.CircleID{s.d.team, s.d.hers} {
		all, err := s.db.Wraps(ctx, c)
		must(s.t, err)
		for _, w := range all {
			if w.Recipient == record.RecipientOf(record.ToMember, s.renee) {
				s.ended = append(s.ended, w)
			}
		}
	}
	must(s.t, s.do(s.julie, func(a *Act) error { return a.EndInCase(ctx, s.d.Case, s.renee) }))
	must(s.t, s.do(s.julie, func(a *Act) error {
		_, err := a.Correct(ctx, s.d.owner, s.d.noteTeam.ID, 1, note(s.d.Case, "équipe corrigée"))
		return err
	}))
	s.write(s.julie, s.d.Case, s.d.team, "après son départ")
	must(s.t, s.room.KeepDraft(ctx, s.unlock(s.julie), s.drafts[0], note(s.d.Case, "brouillon repris").Words))
	s.later(time.Minute)
	for range 2 {
		s.everybodyReads()
	}
	s.later(time.Minute)
}

// everybody are those who use the house after the host: the victim first, whom he
// lends his keys to last.
func (s *scene) everybody() []record.MemberID {
	return []record.MemberID{s.julie, s.karim, s.ines, s.renee, s.accueil, s.sud}
}

func (s *scene) everybodyReads() {
	for _, m := range s.everybody() {
		for _, o := range []record.Owner{s.d.owner, s.o.owner, personOwner(s.d.person), personOwner(s.o.person)} {
			_, _ = s.tries(m, o)
		}
	}
}

// newScene is a copy of the scene, with a process before it.
func newScene(t *testing.T, k Keeper) *scene {
	t.Helper()
	scenery.once.Do(func() { setScene(t, k) })
	if len(scenery.files) == 0 {
		t.Fatal("the scene was not set: see the first test that asked for it")
	}
	dir := t.TempDir()
	for name, raw := range scenery.files {
		must(t, os.WriteFile(filepath.Join(dir, name), raw, 0o600))
	}
	w := scenery.world
	w.t, w.secrets = t, maps.Clone(w.secrets)
	s := scenery.made
	s.cast = &cast{world: &w, path: filepath.Join(dir, "depositaire.db"), people: scenery.people}
	s.witness, s.past = filepath.Join(dir, aWitness), filepath.Join(dir, aPast)
	s.cast.start(s.hostFile)
	return &s
}

// rows runs the host's statements in one transaction, with no trigger and no
// reference in the way. The older state is there as past.
func (s *scene) rows(statements ...string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(0)")
	must(s.t, err)
	defer func() { must(s.t, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "ATTACH $1 AS past", s.past)
	must(s.t, err)
	for _, name := range triggers(s.t, db) {
		_, err := db.ExecContext(ctx, "DROP TRIGGER "+name)
		must(s.t, err)
	}
	tx, err := db.BeginTx(ctx, nil)
	must(s.t, err)
	for _, statement := range statements {
		done, err := tx.ExecContext(ctx, statement)
		if err != nil {
			s.t.Fatalf("%s: %v", statement, err)
		}
		if n, _ := done.RowsAffected(); n == 0 && !strings.HasPrefix(statement, "CREATE") {
			s.t.Fatalf("the host's statement changes nothing: %s", statement)
		}
	}
	must(s.t, tx.Commit())
}

func triggers(t testing.TB, db *sql.DB) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, "SELECT name FROM main.sqlite_schema WHERE type = 'trigger'")
	must(t, err)
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		all = append(all, name)
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	return all
}

// seen is what one member sees of the house.
type seen struct {
	Words     map[string]string // of each piece, by where it is
	Sentences map[string]string // who reads, by what
	Read      map[string]string // who has read, by piece
	Sound     map[string]int    // sound entries of her journal
	Refused   map[string]fault.Kind
}

// sees does what a member does in a morning. After each opening that shows
// something, an entry must stand in the journal of the person it is about.
func (s *scene) sees(m record.MemberID) seen {
	s.t.Helper()
	out := seen{map[string]string{}, map[string]string{}, map[string]string{}, map[string]int{}, map[string]fault.Kind{}}
	try := func(what string, err error) bool {
		if err != nil {
			out.Refused[what] = fault.KindOf(err)
		}
		return err == nil
	}
	u, err := s.room.Unlock(ctx, m, s.secrets[m], journal.DeviceDesk)
	if !try("unlock", err) {
		return out
	}
	for at, d := range map[string]dossier{"dossier": s.d, "other": s.o} {
		s.looksAt(u, at, d, try, &out)
	}
	future, err := s.room.FutureReaders(ctx, u, s.north, []record.MemberID{s.julie, s.karim})
	if try("sentence of a dossier to come", err) {
		out.Sentences["to come"] = s.sentence(future)
	}
	drafts, err := s.room.OpenDrafts(ctx, u)
	if try("drafts", err) {
		for _, d := range drafts {
			out.Words["draft "+d.ID.String()] = d.Words[record.TagText].Reveal()
		}
	}
	return out
}

func (s *scene) looksAt(u *Unlocked, at string, d dossier, try func(string, error) bool, out *seen) {
	s.t.Helper()
	before := s.entered(d.person)
	items, err := s.room.Open(ctx, u, followUp, Ask{Owner: d.owner})
	if try(at, err) && len(items) > 0 && s.entered(d.person) <= before {
		s.t.Errorf("%d pieces are shown and her journal does not say so", len(items))
	}
	for _, it := range items {
		where := fmt.Sprintf("%s %d.%d", at, it.Order, it.Version)
		out.Words[where] = fmt.Sprint(it.Words[record.TagText].Reveal(), " ", s.called(it.Author), " ", it.Persons)
		for _, r := range it.Reads {
			out.Read[where] += fmt.Sprint(s.called(r.Member), r.Day, r.Version, " ")
		}
	}
	if readers, err := s.room.ItemReaders(ctx, u, items); try("sentences of "+at, err) {
		for i, it := range items {
			out.Sentences[fmt.Sprintf("%s %d", at, it.Order)] = s.sentence(readers[i])
		}
	}
	if readers, err := s.room.CircleReaders(ctx, u, d.owner, d.team); try("sentence of "+at, err) {
		out.Sentences[at] = s.sentence(readers)
	}
	before = s.entered(d.person)
	names, err := s.room.Open(ctx, u, Why{Act: journal.Listed, Purpose: journal.ForReception}, Ask{Owner: personOwner(d.person), Via: s.north})
	if try("name in "+at, err) && len(names) > 0 && s.entered(d.person) <= before {
		s.t.Error("a name is shown and her journal does not say so")
	}
	for _, it := range names {
		out.Words[fmt.Sprintf("name in %s %d", at, it.Order)] = it.Words[record.TagName].Reveal()
	}
	if own, err := s.room.OwnReaders(ctx, u, d.person); try("who reads the name in "+at, err) {
		out.Sentences["name in "+at] = fmt.Sprint(s.sentence(Readers{Members: own[s.north]}), len(own))
	}
	if u.Member() != s.julie { // she alone looks at who has looked: one reader is enough
		return
	}
	told, err := s.room.Told(ctx, u, d.Case)
	if !try("readers of "+at, err) {
		return
	}
	for _, p := range told.Places {
		out.Sentences["places of "+at] += fmt.Sprint(s.called(p.Member), p.Referent, len(p.Circles), p.Objects, p.Since, p.Until, s.called(p.By), p.Reason, " ")
	}
	looks, err := told.Looks(ctx, d.person, 0, 1000)
	if try("looks at "+at, err) {
		out.Sound[at] = sounds(looks)
	}
}

// called is a member's name as a page shows it: certified, or none.
func (s *scene) called(m record.MemberID) string {
	for name, id := range map[string]record.MemberID{"Julie": s.julie, "Karim": s.karim, "Inès": s.ines, "Renée": s.renee, "Accueil": s.accueil, "Sud": s.sud} {
		if id == m {
			return name
		}
	}
	return m.String()
}

func (s *scene) sentence(r Readers) string {
	names := func(all []record.MemberID) string {
		var out []string
		for _, m := range all {
			out = append(out, s.called(m))
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	return fmt.Sprintf("%s; in an emergency %s; she too %v; offices %v", names(r.Members), names(r.Emergency), r.Person, len(r.Offices))
}

// entered counts the entries with a slip in a person's journals, as her own room reads them.
func (s *scene) entered(p record.PersonID) (n int) {
	s.t.Helper()
	all, err := s.db.Circles(ctx, personOwner(p))
	must(s.t, err)
	for _, k := range all {
		n += s.entries(k.ID)
	}
	return n
}

// outcome is what came of an attack in one of the two processes.
type outcome struct {
	saw     map[record.MemberID]seen
	wrote   fault.Kind // what came of Julie's next note
	written bool
	probe   error
}

func (s *scene) use(a *hostile) outcome {
	s.t.Helper()
	out := outcome{saw: map[record.MemberID]seen{}}
	if a.probe != nil {
		out.probe = a.probe(s)
	}
	err := s.writes("la suite")
	out.written, out.wrote = err == nil, fault.KindOf(err)
	for _, m := range s.everybody() {
		out.saw[m] = s.sees(m)
	}
	return out
}

// writes is Julie's next note of the team.
func (s *scene) writes(text string) error {
	u, err := s.room.Unlock(ctx, s.julie, s.secrets[s.julie], journal.DeviceDesk)
	if err != nil {
		return err
	}
	return s.room.Do(ctx, u, func(a *Act) error {
		_, err := a.Add(ctx, s.d.owner, []record.CircleID{s.d.team}, note(s.d.Case, text))
		return err
	}, nil)
}

// told reports whether somebody was told that rows are not what was signed: any
// refusal that the house before the host did not give, but "not open to you".
func (o outcome) told(was outcome) bool {
	if o.probe != nil || !o.written && o.wrote != fault.Withheld {
		return true
	}
	for m, saw := range o.saw {
		for what, kind := range saw.Refused {
			if before, refused := was.saw[m].Refused[what]; kind != fault.Withheld && (!refused || before != kind) {
				return true
			}
		}
	}
	return false
}

// differs says what somebody sees otherwise, or not any more.
func (o outcome) differs(was outcome) string {
	return cmp.Diff(was.saw, o.saw)
}

// safe is what no attack may break, noticed or not: nobody reads a word that was not
// hers before, under its place and its author; no sentence that is shown is another.
func (o outcome) safe(t *testing.T, a *hostile, was outcome) {
	t.Helper()
	for m, saw := range o.saw {
		before := was.saw[m]
		for at, text := range saw.Words {
			if older := a.older && once(m, text); before.Words[at] != text && !older {
				t.Errorf("%v reads %q at %s, where she read %q", m, text, at, before.Words[at])
			}
		}
		for of, sentence := range saw.Sentences {
			declared := a.older || a.but != nil && a.but(m, of)
			if want := before.Sentences[of]; want != sentence && !declared {
				t.Errorf("a false sentence of %s: %q, not %q", of, sentence, want)
			}
		}
		for at, read := range saw.Read {
			if before.Read[at] != read && !a.older && a.says != lessRead {
				t.Errorf("who has read %s: %q, not %q", at, read, before.Read[at])
			}
		}
	}
}

// asGranted compares what everybody reads in a house left alone with what was
// granted: what follows is compared with this.
func (o outcome) asGranted(t *testing.T) {
	t.Helper()
	p := scenery.people
	for m, want := range map[record.MemberID]int{p.julie: 11, p.karim: 8, p.ines: 3, p.renee: 2, p.accueil: 2, p.sud: 0} {
		if got := len(o.saw[m].Words); got != want {
			t.Errorf("%v reads %d pieces, not %d: %v", m, got, want, o.saw[m].Words)
		}
	}
}

// once reports whether a member read words in the older state: Julie's own, and the
// first dossier's, of which Renée was a reader.
func once(m record.MemberID, text string) bool {
	p := scenery.people
	said := map[record.MemberID][]string{
		p.julie: {"équipe", "avec elle", "la suite", "brouillon 0", "mots de l’hébergeur"},
		p.karim: {"équipe", "avec elle", "la suite"},
		p.renee: {"équipe", "avec elle", "la suite"},
	}
	return slices.ContainsFunc(said[m], func(words string) bool { return strings.HasPrefix(text, words) })
}

// AttackTally counts attacks by when they are noticed by a process that starts.
type AttackTally map[string]int

// PlayTheHost plays every attack twice, and compares when it is noticed with what
// the table says. declared is the text of the threat model.
func PlayTheHost(t *testing.T, k Keeper, declared string) AttackTally {
	t.Helper()
	declared = strings.Join(strings.Fields(declared), " ")
	const fewest = 60 // issue 3
	if n := len(hostiles()); n < fewest {
		t.Errorf("only %d attacks", n)
	}
	tally := AttackTally{}
	still := &hostile{do: func(*scene) {}}
	was := map[bool]outcome{}
	t.Run("a house left alone", func(t *testing.T) {
		for _, warm := range []bool{false, true} {
			was[warm] = played(t, k, still, warm)
			if diff := played(t, k, still, warm).differs(was[warm]); diff != "" || !was[warm].written {
				t.Fatalf("two mornings differ: %s", diff)
			}
			was[warm].asGranted(t)
		}
	})
	night := map[string]int64{}
	for i, a := range hostiles() {
		if testing.Short() && i%8 != 0 { // all of them are played by make tamper
			continue
		}
		t.Run(a.table+": "+a.name, func(t *testing.T) {
			if len(night) == 0 {
				night = newScene(t, k).night(k)
			}
			kept := noticed(t, k, &a, night)
			cold := judged(t, k, &a, was[false], kept, false)
			warm := judged(t, k, &a, was[true], kept, true)
			if a.warm == "" {
				a.warm = a.cold
			}
			if cold != a.cold || warm != a.warm {
				t.Errorf("noticed %s (cold), %s (warm); the table says %s, %s", cold, warm, a.cold, a.warm)
			}
			if (a.cold == Undetected) != (a.says != "") || !strings.Contains(declared, a.says) {
				t.Errorf("doc/threat-model.md does not say %q", a.says)
			}
			if !t.Failed() {
				tally[a.cold]++
			}
		})
	}
	return tally
}

// noticed asks those who keep the house, without anybody using it.
func noticed(t *testing.T, k Keeper, a *hostile, before map[string]int64) string {
	t.Helper()
	s := newScene(t, k)
	if a.honest != nil {
		a.honest(s)
		before = s.night(k)
	}
	a.do(s)
	s.restart()
	kinds, err := k.Verify(ctx, s.db, s.room, s.room.host, s.witness, s.room.now)
	must(t, err)
	if slices.ContainsFunc(kinds, func(k string) bool { return !strings.HasPrefix(k, "witness_") && k != "checkpoint_gone" }) {
		return AtVerify
	}
	agrees, err := k.Agrees(ctx, s.db, s.room.host, s.browser)
	must(t, err)
	if len(kinds) > 0 || !agrees {
		return ByWitness
	}
	if diff := cmp.Diff(before, s.night(k)); diff != "" {
		return AtNight
	}
	return ""
}

func (s *scene) night(k Keeper) map[string]int64 {
	s.t.Helper()
	counts, err := k.Night(ctx, s.db, s.room, s.room.now)
	if err != nil {
		return map[string]int64{"refused": 1}
	}
	return counts
}

// played plays an attack before one process.
func played(t *testing.T, k Keeper, a *hostile, warm bool) outcome {
	t.Helper()
	s := newScene(t, k)
	if warm {
		s.everybodyReads()
	}
	if a.honest != nil {
		a.honest(s)
	}
	a.do(s)
	if !warm {
		s.restart()
	}
	return s.use(a)
}

// judged says when an attack is noticed before one process.
func judged(t *testing.T, k Keeper, a *hostile, was outcome, kept string, warm bool) string {
	t.Helper()
	if a.honest != nil {
		was = played(t, k, &hostile{do: func(*scene) {}, honest: a.honest}, warm)
	}
	got := played(t, k, a, warm)
	got.safe(t, a, was)
	switch {
	case got.told(was):
		return BeforeUse
	case kept != "":
		return kept
	case got.differs(was) == "" && got.written && a.says == "":
		return Harmless
	}
	t.Logf("warm %v: %s", warm, got.differs(was))
	return Undetected
}

// reopened is another process, with other secrets of the host's.
func (s *scene) reopened(host []byte) error {
	db, err := sqlite.Open(ctx, s.path)
	if err != nil {
		return err
	}
	s.t.Cleanup(func() { _ = db.Close() })
	h, err := LoadHost(host, func([]byte) error { return nil })
	if err != nil {
		return err
	}
	_, err = roomOver(db, h, s.world).Unlock(ctx, s.julie, s.secrets[s.julie], "")
	return err
}
