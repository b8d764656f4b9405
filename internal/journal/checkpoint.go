// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// ErrNote is returned for a text that is not a note signed by the key.
var ErrNote = errors.New("journal: not a note of this key")

// Origin is the first line of an organisation's checkpoints, and the name of the
// key that signs them.
func Origin(o record.OrganisationID) string { return "depositaire.org/journal/" + o.String() }

// Key signs the checkpoints of one organisation. It is kept in a closure, so that
// it prints as an address.
type Key struct {
	public string
	sign   func([]byte) []byte
}

// NewKey returns the key of a seed.
func NewKey(o record.OrganisationID, seed [32]byte) (Key, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	public, err := note.NewEd25519VerifierKey(Origin(o), ed25519.PublicKey(private[ed25519.SeedSize:]))
	if err != nil {
		return Key{}, fault.Because(fault.Internal, err)
	}
	return Key{public, func(msg []byte) []byte { return ed25519.Sign(private, msg) }}, nil
}

// Public is what verifies the notes that the key signs, as C2SP writes it.
func (k Key) Public() string { return k.public }

// signer is a Key as the note package wants it.
type signer struct {
	note.Verifier
	key Key
}

// Sign implements note.Signer.
func (s signer) Sign(msg []byte) ([]byte, error) { return s.key.sign(msg), nil }

// signNote signs lines.
func (k Key) signNote(lines ...string) (string, error) {
	v, err := note.NewVerifier(k.public)
	if err != nil {
		return "", fault.Because(fault.Internal, err)
	}
	signed, err := note.Sign(&note.Note{Text: strings.Join(lines, "\n") + "\n"}, signer{v, k})
	if err != nil {
		return "", fault.Because(fault.Internal, err)
	}
	return string(signed), nil
}

// openNote returns the lines of a note that the holder of public signed. One note
// has one text: the package is more lenient about how a signature is written.
func openNote(public, text string) ([]string, error) {
	v, err := note.NewVerifier(public)
	if err != nil {
		return nil, ErrNote
	}
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) > 0 || strings.Count(text, "\n") != strings.Count(n.Text, "\n")+2 {
		return nil, ErrNote
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil {
		return nil, ErrNote
	}
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	if lines[0] != v.Name() {
		return nil, ErrNote
	}
	return lines, nil
}

// signCheckpoint signs a tree at one minute: a C2SP checkpoint whose one extension
// line says when.
func (k Key) signCheckpoint(size int64, root [32]byte, at record.Minute) (record.Checkpoint, error) {
	c := record.Checkpoint{Size: size, Root: root, Minute: at}
	var err error
	c.Note, err = k.signNote(k.name(), strconv.FormatInt(size, 10), base64.StdEncoding.EncodeToString(root[:]), minuteLine(at))
	return c, err
}

func (k Key) name() string {
	name, _, _ := strings.Cut(k.public, "+")
	return name
}

func minuteLine(m record.Minute) string { return fmt.Sprintf("minute %d", m) }

// ReadCheckpoint reads a checkpoint that the holder of public signed, or returns
// ErrNote.
func ReadCheckpoint(public, text string) (record.Checkpoint, error) {
	c := record.Checkpoint{Note: text}
	lines, err := openNote(public, text)
	if err != nil || len(lines) != 4 {
		return c, ErrNote
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, errRoot := base64.StdEncoding.DecodeString(lines[2])
	_, errMinute := fmt.Sscanf(lines[3], "minute %d", &c.Minute)
	if err := errors.Join(err, errRoot, errMinute); err != nil || len(root) != len(c.Root) {
		return c, ErrNote
	}
	c.Size, c.Root = size, [32]byte(root)
	if lines[1] != strconv.FormatInt(size, 10) || size < 0 || lines[3] != minuteLine(c.Minute) {
		return c, ErrNote
	}
	return c, nil
}

// signPurge signs that the entries below a checkpoint are gone on purpose.
func (k Key) signPurge(p record.Purge) (record.Purge, error) {
	var err error
	p.Note, err = k.signNote(k.name(), purgeLine(p))
	return p, err
}

func purgeLine(p record.Purge) string {
	return fmt.Sprintf("purged below %d, signed at minute %d, at minute %d, entry %s", p.Below, p.Since, p.Minute, p.Entry)
}

// PurgeSigned reports whether the holder of public signed what a purge says.
func PurgeSigned(public string, p record.Purge) bool {
	lines, err := openNote(public, p.Note)
	return err == nil && len(lines) == 2 && lines[1] == purgeLine(p)
}
