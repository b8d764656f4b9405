// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// finding is one sentence of the doctor's.
type finding struct {
	mark rune // how it is shown
	says string
	hint string
}

const (
	well   = '✓'
	minor  = '~' // worth knowing
	repair = '✗' // to repair: exit 6
)

// check is what one examination found.
type check []finding

func (c *check) add(mark rune, says, hint string) { *c = append(*c, finding{mark, says, hint}) }

// doctor says in plain words whether a machine and a folder are well. It reads
// only, and may run beside the process that serves.
func doctor(ctx context.Context, p *program) error {
	c := examineFiles(p)
	c = append(append(c, examineFolder(p)...), examineMachine(p)...)
	db, found := look(ctx, p)
	c = append(c, found...)
	if db != nil {
		inside, err := p.examineInside(ctx, db)
		if err = errors.Join(err, db.Close()); err != nil {
			inside.add(repair, "the database cannot be read: "+err.Error(), "is it of another version, or damaged?")
		}
		c = append(c, inside...)
		c = append(c, verified(p, time.Now())...)
	}
	broken := 0
	for _, f := range c {
		_, _ = fmt.Fprintf(p.out, "%c %s\n", f.mark, f.says)
		if f.hint != "" {
			_, _ = fmt.Fprintf(p.out, "  hint: %s\n", f.hint)
		}
		if f.mark == repair {
			broken++
		}
	}
	if broken > 0 {
		return fail(exitUnwell, fmt.Errorf("%d to repair", broken))
	}
	return nil
}

// examineFiles looks at the host secrets and the folder.
func examineFiles(p *program) (c check) {
	if folder, err := os.Stat(p.config.Data); err == nil && folder.Mode().Perm()&0o077 != 0 {
		c.add(repair, "others on this machine may enter the data folder", "chmod 700 "+p.config.Data)
	}
	file, err := os.Stat(p.config.Secrets)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.add(minor, "there are no host secrets yet", "`depositaire serve` makes them, for an empty database only")
		return c
	case err != nil:
		c.add(repair, "the host secrets cannot be read", "check the permissions of "+p.config.Secrets)
		return c
	case file.Mode().Perm()&0o077 != 0:
		c.add(repair, "others on this machine may read the host secrets", "chmod 600 "+p.config.Secrets)
	}
	raw, err := os.ReadFile(p.config.Secrets)
	var key journal.Key
	if err == nil {
		var host *strongroom.Host
		if host, err = strongroom.LoadHost(raw, nil); err == nil {
			key, err = host.CheckpointKey()
		}
	}
	if err != nil {
		c.add(repair, "the host secrets cannot be understood", "put the file back from its own backup")
		return c
	}
	c.add(well, "the host secrets are readable", "")
	c.add(well, "the journal's public key is "+key.Public(), "display it: receipts are compared with it")
	return c
}

const littleRoom = 1 << 30 // bytes: less is a warning, a tenth of it a failure soon

// examineMachine looks at the disk and the swap.
func examineMachine(p *program) (c check) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(nearest(p.config.Data), &disk); err == nil {
		free := disk.Bavail * uint64(disk.Bsize) //nolint:gosec // a block has a positive size
		says := fmt.Sprintf("%d MB are free on the disk", free>>20)
		switch {
		case free < littleRoom/10:
			c.add(repair, says, "nothing can be saved on a full disk: make room")
		case free < littleRoom:
			c.add(minor, says, "make room before it is full")
		default:
			c.add(well, says, "")
		}
	}
	for _, device := range unencryptedSwap("/proc/swaps", "/sys/class/block") {
		c.add(minor, "swap on "+device+" is not encrypted: what is being read may be written there", "swapoff, or encrypt it (man crypttab)")
	}
	return c
}

// examineFolder looks at the folder of the sealed files.
func examineFolder(p *program) (c check) {
	info, err := os.Stat(p.config.Files)
	if errors.Is(err, fs.ErrNotExist) {
		return c // nothing was attached yet: serving makes it
	}
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		c.add(repair, "others on this machine may enter the folder of the sealed files", "chmod 700 "+p.config.Files)
	}
	files, err := blob.Open(p.config.Files)
	if err == nil {
		err = files.Writable()
	}
	if err != nil {
		c.add(repair, "the folder of the sealed files cannot be written: no document can be added", "check -documents and its permissions")
		return c
	}
	c.add(well, "the folder of the sealed files can be written", "")
	return c
}

// nearest returns the first folder above path that exists.
func nearest(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// unencryptedSwap lists the swap devices that neither stay in memory (zram) nor
// are encrypted (dm-crypt). A machine without /proc has none that we know of.
func unencryptedSwap(swaps, blocks string) (all []string) {
	raw, err := os.ReadFile(swaps)
	if err != nil {
		return nil
	}
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		fields := strings.Fields(line)
		if i == 0 || len(fields) == 0 { // the first line names the columns
			continue
		}
		device := filepath.Base(fields[0])
		uuid, _ := os.ReadFile(filepath.Join(blocks, device, "dm", "uuid"))
		if !strings.HasPrefix(device, "zram") && !strings.HasPrefix(string(uuid), "CRYPT-") {
			all = append(all, fields[0])
		}
	}
	return all
}

