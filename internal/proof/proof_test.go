// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to plant rows

	"depositaire.org/depositaire/internal/house/figures"
)

var folder = flag.String("figures", "", "folder of the figures; empty: none is written")

const phrase = "tilleul wagon matin orage"

// token is a random word that every form writes in its own way: accents, quotes,
// what URLs and mails escape.
func token(what string) string {
	half := strings.ToLower(rand.Text())
	return "Zq" + half[:8] + "é&'\"ù" + half[8:16] + " " + what
}

// told is what was typed into the program: confided, which may be found nowhere,
// and clear, which the database shows (secrecy.md §2bis).
type told struct {
	confided, clear []string
	dossier         string // path of the dossier
	odile, karim    *hand
}

func (d *told) secret(what string) string {
	d.confided = append(d.confided, token(what))
	return d.confided[len(d.confided)-1]
}

func (d *told) open(what string) string {
	d.clear = append(d.clear, token(what))
	return d.clear[len(d.clear)-1]
}

// tell founds a house through its pages, and types a token into every field.
func tell(s *server) *told {
	d := &told{odile: s.hand(), karim: s.hand()}
	o, t := d.odile, s.t
	p := o.get(s.start())
	p = o.submit(p, "/start", "organisation", d.open("organisation"), "name", d.open("name"), "login", "odile")
	p = o.submit(p, "/start/passphrase", "new_passphrase", phrase, "again", phrase)
	p = o.submit(p, "/start/paper", "paper_code", p.code(t, 0))
	words := []string{p.code(t, 0), p.code(t, 3), p.code(t, 6)}
	p = o.submit(p, "/start/envelopes")
	p = o.submit(p, "/start/controls", "control_1", words[0], "control_2", words[1], "control_3", words[2])
	dpo := p.code(t, 0)
	p = o.submit(p, "/start/dpo")
	p = o.submit(p, "/start/dpo-control", "control_dpo", dpo)
	o.submit(p, "/start/services", "service", d.open("service"), "mission", "general", "role", "lead")
	p = o.submit(o.get("/start/invitations"), "/start/invitations", "name", d.open("colleague"), "role", "worker", "regime", "profession")
	code := p.code(t, 0)
	d.confided = append(d.confided, code)

	k, own := d.karim, d.secret("passphrase")
	p = k.submit(k.get("/invitation"), "/invitation", "invitation_code", code)
	p = k.submit(p, "/invitation/identity", "login", "karim")
	p = k.submit(p, "/invitation/passphrase", "new_passphrase", own, "again", own)
	paper := p.code(t, 0)
	d.confided = append(d.confided, paper)
	k.submit(p, "/invitation/paper", "paper_code", paper)
	d.person(k)
	return d
}

// person is everything about somebody.
func (d *told) person(k *hand) {
	t := k.t
	p := k.submit(k.get("/persons/new"), "/persons/new", "called", d.secret("called"),
		"language", d.secret("language"), "contact", d.secret("contact"), "then", "person")
	person := p.path
	p = k.submit(k.get(person+"/edit"), person+"/edit", "last_name", d.secret("family"))
	p = k.submit(k.get(person+"/contact"), person+"/contact", "contact_answer", "asked", "contact", d.secret("contact, corrected"),
		"hours", d.secret("hours"), "answerer", d.secret("answerer"), "if_other", d.secret("if other"))
	p = k.submit(k.get(person+"/notes/new"), person+"/notes", "words", d.secret("first note"))
	d.dossier = p.path
	for _, ink := range []string{"reserved", "shared", "scratch"} {
		k.submit(k.get(d.dossier+"/notes/new"), d.dossier+"/notes", "words", d.secret(ink+" note"), "ink", ink)
	}
	note := "/notes/" + k.get(d.dossier).article(t)
	k.submit(k.get(note+"/correct"), note+"/correct", "words", d.secret("corrected note"))
	k.get(note + "/versions")
	for _, path := range []string{"/persons", "/cases"} {
		k.submit(k.get(path), path, "filter", d.secret("filter of "+path))
	}
	waits := k.post("/drafts", url.Values{"session": {"1"}, "at": {d.dossier + "/notes"}, "keep": {"words"}, "words": {d.secret("draft")}})
	if waits.status != 200 {
		t.Fatalf("a draft answers %d", waits.status)
	}
	for _, path := range []string{"/today", d.dossier, d.dossier + "/readers", "/persons", "/cases", person} {
		if got := k.get(path); got.status != 200 {
			t.Fatalf("%s answers %d", path, got.status)
		}
	}
	// What is not understood is said, logged and forgotten.
	k.post(d.dossier+"/notes", url.Values{"session": {"1"}, "keep": {"words"}, "words": {d.secret("refused note")}, "day": {d.secret("day")}})
	k.post("/signin", url.Values{"login": {"karim"}, "passphrase": {d.secret("wrong passphrase")}})
	k.get("/cases/" + url.PathEscape(d.secret("address")))
}

