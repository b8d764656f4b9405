// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Replay says how a task is replayed.
type Replay struct {
	Keyboard bool                    // without a mouse
	Vars     map[string]string       // values of ${name} in the task
	DB       func(want string) error // answers the "db" assertions
}

// Result is a replayed task, scored.
type Result struct {
	Task     Task
	Keyboard bool
	Score    Score
	Findings []string // why it fails: a step, an assertion, a budget, a double entry
}

// Replay does a task on the slow machine and line, as its profile would, and
// scores it. The state that its seed names must exist; the device must be
// signed in where the task starts signed in.
func (d *Device) Replay(task Task, how Replay) Result {
	d.t.Helper()
	r := d.Begin(task, how)
	for i, step := range task.Steps {
		if err := r.do(step); err != nil {
			r.fail("step %d: %v\n%s", i+1, err, d.glance())
			break
		}
	}
	return r.End()
}

// Run is a task being replayed, for flows that need more than a list of steps:
// a loop, several people, something that happens meanwhile.
type Run struct {
	d     *Device
	task  Task
	how   Replay
	meter meter
	typed []entry
	fails []string

	mark, loads int  // where the present device stood when it joined the run
	slow        bool // what it was before
	begun       time.Time
}

// entry is a value typed into a field.
type entry struct {
	value string
	field fieldKey
	load  int // the page load during which it was typed
}

// fieldKey names a field, as js/lib.js does.
type fieldKey struct {
	Page, Field string
	Secret      bool
}

// Begin opens the page on which a task starts, on the slow machine and line;
// what the start itself costs does not count. It fails the test when the task
// makes no sense or does not start.
func (d *Device) Begin(task Task, how Replay) *Run {
	d.t.Helper()
	d.must("read the task", task.validateStart())
	op, _ := task.Profile.operators()
	r := &Run{task: task, how: how, meter: meter{op: op}, begun: time.Now()}
	start, err := expand(task.Start, how.Vars)
	d.must("read the start", err)
	r.join(d)
	d.must("open "+start, d.open(start))
	r.mark, r.loads = d.watch.mark(), loadsOf(d)
	r.look()
	return r
}

func (k Task) validateStart() error {
	if _, known := k.Profile.operators(); !known || k.Start == "" {
		return fmt.Errorf("task %q: no start, or no profile %q", k.ID, k.Profile)
	}
	return nil
}

func loadsOf(d *Device) int {
	_, _, loads := d.watch.rest()
	return loads
}

// join puts a device on the slow line and begins to count for it.
func (r *Run) join(d *Device) {
	r.d, r.slow = d, d.opt.Slow
	d.Slow(true)
	r.mark, r.loads = d.watch.mark(), loadsOf(d)
}

// leave counts what the present device cost and gives its line back.
func (r *Run) leave() {
	w := r.d.watch.weightSince(r.mark)
	r.meter.score.Requests += w.Requests
	r.meter.score.KB += w.Kilobytes()
	r.meter.score.Pages += loadsOf(r.d) - r.loads
	r.d.Slow(r.slow)
}

// On goes on with another person's device.
func (r *Run) On(d *Device) {
	r.d.t.Helper()
	r.leave()
	r.join(d)
	r.meter.at, r.meter.target = anywhere, ""
}

// Do does one step and fails the test when it cannot be done.
func (r *Run) Do(step Step) {
	r.d.t.Helper()
	r.d.must(fmt.Sprintf("task %s: %+v", r.task.ID, step), r.do(step))
}

// End judges the assertions, the double entries and the budget. The budget is
// the mouse's; without a mouse only success is asked for.
func (r *Run) End() Result {
	r.d.t.Helper()
	for _, a := range r.task.Assert {
		if err := r.holds(a); err != nil {
			r.fail("%v", err)
		}
	}
	r.leave()
	for _, twice := range doubles(r.typed) {
		r.meter.score.DoubleEntries++
		r.fail("typed twice: %s", twice)
	}
	if r.how.Keyboard && r.meter.score.Clicks > 0 {
		r.fail("%d clicks without a mouse", r.meter.score.Clicks)
	}
	if !r.how.Keyboard {
		r.fails = append(r.fails, r.task.Budget.over(r.meter.score)...)
	}
	return Result{Task: r.task, Keyboard: r.how.Keyboard, Score: r.meter.score, Findings: r.fails}
}

