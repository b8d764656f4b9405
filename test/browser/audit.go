// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	protocol "github.com/chromedp/cdproto/runtime"
)

// NoFindings reports each finding of an audit of something as an error.
func NoFindings(t testing.TB, of string, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Errorf("%s: %s", of, f)
	}
}

// here is the folder of this package, whatever the test's working folder is.
func here() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("internal error: no caller")
	}
	return filepath.Dir(file)
}

// axeRun asks for the rules that axe leaves out unless told: the 7:1 contrast
// of look.md and the target size of WCAG 2.2.
const axeRun = `axe.run(document, {resultTypes: ['violations'], rules: {
	'color-contrast-enhanced': {enabled: true}, 'target-size': {enabled: true}}}).then(r => JSON.stringify(
	r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ': ' + (n.failureSummary || v.help).replace(/\s+/g, ' ')))))`

// Axe runs axe-core on the page in its present width and scheme.
func (d *Device) Axe() []string {
	d.t.Helper()
	source, err := os.ReadFile(filepath.Join(here(), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		d.t.Fatalf("axe-core is missing (run test/browser/install.sh): %v", err)
	}
	if d.opt.NoScript {
		// Axe waits for a promise, and no promise is kept while scripts are off.
		// The page's own were passed over when it was read and stay so.
		d.must("lend axe the scripts", d.scripts(true))
		defer func() { d.must("take the scripts back", d.scripts(false)) }()
	}
	yes := true
	// A runaway page must not be taken for a clean one: the promise is awaited.
	got, err := run(d, protocol.Evaluate, protocol.EvaluateParams{
		Expression: string(source) + ";\n" + axeRun, AwaitPromise: &yes, ReturnByValue: &yes,
	})
	d.must("run axe", err)
	if got.ExceptionDetails != nil {
		d.t.Fatalf("%s: axe threw: %s %s", d.Name, got.ExceptionDetails.Text, spell([]*protocol.RemoteObject{got.ExceptionDetails.Exception}))
	}
	var text string
	var found []string
	d.must("read axe's answer", json.Unmarshal(got.Result.Value, &text))
	d.must("read axe's findings", json.Unmarshal([]byte(text), &found))
	return found
}

// Overflow says what sticks out of the page sideways in its present width.
func (d *Device) Overflow() []string {
	d.t.Helper()
	return ask[[]string](d, "measure the width", "tooWide()")
}

// DoubledText says what breaks when the reader doubles the size of the text
// and nothing else (RGAA 10.4).
func (d *Device) DoubledText() []string {
	d.t.Helper()
	return ask[[]string](d, "double the text", "doubled(() => tooWide().concat(cutText()))")
}

// Structure says what is wrong with the language, the title, the headings and
// the landmarks; the title must contain none of the forbidden words (names).
func (d *Device) Structure(forbidden ...string) []string {
	d.t.Helper()
	words, err := json.Marshal(forbidden)
	d.must("spell the forbidden words", err)
	return ask[[]string](d, "read the structure", "structure("+string(words)+")")
}

// Weigh opens a path with an empty cache and returns what it cost.
func (d *Device) Weigh(path string) Weight {
	d.t.Helper()
	d.EmptyCache()
	return d.WeighWarm(path)
}

// WeighWarm opens a path with what the cache holds and returns what it cost.
func (d *Device) WeighWarm(path string) Weight {
	d.t.Helper()
	mark := d.watch.mark()
	d.Goto(path)
	return d.watch.weightSince(mark)
}

// Over says where a weight exceeds a budget of kilobytes (of 1,000) and requests.
func (w Weight) Over(kilobytes float64, requests int) []string {
	var found []string
	if w.Requests == 0 {
		found = append(found, "nothing was asked for: nothing was weighed")
	}
	if kb := w.Kilobytes(); kb > kilobytes {
		found = append(found, fmt.Sprintf("%.1f KB, budget %.1f", kb, kilobytes))
	}
	if requests > 0 && w.Requests > requests {
		found = append(found, fmt.Sprintf("%d requests, budget %d: %s", w.Requests, requests, strings.Join(w.URLs, " ")))
	}
	return found
}

// Kilobytes is the weight in thousands of bytes.
func (w Weight) Kilobytes() float64 { return float64(w.Bytes) / 1000 }

// Audit runs every audit on the page as it stands and leaves the device as it
// was: axe in both schemes and at 320 px, sideways overflow at the three
// widths, doubled text, structure, and a walk with the Tab key.
func (d *Device) Audit(forbidden ...string) []string {
	d.t.Helper()
	width, dark := d.opt.Width, d.opt.Dark
	defer func() { d.Dark(dark); d.Resize(width) }()
	found := prefixed("structure", d.Structure(forbidden...))
	for _, scheme := range []string{"light", "dark"} {
		d.Dark(scheme == "dark")
		found = append(found, prefixed("axe, "+scheme, d.Axe())...)
	}
	d.Dark(dark)
	found = append(found, prefixed("keyboard", d.Walk().Findings)...)
	found = append(found, prefixed("text at 200 %", d.DoubledText())...)
	for _, w := range widths {
		d.Resize(w)
		found = append(found, prefixed(fmt.Sprintf("%d px", w), d.Overflow())...)
	}
	d.Resize(widths[0])
	return append(found, prefixed("axe, 320 px", d.Axe())...)
}

func prefixed(what string, findings []string) []string {
	out := make([]string, 0, len(findings))
	for _, f := range findings {
		out = append(out, what+": "+f)
	}
	return out
}
