// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// loose are the rows that no act leaves behind (I5, I6 of secrecy.md §5): what was
// half written, or deleted while it was the last that opened something. A
// scratchpad's key is its author's own: it has no wrap.
var loose = []struct{ code, query string }{
	{"object_wordless", `SELECT COUNT(*) FROM object o WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.object = o.key)`},
	{"object_closed", `SELECT COUNT(*) FROM object o
		WHERE NOT EXISTS (SELECT 1 FROM slip s WHERE s.object = o.key) AND NOT EXISTS (SELECT 1 FROM wrap w WHERE w.object = o.key)`},
	{"circle_closed", `SELECT COUNT(*) FROM circle c WHERE c.kind <> 7 AND NOT EXISTS (SELECT 1 FROM wrap w WHERE w.circle = c.key)`},
	{"epoch_cut", `SELECT COUNT(*) FROM epoch e WHERE e.number > 1 AND length(e.back) = 0`},
	{"epoch_missing", `SELECT COUNT(*) FROM slip s JOIN circle c ON c.key = s.circle
		WHERE c.kind <> 7 AND NOT EXISTS (SELECT 1 FROM epoch e WHERE e.circle = s.circle AND e.number = s.epoch)`},
	{"object_wrap_without_grant", `SELECT COUNT(*) FROM wrap w JOIN object o ON o.key = w.object WHERE NOT EXISTS (
		SELECT 1 FROM link l WHERE l.key > w.key / 1048576 * 1048576 AND l.key < (w.key / 1048576 + 1) * 1048576
			AND l.class = 1 AND l.target_kind = 2 AND l.target = o.id AND l.recipient = w.recipient)`},
}

// Loose counts the rows that no act leaves behind, by kind; what is not there is
// left out.
func (r Reader) Loose(ctx context.Context) ([]record.Finding, error) {
	var all []record.Finding
	for _, l := range loose {
		n, err := one(ctx, r, scanNumber, l.query)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all = append(all, record.Finding{Code: l.code, Many: n})
		}
	}
	return all, nil
}

// Deposits counts the drafts that wait for their author to unlock.
func (r Reader) Deposits(ctx context.Context) (int64, error) {
	return one(ctx, r, scanNumber, `SELECT COUNT(*) FROM draft WHERE form = $1`, record.WrapHybrid)
}