func (r *Run) fail(format string, args ...any) {
	r.fails = append(r.fails, fmt.Sprintf(format, args...))
}

func (r *Run) do(s Step) error {
	for _, text := range []*string{&s.Click, &s.Type, &s.Text, &s.Select, &s.Value, &s.Wait, &s.See, &s.Read} {
		var err error
		if *text, err = expand(*text, r.how.Vars); err != nil {
			return err
		}
	}
	switch {
	case s.Click != "":
		return r.timed(s, func() error { return r.click(s.Click) })
	case s.Type != "":
		return r.timed(s, func() error { return r.write(s) })
	case s.Select != "":
		return r.timed(s, func() error { return r.list(s) })
	case s.Key != "":
		r.meter.chord(s.Key)
		return r.timed(s, func() error { return r.d.chord(s.Key) })
	case s.Wait != "":
		return r.wait(s.Wait)
	case s.See != "":
		return r.d.poll(says(s.See))
	case s.Read != "":
		return r.read(s.Read)
	}
	return errors.New("a step without a verb")
}

// timed does a gesture and counts the answer, from the end of the hand's work
// to the last movement of the page.
func (r *Run) timed(s Step, act func() error) error {
	_, _, loads := r.d.watch.rest()
	if err := act(); err != nil {
		return err
	}
	since := time.Now()
	last, err := r.d.settle(since, loads, s.Nav)
	if err != nil {
		return err
	}
	r.meter.waits(last.Sub(since).Seconds())
	if loadsOf(r.d) > loads {
		r.look()
	}
	return nil
}

// look counts what a page that has just come asks of its reader.
func (r *Run) look() {
	page, err := eval[struct{ Fields, Required, Ways int }](r.d, "census()")
	if err != nil {
		r.fail("count the fields: %v", err)
		return
	}
	r.meter.score.Shown += page.Fields
	r.meter.score.Required += page.Required
	if page.Ways == 0 {
		r.meter.score.DeadEnds++
	}
}

func (r *Run) click(target string) error {
	if r.how.Keyboard {
		return r.activate(target)
	}
	r.meter.click(target)
	return r.d.press(target)
}

// activate reaches a target with Tab and presses it as its kind wants.
func (r *Run) activate(target string) error {
	r.meter.think(1)
	tabs, err := r.d.tabTo(target)
	if err != nil {
		return err
	}
	r.meter.keys(tabs)
	kind, err := eval[string](r.d, `(e => (e.localName === 'label' ? e.control : e).type ?? '')(find(`+quote(target)+`))`)
	if err != nil {
		return err
	}
	switch kind {
	case "radio":
		return r.arrow(target, `(e => (e.localName === 'label' ? e.control : e).checked)(find(`+quote(target)+`))`)
	case "checkbox":
		r.meter.keys(1)
		return r.d.chord("Space")
	case "text", "textarea", "search", "password", "email", "tel", "number", "date":
		return nil // a field is entered by being reached
	}
	r.meter.keys(1)
	return r.d.chord("Enter")
}

// mostArrows is how many choices one goes through by hand before giving up.
const mostArrows = 60

// arrow presses the down arrow until the condition holds.
func (r *Run) arrow(target, condition string) error {
	for range mostArrows {
		done, err := eval[bool](r.d, condition)
		if err != nil || done {
			return err
		}
		r.meter.keys(1)
		if err := r.d.chord("ArrowDown"); err != nil {
			return err
		}
	}
	return fmt.Errorf("the arrows do not reach %s", target)
}

func (r *Run) write(s Step) error {
	if err := r.focus(s); err != nil {
		return err
	}
	r.meter.enter(s.M == nil)
	key, err := eval[fieldKey](r.d, "fieldKey()")
	if err != nil {
		return err
	}
	r.typed = append(r.typed, entry{value: s.Text, field: key, load: loadsOf(r.d)})
	if s.Content {
		r.meter.words(s.Text)
	} else {
		r.meter.keys(keystrokes(s.Text))
	}
	return r.d.write(s.Text)
}

