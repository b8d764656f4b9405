// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import "context"

// Older reports whether the witness remembers more than the database holds: a
// whole older state was put back behind the program's back.
func (v *Verifier) Older(ctx context.Context) (bool, error) {
	all, _, err := v.Witness.Read()
	if err != nil {
		return false, err
	}
	size, err := v.Read.TreeSize(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if c.Size > size {
			return true, nil
		}
	}
	return false, nil
}
