// SPDX-License-Identifier: AGPL-3.0-or-later

package blob

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

func folder(t *testing.T) *Folder {
	t.Helper()
	f, err := Open(filepath.Join(t.TempDir(), "documents"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f *Folder, text string) record.FileID {
	t.Helper()
	id := record.NewID[record.File]()
	size, digest, err := f.Put(id, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	if err != nil || size != int64(len(text)) || digest != sha256.Sum256([]byte(text)) {
		t.Fatalf("put: %d bytes, %v", size, err)
	}
	return id
}

func listed(t *testing.T, f *Folder) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestAFileComesBackAndOnlyItsOwnerReadsIt looks at the permissions too.
//
// Seen to kill: a file of mode 0644; a file that keeps its temporary name.
func TestAFileComesBackAndOnlyItsOwnerReadsIt(t *testing.T) {
	f := folder(t)
	id := put(t, f, strings.Repeat("x", 200_000))
	r, err := f.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil || len(got) != 200_000 {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if size, digest, err := f.Sum(id); err != nil || size != 200_000 || digest != sha256.Sum256(got) {
		t.Errorf("sum: %d bytes, %v", size, err)
	}
	if diff := cmp.Diff([]string{id.String()}, listed(t, f)); diff != "" {
		t.Errorf("the folder holds (-want +got):\n%s", diff)
	}
	info, err := os.Stat(f.name(id))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(f.path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder of mode %v, %v", info.Mode(), err)
	}
}

// TestWhatFailsHalfwayIsNotThere: nor under its name, nor under another.
//
// Seen to kill: a file written under its own name from the start; one that is not
// removed when its writing fails.
func TestWhatFailsHalfwayIsNotThere(t *testing.T) {
	f, id := folder(t), record.NewID[record.File]()
	_, _, err := f.Put(id, func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("x", 200_000))
		return fault.New(fault.TooLarge, "")
	})
	if fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%v, want too large", err)
	}
	if _, err := f.Get(id); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("what was not finished is there: %v", err)
	}
	if all := listed(t, f); len(all) > 0 {
		t.Errorf("left behind: %v", all)
	}
}

// TestOrphansAreSweptAfterADay: not what rows name, nor what is being written, nor
// what is not ours.
//
// Seen to kill: an age that is not looked at; a known file swept; a stranger's file
// swept; an unfinished file kept.
func TestOrphansAreSweptAfterADay(t *testing.T) {
	f := folder(t)
	known, orphan, fresh := put(t, f, "known"), put(t, f, "orphan"), put(t, f, "fresh")
	for _, name := range []string{unfinished + "old", unfinished + "new", "README"} {
		if err := os.WriteFile(filepath.Join(f.path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, name := range []string{known.String(), orphan.String(), unfinished + "old", "README"} {
		if err := os.Chtimes(filepath.Join(f.path, name), now, now.Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := f.Sweep(t.Context(), now.Add(-24*time.Hour), map[record.FileID]bool{known: true})
	if gone != 2 || err != nil {
		t.Errorf("%d swept, %v", gone, err)
	}
	left := strings.Join(listed(t, f), " ")
	for _, name := range []string{known.String(), fresh.String(), unfinished + "new", "README"} {
		if !strings.Contains(left, name) {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestAFolderThatCannotBeWrittenSaysSo(t *testing.T) {
	f := folder(t)
	if err := f.Writable(); err != nil || len(listed(t, f)) > 0 {
		t.Errorf("%v, %v", err, listed(t, f))
	}
	gone := &Folder{filepath.Join(f.path, "absent")}
	if err := gone.Writable(); !errors.Is(err, fault.New(fault.Unavailable, "fault.file")) {
		t.Errorf("%v", err)
	}
	_, _, err := gone.Put(record.NewID[record.File](), func(io.Writer) error { return nil })
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), f.path) {
		t.Errorf("%v", err)
	}
}
