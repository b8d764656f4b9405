// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"testing"
)

// Task is one reference task, as data.
type Task struct {
	ID      string   `json:"id"`             // "T2"
	What    string   `json:"what,omitempty"` // in words
	Role    string   `json:"role,omitempty"` // who does it, for the caller
	Seed    string   `json:"seed,omitempty"` // what must exist before, for the caller
	Profile Profile  `json:"profile,omitempty"`
	Start   string   `json:"start"` // the page on which it begins
	Steps   []Step   `json:"steps"`
	Assert  []Assert `json:"assert"`
	Budget  Budget   `json:"budget"`
}

// Step is one gesture: exactly one of Click, Type, Select, Key, Wait, See and
// Read. Targets are those of Device.Click.
type Step struct {
	Click   string `json:"click,omitempty"`
	Type    string `json:"type,omitempty"`    // a field, with Text
	Text    string `json:"text,omitempty"`    //
	Content bool   `json:"content,omitempty"` // the text is the worker's own words
	Focus   string `json:"focus,omitempty"`   // "none": the field has the focus already
	Select  string `json:"select,omitempty"`  // a list, with Value
	Value   string `json:"value,omitempty"`   //
	Key     string `json:"key,omitempty"`     // a key or a chord
	Wait    string `json:"wait,omitempty"`    // until a target can be seen; the time counts
	See     string `json:"see,omitempty"`     // words that must be on the page now; costs nothing
	Read    string `json:"read,omitempty"`    // a target whose words must be read to go on
	Nav     bool   `json:"nav,omitempty"`     // the gesture loads a page
	M       *int   `json:"m,omitempty"`       // 0: no decision; only inside a chord
}

// Assert is one thing that must be true at the end.
type Assert struct {
	Text   string `json:"text,omitempty"`   // the page says so
	Absent string `json:"absent,omitempty"` // the page does not say so
	Path   string `json:"path,omitempty"`   // the address matches this expression
	DB     string `json:"db,omitempty"`     // for Replay.DB
}

// Budget is what a task may cost; what is not named is not judged.
type Budget struct {
	Keys     *float64 `json:"keys,omitempty"`
	Clicks   *float64 `json:"clicks,omitempty"`
	Pages    *float64 `json:"pages,omitempty"`
	Overhead *float64 `json:"overhead_s,omitempty"`
	KB       *float64 `json:"kb,omitempty"`
}

// LoadTasks reads a file with a list of tasks and refuses one that would not
// mean what it says.
func LoadTasks(t testing.TB, file string) []Task {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read the tasks: %v", err)
	}
	tasks, err := parseTasks(data)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return tasks
}

func parseTasks(data []byte) ([]Task, error) {
	read := json.NewDecoder(bytes.NewReader(data))
	read.DisallowUnknownFields()
	var tasks []Task
	if err := read.Decode(&tasks); err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, errors.New("no task")
	}
	for _, task := range tasks {
		if err := task.validate(); err != nil {
			return nil, fmt.Errorf("task %q: %w", task.ID, err)
		}
	}
	return tasks, nil
}

var taskName = regexp.MustCompile(`^[TP][0-9]+[a-z]*$`)

func (k Task) validate() error {
	switch _, known := k.Profile.operators(); {
	case !taskName.MatchString(k.ID):
		return errors.New("an id is a letter and a number")
	case !known:
		return fmt.Errorf("no profile %q", k.Profile)
	case k.Start == "" || len(k.Assert) == 0:
		return errors.New("a task has a start and something to assert")
	}
	afterChord := false
	for i, s := range k.Steps {
		if err := s.validate(afterChord); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		afterChord = s.Key != ""
	}
	return nil
}

func (s Step) validate(afterChord bool) error {
	verbs := 0
	for _, v := range []string{s.Click, s.Type, s.Select, s.Key, s.Wait, s.See, s.Read} {
		if v != "" {
			verbs++
		}
	}
	switch {
	case verbs != 1:
		return fmt.Errorf("%d verbs", verbs)
	case s.Type != "" && s.Text == "", s.Type == "" && (s.Text != "" || s.Content || s.Focus != ""):
		return errors.New("type and text go together")
	case s.Focus != "" && s.Focus != "none":
		return fmt.Errorf("focus %q", s.Focus)
	case s.Select == "" && s.Value != "":
		return errors.New("value without select")
	case s.M != nil && (*s.M != 0 || s.Type == "" || !afterChord):
		return errors.New("m: 0 is for what is typed right after a chord")
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// expand puts the values of the run into a text: ${passphrase}.
func expand(text string, vars map[string]string) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(text, func(v string) string {
		value, known := vars[v[2:len(v)-1]]
		if !known {
			missing = fmt.Errorf("no value for %s", v)
		}
		return value
	})
	return out, missing
}
