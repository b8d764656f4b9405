// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"depositaire.org/depositaire/internal/strongroom"
)

// Mark says how a line of a report is to be taken.
type Mark rune

// The marks, as the doctor prints them.
const (
	Well   Mark = '✓'
	Minor  Mark = '~' // worth knowing
	Repair Mark = '✗' // to repair
)

// Line is one sentence of a report: a key of the catalogues and what fills it. It
// names nobody. Next, when there is one, is the key of what to do.
type Line struct {
	Mark Mark
	Key  string
	Args []any
	Next string
}

// Lines are what one examination says, in plain words.
type Lines []Line

// Repairs counts what is to repair.
func (r Lines) Repairs() (n int) {
	for _, l := range r {
		if l.Mark == Repair {
			n++
		}
	}
	return n
}

func (r *Lines) add(mark Mark, key string, args ...any) {
	*r = append(*r, Line{Mark: mark, Key: key, Args: args})
}

// Proved says of each path whether the canary dossier opened by it.
func Proved(all map[strongroom.Path]error) (r Lines) {
	for _, path := range strongroom.Paths() {
		if err, tried := all[path]; tried && err == nil {
			r.add(Well, "upkeep.path."+string(path))
		} else {
			r = append(r, Line{Mark: Repair, Key: "upkeep.path_not." + string(path), Next: "upkeep.path_next"})
		}
	}
	return r
}
