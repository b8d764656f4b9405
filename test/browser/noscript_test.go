// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import "testing"

// TestStoryWithoutScripts does the main acts where scripts never run. Passkeys
// alone need one; drafts are kept by the button that leaves, or by the veil.
func TestStoryWithoutScripts(t *testing.T) {
	t.Parallel()
	s := &story{town: settle(t, Options{NoScript: true}, withMouse, "lucie", "karim", "sophie", "thomas")}
	s.play(append(s.mainActs(), act{"a veiled session keeps what was typed", s.veilsWithoutScripts})...)
}

// mainActs are those that must be possible in any way.
func (s *story) mainActs() []act {
	return []act{
		{"the lead decides who usually reads", s.leadDecides},
		{"reception receives somebody with one field", s.receptionReceives},
		{"a first note opens the dossier and says by name who will read it", s.firstNote},
		{"a reserved note, a shared one, a scratchpad", s.otherInks},
		{"a colleague reads, and it is shown", s.colleagueReads},
		{"a correction keeps the first text", s.corrects},
		{"a note is narrowed in one click and widened in two", s.narrowsAndWidens},
		{"a note leaves the wrong dossier", s.moves},
		{"the lead names a referent and reads nothing", s.leadRefers},
		{"who can read, who has read", s.readers},
		{"two people edit, both texts stay", s.twoEdit},
		{"a day code lifts a veil", s.dayCode},
		{"somebody signs out", s.signsOut},
	}
}

// dayCode chooses a day code in Ma sécurité, veils and lifts.
func (s *story) dayCode() {
	w := s.thomas
	w.menu()
	w.by.Click("a[href='/security']")
	w.by.Click("a[href='/security/day-code']")
	w.by.Fill("[name=day_code]", told["day code"])
	w.press()
	w.WaitText("C’est changé.")
	w.veil()
	w.lift(told["day code"])
	w.tells("the header", "header", w.named.Name)
}

func (s *story) veilsWithoutScripts() {
	w := s.lucie
	w.Goto(s.dossier + "/notes/new")
	w.by.Tell("[name=words]", told["veiled"])
	other := withMouse(w.Tab(), w.named)
	other.Goto("/today")
	other.veil()
	w.press()
	w.WaitText("Votre texte est gardé comme brouillon")
	lacks(s.t, "the veil", w.HTML(), "burquenal", "Zorvaskine")
	w.lift("")
	w.go_("/today")
	w.by.Click("a.who[href^='/drafts/']")
	if got := w.Value("[name=words]"); got != told["veiled"] {
		s.t.Errorf("the draft says %q", got)
	}
	w.press()
	w.on(s.dossier)
	w.tells("the dossier", "main", told["veiled"])
}
