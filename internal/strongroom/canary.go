// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"encoding/hex"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// The canary dossier is that of a synthetic organisation of its own: its own id,
// its own root, its own chains. Its codes are printed in doc/operations.md, so
// that a restoration can be proved without anybody's secret; nothing real is ever
// sealed to them (doc/adr/0012).

const canaryLabel = "depositaire canary 1"

// Canary returns the host of the canary dossier: its organisation is no real one,
// its codes are printed. It stretches passphrases with h's own pepper, so that the
// passphrase opens only when the host's file came back too. root is nil until the
// canary was founded.
func (h *Host) Canary(root []byte) *Host {
	id := seal.Hash([]byte(canaryLabel), []byte("organisation"))
	return &Host{
		organisation: record.OrganisationID(id[:16]), root: root, pepper: h.pepper,
		sign: h.sign.Derive(canaryLabel), checkpoint: h.checkpoint.Derive(canaryLabel), save: func([]byte) error { return nil }, canary: true,
	}
}

// Root returns the public half of the organisation's root; empty until founded.
func (h *Host) Root() []byte { return append([]byte(nil), h.root...) }

// code returns a fresh printed code; of the canary, the one that is published.
func (h *Host) code(of string) []byte {
	if h.canary {
		return canaryCode(of)
	}
	return seal.Random(seal.CodeSize)
}

func canaryCode(of string) []byte {
	b := seal.Hash([]byte(canaryLabel), []byte(of))
	return b[:seal.CodeSize]
}

// PublishedCanary is what doc/operations.md prints of the canary dossier.
type PublishedCanary struct {
	Passphrase string
	Paper      string
	Passkey    []byte // what its passkey's PRF gives
	Envelopes  [3]string
	DPO        string
	Team       string // the words of the note that the team reads
	Alone      string // of the one reserved to its author, and to one colleague alone
}

// CanaryPublished returns the secrets that are none.
func CanaryPublished() PublishedCanary {
	prf := seal.Hash([]byte(canaryLabel), []byte("passkey"))
	out := PublishedCanary{
		Passphrase: "canari lampe galerie charbon sifflet treuil",
		Team:       "Le canari chante pour l'équipe.", Alone: "Le canari chante pour une seule.",
		Paper: seal.FormatCode(canaryCode("paper")), Passkey: prf[:], DPO: seal.FormatCode(canaryCode("envelope 4")),
	}
	for i := range out.Envelopes {
		out.Envelopes[i] = seal.FormatCode(canaryCode("envelope " + string(rune('1'+i))))
	}
	return out
}

// String returns the passkey's answer as it is printed.
func (p PublishedCanary) String() string { return hex.EncodeToString(p.Passkey) }
