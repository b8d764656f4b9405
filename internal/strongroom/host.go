// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"cmp"
	"encoding/hex"
	"encoding/json"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Host is the secrets of one host, kept in a file outside the database and its
// backup (secrecy.md §4): the pepper of passphrases, the key that signs for
// nobody unlocked, the one that signs the journal's checkpoints, the pinned root.
type Host struct {
	organisation record.OrganisationID
	root         []byte // public half of the organisation's root; empty until founded
	pepper       seal.Key
	sign         seal.Key
	checkpoint   seal.Key
	save         func([]byte) error
	canary       bool // of the canary dossier: see canary.go
}

type hostFile struct {
	Format       int    `json:"format"`
	Organisation string `json:"organisation"`
	Root         string `json:"root"`
	Pepper       string `json:"pepper"`
	Sign         string `json:"sign"`
	Checkpoint   string `json:"checkpoint"`
}

// NewHost returns fresh host secrets. save keeps their bytes, and is called again
// when the root is pinned.
func NewHost(save func([]byte) error) (*Host, error) {
	h := &Host{
		organisation: record.NewID[record.Organisation](), pepper: seal.NewKey(), sign: seal.NewKey(), checkpoint: seal.NewKey(), save: save,
	}
	return h, h.keep()
}

// LoadHost reads what save was given. Secrets older than the checkpoint key get
// one, which is saved.
func LoadHost(raw []byte, save func([]byte) error) (*Host, error) {
	var f hostFile
	if err := json.Unmarshal(raw, &f); err != nil || f.Format != 1 {
		return nil, fault.New(fault.Unavailable, "fault.host_file")
	}
	h := &Host{save: save}
	fresh := hex.EncodeToString(seal.NewKey().Bytes())
	var err error
	if h.organisation, err = record.ParseID[record.Organisation](f.Organisation); err != nil {
		return nil, fault.New(fault.Unavailable, "fault.host_file")
	}
	for _, k := range []struct {
		into *seal.Key
		hex  string
	}{{&h.pepper, f.Pepper}, {&h.sign, f.Sign}, {&h.checkpoint, cmp.Or(f.Checkpoint, fresh)}} {
		b, err := hex.DecodeString(k.hex)
		if err != nil {
			return nil, fault.New(fault.Unavailable, "fault.host_file")
		}
		if *k.into, err = seal.KeyFrom(b); err != nil {
			return nil, fault.New(fault.Unavailable, "fault.host_file")
		}
	}
	if h.root, err = hex.DecodeString(f.Root); err != nil {
		return nil, fault.New(fault.Unavailable, "fault.host_file")
	}
	if f.Checkpoint == "" {
		return h, h.keep()
	}
	return h, nil
}

func (h *Host) keep() error {
	if h.save == nil { // who only looks
		return nil
	}
	b, err := json.MarshalIndent(hostFile{
		Format: 1, Organisation: h.organisation.String(), Root: hex.EncodeToString(h.root),
		Pepper: hex.EncodeToString(h.pepper.Bytes()), Sign: hex.EncodeToString(h.sign.Bytes()),
		Checkpoint: hex.EncodeToString(h.checkpoint.Bytes()),
	}, "", "  ")
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	return h.save(append(b, '\n'))
}

// pin remembers the root, before anything signed by it is written.
func (h *Host) pin(root []byte) error {
	h.root = root
	return h.keep()
}

// Founded reports whether a root was pinned.
func (h *Host) Founded() bool { return len(h.root) > 0 }

// Organisation returns the organisation this host serves.
func (h *Host) Organisation() record.OrganisationID { return h.organisation }

// CheckpointKey returns the key that signs the journal's checkpoints.
func (h *Host) CheckpointKey() (journal.Key, error) {
	return journal.NewKey(h.organisation, [seal.KeySize]byte(h.checkpoint.Bytes()))
}

func (h *Host) copyContext() seal.Context {
	return seal.Context{Purpose: seal.ForCopy, Organisation: h.organisation}
}

// SignCopy signs the digest of one file of a backup.
func (h *Host) SignCopy(digest [32]byte) []byte {
	return seal.NewSigner(h.sign).Sign(h.copyContext(), digest[:])
}

// SignedCopy reports whether this host signed the digest of a backup's file.
func (h *Host) SignedCopy(digest [32]byte, sign []byte) bool {
	return seal.Verify(seal.NewSigner(h.sign).Public(), h.copyContext(), digest[:], sign)
}
