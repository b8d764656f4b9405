// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"testing"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: a label bound to no slot.
func TestALabelOpensToItsOwnerInItsPlaceOnly(t *testing.T) {
	c := newCast(t)
	julie := c.unlock(c.julie)
	phone, key := record.NewID[record.Slot]().Ref(), record.NewID[record.Slot]().Ref()
	sealed := c.room.SealLabel(julie, phone, confided.NewText("téléphone du service"))
	if got := c.room.OpenLabel(c.unlock(c.julie), phone, sealed).Reveal(); got != "téléphone du service" {
		t.Errorf("her label says %q", got)
	}
	if bytes.Contains(sealed, []byte("service")) || len(sealed) < 64 {
		t.Error("a label is not sealed, or shows its length")
	}
	if !c.room.OpenLabel(julie, key, sealed).Empty() {
		t.Error("a label opens at another slot")
	}
	if !c.room.OpenLabel(c.unlock(c.karim), phone, sealed).Empty() {
		t.Error("a colleague reads it")
	}
	if none := c.room.SealLabel(julie, phone, confided.NewText("")); none != nil || !c.room.OpenLabel(julie, phone, none).Empty() {
		t.Error("no label is not none")
	}
}