// focus puts the cursor into the field of a step, or makes sure it is there.
func (r *Run) focus(s Step) error {
	switch {
	case s.Focus == "none":
		if err := r.d.poll(focused(s.Type)); err != nil {
			return fmt.Errorf("%s does not have the focus by itself: %w", s.Type, err)
		}
		return nil
	case r.how.Keyboard:
		tabs, err := r.d.tabTo(s.Type)
		r.meter.keys(tabs)
		return err
	}
	r.meter.click(s.Type)
	return r.d.press(s.Type)
}

func (r *Run) list(s Step) error {
	if !r.how.Keyboard {
		r.meter.list(s.Select)
		return r.d.choose(s.Select, s.Value)
	}
	r.meter.think(2)
	tabs, err := r.d.tabTo(s.Select)
	if err != nil {
		return err
	}
	r.meter.enter(false)
	r.meter.keys(tabs)
	return r.arrow(s.Select, "find("+quote(s.Select)+").value === "+quote(s.Value))
}

func (r *Run) wait(target string) error {
	since := time.Now()
	if err := r.d.poll(seen(target)); err != nil {
		return err
	}
	r.meter.waits(time.Since(since).Seconds())
	return nil
}

func (r *Run) read(target string) error {
	if err := r.d.poll(seen(target)); err != nil {
		return err
	}
	n, err := eval[int](r.d, "wordsIn("+quote(target)+")")
	if err == nil && n == 0 {
		err = fmt.Errorf("%s has no word to read", target)
	}
	r.meter.reads(n)
	return err
}

func (r *Run) holds(a Assert) error {
	switch {
	case a.Text != "":
		return r.saysExpanded(a.Text)
	case a.Absent != "":
		there, err := eval[bool](r.d, says(a.Absent))
		if err == nil && there {
			err = fmt.Errorf("the page says %q", a.Absent)
		}
		return err
	case a.Path != "":
		path, err := eval[string](r.d, "location.pathname + location.search")
		if matches, bad := regexp.MatchString(a.Path, path); err != nil || bad != nil || !matches {
			return fmt.Errorf("the address is %q, want %q", path, a.Path)
		}
	case a.DB != "" && r.how.DB == nil:
		return fmt.Errorf("nobody answers for the database: %s", a.DB)
	case a.DB != "":
		return r.how.DB(a.DB)
	default:
		return errors.New("an empty assertion")
	}
	return nil
}

func (r *Run) saysExpanded(text string) error {
	want, err := expand(text, r.how.Vars)
	if err != nil {
		return err
	}
	if err := r.d.poll(says(want)); err != nil {
		return fmt.Errorf("the page does not say %q", want)
	}
	return nil
}

// doubles says which values were typed into two fields. A secret given again on
// a later page is a proof of who one is, not a datum.
func doubles(typed []entry) []string {
	var found []string
	for i, a := range typed {
		for _, b := range typed[:i] {
			value := strings.ToLower(strings.Join(strings.Fields(a.value), " "))
			same := value == strings.ToLower(strings.Join(strings.Fields(b.value), " "))
			proof := a.field.Secret && b.field.Secret && a.load != b.load
			if same && len(value) > 1 && a.field != b.field && !proof {
				found = append(found, fmt.Sprintf("%q in %s of %s and in %s of %s", a.value, b.field.Field, b.field.Page, a.field.Field, a.field.Page))
				break
			}
		}
	}
	return found
}

// over says where a score exceeds the budget.
func (b Budget) over(s Score) []string {
	var found []string
	for _, line := range b.lines(s) {
		if line.budget != nil && line.value > *line.budget {
			found = append(found, fmt.Sprintf("%s: %.1f, budget %.1f", line.name, line.value, *line.budget))
		}
	}
	return found
}

// line is one number of a score beside its budget.
type line struct {
	name, unit string
	value      float64
	budget     *float64
}

func (b Budget) lines(s Score) []line {
	return []line{
		{"overhead", "s", s.Overhead, b.Overhead},
		{"keys", "keys", float64(s.Keys), b.Keys},
		{"clicks", "clicks", float64(s.Clicks), b.Clicks},
		{"pages", "pages", float64(s.Pages), b.Pages},
		{"weight", "KB", s.KB, b.KB},
	}
}
