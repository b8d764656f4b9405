// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed js/lib.js
var lib string

// errGone is a page that went away while it was asked something.
var errGone = errors.New("the page went away")

// eval asks the page one expression, with the functions of js/lib.js at hand.
// It works with scripts switched off and under any content security policy.
func eval[T any](d *Device, expression string) (T, error) {
	var answer T
	yes := true
	ctx, cancel := d.within()
	defer cancel()
	got, err := chromedp.Run(ctx, command(runtime.Evaluate, runtime.EvaluateParams{
		Expression:    "(() => {\n" + lib + "\nreturn JSON.stringify((" + expression + ") ?? null);\n})()",
		ReturnByValue: &yes, Silent: &yes,
	}))
	if err != nil {
		for _, gone := range []string{"context", "navigated", "closed"} {
			if strings.Contains(err.Error(), gone) && ctx.Err() == nil {
				return answer, fmt.Errorf("%w: %w", errGone, err)
			}
		}
		return answer, err
	}
	if bad := got.ExceptionDetails; bad != nil {
		return answer, fmt.Errorf("the page threw: %s", spell([]*runtime.RemoteObject{bad.Exception}))
	}
	var text string
	if err := json.Unmarshal(got.Result.Value, &text); err != nil {
		return answer, fmt.Errorf("read the page's answer: %w", err)
	}
	return answer, json.Unmarshal([]byte(text), &answer)
}

// quote makes a script's string of words.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("internal error: a string has no JSON: " + err.Error())
	}
	return string(b)
}

// poll asks until the answer is yes; a page that goes away is asked again.
func (d *Device) poll(expression string) error {
	for end := time.Now().Add(patience); ; time.Sleep(25 * time.Millisecond) {
		yes, err := eval[bool](d, expression)
		if err != nil && !errors.Is(err, errGone) {
			return err
		}
		if yes {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited %v for %s", patience, expression)
		}
	}
}

// settle waits until the window has been still for a while after a gesture; a
// page load is waited for when the gesture must cause one. It returns the
// moment of the last movement.
func (d *Device) settle(since time.Time, loads int, mustLoad bool) (time.Time, error) {
	// The page answers after it has dealt with the gesture: what the gesture asks
	// for is under way by then, however busy the machine is.
	for range 2 {
		_, _ = eval[bool](d, "true") // a page that went away has dealt with it too
	}
	quiet := 60 * time.Millisecond
	if d.opt.Slow {
		quiet = 250 * time.Millisecond // a slow processor starts its requests late
	}
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		still, last, now := d.watch.rest()
		loaded := !mustLoad || now > loads
		if loaded && still >= quiet && time.Since(since) >= quiet {
			return last, nil
		}
		if time.Now().After(end) {
			return last, fmt.Errorf("not at rest after %v (page loads: %d, still awaited: %s)", patience, now-loads, d.watch.awaited())
		}
	}
}

// gesture does something and waits for the window to be at rest.
func (d *Device) gesture(act func() error) error {
	_, _, loads := d.watch.rest()
	since := time.Now()
	if err := act(); err != nil {
		return err
	}
	_, err := d.settle(since, loads, false)
	return err
}

// Goto opens a path of the product, or a whole address, and returns the status.
func (d *Device) Goto(path string) int {
	d.t.Helper()
	d.must("open "+path, d.open(path))
	return d.Status()
}

func (d *Device) open(path string) error {
	if strings.HasPrefix(path, "/") {
		path = d.opt.Base + path
	}
	_, _, loads := d.watch.rest()
	since := time.Now()
	answer, err := run(d, page.Navigate, page.NavigateParams{URL: path})
	if err != nil {
		return err
	}
	if answer.ErrorText != "" {
		return errors.New(answer.ErrorText)
	}
	_, err = d.settle(since, loads, true)
	return err
}

// Status is that of the last page the window showed.
func (d *Device) Status() int {
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	return int(d.watch.status)
}

// Reload asks for the page again.
func (d *Device) Reload() {
	d.t.Helper()
	d.must("reload", d.gesture(send(d, page.Reload, page.ReloadParams{})))
}

// Back returns to the page before.
func (d *Device) Back() {
	d.t.Helper()
	d.must("go back", d.gesture(func() error {
		_, err := eval[any](d, `history.back()`)
		return err
	}))
}

