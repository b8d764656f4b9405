// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"maps"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// Kind is one way in which what is stored is not what was signed. The catalogue
// has a sentence for each: upkeep.<kind>.
type Kind string

// The kinds of findings; doc/operations.md says what each asks for.
const (
	LeafAltered         Kind = "leaf_altered"         // a row is not the one that was given this place
	LeafMissing         Kind = "leaf_missing"         // a place is empty
	RowGone             Kind = "row_gone"             // a row was deleted, and no purge says so
	RowUnsequenced      Kind = "row_unsequenced"      // a row has no place and waits for none, a minute after it was written
	RowUnreadable       Kind = "row_unreadable"       // a column holds what it never holds: what comes after it was not compared
	SlipStray           Kind = "slip_stray"           // a slip stands beside another entry than its own
	NodeAltered         Kind = "node_altered"         // a stored hash is not that of the leaves
	NodeMissing         Kind = "node_missing"         // a stored hash is gone
	NodeForeign         Kind = "node_foreign"         // a stored hash belongs to no leaf
	CheckpointForeign   Kind = "checkpoint_foreign"   // a checkpoint that the host did not sign
	CheckpointBroken    Kind = "checkpoint_broken"    // the leaves are not those that a checkpoint signed
	CheckpointGone      Kind = "checkpoint_gone"      // the witness remembers a checkpoint that the database has not
	WitnessForeign      Kind = "witness_foreign"      // the witness file holds a note that the host did not sign
	WitnessBroken       Kind = "witness_broken"       // the leaves are not those that the witness remembers
	WitnessAhead        Kind = "witness_ahead"        // the database is older than the witness
	WitnessLacks        Kind = "witness_lacks"        // a checkpoint is missing from the witness file
	PurgeForeign        Kind = "purge_foreign"        // a purge that the host did not sign, or too early
	PurgeUntold         Kind = "purge_untold"         // the journal does not tell a purge
	ChainBroken         Kind = "chain_broken"         // a chain, or what it commits to, was tampered with
	OrganisationsBroken Kind = "organisations_broken" // the organisation's chain does not come from its pinned root
)

// Finding is one thing that is not as it was signed. It names no one.
type Finding struct {
	Kind  Kind         `json:"kind"`
	Place int64        `json:"place"` // in the tree; the size, for a checkpoint
	Owner record.Owner `json:"owner"` // of a chain
}

// most bounds the findings kept: what is broken in a hundred places is broken.
const most = 100

// Report is what one verification found.
type Report struct {
	At          record.Minute `json:"at"`
	Leaves      int64         `json:"leaves"`
	Links       int64         `json:"links"`
	Checkpoints int64         `json:"checkpoints"` // of the database
	Witnessed   int64         `json:"witnessed"`   // of the witness file
	Unsigned    int64         `json:"unsigned"`    // leaves that no checkpoint covers yet
	Waiting     int64         `json:"waiting"`     // rows that the sequencer has still to take
	Found       int64         `json:"found"`       // Findings keeps the first hundred
	Findings    []Finding     `json:"findings"`
}

// Sound reports whether nothing was found.
func (r *Report) Sound() bool { return r.Found == 0 }

// Kinds returns the kinds that were found, sorted.
func (r *Report) Kinds() []Kind {
	seen := map[Kind]bool{}
	for _, f := range r.Findings {
		seen[f.Kind] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (r *Report) add(k Kind, place int64, o record.Owner) {
	r.Found++
	if len(r.Findings) < most {
		r.Findings = append(r.Findings, Finding{k, place, o})
	}
}

func (r *Report) at(k Kind, place int64) { r.add(k, place, record.Owner{}) }
