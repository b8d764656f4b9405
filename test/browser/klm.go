// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"math"
	"strings"
	"unicode"
)

// Profile is whose hands a task is timed for (design ux.md §2.1).
type Profile string

// The profiles. Constants of Card, Moran and Newell (1980) for a worker at a
// desk; those of the phone and of the person are assumptions of this project.
const (
	Desk   Profile = "pc"
	Phone  Profile = "phone"
	Person Profile = "person"
)

// operators are the seconds that one elementary gesture takes.
type operators struct {
	key, point, press, hand, think, word float64
}

func (p Profile) operators() (operators, bool) {
	switch p {
	case Desk, "":
		return operators{key: 0.28, point: 1.1, press: 0.2, hand: 0.4, think: 1.35, word: 0.25}, true
	case Phone:
		return operators{key: 0.33, point: 0.8, press: 0.1, think: 1.35, word: 0.25}, true
	case Person:
		return operators{key: 0.70, point: 1.2, press: 0.1, think: 2.7, word: 0.6}, true
	}
	return operators{}, false
}

// Score is what a task costs the hands, the eyes and the line.
type Score struct {
	Keys          int     // keystrokes that are not the worker's own words
	Clicks        int     // presses of the mouse, or taps
	Fields        int     // fields entered
	Shown         int     // fields on the pages met
	Required      int     // of them, those that must be filled
	Pages         int     // pages loaded after the first
	Requests      int     // over the network, after the first page
	Words         int     // that had to be read
	DeadEnds      int     // pages without a way on
	DoubleEntries int     // values typed into two fields
	KB            float64 // thousands of bytes, after the first page
	Overhead      float64 // seconds, everything but the worker's own words
	Content       float64 // seconds of the worker's own words
	Response      float64 // of the overhead, seconds of waiting for the system
}

// Plus adds up two parts of one task.
func (s Score) Plus(o Score) Score {
	return Score{
		Keys: s.Keys + o.Keys, Clicks: s.Clicks + o.Clicks, Fields: s.Fields + o.Fields,
		Shown: s.Shown + o.Shown, Required: s.Required + o.Required, Pages: s.Pages + o.Pages,
		Requests: s.Requests + o.Requests, Words: s.Words + o.Words, DeadEnds: s.DeadEnds + o.DeadEnds,
		DoubleEntries: s.DoubleEntries + o.DoubleEntries, KB: s.KB + o.KB,
		Overhead: s.Overhead + o.Overhead, Content: s.Content + o.Content, Response: s.Response + o.Response,
	}
}

// where the hand is.
type hand uint8

const (
	anywhere hand = iota // at the start it rests where it is first needed
	onKeys
	onMouse
)

// freeWait is what nobody notices: the first 100 ms of every answer.
const freeWait = 0.1

// meter adds up gestures by the rules of ux.md §2.1.
type meter struct {
	op     operators
	at     hand
	target string // what was clicked last
	score  Score
}

func (m *meter) moveTo(h hand) {
	if m.at != anywhere && m.at != h {
		m.score.Overhead += m.op.hand
	}
	m.at = h
}

func (m *meter) think(times int) { m.score.Overhead += float64(times) * m.op.think }

// click is one decision, unless the same target is pressed again.
func (m *meter) click(target string) {
	if m.target != target {
		m.think(1)
	}
	m.moveTo(onMouse)
	m.target = target
	m.score.Clicks++
	m.score.Overhead += m.op.point + m.op.press
}

// list is a native list of choices: opened, then chosen from.
func (m *meter) list(target string) {
	m.moveTo(onMouse)
	m.target = target
	m.think(2)
	m.score.Clicks += 2
	m.score.Fields++
	m.score.Overhead += 2 * (m.op.point + m.op.press)
}

// enter is a field one begins to write into.
func (m *meter) enter(thinks bool) {
	m.score.Fields++
	m.target = ""
	if thinks {
		m.think(1)
	}
}

// keys are n strokes that the software asks for.
func (m *meter) keys(n int) {
	m.moveTo(onKeys)
	m.score.Keys += n
	m.score.Overhead += float64(n) * m.op.key
}

// words are strokes of the worker's own words: the same in every product.
func (m *meter) words(text string) {
	m.moveTo(onKeys)
	m.score.Content += float64(keystrokes(text)) * m.op.key
}

// chord is one decision and as many strokes as it has keys.
func (m *meter) chord(chord string) {
	m.think(1)
	m.target = ""
	m.keys(strings.Count(chord, "+") + 1)
}

// reads are words that must be read to go on.
func (m *meter) reads(n int) {
	m.score.Words += n
	m.score.Overhead += float64(n) * m.op.word
}

// waits is an answer that took so many seconds.
func (m *meter) waits(seconds float64) {
	felt := math.Max(0, seconds-freeWait)
	m.score.Response += felt
	m.score.Overhead += felt
}

// Characters of a French keyboard that take more than one stroke.
const (
	shifted     = "1234567890°+£%µ?./§>"
	withAltGr   = "~#{[|`\\^@]}€¤¨«»œŒæÆÉÈÀÇÙ"
	circumflex  = "âêîôû"
	diaeresis   = "äëïöüÿÂÊÎÔÛ"
	circumflex2 = 2 // the dead key, then the letter
	diaeresis3  = 3 // Shift, the dead key, the letter
)

// keystrokes counts the strokes of a text, Shift being one more.
func keystrokes(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(circumflex, r):
			n += circumflex2
		case strings.ContainsRune(diaeresis, r):
			n += diaeresis3
		case r <= unicode.MaxASCII && unicode.IsUpper(r), strings.ContainsRune(shifted, r), strings.ContainsRune(withAltGr, r):
			n += 2
		default:
			n++
		}
	}
	return n
}
