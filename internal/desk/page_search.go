// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/web"
)

// SearchPage is GET /search/{search}, and POST /search with nothing typed. What was
// typed stands in the header's box; it is empty once it is forgotten.
type SearchPage struct {
	web.Page
	ID        string
	Forgotten bool
	Found     []FoundRow
	MayNote   bool
	MayCreate bool
}

// FoundRow is a person who may be the one meant.
type FoundRow struct {
	ID         string
	Name       confided.Text
	Birth      time.Time
	Age        int // 0: not known
	Referent   string
	ReferentMe bool
}
