// SPDX-License-Identifier: AGPL-3.0-or-later

// Package upkeep keeps an organisation's data sound: it verifies the journal and
// the chains against what was signed, purges what is old enough, takes backups,
// puts them back elsewhere and proves them, and says in plain words what an
// operator has to do. It names nobody, and opens nothing of anybody's.
package upkeep

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// WitnessFile remembers checkpoints in a file outside the database: signed notes,
// each with an empty line after it. A whole older database does not agree with it.
type WitnessFile struct {
	path, public string

	mu   sync.Mutex
	last int64 // size of the newest checkpoint in the file; -1: not read yet
}

// NewWitnessFile returns the witness at a path. public is the key of its notes.
func NewWitnessFile(path, public string) *WitnessFile {
	return &WitnessFile{path: path, public: public, last: -1}
}

// errWitness leaves the path out: an operator knows which file it is.
var errWitness = errors.New("upkeep: the witness file cannot be used")

// Last implements journal.Witness.
func (w *WitnessFile) Last() (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last < 0 {
		all, _, err := w.Read()
		if err != nil {
			return 0, err
		}
		w.last = 0
		for _, c := range all {
			w.last = c.Size
		}
	}
	return w.last, nil
}

// Add implements journal.Witness: it returns once the notes are on the disk.
func (w *WitnessFile) Add(notes ...string) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, err := os.OpenFile(w.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fault.Because(fault.Unavailable, errWitness)
	}
	defer func() {
		if errors.Join(err, f.Close()) != nil {
			err, w.last = fault.Because(fault.Unavailable, errWitness), -1
		}
	}()
	if err := cutTorn(f); err != nil {
		return err
	}
	for _, note := range notes {
		c, err := journal.ReadCheckpoint(w.public, note)
		if err != nil {
			return err
		}
		if _, err := f.WriteString(note + "\n"); err != nil {
			return err
		}
		w.last = c.Size
	}
	return errors.Join(f.Sync(), syncFolder(filepath.Dir(w.path)))
}

// cutTorn puts the file's end after its last whole note: a power cut may leave
// half of one, which nobody was told of.
func cutTorn(f *os.File) error {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	const longest = 4096
	tail := make([]byte, min(end, longest))
	if _, err := f.ReadAt(tail, end-int64(len(tail))); err != nil {
		return err
	}
	whole := len(tail)
	for ; whole > 0 && !ends(tail[:whole]); whole-- {
	}
	if whole == len(tail) {
		return nil
	}
	end -= int64(len(tail) - whole)
	if err := f.Truncate(end); err != nil {
		return err
	}
	_, err = f.Seek(end, io.SeekStart)
	return err
}

// ends reports whether b ends with a whole note: a line that begins with the dash
// of a signature, then an empty one.
func ends(b []byte) bool {
	if !bytes.HasSuffix(b, []byte("\n\n")) {
		return false
	}
	line := b[bytes.LastIndexByte(b[:len(b)-2], '\n')+1:]
	return bytes.HasPrefix(line, []byte(dash))
}

// dash begins the line of a signature in a note.
const dash = "— "

// syncFolder makes a new file's name durable.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Read returns the checkpoints of the file, and how many of its notes are not
// ones that the key signed. A file that is not there holds none; half a note at
// the end is no note.
func (w *WitnessFile) Read() (all []record.Checkpoint, foreign int, err error) {
	f, err := os.Open(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fault.Because(fault.Unavailable, errWitness)
	}
	defer func() { _ = f.Close() }()
	var note []byte
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) > 0 || !signed(note) {
			note = append(append(note, line...), '\n')
			continue
		}
		c, err := journal.ReadCheckpoint(w.public, string(note))
		if err != nil {
			foreign++
		} else {
			c.Note = ""
			all = append(all, c)
		}
		note = note[:0]
	}
	if lines.Err() != nil {
		return nil, 0, fault.Because(fault.Unavailable, errWitness)
	}
	return all, foreign, nil
}

// signed reports whether the last line of a note is a signature.
func signed(note []byte) bool {
	if len(note) == 0 {
		return false
	}
	line := note[bytes.LastIndexByte(note[:len(note)-1], '\n')+1:]
	return bytes.HasPrefix(line, []byte(dash))
}
