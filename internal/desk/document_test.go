// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/upkeep"
)

// attach sends the form of a page with a file, as browsers do.
func (b *browser) attach(at, title, name string, content []byte) answer {
	b.t.Helper()
	form := b.get(at+"/new").fields(b.t, at)
	form.Set("title", title)
	return b.follow(b.send(upload(b.t, at, form, name, content)))
}

func upload(t testing.TB, at string, form url.Values, name string, content []byte) *http.Request {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for field, all := range form {
		if field != "file" {
			ok(t, m.WriteField(field, all[0]))
		}
	}
	part, err := m.CreateFormFile("file", name)
	ok(t, err)
	_, err = part.Write(content)
	ok(t, errors.Join(err, m.Close()))
	r := httptest.NewRequest(http.MethodPost, at, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func drawing(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	ok(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 200, 100))))
	return b.Bytes()
}

func (h *hall) filesOnDisk(t testing.TB) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.dir, "documents"))
	ok(t, err)
	for _, e := range entries {
		all = append(all, filepath.Join(h.dir, "documents", e.Name()))
	}
	return all
}

// orphans counts the files that no row names.
func (h *hall) orphans(t testing.TB) int {
	t.Helper()
	known, err := upkeep.KnownFiles(t.Context(), h.db)
	ok(t, err)
	return len(h.filesOnDisk(t)) - len(known)
}

// TestADocumentIsReadByItsReadersAndShowsNothingElse: the team's, in its dossier; the
// note's, beside a note. Its name is in no address, no header, no file.
//
// Seen to kill: a document beside a reserved note put into the team's circle; a
// colleague named for the note left out; the name of the file sent back.
func TestADocumentIsReadByItsReadersAndShowsNothingElse(t *testing.T) {
	h := testSite(t)
	karim, lucie, paul := h.as(t, "karim"), h.as(t, "lucie"), h.as(t, "paul")
	at := karim.note(karim.receive("Nour"), "Pour l’équipe.")
	karim.submit(karim.get(at+"/readers/add"), at+"/readers/add", "member", memberOf(t, h, "lucie"), "reason", "advice")
	pdf := append([]byte("%PDF-1.7 canari-octets "), bytes.Repeat([]byte("x"), 200_000)...)
	a := karim.attach(at+"/documents", "Canari-titre", "canari-nom.pdf", pdf)
	a.says(t, "Canari-titre", "Liront cette pièce", "Lucie Petit")
	paper := a.path
	karim.get(at).says(t, "Pièces", "Canari-titre")
	lucie.get(at).says(t, "Canari-titre")

	got := lucie.get(paper + "/content")
	if got.status != 200 || got.body != string(pdf) {
		t.Fatalf("Lucie gets %d and %d bytes", got.status, len(got.body))
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": `inline; filename="piece-2026-11-23.pdf"`,
	} {
		if v := got.header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if p := got.header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "script-src") {
		t.Errorf("policy %q", p)
	}
	for _, path := range []string{paper, paper + "/content", paper + "/keep"} {
		if a := paul.copy(t).get(path); a.status != 404 || strings.Contains(a.body, "anari") {
			t.Errorf("the lead gets %d at %s", a.status, path)
		}
	}

	form := karim.get(at+"/notes/new").fields(t, at+"/notes")
	form.Set("words", "Pour moi.")
	form.Set("ink", "reserved")
	karim.post(at+"/notes", form).says(t, "Pour moi.")
	note := ""
	for n := range elements(karim.get(at).doc) {
		if n.Data == "article" && strings.Contains(visible(n), "Pour moi.") {
			note = "/notes/" + strings.TrimPrefix(attr(n, "id"), "note-")
		}
	}
	own := karim.attach(note+"/documents", "Une photo", "x.png", drawing(t))
	own.says(t, "Une photo", "Image")
	if a := lucie.copy(t).get(own.path); a.status != 404 {
		t.Errorf("the team gets %d for what stands beside a reserved note", a.status)
	}
	karim.submit(karim.get(note+"/readers"), note+"/widen", "member", memberOf(t, h, "lucie"), "reason", "advice")
	lucie.get(own.path+"/keep").holds(t, drawing(t))
	karim.attach(note+"/documents", "Une autre", "x.png", drawing(t)).says(t, "Une autre", "Lucie Petit")
	karim.post(note+"/narrow", url.Values{"session": {"1"}, "reader": {memberOf(t, h, "lucie")}}).says(t, "Des pièces accompagnent cette note.")

	for _, file := range append(h.filesOnDisk(t), filepath.Join(h.dir, "depositaire.db"), filepath.Join(h.dir, "depositaire.db-wal")) {
		b, err := os.ReadFile(file)
		ok(t, err)
		if bytes.Contains(b, []byte("anari-")) || bytes.Contains(b, []byte("%PDF")) {
			t.Errorf("%s holds what was confided", filepath.Base(file))
		}
	}
	if strings.Contains(h.logs.String(), "anari") {
		t.Error("the log holds what was confided")
	}
}