func (d *told) signOut() {
	for _, h := range []*hand{d.karim, d.odile} {
		h.post("/signout", url.Values{"session": {"1"}})
	}
}

// places are where a word might be; a new one is a line here (secrecy.md §10).
func (s *server) places() map[string]string {
	return map[string]string{
		"database and WAL": s.folder("data"), "host secrets": s.folder("secrets"), "logs": s.folder("logs"),
		"temporary files": s.folder("temporary"), "backup": s.folder("backup"),
	}
}

// backup takes one, as an operator does.
func (s *server) backup() {
	s.t.Helper()
	keys := s.t.TempDir()
	var to strings.Builder
	for _, name := range []string{"one", "two"} {
		out := s.command("backup", "-keygen", filepath.Join(keys, name), "-data", s.folder("data"))
		for word := range strings.FieldsSeq(out) {
			if strings.HasPrefix(word, "age1") {
				to.WriteString(word + "\n")
			}
		}
	}
	file := filepath.Join(keys, "recipients")
	must(s.t, os.WriteFile(file, []byte(to.String()), 0o600))
	s.command("backup", "-data", s.folder("data"), "-secrets", filepath.Join(s.folder("secrets"), "host.json"), "-to", s.folder("backup"), "-recipients", file)
}

// scan looks for what was typed in every place, while the program runs and has
// not had the time to tidy up. The tokens that the database shows must be found:
// the scan sees.
func scan(t *testing.T, s *server, d *told) (found []find) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.folder("temporary"), "empty"), nil, 0o600))
	for name, place := range s.places() {
		some, err := search(d.confided, place)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found = append(found, some...)
	}
	seen, err := search(d.clear, s.folder("data"))
	must(t, err)
	for _, c := range d.clear {
		if !slices.ContainsFunc(seen, func(f find) bool { return f.Token == c && f.Form == "UTF-8" }) {
			t.Errorf("%q stands in clear in the database, and the scan does not see it", c)
		}
	}
	return found
}

// Everything is typed into the program as it ships; nothing of it may be anywhere
// (secrecy.md §10). Seen to kill: TestALeakingBuildIsCaught's build.
func TestNothingConfidedIsAnywhere(t *testing.T) {
	s := serve(t, build(t))
	d := tell(s)
	s.backup()
	found := scan(t, s, d)
	d.signOut()
	found = append(found, scan(t, s, d)...)
	s.stop()
	found = append(found, scan(t, s, d)...)
	for _, f := range found {
		t.Errorf("%q is in %s (%s)", f.Token, f.Where, f.Form)
	}
	t.Logf("%d tokens in %d forms each, %d found", len(d.confided), len(forms(token(""))), len(found))
	keep(t, figures.AtMost("canaries found on disk, in logs, temporary files and backups", float64(len(found)), "found", 0))
}

