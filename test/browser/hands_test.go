// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import "fmt"

// hands are how somebody works: a mouse and keys, the keys alone, or either
// while a task is scored. An act is told once and done by all of them.
type hands interface {
	Click(selector string)
	Fill(selector, text string) // what the software asks for
	Tell(selector, text string) // somebody's own words
	Select(selector, value string)
	Key(chord string)
}

// mouse is a device used as most people do.
type mouse struct{ *Device }

func (m mouse) Tell(selector, text string) { m.Fill(selector, text) }

// keysOnly is a device whose mouse was put away.
type keysOnly struct{ *Device }

func (k keysOnly) do(verb string, act func(*Run) error) {
	k.t.Helper()
	op, _ := Desk.operators()
	r := &Run{d: k.Device, how: Replay{Keyboard: true}, meter: meter{op: op}}
	k.must(verb+" without a mouse", k.gesture(func() error { return act(r) }))
}

func (k keysOnly) Click(selector string) {
	k.t.Helper()
	k.do("press "+selector, func(r *Run) error { return r.activate(selector) })
}

func (k keysOnly) Fill(selector, text string) {
	k.t.Helper()
	k.do("fill "+selector, func(r *Run) error {
		if _, err := k.tabTo(selector); err != nil {
			return err
		}
		return all(
			func() error { return k.chord("Control+a") },
			func() error { return k.chord("Delete") },
			func() error { return k.write(text) },
		)
	})
}

func (k keysOnly) Tell(selector, text string) { k.t.Helper(); k.Fill(selector, text) }

func (k keysOnly) Select(selector, value string) {
	k.t.Helper()
	k.do("choose in "+selector, func(r *Run) error { return r.list(Step{Select: selector, Value: value}) })
}

// scored are hands whose gestures a run counts.
type scored struct{ run *Run }

func (s scored) Click(selector string) { s.run.d.t.Helper(); s.run.Do(Step{Click: selector}) }
func (s scored) Fill(selector, text string) {
	s.run.d.t.Helper()
	s.run.Do(Step{Type: selector, Text: text})
}

func (s scored) Tell(selector, text string) {
	s.run.d.t.Helper()
	s.run.Do(Step{Type: selector, Text: text, Content: true})
}

func (s scored) Select(selector, value string) {
	s.run.d.t.Helper()
	s.run.Do(Step{Select: selector, Value: value})
}
func (s scored) Key(chord string) { s.run.d.t.Helper(); s.run.Do(Step{Key: chord}) }

// worker is one person of a story: what she knows by heart or on paper, the
// device in front of her, and how she uses it.
type worker struct {
	*Device
	by    hands
	named account
	look  func(*worker) // called on every page that an act passes, nil for nobody
}

// account is who somebody is for the product.
type account struct{ Name, Login, Passphrase, Paper string }

// withMouse, withKeys put somebody in front of a device.
func withMouse(d *Device, a account) *worker { return &worker{Device: d, by: mouse{d}, named: a} }

func withKeys(d *Device, a account) *worker { return &worker{Device: d, by: keysOnly{d}, named: a} }

// primary is the one button that a page is for.
const primary = "main button.primary"

// press does what a page is for.
func (w *worker) press() {
	w.t.Helper()
	w.pause()
	w.by.Click(primary)
}

// pause lets somebody look at the page.
func (w *worker) pause() {
	if w.look != nil {
		w.WaitFor("main h1")
		w.look(w)
	}
}

// on fails unless the window shows an address that begins so.
func (w *worker) on(path string) {
	w.t.Helper()
	w.must("be at "+path, w.poll(fmt.Sprintf("location.pathname.startsWith(%s)", quote(path))))
}
