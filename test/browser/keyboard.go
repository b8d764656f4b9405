// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import "fmt"

// The ring of look.md is 3 px; RGAA 10.7 asks for a visible one, and below
// 2 px or 3:1 a tired eye loses it.
const (
	minRing     = 2.0
	minContrast = 3.0
)

// Stop is one place where the Tab key rests.
type Stop struct {
	Index                    int // among the things that must be reached; -1 for the page itself
	At                       string
	Ring                     float64 // width of the focus ring in pixels
	Contrast                 float64 // of the ring on what surrounds it
	Clear                    bool    // not hidden under something else
	Fixed                    bool
	RTL                      bool
	Left, Top, Right, Bottom float64
}

// Walk is what the Tab key met from the top of a page back to it.
type Walk struct {
	Stops    []Stop
	Findings []string
}

// Walk presses Tab from the top of the page until it comes back there, and says
// what could not be reached, where the ring is missing or hidden, where the
// focus is trapped and where its order is not that of the eyes.
func (d *Device) Walk() Walk {
	d.t.Helper()
	names := ask[[]string](d, "go to the top", "toTop()")
	if len(names) == 0 {
		return Walk{Findings: []string{"nothing can be reached with the Tab key"}}
	}
	var w Walk
	back := false
	for range len(names) + 3 {
		d.must("press Tab", d.chord("Tab"))
		s := ask[Stop](d, "read the focus", "stop()")
		if len(w.Stops) > 0 && (s.Index < 0 || s.At == w.Stops[0].At && s.Index == w.Stops[0].Index) {
			back = true
			break
		}
		if s.Index < 0 {
			continue
		}
		if stuck := len(w.Stops) > 0 && s.Index == w.Stops[len(w.Stops)-1].Index; stuck {
			w.Findings = append(w.Findings, "the focus is trapped in "+s.At)
			break
		}
		w.Stops = append(w.Stops, s)
	}
	w.judge(names, back)
	return w
}

func (w *Walk) judge(names []string, back bool) {
	reached := make(map[int]bool)
	for i, s := range w.Stops {
		reached[s.Index] = true
		w.Findings = append(w.Findings, s.faults()...)
		if i > 0 && backwards(w.Stops[i-1], s) {
			w.Findings = append(w.Findings, fmt.Sprintf("the focus jumps back from %s to %s", w.Stops[i-1].At, s.At))
		}
	}
	for i, name := range names {
		if !reached[i] {
			w.Findings = append(w.Findings, "Tab never reaches "+name)
		}
	}
	if !back && len(w.Findings) == 0 {
		w.Findings = append(w.Findings, fmt.Sprintf("the focus does not come back to the top in %d presses", len(names)+3))
	}
}

func (s Stop) faults() []string {
	var found []string
	switch {
	case s.Ring < minRing:
		found = append(found, fmt.Sprintf("%s has a focus ring of %.0f px", s.At, s.Ring))
	case s.Contrast < minContrast:
		found = append(found, fmt.Sprintf("%s has a focus ring of contrast %.1f", s.At, s.Contrast))
	}
	if !s.Clear {
		found = append(found, s.At+" has the focus under something else")
	}
	return found
}

// backwards says whether b stands clearly before a for the eyes: above it
// without being in another column, or before it on the same line.
func backwards(a, b Stop) bool {
	if a.Fixed || b.Fixed {
		return false
	}
	ahead := b.Left >= a.Right
	behind := b.Right <= a.Left
	if a.RTL {
		ahead, behind = behind, ahead
	}
	above := b.Bottom <= a.Top+1
	sameLine := b.Top < a.Bottom-1 && a.Top < b.Bottom-1
	// A block that wraps (a link inside a paragraph) may overlap its neighbour.
	return above && !ahead || sameLine && behind && b.Bottom <= a.Bottom+1
}

// StopsTo counts the presses of Tab from where the page puts the focus by
// itself to a target: 0 when it has it already, -1 when Tab never gets there.
func (d *Device) StopsTo(selector string) int {
	d.t.Helper()
	n, err := d.tabTo(selector)
	if err != nil {
		return -1
	}
	return n
}

// focused says whether a target has the focus, its group of radio buttons or
// its label's control included.
func focused(selector string) string {
	return `(e => { e = e?.localName === 'label' ? e.control : e; return !!e && sameStop(e, document.activeElement) })(find(` + quote(selector) + `))`
}

// tabTo presses Tab until a target has the focus, twice round the page at most.
func (d *Device) tabTo(selector string) (int, error) {
	if err := d.poll("!!find(" + quote(selector) + ")"); err != nil {
		return 0, err
	}
	most, err := eval[int](d, "reachable().length * 2 + 3")
	if err != nil {
		return 0, err
	}
	for n := 0; n <= most; n++ {
		there, err := eval[bool](d, focused(selector))
		if err != nil || there {
			return n, err
		}
		if err := d.chord("Tab"); err != nil {
			return n, err
		}
	}
	return most, fmt.Errorf("Tab never reaches %s", selector)
}
