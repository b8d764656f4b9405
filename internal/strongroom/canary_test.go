// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: another label in canaryCode.
func TestOperationsPrintsTheCanarysSecrets(t *testing.T) {
	page, said := read(t, "doc/operations.md"), CanaryPublished()
	for _, printed := range append(said.Envelopes[:], said.Passphrase, said.Paper, said.String(), said.DPO) {
		if !strings.Contains(page, "`"+printed+"`") {
			t.Errorf("the page does not print %s", printed)
		}
	}
}

// What is printed opens nothing of a real organisation, whatever it is tried on.
// Seen to kill: Host.code answering the printed codes to every host; the canary's
// host keeping the real organisation's id.
func TestTheCanarysSecretsOpenNothingReal(t *testing.T) {
	c := newCast(t)
	said := CanaryPublished()
	members, err := c.db.Members(ctx)
	must(t, err)
	tried := 0
	for _, m := range members {
		slots, err := c.db.Slots(ctx, m.ID)
		must(t, err)
		for _, s := range slots {
			_, one := c.room.OpenPaper(s, said.Paper)
			_, two := c.room.OpenPasskey(s, said.Passkey)
			if one == nil || two == nil || s.Kind == record.SlotPassphrase && tried == 0 {
				if _, three := c.room.OpenPassphrase(s, said.Passphrase); one == nil || two == nil || three == nil {
					t.Errorf("a slot of kind %d opens", s.Kind)
				}
			}
			tried++
		}
	}
	if tried < 4 {
		t.Fatalf("%d slots", tried)
	}
	for _, e := range c.found.Envelopes {
		if slices.Contains(append(said.Envelopes[:], said.DPO), e.Code) {
			t.Error("a real envelope carries a printed code")
		}
	}
	its := c.room.host.Canary(nil)
	if its.Organisation() == c.room.host.Organisation() || bytes.Equal(its.sign.Bytes(), c.room.host.sign.Bytes()) {
		t.Error("the canary's host is the organisation's")
	}
	if _, err := c.room.ProveCanary(ctx, c.db, Canary{}); fault.KindOf(err) != fault.Withheld {
		t.Errorf("a real organisation is proved: %v", err)
	}
}
