// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/desk"
	"depositaire.org/depositaire/internal/jobs"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

// The store does what each room asks, and imports none of them.
var (
	_ strongroom.Tx   = (*store.Tx)(nil)
	_ organisation.Tx = (*store.Tx)(nil)
	_ signin.Tx       = (*store.Tx)(nil)
	_ people.Tx       = (*store.Tx)(nil)
	_ cases.Tx        = (*store.Tx)(nil)
	_ casework.Tx     = (*store.Tx)(nil)
	_ agenda.Tx       = (*store.Tx)(nil)
	_ jobs.Tx         = (*store.Tx)(nil)

	_ strongroom.Reader   = (*store.DB)(nil)
	_ organisation.Reader = (*store.DB)(nil)
	_ signin.Reader       = (*store.DB)(nil)
	_ people.Reader       = (*store.DB)(nil)
	_ cases.Reader        = (*store.DB)(nil)
	_ casework.Reader     = (*store.DB)(nil)
	_ agenda.Reader       = (*store.DB)(nil)
	_ desk.Directory      = (*store.DB)(nil)

	_ cases.Settings = team{}
	_ signin.Tickets = (*strongroom.Room)(nil)
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"depositaire": main})
}

// TestScripts runs testdata/*.txtar: what a tired operator types, and is told.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("AT", l.Addr().String())
			return l.Close()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers": answers, "mode": mode, "keep": keep, "code": code, "append": appendTo, "kept": kept,
			"older": older, "flip": flip, "move": moveTo, "rows": rows, "spoil": spoil,
		},
	})
}

const startLimit = 2 * time.Minute // for a server to answer, on a busy machine

// answers waits until a server answers at an address: answers $AT.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answers address")
	}
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get("http://" + args[0] + "/")
		if err == nil {
			ts.Check(resp.Body.Close())
			return
		}
	}
	ts.Fatalf("nobody answers at %s", args[0])
}

// code runs a command that ends by itself and compares its exit code:
// code 3 depositaire serve.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code n command arguments…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		m := exitStatus.FindStringSubmatch(err.Error())
		if m == nil {
			ts.Fatalf("%v", err)
		}
		got = m[1]
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

var exitStatus = regexp.MustCompile(`^exit status (\d+)$`)

// mode compares a file's permissions: mode 0600 file.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode 0600 file")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// keep writes the link that the last command printed into a file, and fails
// unless there is exactly one: keep link.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep file")
	}
	all := startAddress.FindAllString(ts.ReadFile("stdout"), -1)
	if len(all) != 1 {
		ts.Fatalf("%d links, want one", len(all))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(all[0]+"\n"), 0o600))
}

// appendTo appends a file, or what the last command printed, to another.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append file file")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+ts.ReadFile(args[1])), 0o600))
}

// kept names the two files of the one backup in a folder: kept out sets $DATABASE
// and $SECRETS.
func kept(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: kept folder")
	}
	for name, end := range map[string]string{"DATABASE": "*-database.age", "SECRETS": "*-host-secrets.age"} {
		found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), end))
		ts.Check(err)
		if len(found) != 1 {
			ts.Fatalf("%d files %s, want one", len(found), end)
		}
		ts.Setenv(name, found[0])
	}
}

var startAddress = regexp.MustCompile(`http://\S+/start/[0-9a-z]{26}`)

// TestExitCodesAreDocumented compares `help`, the constants and doc/operations.md.
func TestExitCodesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "doc", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	help(&printed)
	for _, n := range []int{exitOK, exitFailed, exitUsage, exitSecrets, exitDatabase, exitInUse, exitUnwell, exitTampered} {
		if !strings.Contains(string(doc), fmt.Sprintf("\n| %d | ", n)) {
			t.Errorf("doc/operations.md has no row for exit code %d", n)
		}
		if !regexp.MustCompile(fmt.Sprintf(`(: | · |    )%d [a-z]`, n)).MatchString(printed.String()) {
			t.Errorf("help has no exit code %d", n)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(string(doc), "\n| `"+c.name+"` | ") {
			t.Errorf("doc/operations.md has no row for %s", c.name)
		}
	}
}

// TestSwapThatIsNotEncryptedIsFound reads what Linux says of its swap.
func TestSwapThatIsNotEncryptedIsFound(t *testing.T) {
	dir := t.TempDir()
	swaps := filepath.Join(dir, "swaps")
	write := func(path, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(swaps, "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n/dev/dm-1 partition 1 0 -2\n/dev/sda2 partition 1 0 -3\n/swapfile file 1 0 -4\n")
	write(filepath.Join(dir, "block", "dm-1", "dm", "uuid"), "CRYPT-PLAIN-swap\n")
	got := unencryptedSwap(swaps, filepath.Join(dir, "block"))
	if diff := cmp.Diff([]string{"/dev/sda2", "/swapfile"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := unencryptedSwap(filepath.Join(dir, "none"), dir); got != nil {
		t.Errorf("a machine that does not say has %q", got)
	}
}