// A build that writes one opened word into its log and a temporary file must be
// caught. Its lines are laid over the source for this build alone: none ships.
func TestALeakingBuildIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("a second build: not under -short")
	}
	source, err := filepath.Abs("../desk/note_handlers.go")
	must(t, err)
	raw, err := os.ReadFile(source)
	must(t, err)
	const at = "	draft.Case, draft.Person = "
	leaking := strings.Replace(string(raw), at, "	leak(d, r, draft.Words)\n"+at, 1)
	leaking = strings.Replace(leaking, "import (", "import (\n\t\"os\"", 1)
	leaking += `
func leak(d *Desk, r *http.Request, words string) {
	d.site.Log.InfoContext(r.Context(), "a note", "words", words)
	f, _ := os.CreateTemp("", "note")
	_, _ = f.WriteString(words)
}
`
	if strings.Count(leaking, "leak(d") != 2 {
		t.Fatal("the build has nowhere to leak")
	}
	dir := t.TempDir()
	over := filepath.Join(dir, "note_handlers.go")
	must(t, os.WriteFile(over, []byte(leaking), 0o600))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {source: over}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	s := serve(t, build(t, "-overlay", filepath.Join(dir, "overlay.json")))
	d := tell(s)
	s.backup()
	found := scan(t, s, d)
	in := map[string]bool{}
	for _, f := range found {
		in[filepath.Base(filepath.Dir(f.Where))] = true
	}
	if !in["logs"] || !in["temporary"] || in["data"] {
		t.Errorf("a leaking build was found in %v", in)
	}
	t.Logf("%d finds", len(found))
}

// Every form of a token, planted in every place, is found: what finds nothing can
// find. Seen to kill: a form left out; members that are not opened; WAL not read.
func TestEveryFormIsFoundInEveryPlace(t *testing.T) {
	planted, seen := 0, 0
	for _, place := range []struct {
		name  string
		plant func(dir string, looks []byte)
	}{
		{"a file", func(dir string, b []byte) { write(t, dir, b) }},
		{"a log", func(dir string, b []byte) {
			write(t, dir, fmt.Appendf(nil, "time=2026-11-23 level=INFO msg=%q why=%s\n", "request refused", b))
		}},
		{"a compressed member", func(dir string, b []byte) {
			var z bytes.Buffer
			w := gzip.NewWriter(&z)
			_, _ = w.Write(b)
			must(t, w.Close())
			write(t, dir, append([]byte("before"), append(z.Bytes(), "after"...)...))
		}},
		{"a database", func(dir string, b []byte) { row(t, dir, b, false) }},
		{"a database's WAL", func(dir string, b []byte) { row(t, dir, b, true) }},
	} {
		for _, f := range forms(token("contrôle")) {
			dir := t.TempDir()
			place.plant(dir, f.looks)
			planted++
			// The same token, of the same letters.
			found := look([]needle{{"contrôle", []form{f}}}, dir, gather(t, dir))
			if len(found) == 0 {
				t.Errorf("%s is not found in %s", f.name, place.name)
				continue
			}
			seen++
		}
	}
	keep(t, figures.AtLeast("planted controls found", float64(seen), fmt.Sprintf("of %d", planted), float64(planted)))
}

// gather reads the files of a folder as search does.
func gather(t *testing.T, dir string) (all []byte) {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		all = append(all, b...)
	}
	return all
}

func write(t *testing.T, dir string, b []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, "file"), b, 0o600))
}

// row puts bytes into a database, or into its WAL only.
func row(t *testing.T, dir string, b []byte, wal bool) {
	t.Helper()
	file := filepath.Join(dir, "a.db")
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=wal_autocheckpoint(0)")
	must(t, err)
	_, err = db.ExecContext(context.Background(), "CREATE TABLE planted (row BLOB)")
	must(t, err)
	_, err = db.ExecContext(context.Background(), "INSERT INTO planted VALUES (?)", b)
	must(t, err)
	if !wal {
		must(t, db.Close())
		return
	}
	log, err := os.ReadFile(file + "-wal")
	must(t, err)
	must(t, db.Close())
	must(t, os.RemoveAll(file))
	must(t, os.WriteFile(file+"-wal", log, 0o600))
}

func keep(t *testing.T, found ...figures.Figure) {
	t.Helper()
	for _, f := range found {
		if !f.Holds && !f.Aim {
			t.Errorf("%s: %v %s", f.Name, f.Value, f.Unit)
		}
	}
	must(t, figures.Keep(*folder, "faults", "make proof", time.Now(), found...))
}