// spot is where a target can be pressed.
type spot struct {
	X, Y    float64
	Covered string
}

// locate waits for a target and scrolls it into view.
func (d *Device) locate(selector string) (spot, error) {
	if err := d.poll("!!spot(" + quote(selector) + ")"); err != nil {
		return spot{}, err
	}
	at, err := eval[spot](d, "spot("+quote(selector)+")")
	if err == nil && at.Covered != "" {
		err = fmt.Errorf("%s is covered by %s", selector, at.Covered)
	}
	return at, err
}

// Click presses a target with the mouse and waits for the page to be at rest.
// A target is a CSS selector, or "text:" and the name that a reader sees.
func (d *Device) Click(selector string) {
	d.t.Helper()
	d.must("click "+selector, d.gesture(func() error { return d.press(selector) }))
}

func (d *Device) press(selector string) error {
	at, err := d.locate(selector)
	if err != nil {
		return err
	}
	mouse := func(kind input.DispatchMouseEventType, buttons int64) func() error {
		return send(d, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, Buttons: buttons, ClickCount: 1,
		})
	}
	return all(mouse(input.DispatchMouseEventTypeMouseMoved, 0),
		mouse(input.DispatchMouseEventTypeMousePressed, 1), mouse(input.DispatchMouseEventTypeMouseReleased, 0))
}

// Type presses a field and types into it, after what it holds.
func (d *Device) Type(selector, text string) {
	d.t.Helper()
	d.must("type into "+selector, d.gesture(func() error {
		return all(func() error { return d.press(selector) }, func() error { return d.write(text) })
	}))
}

// Fill replaces what a field holds.
func (d *Device) Fill(selector, text string) {
	d.t.Helper()
	d.must("fill "+selector, d.gesture(func() error {
		return all(func() error { return d.press(selector) }, func() error {
			_, err := eval[any](d, `document.activeElement.select()`)
			return err
		}, func() error {
			if text == "" {
				return d.chord("Delete")
			}
			return d.write(text)
		})
	}))
}

// longText is from where a text is pasted rather than typed key by key.
const longText = 300

// write types into whatever has the focus.
func (d *Device) write(text string) error {
	if len(text) > longText || strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF }) {
		_, err := run(d, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}
	ctx, cancel := d.within()
	defer cancel()
	return chromedp.Do(ctx, chromedp.KeyEvent(text))
}

// Select chooses an option of a list by its value.
func (d *Device) Select(selector, value string) {
	d.t.Helper()
	d.must("select in "+selector, d.gesture(func() error { return d.choose(selector, value) }))
}

// choose sets the value and says so to the page, as a closed list does.
func (d *Device) choose(selector, value string) error {
	if err := d.poll("!!spot(" + quote(selector) + ")"); err != nil {
		return err
	}
	chosen, err := eval[bool](d, fmt.Sprintf(`(e => {
		e.focus(); e.value = %s;
		e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}));
		return e.value === %[1]s; })(find(%[2]s))`, quote(value), quote(selector)))
	if err == nil && !chosen {
		err = fmt.Errorf("no option %q", value)
	}
	return err
}

// Key presses one key or a chord: "Enter", "Tab", "Shift+Tab", "Control+Enter".
func (d *Device) Key(chord string) {
	d.t.Helper()
	d.must("press "+chord, d.gesture(func() error { return d.chord(chord) }))
}

var modifiers = map[string]chromedp.Modifier{
	"Control": chromedp.ModifierCtrl, "Shift": chromedp.ModifierShift,
	"Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
}

var keys = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ",
	"Backspace": kb.Backspace, "Delete": kb.Delete, "Home": kb.Home, "End": kb.End,
	"ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"PageDown": kb.PageDown, "PageUp": kb.PageUp,
}

func (d *Device) chord(chord string) error {
	parts := strings.Split(chord, "+")
	var held []chromedp.Modifier
	for _, name := range parts[:len(parts)-1] {
		m, known := modifiers[name]
		if !known {
			return fmt.Errorf("chord %q: no modifier %q", chord, name)
		}
		held = append(held, m)
	}
	last := parts[len(parts)-1]
	key, known := keys[last]
	if !known && len([]rune(last)) != 1 {
		return fmt.Errorf("chord %q: no key %q", chord, last)
	}
	ctx, cancel := d.within()
	defer cancel()
	return chromedp.Do(ctx, chromedp.KeyEvent(orElse(key, last), chromedp.KeyModifiers(held...)))
}

