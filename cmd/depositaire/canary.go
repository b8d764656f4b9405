// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"depositaire.org/depositaire/internal/demo"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// keepCanary makes the canary dossier of an organisation that has none yet. An
// older schema has no place for it: the next start makes it.
func keepCanary(ctx context.Context, p *program, db *store.DB, host *strongroom.Host) error {
	if at, err := db.Schema(ctx); err != nil || at < store.Newest() || !host.Founded() {
		return err
	}
	if _, err := db.Canary(ctx); fault.KindOf(err) != fault.Withheld {
		return err
	}
	content, err := makeCanary(ctx, p, host)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error { return tx.PutCanary(ctx, content) })
}

// aside runs fn with the path of a database of its own, which is gone afterwards.
// Only the canary's rows ever stand there.
func aside(p *program, fn func(path string) error) error {
	dir, err := os.MkdirTemp(p.config.Data, ".canary-*")
	if err != nil {
		return fault.Because(fault.Unavailable, err)
	}
	return errors.Join(fn(filepath.Join(dir, "canary.db")), os.RemoveAll(dir))
}

func makeCanary(ctx context.Context, p *program, host *strongroom.Host) (content []byte, err error) {
	err = aside(p, func(path string) (err error) {
		db, err := sqlite.Open(ctx, path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		clock := demo.NewClock(time.Now(), 0)
		its := host.Canary(nil)
		h, err := wire(db, nil, its, p.config.URL, clock.Now)
		if err != nil {
			return err
		}
		made, err := demo.MakeCanary(ctx, h.demoRooms(clock), func(ctx context.Context, s record.Slot) error {
			return db.Write(ctx, func(tx *store.Tx) error { return tx.PutSlot(ctx, s) })
		})
		if err == nil {
			content, err = upkeep.PackCanary(ctx, made, its, snapshotOf(db), clock.Now())
		}
		return err
	})
	return content, err
}

// proveCanary puts the canary dossier of a database aside, and opens it.
func proveCanary(ctx context.Context, p *program, db *store.DB, host *strongroom.Host) (upkeep.Lines, error) {
	content, err := db.Canary(ctx)
	if err != nil {
		return nil, err
	}
	packed, err := upkeep.UnpackCanary(content)
	if err != nil {
		return nil, err
	}
	var report upkeep.Lines
	its := host.Canary(packed.Root)
	err = aside(p, func(path string) (err error) {
		fill := func(f *store.Filler) error { return packed.Fill(ctx, f, its) }
		if err := sqlite.Fill(ctx, path, packed.Schema, fill, func(*store.Tx) error { return nil }); err != nil {
			return err
		}
		db, err := sqlite.Open(ctx, path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		room := strongroom.New(db, writer(db, func(tx *store.Tx) strongroom.Tx { return tx }), its, time.Now)
		proved, err := room.ProveCanary(ctx, db, packed.Canary)
		report = upkeep.Proved(proved)
		return err
	})
	return report, err
}
