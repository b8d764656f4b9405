// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// After an older state came back, what was typed is kept and nothing is added to a
// record, until the operator has said what happened.
//
// Seen to kill: store.Tx.record answering nil; unwritten keeping nothing.
func TestARestoredRecordIsReadAndNotWritten(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	at := b.note(b.receive("Nadia"), "Avant la panne.")
	ok(t, h.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutIncident(t.Context(), record.Incident{Kind: record.IncidentRestored, Found: record.Minute(h.now().Unix() / 60)})
	}))
	b.get(at).says(t, "Avant la panne.") // reading writes in the journal, and still does
	const words = "Écrite pendant que rien ne s’écrit."
	form := b.get(at+"/notes/new").fields(t, at+"/notes")
	form.Set("words", words)
	a := b.post(at+"/notes", form)
	a.says(t, "Rien ne peut être ajouté aux dossiers", words)
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.status)
	}
	if strings.Contains(b.get(at).body, words) {
		t.Error("the note was written")
	}
	b.get("/today").says(t, "Nadia", "Écrite pendant que rien")

	// signing in and out still works, and so does another browser
	lucie := h.as(t, "lucie")
	lucie.get("/today").says(t, "Aujourd")
	if a := b.submit(b.get("/persons/new"), "/persons/new", "called", "Une autre"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a person was received: %d %s", a.status, a.path)
	}

	ok(t, h.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.RecordIncident(t.Context(), record.Minute(h.now().Unix()/60), "Le disque est mort lundi.")
	}))
	waiting := b.get("/drafts/" + form.Get("draft"))
	waiting.says(t, words)
	b.submit(waiting, at+"/notes").at(t, at)
	b.get(at).says(t, words)
}