func (a answer) holds(t testing.TB, want []byte) {
	t.Helper()
	if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || !bytes.HasPrefix([]byte(a.body), want[:40]) {
		t.Errorf("%d, %q, %d bytes", a.status, a.header.Get("Content-Disposition"), len(a.body))
	}
}

// TestAFileThatIsNotTakenIsSaidWhyAtItsField, and leaves nothing on the disk.
//
// Seen to kill: a file longer than 20 MiB taken.
func TestAFileThatIsNotTakenIsSaidWhyAtItsField(t *testing.T) {
	h := testSite(t)
	karim := h.as(t, "karim")
	at := karim.note(karim.receive("Nour"), "Une note.") + "/documents"
	before := len(h.filesOnDisk(t))
	for name, tt := range map[string]struct {
		content []byte
		says    string
	}{
		"empty":     {nil, "Choisissez un fichier."},
		"a program": {[]byte("MZ\x90\x00\x03\x00"), "Ce genre de fichier n’est pas pris."},
		"too long":  {append([]byte("%PDF-"), make([]byte, 20<<20)...), "Ce fichier dépasse 20 Mo."},
		"cut short": {drawing(t)[:50], "Cette photo est incomplète ou abîmée."},
	} {
		a := karim.attach(at, "Une pièce", "x", tt.content)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(visible(a.doc), tt.says) || !strings.Contains(a.body, `value="Une pièce"`) {
			t.Errorf("%s: %d\n%s", name, a.status, visible(a.doc))
		}
	}
	karim.attach(at, "", "x.png", drawing(t)).says(t, "Titre")
	if left := len(h.filesOnDisk(t)); left != before {
		t.Errorf("%d left behind", left-before)
	}
}

// TestARemovedDocumentOpensNoMoreAndIsSwept: its words and its key are gone at once,
// its row too; what stays says who and why.
//
// Seen to kill: a row that stays; a stub that keeps its title and names its file.
func TestARemovedDocumentOpensNoMoreAndIsSwept(t *testing.T) {
	h := testSite(t)
	karim := h.as(t, "karim")
	at, before := karim.note(karim.receive("Nour"), "Une note."), h.orphans(t)
	paper := karim.attach(at+"/documents", "Mauvaise pièce", "x.png", drawing(t)).path
	karim.post(paper+"/remove", url.Values{"session": {"1"}}).says(t, "Pourquoi la retirer")
	a := karim.post(paper+"/remove", url.Values{"session": {"1"}, "why": {"Celle d’une autre"}})
	a.says(t, "Pièce retirée", "Celle d’une autre", "sauvegarde")
	if strings.Contains(a.body+karim.get(at).body, "Mauvaise pièce") {
		t.Error("the title stays")
	}
	if a := karim.get(paper + "/content"); a.status != 404 {
		t.Errorf("its content: %d", a.status)
	}
	if n := h.orphans(t) - before; n != 1 {
		t.Errorf("%d files without a row: one waits for the clock", n)
	}
}

// TestAFileWhoseTransactionFailsIsAnOrphan: nothing names it, nothing shows it.
func TestAFileWhoseTransactionFailsIsAnOrphan(t *testing.T) {
	h := ownSite(t) // nothing is written in it any more
	karim := h.as(t, "karim")
	at, before := karim.note(karim.receive("Nour"), "Une note."), h.orphans(t)
	ok(t, h.db.Write(t.Context(), func(tx *store.Tx) error { // journals are written, and no row of the record
		return tx.PutIncident(t.Context(), record.Incident{Kind: record.IncidentRestored, Found: 1})
	}))
	if a := karim.attach(at+"/documents", "Perdue", "x.png", drawing(t)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.status)
	}
	if n := h.orphans(t) - before; n != 1 {
		t.Errorf("%d files without a row, want one", n)
	}
	if strings.Contains(karim.get(at).body, "Perdue") {
		t.Error("it shows")
	}
}
