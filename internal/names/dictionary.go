// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// unit is the number of a name in the dictionary: all the first names of a person,
// or all her family names, written together. 0 is no name.
type unit uint32

// dictionary keeps each name once. Letters and sounds stand one after another in
// two long strings; what is compared first, in two rows of masks.
type dictionary struct {
	letters, sounds     []byte
	letterEnd, soundEnd []uint32
	masks               []masks
	used                [][2]uint32 // how many have it as first names, as family names
	compounds           []compound
	parted              []bool // whose compounds are known
	known               []unit // open addressing, at most half full
	seed                maphash.Seed
}

type masks struct{ letters, sound uint32 }

// compound is a name of several words, and those that are long enough to be
// searched alone.
type compound struct{ whole, part unit }

// shortest part of a compound name that stands for it: particles are shorter, or
// say nothing.
const shortest = 3

func (d *dictionary) init() {
	d.seed = maphash.MakeSeed()
	d.known = make([]unit, 1<<10)
	d.put("", "")
}

func (d *dictionary) len() int { return len(d.masks) }

func (d *dictionary) lettersOf(u unit) []byte { return cut(d.letters, d.letterEnd, u) }
func (d *dictionary) soundOf(u unit) []byte   { return cut(d.sounds, d.soundEnd, u) }

func cut(all []byte, ends []uint32, u unit) []byte {
	if u == 0 {
		return nil
	}
	return all[ends[u-1]:ends[u]]
}

// joined writes words together.
func joined(words []word) word {
	if len(words) == 1 {
		return words[0]
	}
	var letters, sounds strings.Builder
	for _, w := range words {
		letters.WriteString(w.letters)
		sounds.WriteString(w.sound)
	}
	return word{letters.String(), sounds.String()}
}

// add returns the unit of a name, new or not.
func (d *dictionary) add(words []word) unit {
	if len(words) == 0 {
		return 0
	}
	whole := d.one(joined(words))
	if len(words) == 1 || d.parted[whole] {
		return whole
	}
	d.parted[whole] = true
	for _, w := range words {
		if len(w.letters) < shortest {
			continue
		}
		if part := d.one(w); part != whole {
			d.compounds = append(d.compounds, compound{whole, part})
		}
	}
	return whole
}

// one finds a word or takes it.
func (d *dictionary) one(w word) unit {
	w.letters, w.sound = w.letters[:min(len(w.letters), longest)], w.sound[:min(len(w.sound), longest)]
	place := d.place(w)
	if d.known[place] != 0 {
		return d.known[place]
	}
	u := d.put(w.letters, w.sound)
	d.known[place] = u
	if 2*d.len() > len(d.known) {
		d.rehash()
	}
	return u
}

func (d *dictionary) put(letters, sound string) unit {
	u := unit(d.len()) //nolint:gosec // fewer names than persons
	d.letters, d.sounds = append(d.letters, letters...), append(d.sounds, sound...)
	d.letterEnd, d.soundEnd = append(d.letterEnd, uint32(len(d.letters))), append(d.soundEnd, uint32(len(d.sounds))) //nolint:gosec // 4 GiB of letters are no town
	d.masks = append(d.masks, masks{maskOf(letters), maskOf(sound)})
	d.used, d.parted = append(d.used, [2]uint32{}), append(d.parted, false)
	return u
}

// place is where a word is, or would be, in known.
func (d *dictionary) place(w word) int {
	for at := d.hash(w.letters, w.sound); ; at = (at + 1) & (len(d.known) - 1) {
		u := d.known[at]
		if u == 0 || string(d.lettersOf(u)) == w.letters && string(d.soundOf(u)) == w.sound {
			return at
		}
	}
}

func (d *dictionary) hash(letters, sound string) int {
	h := maphash.String(d.seed, letters) ^ bits.RotateLeft64(maphash.String(d.seed, sound), 1)
	return int(h & uint64(len(d.known)-1)) //nolint:gosec // below the length
}

func (d *dictionary) rehash() {
	d.known = make([]unit, 2*len(d.known))
	for u := unit(1); int(u) < d.len(); u++ {
		d.known[d.place(word{string(d.lettersOf(u)), string(d.soundOf(u))})] = u
	}
}

// uses counts who has a name, so that a search begins with the rarer one.
func (d *dictionary) uses(name [2]unit, n int) {
	for half, u := range name {
		d.used[u][half] += uint32(n) //nolint:gosec // minus one wraps round, as it should
	}
}
