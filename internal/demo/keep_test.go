// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// made is what is remembered of an organisation that took long to make, beside its
// database, so that it is measured again without making it again.
type made struct {
	Made
	Wall, CPU                 time.Duration
	At                        string
	Load                      string // of the machine at the end, as the kernel says it
	Opened, Quiet, Bare, Read []record.CaseID
}

func forgotten([]byte) error { return nil }

// place is the folder of the organisation of this size: under -data, where it stays,
// or in a folder that goes with the test.
func place(t testing.TB) string {
	if *data == "" {
		return t.TempDir()
	}
	dir := filepath.Join(*data, fmt.Sprint(*size))
	must(t, os.MkdirAll(dir, 0o700))
	return dir
}

// atHome returns the organisation of a folder, which is made when it is not there.
func atHome(t testing.TB, dir string) (*street, made) {
	t.Helper()
	path, secrets, told := filepath.Join(dir, database), filepath.Join(dir, hostFile), filepath.Join(dir, "made.json")
	keep := func(raw []byte) error { return os.WriteFile(secrets, raw, 0o600) }
	raw, err := os.ReadFile(told)
	if errors.Is(err, fs.ErrNotExist) {
		for _, half := range []string{path, path + "-wal", path + "-shm", secrets} {
			if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		s := newStreet(t, sqliteAt(t, path), nil, keep)
		m := s.filled(t)
		raw, err = json.MarshalIndent(m, "", "  ")
		must(t, err)
		must(t, os.WriteFile(told, raw, 0o600))
		return s, m
	}
	var m made
	must(t, err)
	must(t, json.Unmarshal(raw, &m))
	host, err := os.ReadFile(secrets)
	must(t, err)
	s := newStreet(t, sqliteAt(t, path), host, keep)
	s.remember(t, m)
	return s, m
}

// filled makes the organisation, and tells what it took.
func (s *street) filled(t testing.TB) made {
	t.Helper()
	begin, cpu := time.Now(), spent()
	must(t, s.make(t.Context(), *size))
	wall, used := time.Since(begin), spent()-cpu
	s.fill(t)
	m := made{
		Made: s.made, Wall: wall, CPU: used, At: time.Now().UTC().Format(time.DateTime),
		Opened: s.opened, Quiet: s.quiet, Bare: s.bare, Read: s.read,
	}
	load, err := os.ReadFile("/proc/loadavg")
	must(t, err)
	m.Load = string(load)
	t.Logf("%d persons in %s, %s of CPU", *size, m.Wall.Round(time.Second), m.CPU.Round(time.Second))
	return m
}

// remember puts back in hand what the maker of an organisation held.
func (s *street) remember(t testing.TB, m made) {
	t.Helper()
	ctx := t.Context()
	s.made, s.opened, s.quiet, s.bare, s.read = m.Made, m.Opened, m.Quiet, m.Bare, m.Read
	for _, a := range m.People {
		who, err := s.db.MemberByLogin(ctx, a.Login)
		must(t, err)
		s.members[a.Name] = who.ID
		slots, err := s.db.Slots(ctx, who.ID)
		must(t, err)
		for _, slot := range slots {
			if slot.Kind == record.SlotPaper {
				s.secrets[a.Name], err = s.Strong.OpenPaper(slot, a.Paper)
				must(t, err)
			}
		}
	}
	all, err := s.db.Services(ctx)
	must(t, err)
	for _, service := range all {
		s.services[service.Name] = service.ID
	}
	s.Clock.Finish()
	_, err = s.Strong.Unlock(ctx, s.members[lucie], s.secrets[lucie], journal.DeviceConsole)
	must(t, err)
}
