// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"context"
	"crypto/sha256"
	"io"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// filesAtOnce is how many rows of files are read at a time.
const filesAtOnce = 1000

// FileReader lists the files that a database refers to.
type FileReader interface {
	Files(ctx context.Context, after record.FileID, limit int) ([]record.File, error)
}

// everyFile calls each with every file that a database refers to.
func everyFile(ctx context.Context, read FileReader, each func(record.File) error) error {
	var after record.FileID
	for {
		some, err := read.Files(ctx, after, filesAtOnce)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, f := range some {
			if err := each(f); err != nil {
				return err
			}
			after = f.ID
		}
	}
}

// KnownFiles returns the files that a database refers to.
func KnownFiles(ctx context.Context, read FileReader) (map[record.FileID]bool, error) {
	known := map[record.FileID]bool{}
	err := everyFile(ctx, read, func(f record.File) error { known[f.ID] = true; return nil })
	return known, err
}

// ProveFiles says whether every file that a database refers to is there, with the
// sum that its row has. sum reads one file whole.
func ProveFiles(ctx context.Context, read FileReader, sum func(record.FileID) (int64, [32]byte, error)) (r Lines, err error) {
	whole, lost := 0, 0
	err = everyFile(ctx, read, func(f record.File) error {
		size, digest, err := sum(f.ID)
		if err != nil || size != f.Size || digest != f.Digest {
			lost++
			return nil
		}
		whole++
		return nil
	})
	if lost > 0 {
		return Lines{{Mark: Repair, Key: "upkeep.files_lost", Args: []any{lost}, Next: "upkeep.files_lost.next"}}, err
	}
	if whole > 0 {
		r.add(Well, "upkeep.files", whole)
	}
	return r, err
}

// copyFiles writes every file that a snapshot refers to, and counts those that are
// not what their rows say: a backup without them is better than none.
func (b Backup) copyFiles(ctx context.Context, s Snapshot, c *copyWriter, out *Taken) error {
	tables, err := s.Tables()
	if err != nil || !slices.Contains(tables, "file") { // of an older database
		return err
	}
	return everyFile(ctx, s, func(f record.File) error {
		content, err := b.file(f)
		if err != nil {
			out.Lost++
			return nil
		}
		out.Files++
		return c.frame(frameFile, append(f.ID[:], content...))
	})
}

func (b Backup) file(f record.File) ([]byte, error) {
	from, err := b.Files(f.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	content, err := io.ReadAll(io.LimitReader(from, maxFrame))
	if err == nil && (int64(len(content)) != f.Size || sha256.Sum256(content) != f.Digest) {
		err = errDamaged
	}
	return content, err
}
