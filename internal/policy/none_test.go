// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nopolicy

package policy

import (
	"testing"

	"depositaire.org/depositaire/internal/record"
)

// This build shows what keys alone refuse: policy must really be gone.
func TestWithoutPolicyEverythingIsAllowed(t *testing.T) {
	if Enforced {
		t.Error("policy is still here")
	}
	for op := range ChangeSettings + 1 {
		if !Decide(record.Actor{}, op, Subject{}).Allowed() {
			t.Errorf("operation %d is refused", op)
		}
	}
	if _, ok := Scope(record.Actor{}).Member(); ok {
		t.Error("nobody has a scope")
	}
}
