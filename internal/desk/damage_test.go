// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/house/figures"
	"depositaire.org/depositaire/internal/store/sqlite"
)

var flips = flag.Int("flips", 30, "how many bits are flipped, in sealed columns and as many anywhere in the file")

// lived is a house in which notes were written in every ink and changed, with what
// people find there.
func lived(t *testing.T) (dir string, has hands, found map[fact]bool) {
	t.Helper()
	dir = t.TempDir()
	s := enter(t, dir, newHands())
	facts := []fact{{"karim", "/today", "Karim Benaïssa"}, {"karim", "/persons", "Confié-"}, {"karim", "nadia", "Confié-Nadège"}, {"karim", "case of nadia", "Confié-corrigé."}}
	for _, g := range slices.Concat(foundings(), arrivals(), writings(), changes()) {
		if why := s.attempt(g.do); why != "" {
			t.Fatalf("%s: %s", g.name, why)
		}
		facts = append(facts, g.shows...)
	}
	if wrong := s.verifies(); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	has = s.leave()
	return dir, has, look(t, dir, has, facts)
}

// everTyped are the words of the story.
func everTyped(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{"Confié-Nadia": true, "Confié-Nadège": true, "Confié-Solène": true, "Confié-Autre": true, "Confié-là.": true, "Confié-corrigé.": true}
	for _, g := range writings() {
		for _, f := range g.shows {
			all[f.says] = true
		}
	}
	for _, words := range []string{"Confié-un.", "Confié-deux.", "Confié-ailleurs.", "Confié-ensuite.", "Confié-réservé.", "Confié-partagé.", "Confié-brouillard."} {
		all[words] = true
	}
	return all
}

// misread finds words on a page that nobody typed.
func misread(a answer, typed map[string]bool) (wrong []string) {
	for n := range elements(a.doc) {
		if attr(n, "class") == "words" && n.Data == "p" && !typed[strings.TrimSpace(visible(n))] {
			wrong = append(wrong, visible(n))
		}
		if n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/persons/") && attr(n, "class") == "plain" && !typed[strings.TrimSpace(visible(n))] {
			wrong = append(wrong, visible(n))
		}
	}
	return wrong
}

// sealedColumns are where sealed bytes stand, the keys' wraps included.
var sealedColumns = []string{
	"version.sealed", "slip.sealed", "wrap.sealed", "link.sealed", "link.signature", "link.sealed_hash", "link.prev", "link.commitment",
	"epoch.back", "epoch.print", "epoch.public", "mark.sealed", "draft.sealed", "journal.body", "journal_slip.sealed",
	"session.sealed", "slot.sealed", "slot.public", "member.kem", "member.sign", "share.sealed", "lock.public",
}

