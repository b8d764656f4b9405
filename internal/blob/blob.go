// SPDX-License-Identifier: AGPL-3.0-or-later

// Package blob keeps ciphertext files in a folder. It opens nothing and knows no
// name: a file is called by its random id. What Put returns from is on the disk,
// whole, or is not there at all (secrecy.md §9).
package blob

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// unfinished begins the name of a file that is not whole yet.
const unfinished = ".writing-"

// Folder is a folder of files. It is safe for concurrent use.
type Folder struct{ path string }

// Open returns the folder at a path, made when it is missing.
func Open(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, noFile(err)
	}
	return &Folder{path}, nil
}

// Put writes one file and puts it on the disk before giving it its name, and
// returns its size and its sum. A file of the same id is replaced.
func (f *Folder) Put(id record.FileID, write func(io.Writer) error) (size int64, digest [32]byte, err error) {
	to, err := os.CreateTemp(f.path, unfinished+"*")
	if err != nil {
		return 0, digest, noFile(err)
	}
	defer func() { _ = os.Remove(to.Name()) }()
	sum := sha256.New()
	counted := &counter{to: io.MultiWriter(to, sum)}
	w := bufio.NewWriterSize(counted, 64<<10)
	if err := write(w); err != nil {
		return 0, digest, errors.Join(err, to.Close())
	}
	if err := errors.Join(w.Flush(), to.Sync(), to.Close()); err != nil {
		return 0, digest, noFile(err)
	}
	if err := errors.Join(os.Rename(to.Name(), f.name(id)), f.sync()); err != nil {
		return 0, digest, noFile(err)
	}
	return counted.n, [32]byte(sum.Sum(nil)), nil
}

type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	return n, err
}

// sync puts the names of the folder on the disk.
func (f *Folder) sync() error {
	dir, err := os.Open(f.path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (f *Folder) name(id record.FileID) string { return filepath.Join(f.path, id.String()) }

// Get opens one file; Unavailable when it is not there, since a row says it is.
func (f *Folder) Get(id record.FileID) (io.ReadCloser, error) {
	file, err := os.Open(f.name(id))
	if err != nil {
		return nil, noFile(err)
	}
	return file, nil
}

// Sum reads one file whole, and returns its size and its sum.
func (f *Folder) Sum(id record.FileID) (size int64, digest [32]byte, err error) {
	file, err := f.Get(id)
	if err != nil {
		return 0, digest, err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if size, err = io.Copy(sum, file); err != nil {
		return 0, digest, noFile(err)
	}
	return size, [32]byte(sum.Sum(nil)), nil
}

// Sweep deletes the files written before a time that known does not hold, and
// those that were never finished, and counts them. What nobody wrote here stays.
func (f *Folder) Sweep(ctx context.Context, before time.Time, known map[record.FileID]bool) (gone int, err error) {
	all, err := os.ReadDir(f.path)
	if err != nil {
		return 0, noFile(err)
	}
	for _, entry := range all {
		id, err := record.ParseID[record.File](entry.Name())
		if err != nil && !strings.HasPrefix(entry.Name(), unfinished) || err == nil && known[id] {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return gone, noFile(err)
		}
		if err := os.Remove(filepath.Join(f.path, entry.Name())); err != nil {
			return gone, noFile(err)
		}
		gone++
	}
	return gone, f.sync()
}

// Writable reports whether a file can be written here.
func (f *Folder) Writable() error {
	to, err := os.CreateTemp(f.path, unfinished+"*")
	if err != nil {
		return noFile(err)
	}
	if err := errors.Join(to.Close(), os.Remove(to.Name())); err != nil {
		return noFile(err)
	}
	return nil
}

// noFile says that the folder cannot serve, without a path.
func noFile(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	f := fault.Because(fault.Unavailable, err)
	f.Key = "fault.file"
	return f
}
