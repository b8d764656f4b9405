// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"compress/gzip"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store/sqlite"
)

// releases is where the files of older programs stand: see its README.
func releases() string {
	dir, err := filepath.Abs(filepath.Join("testdata", "release"))
	if err != nil {
		panic(err)
	}
	return dir
}

// older puts the folder that an older program left: older 0001 folder.
func older(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: older number folder")
	}
	from, to := filepath.Join(releases(), args[0]), ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(to, 0o700))
	packed, err := os.Open(filepath.Join(from, "depositaire.db.gz"))
	ts.Check(err)
	defer func() { _ = packed.Close() }()
	whole, err := gzip.NewReader(packed)
	ts.Check(err)
	rows, err := io.ReadAll(whole)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(to, "depositaire.db"), rows, 0o600))
	secrets, err := os.ReadFile(filepath.Join(from, "host-secrets.json"))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(to, "host-secrets.json"), secrets, 0o600))
}

// TestScriptsOnPostgreSQL runs testdata/postgres/*.txtar on a throw-away server. Its
// absence is a failure, but under -short on a machine that is not asked for
// everything.
func TestScriptsOnPostgreSQL(t *testing.T) {
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn == "" && testing.Short() && os.Getenv("DEPOSITAIRE_TEST_REQUIRE_ALL") != "1" {
		t.Skip("no DEPOSITAIRE_TEST_POSTGRES under -short")
	}
	if dsn == "" {
		t.Fatal("DEPOSITAIRE_TEST_POSTGRES names no server")
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "postgres"), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PG", dsn)
			for _, name := range []string{"FIRST", "SECOND"} {
				id := record.NewID[record.Entry]()
				env.Setenv(name, "test_"+hex.EncodeToString(id[:8]))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "append": appendTo, "kept": kept, "older": older,
		},
	})
}

// flip changes one bit in the middle of a file: flip file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip file")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

// moveTo renames the one file that a pattern names: move out/*.age file.
func moveTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: move pattern file")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%d files %s, want one", len(found), args[0])
	}
	ts.Check(os.Rename(found[0], ts.MkAbs(args[1])))
}

// inFile runs fn on a folder's database, beside whoever serves it.
func inFile(ts *testscript.TestScript, folder string, fn func(*sql.DB) error) {
	db, err := sql.Open("sqlite", sqlite.DSN(filepath.Join(ts.MkAbs(folder), "depositaire.db")))
	ts.Check(err)
	ts.Check(errors.Join(fn(db), db.Close()))
}

// rows counts those of a table: rows folder table 3.
func rows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: rows folder table count")
	}
	inFile(ts, args[0], func(db *sql.DB) error {
		var n int
		err := db.QueryRow(`SELECT COUNT(*) FROM "` + args[1] + `"`).Scan(&n)
		if err == nil && fmt.Sprint(n) != args[2] {
			err = fmt.Errorf("%s holds %d rows, want %s", args[1], n, args[2])
		}
		return err
	})
}

// spoil runs a statement on a folder's database: spoil folder 'DROP TABLE …'.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: spoil folder statement")
	}
	inFile(ts, args[0], func(db *sql.DB) error {
		_, err := db.Exec(strings.Join(args[1:], " "))
		return err
	})
}