// WaitFor waits until a target is there for a reader to see.
func (d *Device) WaitFor(selector string) {
	d.t.Helper()
	d.must("wait for "+selector, d.poll(seen(selector)))
}

// WaitText waits until the page shows these words.
func (d *Device) WaitText(words string) {
	d.t.Helper()
	d.must(fmt.Sprintf("wait for the words %q", words), d.poll(says(words)))
}

func seen(selector string) string {
	return "(e => !!e && shown(e))(find(" + quote(selector) + "))"
}

func says(words string) string {
	return "squeeze(document.body?.innerText).includes(squeeze(" + quote(words) + "))"
}

// ask reads something of the page, which must be there.
func ask[T any](d *Device, verb, expression string) T {
	d.t.Helper()
	answer, err := eval[T](d, expression)
	for end := time.Now().Add(patience); errors.Is(err, errGone) && time.Now().Before(end); {
		answer, err = eval[T](d, expression)
	}
	d.must(verb, err)
	return answer
}

// Sees says whether a target is on the screen now.
func (d *Device) Sees(selector string) bool {
	d.t.Helper()
	return ask[bool](d, "look for "+selector, seen(selector))
}

// Reads says whether the page shows these words now, however they are spaced.
func (d *Device) Reads(words string) bool {
	d.t.Helper()
	return ask[bool](d, "read", says(words))
}

// Text is what a target shows, with single spaces; it waits for the target.
func (d *Device) Text(selector string) string {
	d.t.Helper()
	d.WaitFor(selector)
	return ask[string](d, "read "+selector, "squeeze(find("+quote(selector)+")?.innerText)")
}

// Texts is what every element of a CSS selector shows.
func (d *Device) Texts(selector string) []string {
	d.t.Helper()
	return ask[[]string](d, "read "+selector, "[...document.querySelectorAll("+quote(selector)+")].filter(shown).map(e => squeeze(e.innerText))")
}

// Value is what a field holds.
func (d *Device) Value(selector string) string {
	d.t.Helper()
	d.WaitFor(selector)
	return ask[string](d, "read "+selector, "find("+quote(selector)+")?.value ?? ''")
}

// Attr is an attribute of a target, empty when it has none.
func (d *Device) Attr(selector, name string) string {
	d.t.Helper()
	return ask[string](d, "read "+selector, "find("+quote(selector)+")?.getAttribute("+quote(name)+") ?? ''")
}

// URL is the address that the window shows.
func (d *Device) URL() string {
	d.t.Helper()
	return ask[string](d, "read the address", "location.href")
}

// Path is the address without the product's own part.
func (d *Device) Path() string {
	d.t.Helper()
	return strings.TrimPrefix(d.URL(), d.opt.Base)
}

// Title is that of the window.
func (d *Device) Title() string {
	d.t.Helper()
	return ask[string](d, "read the title", "document.title")
}

// HTML is the page as it stands now, to look for words that must not be there.
func (d *Device) HTML() string {
	d.t.Helper()
	return ask[string](d, "read the page", "document.documentElement.outerHTML")
}

// Kept is everything a script of the page could find on this device: local and
// session storage, readable cookies.
func (d *Device) Kept() string {
	d.t.Helper()
	return ask[string](d, "read the storage", "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
}

// Cookies are those of the device for the product, unreadable ones included.
func (d *Device) Cookies() []*network.Cookie {
	d.t.Helper()
	got, err := run(d, network.GetCookies, network.GetCookiesParams{URLs: []string{d.opt.Base + "/"}})
	d.must("read the cookies", err)
	return got.Cookies
}

// SetCookie puts a cookie of the product on the device.
func (d *Device) SetCookie(name, value string) {
	d.t.Helper()
	_, err := run(d, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: d.opt.Base + "/"})
	d.must("set a cookie", err)
}

// ForgetCookies makes the device a new one for the product.
func (d *Device) ForgetCookies() {
	d.t.Helper()
	d.must("forget the cookies", send(d, network.ClearBrowserCookies, cdp.Empty{})())
}

// dismiss answers a dialog so that the page goes on; it was noted already.
func (d *Device) dismiss() {
	_, _ = run(d, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}