// look opens the database to read it.
func look(ctx context.Context, p *program) (db *store.DB, c check) {
	var lacks []string
	var err error
	if p.config.Postgres != "" {
		db, lacks, err = postgres.Look(ctx, p.config.Postgres, p.config.Schema)
	} else {
		db, lacks, err = sqlite.Look(ctx, p.database())
	}
	switch {
	case err == nil:
		c.add(well, "the database opens", "")
	case fault.KindOf(err) == fault.Withheld:
		c.add(minor, "there is no database yet", "`depositaire serve` makes it")
	default:
		c.add(repair, "the database cannot be opened: "+err.Error(), "check -data or -postgres")
	}
	for _, sentence := range lacks {
		c.add(repair, sentence, "")
	}
	return db, c
}

// examineHouse looks at what the organisation still lacks.
func examineHouse(ctx context.Context, db *store.DB, now time.Time) (c check, err error) {
	if _, err := db.Organisation(ctx); fault.KindOf(err) == fault.Withheld {
		c.add(minor, "no organisation was founded yet", "open the link that `depositaire serve` prints")
		return c, nil
	} else if err != nil {
		return nil, err
	}
	at := record.Minute(now.Unix() / 60)
	for _, examine := range []func(context.Context, *store.DB, record.Minute, *check) error{seats, offices, invitations, accounts} {
		if err := examine(ctx, db, at, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// examineInside looks at the organisation, unless the database is an older
// program's: it lacks what is asked.
func (p *program) examineInside(ctx context.Context, db *store.DB) (c check, err error) {
	if at, err := db.Schema(ctx); err != nil || at < store.Newest() {
		c.add(minor, "the database is an older program's", "`depositaire serve` brings it up to date: take a backup first")
		return c, err
	}
	if c, err = examineHouse(ctx, db, time.Now()); err != nil {
		return c, err
	}
	return p.examineKept(ctx, db, c)
}

// examineKept adds the alarms: backups, the last audit, an older state that came
// back.
func (p *program) examineKept(ctx context.Context, db *store.DB, c check) (check, error) {
	if _, err := db.Organisation(ctx); err != nil {
		return c, nil //nolint:nilerr // not founded yet: examineHouse says so
	}
	alarms, err := auditor(db, nil).Alarms(ctx, upkeep.State{Demo: isDemo(p)})
	for _, l := range alarms {
		hint := ""
		if l.Next != "" {
			hint = p.says(l.Next)
		}
		c.add(rune(l.Mark), p.says(l.Key, l.Args...), hint)
	}
	return c, err
}

// seats: an envelope that nobody proved may never have been printed.
func seats(ctx context.Context, db *store.DB, _ record.Minute, c *check) error {
	all, err := db.Seats(ctx)
	if err != nil {
		return err
	}
	unproved := 0
	for _, s := range all {
		if s.Proved == 0 {
			unproved++
		}
	}
	if unproved > 0 {
		c.add(repair, fmt.Sprintf("%d of %d recovery envelopes were never proved", unproved, len(all)), "who founded the organisation types their control words: /start")
		return nil
	}
	c.add(well, fmt.Sprintf("%d recovery envelopes were proved", len(all)), "")
	return nil
}

// offices: nobody can be received in a service whose first member has not come.
func offices(ctx context.Context, db *store.DB, _ record.Minute, c *check) error {
	all, err := db.Services(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		circles, err := db.Circles(ctx, record.OwnerOf(record.OwnerService, s.ID))
		if err != nil {
			return err
		}
		if len(circles) == 0 {
			c.add(repair, "the service "+s.Name+" has no key yet: nobody can be received there", "its first member signs in once")
		}
	}
	return nil
}

func invitations(ctx context.Context, db *store.DB, now record.Minute, c *check) error {
	all, err := db.Invitations(ctx)
	if err != nil {
		return err
	}
	over := 0
	for _, i := range all {
		if i.Until <= now {
			over++
		}
	}
	if len(all) > 0 {
		c.add(minor, fmt.Sprintf("%d invitations wait, %d of them over", len(all), over), "")
	}
	return nil
}

const oneSlotMinutes = 7 * 24 * 60 // an account may begin with one slot (secrecy.md §4)

// accounts: one slot lost is an account lost.
func accounts(ctx context.Context, db *store.DB, now record.Minute, c *check) error {
	members, err := db.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.State != record.MemberActive {
			continue
		}
		slots, err := db.Slots(ctx, m.ID)
		if err != nil {
			return err
		}
		proved, first := 0, now
		for _, s := range slots {
			first = min(first, s.Made)
			if s.Proved != 0 {
				proved++
			}
		}
		switch {
		case proved >= 2:
		case now-first > oneSlotMinutes:
			c.add(repair, "the account "+m.Login+" has one way in only", "its owner types her paper code back: /security")
		default:
			c.add(minor, "the account "+m.Login+" has one way in only, for some days yet", "")
		}
	}
	return nil
}
