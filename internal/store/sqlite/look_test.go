// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func TestWhoLooksReadsBesideWhoServesAndWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "depositaire.db")
	if _, _, err := Look(t.Context(), path); fault.KindOf(err) != fault.Withheld {
		t.Fatalf("a file that is not there: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatal("looking made the file")
	}
	serving, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serving.Close() }()
	looking, lacks, err := Look(t.Context(), path)
	if err != nil || len(lacks) > 0 {
		t.Fatalf("%q, %v", lacks, err)
	}
	defer func() { _ = looking.Close() }()
	o := record.Organisation{ID: record.NewID[record.Organisation](), Name: "CCAS"}
	if err := serving.Write(t.Context(), func(tx *store.Tx) error { return tx.PutOrganisation(t.Context(), o) }); err != nil {
		t.Fatal(err)
	}
	got, err := looking.Organisation(t.Context())
	if diff := cmp.Diff(o, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	err = looking.Write(t.Context(), func(*store.Tx) error { return nil })
	if fault.KindOf(err) != fault.Refused {
		t.Errorf("it wrote: %v", err)
	}
}

func TestWhoLooksIsToldWhatTheFileLacks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "depositaire.db")
	if err := os.WriteFile(path, []byte("this is no database, whatever its name says it is"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Look(t.Context(), path); err == nil {
		t.Error("a damaged file opens")
	}
	pool, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	lacks, err := settings(t.Context(), pool)
	if err != nil || len(lacks) != 1 {
		t.Errorf("a database in memory lacks %q, %v; want its journal", lacks, err)
	}
}
