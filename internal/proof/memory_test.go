// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/house/figures"
)

// remains counts how often the tokens stand in the memory of a process, and how
// many of them do.
func remains(t *testing.T, pid int, tokens []string) (copies int, which []string) {
	t.Helper()
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	must(t, err)
	defer func() { _ = maps.Close() }()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	must(t, err)
	defer func() { _ = memory.Close() }()
	seen, read := map[string]int{}, 0
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		low, high, _ := strings.Cut(fields[0], "-")
		from, errFrom := strconv.ParseInt(low, 16, 64)
		to, errTo := strconv.ParseInt(high, 16, 64)
		if errFrom != nil || errTo != nil {
			continue // above what a file may address: the kernel's own
		}
		part := make([]byte, to-from)
		n, _ := memory.ReadAt(part, from) // what was never touched cannot be read
		read += n
		for _, token := range tokens {
			seen[token] += bytes.Count(part[:n], []byte(token))
		}
	}
	if read == 0 {
		t.Fatal("no memory could be read")
	}
	for _, token := range tokens {
		copies += seen[token]
		if seen[token] > 0 {
			which = append(which, token)
		}
	}
	return copies, which
}

// What a process keeps of words after those who read them signed out: Go does not
// wipe what it frees, and frees when it collects. A figure, not a gate: the promise
// is about a machine that is off (secrecy.md §1).
func TestWhatMemoryKeepsAfterASignOut(t *testing.T) {
	if testing.Short() {
		t.Skip("a figure: not under -short")
	}
	binary := build(t)
	for _, how := range []struct{ name, environment string }{
		{"as it ships", "GODEBUG="}, {"the collector overwriting nothing", "GODEBUG=clobberfree=0"},
	} {
		s := serve(t, binary, how.environment)
		d := tell(s)
		pid := s.process.Process.Pid
		busy, _ := remains(t, pid, d.confided)
		if busy == 0 {
			t.Fatal("no word in the memory of a process at work: nothing was looked at")
		}
		d.signOut()
		out, kinds := remains(t, pid, d.confided)
		d.karim.client.CloseIdleConnections()
		stranger := s.hand()
		for range 400 { // others go on: the collector runs
			stranger.get("/invitation")
		}
		later, left := remains(t, pid, d.confided)
		t.Logf("%s: %d copies at work, %d of %d words after the sign-out, %d of %d words later: %q", how.name, busy, out, len(kinds), later, len(left), left)
		aim := figures.AtMost("words in memory after a sign-out and 400 pages of others, "+how.name, float64(len(left)), fmt.Sprintf("of %d", len(d.confided)), 0)
		aim.Aim = true
		keep(t, aim, figures.Plain("words in memory right after a sign-out, "+how.name, float64(len(kinds)), fmt.Sprintf("of %d", len(d.confided))))
		s.stop()
	}
}

var coreLimit = regexp.MustCompile(`(?m)^Max core file size\s+0\s+0\s`)

// A crash leaves no memory on the disk (secrecy.md §9). Seen to kill: quiet not
// called.
func TestACrashLeavesNoMemoryOnTheDisk(t *testing.T) {
	s := serve(t, build(t))
	s.start()
	s.hand().get("/signin")
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.process.Process.Pid))
	must(t, err)
	if !coreLimit.Match(limits) {
		t.Errorf("the program may leave a core file:\n%s", limits)
	}
}