// flipColumn flips a bit of a row of a column, and says which.
func flipColumn(t *testing.T, dir string, n int) string {
	t.Helper()
	table, column, _ := strings.Cut(sealedColumns[n/2%len(sealedColumns)*(n%2)], ".") // every second time, a note's words
	raw := ground{Dir: dir}.raw(t)
	defer func() { _ = raw.Close() }()
	dropTriggers(t, raw)
	var row int64
	var b []byte
	err := raw.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT rowid, %s FROM "%s" WHERE length(%[1]s) > 0 ORDER BY random() LIMIT 1`, column, table)).Scan(&row, &b)
	ok(t, err)
	at := rand.IntN(len(b) * 8)
	b[at/8] ^= 1 << (at % 8)
	_, err = raw.ExecContext(t.Context(), fmt.Sprintf(`UPDATE "%s" SET %s = $1 WHERE rowid = $2`, table, column), b, row)
	ok(t, err)
	return fmt.Sprintf("bit %d of %s.%s of row %d", at, table, column, row)
}

// dropTriggers lets rows be changed that the schema lets nobody change.
func dropTriggers(t *testing.T, raw *sql.DB) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	ok(t, err)
	var all []string
	for rows.Next() {
		var name string
		ok(t, rows.Scan(&name))
		all = append(all, name)
	}
	_ = rows.Close()
	for _, name := range all {
		_, err := raw.ExecContext(t.Context(), `DROP TRIGGER `+name)
		ok(t, err)
	}
}

// flipFile flips a bit anywhere in the database's file.
func flipFile(t *testing.T, dir string, _ int) string {
	t.Helper()
	path := filepath.Join(dir, "depositaire.db")
	b, err := os.ReadFile(path)
	ok(t, err)
	at := rand.IntN(len(b) * 8)
	b[at/8] ^= 1 << (at % 8)
	ok(t, os.WriteFile(path, b, 0o600))
	return fmt.Sprintf("bit %d of byte %d of the file, page %d", at%8, at/8, at/8/4096+1)
}

// TestAFlippedBitIsRefusedOrChangesNothing: in sealed columns, and anywhere in the
// file of the database.
//
// Seen to kill: a box opened although its tag does not fit.
func TestAFlippedBitIsRefusedOrChangesNothing(t *testing.T) {
	long(t)
	dir, has, known := lived(t)
	if noticed, _ := afterDamage(t, copyHouse(t, dir), "no bit", has, known); noticed {
		t.Fatal("a house without a flipped bit refuses")
	}
	var refused, unnoticed, wrong int
	for name, flip := range map[string]func(*testing.T, string, int) string{"in a sealed column": flipColumn, "in the file": flipFile} {
		t.Run(name, func(t *testing.T) {
			for n := range *flips {
				hurt := copyHouse(t, dir)
				where := flip(t, hurt, n)
				noticed, misread := afterDamage(t, hurt, where, has, known)
				wrong += misread
				if noticed {
					refused++
				} else {
					unnoticed++
				}
			}
		})
	}
	t.Logf("%d bits: %d refused, %d changed nothing that is shown, %d pages with wrong words", refused+unnoticed, refused, unnoticed, wrong)
	if refused == 0 {
		t.Error("no bit was refused")
	}
	keep(t, figures.Plain("flipped bits tried", float64(refused+unnoticed), "bits"),
		figures.Plain("flipped bits refused", float64(refused), "bits; the others change nothing that is shown"),
		figures.AtMost("wrong plaintext, flipped bits", float64(wrong), "pages", 0))
}

// afterDamage looks round a house with a flipped bit: whether anything refused,
// and how many pages showed words that nobody typed.
func afterDamage(t *testing.T, dir, where string, has hands, known map[fact]bool) (noticed bool, wrong int) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "depositaire.db"))
	if err != nil {
		return true, 0 // the server does not start, and says why
	}
	_ = db.Close()
	s := enter(t, dir, has.clone())
	defer s.leave()
	typed := everTyped(t)
	for f := range known {
		path := f.at
		if !strings.HasPrefix(path, "/") {
			path = s.at(path)
		}
		a := s.by(f.who).get(path)
		for _, words := range misread(a, typed) {
			wrong++
			t.Errorf("%s: %s shows %q", where, path, words)
		}
		noticed = noticed || strings.Contains(a.told(), f.says) != known[f]
		if a.status >= 500 && first(a.doc, func(n *html.Node) bool { return n.Data == "h1" }) == nil {
			t.Errorf("%s: %s answers %d without a page", where, path, a.status)
		}
	}
	if strings.Contains(s.h.logs.String(), "panic") {
		t.Errorf("%s: a page panicked:\n%.2000s", where, s.h.logs.String())
	}
	for _, w := range s.wrong {
		t.Errorf("%s: %s", where, w)
	}
	return noticed || len(s.verifies()) > 0, wrong
}

// TestAFullDiskSaysSoAndLosesNothing: a real one, by the desk's pages.
//
// Seen to kill: words shown before their entry is written.
func TestAFullDiskSaysSoAndLosesNothing(t *testing.T) {
	long(t)
	for name, fill := range map[string]func(*testing.T) (ground, func(bool)){
		"SQLite on a small disk": smallDisk, "PostgreSQL on a small disk": smallTablespace,
	} {
		t.Run(name, func(t *testing.T) {
			g, fill := fill(t)
			if fill == nil {
				return
			}
			s := enterOn(t, g, newHands())
			defer s.leave()
			for _, one := range slices.Concat(foundings(), arrivals(), writings()[:1]) {
				if why := s.attempt(one.do); why != "" {
					t.Fatalf("%s: %s", one.name, why)
				}
			}
			b, at := s.by("karim"), s.at("case of nadia")
			form := s.fullForm(t, at) // while there is room for its entry
			fill(true)
			written := 0
			a := b.post(at+"/notes", form)
			for ; a.status == http.StatusOK && written < 200; written++ {
				form.Set("id", "")
				a = b.post(at+"/notes", form)
			}
			if a.status != http.StatusServiceUnavailable {
				t.Fatalf("after %d notes it answers %d: %.500s", written, a.status, visible(a.doc))
			}
			a.says(t, "impossible", "Confié-long")
			a = b.get(at)
			for n := 0; a.status == http.StatusOK && n < 300; n++ { // what is small still fits
				a = b.get(at)
			}
			if a.status != http.StatusServiceUnavailable || strings.Contains(a.body, "Confié") {
				t.Errorf("reading on a full disk answers %d: %.500s", a.status, visible(a.doc))
			}
			if len(s.wrong) > 0 {
				t.Errorf("%q", s.wrong)
			}
			fill(false)
			b.post(at+"/notes", form).says(t, "Confié-long")
			page := b.get(at)
			page.says(t, "Confié-un.")
			if n := strings.Count(page.body, "Confié-long"); n != written+1 {
				t.Errorf("%d notes are there, %d were answered", n, written+1)
			}
			for _, wrong := range slices.Concat(s.wrong, g.sound(t), s.verifies()) {
				t.Error(wrong)
			}
		})
	}
}

// fullForm is a long note of the case.
func (s *scene) fullForm(t *testing.T, at string) url.Values {
	t.Helper()
	form := s.by("karim").get(at+"/notes/new").fields(t, at+"/notes")
	form.Set("words", "Confié-long "+strings.Repeat("le bailleur a rappelé, ", 800))
	return form
}

// ballast fills a disk to its last bytes, or gives the room back.
func ballast(t *testing.T, dir string) func(bool) {
	path := filepath.Join(dir, "ballast")
	return func(full bool) {
		t.Helper()
		if !full {
			ok(t, os.Remove(path))
			return
		}
		f, err := os.Create(path)
		ok(t, err)
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}

// mountSmall mounts a disk of a few megabytes. Only root may: without, the test
// of store/sqlite that bounds the pages of its file stands alone, and this says so.
func mountSmall(t *testing.T, size string) (dir string, mounted bool) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("small", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Logf("NO SMALL DISK HERE (%v): a full disk was not tried on this database", err)
		return "", false
	}
	t.Cleanup(func() { ok(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir, true
}

func smallDisk(t *testing.T) (ground, func(bool)) {
	t.Helper()
	dir, mounted := mountSmall(t, "12m")
	if !mounted {
		return ground{}, nil
	}
	return ground{Dir: dir}, ballast(t, dir)
}

// smallTablespace has PostgreSQL keep the tables of a schema on a small disk.
func smallTablespace(t *testing.T) (ground, func(bool)) {
	t.Helper()
	g := postgresGround(t)
	dir, mounted := mountSmall(t, "40m")
	if !mounted {
		return g, nil
	}
	raw := g.raw(t)
	defer func() { _ = raw.Close() }()
	var data string
	ok(t, raw.QueryRowContext(t.Context(), `SHOW data_directory`).Scan(&data))
	owner, err := os.Stat(data)
	ok(t, err)
	uid := owner.Sys().(*syscall.Stat_t).Uid
	for _, at := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		ok(t, os.Chmod(at, 0o755)) // the server's own user passes through
	}
	space := filepath.Join(dir, "space")
	ok(t, os.Mkdir(space, 0o700))
	ok(t, os.Chown(space, int(uid), -1))
	_, err = raw.ExecContext(t.Context(), `CREATE TABLESPACE `+g.Schema+` LOCATION '`+space+`'`)
	ok(t, err)
	t.Cleanup(func() {
		raw := g.raw(t)
		defer func() { _ = raw.Close() }()
		_, _ = raw.ExecContext(context.Background(), `DROP SCHEMA `+g.Schema+` CASCADE`)
		_, err := raw.ExecContext(context.Background(), `DROP TABLESPACE `+g.Schema)
		ok(t, err)
	})
	g.DSN += "&options=-c%20default_tablespace%3D" + g.Schema
	return g, ballast(t, dir)
}
