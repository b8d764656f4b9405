// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import "testing"

// TestStoryWithTheKeyboardAlone does the main acts without a mouse: Tab, Enter,
// Space and the arrows.
func TestStoryWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := &story{town: settle(t, Options{}, withKeys, "lucie", "karim", "sophie", "thomas")}
	s.play(append(s.mainActs(),
		act{"a veiled session keeps what was typed", s.veils},
		act{"chords save and veil", s.chords})...)
}

// chords are the two of ux.md: Control+Enter saves, Control+Alt+V veils.
func (s *story) chords() {
	w := s.lucie
	w.Goto(s.dossier + "/notes/new")
	w.WaitFor("[name=words]:focus") // the cursor is there by itself
	w.must("write", w.write(told["lost"]))
	w.by.Key("Control+Enter")
	w.on(s.dossier)
	w.WaitText(told["lost"])
	w.by.Key("Control+Alt+v")
	w.on("/lift")
	lacks(s.t, "the veil", w.HTML(), "sertifolane", "Zorvaskine")
}
