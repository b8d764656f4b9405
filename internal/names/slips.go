// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import "strings"

// slips weighs what a hand does: two letters exchanged, a letter twice, the key
// beside. They cost less than a letter that has nothing to do there.
type slips struct{ rows [3][longest + 1]int }

const (
	slipDoubled   = 2 // a letter twice for once, or once for twice
	slipNear      = 3 // two letters exchanged, the key beside, a vowel for another, a letter left out
	slipOther     = 5
	slipBeginning = 2 // more, in the first letter: people know how a name begins
)

// cost is that of writing typed for kept.
func (s *slips) cost(typed string, kept []byte) int {
	n := len(typed)
	above2, above, here := &s.rows[0], &s.rows[1], &s.rows[2]
	for j := 1; j <= n; j++ {
		here[j] = here[j-1] + added(typed, j)
	}
	here[0] = 0
	for i := 1; i <= len(kept); i++ {
		above2, above, here = above, here, above2
		here[0] = above[0] + leftOut(kept, i)
		for j := 1; j <= n; j++ {
			best := min(above[j]+leftOut(kept, i), here[j-1]+added(typed, j), above[j-1]+written(typed[j-1], kept[i-1], i == 1))
			if i > 1 && j > 1 && typed[j-1] == kept[i-2] && typed[j-2] == kept[i-1] {
				best = min(best, above2[j-2]+slipNear)
			}
			here[j] = best
		}
	}
	return here[n]
}

func added(typed string, j int) int {
	if j > 1 && typed[j-1] == typed[j-2] {
		return slipDoubled
	}
	return slipOther
}

func leftOut(kept []byte, i int) int {
	switch {
	case i == 1:
		return slipNear + slipBeginning
	case kept[i-1] == kept[i-2]:
		return slipDoubled
	}
	return slipNear
}

// written is the cost of one letter for another.
func written(typed, kept byte, first bool) (cost int) {
	switch {
	case typed == kept:
		return 0
	case beside(typed, kept), isVowel(typed) && isVowel(kept):
		cost = slipNear
	default:
		cost = slipOther
	}
	if first {
		cost += slipBeginning
	}
	return cost
}

func isVowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

// keyboards of the members: French, then English.
var keyboards = [...]string{"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// keys says which letters have their keys side by side.
var keys = func() (near [32]uint32) {
	for _, row := range keyboards {
		for i := 1; i < len(row); i++ {
			near[row[i]&31] |= 1 << (row[i-1] & 31)
			near[row[i-1]&31] |= 1 << (row[i] & 31)
		}
	}
	return near
}()

func beside(a, b byte) bool { return keys[a&31]>>(b&31)&1 == 1 }
