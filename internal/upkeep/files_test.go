// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// attach puts three files beside a world's database, and their rows.
func attach(t *testing.T, w *world, to *blob.Folder) (all []record.File) {
	t.Helper()
	organisation, err := w.db.Organisation(t.Context())
	must(t, err)
	for range 3 {
		f := record.File{ID: record.NewID[record.File](), Object: record.NewID[record.Object]()}
		f.Size, f.Digest, err = to.Put(f.ID, func(to io.Writer) error {
			_, err := to.Write(bytes.Repeat(f.ID[:], 10_000))
			return err
		})
		must(t, err)
		owner := record.OwnerOf(record.OwnerOrganisation, organisation.ID)
		must(t, w.db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.PutObject(t.Context(), record.Object{ID: f.Object, Owner: owner}); err != nil {
				return err
			}
			return tx.PutFile(t.Context(), f)
		}))
		all = append(all, f)
	}
	return all
}

func newFolder(t *testing.T) *blob.Folder {
	t.Helper()
	f, err := blob.Open(filepath.Join(t.TempDir(), "documents"))
	must(t, err)
	return f
}

// TestSealedFilesAreBackedUpComeBackAndAreProved: one that was changed is left out
// and said, and the rest is taken.
//
// Seen to kill: files left out of the backup; a file put back under another's id; a
// changed file taken as it is; a proof that does not compare sums, or does not count
// a missing file.
func TestSealedFilesAreBackedUpComeBackAndAreProved(t *testing.T) {
	w := newWorld(t, bases(t)[0].open(t))
	here, there := newFolder(t), newFolder(t)
	files := attach(t, w, here)
	_, _, err := here.Put(files[2].ID, func(to io.Writer) error { _, err := io.WriteString(to, "changed"); return err })
	must(t, err)

	to, of := keys(t)
	b := Backup{Snapshot: snapshots(w.db), Files: here.Get, Host: w.host, Secrets: w.file, Recipients: to, Now: w.Clock.Now}
	out, err := b.To(t.Context(), t.TempDir())
	must(t, err)
	if out.Files != 2 || out.Lost != 1 {
		t.Errorf("%d files, %d lost", out.Files, out.Lost)
	}
	r, err := taken{out, to, of}.open()
	must(t, err)
	r.File = func(id record.FileID, content []byte) error {
		_, _, err := there.Put(id, func(to io.Writer) error { _, err := to.Write(content); return err })
		return err
	}
	must(t, r.Fill(t.Context(), nowhere{}))
	for _, f := range files[:2] {
		if size, digest, err := there.Sum(f.ID); err != nil || size != f.Size || digest != f.Digest {
			t.Errorf("a file came back as %d bytes, %v", size, err)
		}
	}

	proved := func(from *blob.Folder) Lines {
		lines, err := ProveFiles(t.Context(), w.db, from.Sum)
		must(t, err)
		return lines
	}
	lost := Lines{{Mark: Repair, Key: "upkeep.files_lost", Args: []any{1}, Next: "upkeep.files_lost.next"}}
	if diff := cmp.Diff(lost, proved(there)); diff != "" {
		t.Errorf("with a missing file (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(lost, proved(here)); diff != "" {
		t.Errorf("with a changed file (-want +got):\n%s", diff)
	}
	must(t, w.db.Write(t.Context(), func(tx *store.Tx) error { return tx.DropFile(t.Context(), files[2].Object) }))
	if diff := cmp.Diff(Lines{{Mark: Well, Key: "upkeep.files", Args: []any{2}}}, proved(there)); diff != "" {
		t.Errorf("with every file (-want +got):\n%s", diff)
	}
}

// TestTheCanaryHoldsNoFile: a copy without a folder refuses one.
func TestTheCanaryHoldsNoFile(t *testing.T) {
	if err := putBack(nil, []byte(strings.Repeat("x", 40))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
