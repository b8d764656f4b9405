// SPDX-License-Identifier: AGPL-3.0-or-later

// Package browser drives a real Chromium through the product as several people
// on several devices, audits the pages they see, and times the reference tasks
// on the software (never on a worker).
//
// A test launches one browser, gives each person a device with cookies of its
// own, and tells the story with the device's verbs:
//
//	b := browser.Launch(t)
//	julie := b.Device("julie", browser.Options{Base: product.URL})
//	julie.Goto("/")
//	julie.Click("text:Noter")
//
// A console error, a breach of the content security policy, a request to
// another house or a request that failed fails the test that owns the device,
// unless the test announced it with Expect.
package browser

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Path of the browser that Debian's package installs.
const chromium = "/usr/bin/chromium"

// Browser is one running Chromium.
type Browser struct {
	t       testing.TB
	ctx     context.Context
	agent   string // user agent without the word Headless
	shots   string // folder of the screenshots
	profile string // folder of what it keeps
	closed  func() error
}

// Launch starts Chromium with a profile of its own and stops it with the test.
// A machine without Chromium fails the test. It reaches no host but this one.
func Launch(t testing.TB) *Browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("Chromium is missing (run test/browser/install.sh): %v", err)
	}
	profile := t.TempDir()
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags(profile)...)
	// The log function must outlive the test: Chromium may speak while it stops.
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	// A wait, so that the profile is no longer written to when it is removed.
	closed := sync.OnceValue(func() error { return chromedp.Cancel(ctx) })
	t.Cleanup(func() {
		_ = closed()
		cancel()
		stop()
	})
	version, err := chromedp.Run(ctx, command(browser.GetVersion, cdp.Empty{}))
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Logf("browser: %s", version.Product)
	return &Browser{
		t: t, ctx: ctx, shots: shotsFolder(t), profile: profile, closed: closed,
		agent: strings.ReplaceAll(version.UserAgent, "HeadlessChrome", "Chrome"),
	}
}

func flags(profile string) []chromedp.ExecAllocatorOption {
	off := map[string]any{
		"headless": true, "no-sandbox": true, "disable-gpu": true,
		"disable-background-networking": true, "disable-component-update": true,
		"disable-sync": true, "no-first-run": true, "no-default-browser-check": true,
		"disable-default-apps": true, "disable-extensions": true, "disable-breakpad": true,
		"disable-dev-shm-usage": true, "hide-scrollbars": true, "force-color-profile": "srgb",
		"disable-background-timer-throttling": true, "disable-renderer-backgrounding": true,
		"disable-backgrounding-occluded-windows": true, "metrics-recording-only": true,
		"password-store": "basic", "use-mock-keychain": true,
		"disable-features": "Translate,MediaRouter,OptimizationHints",
		// Whatever a page asks for, nothing leaves this machine.
		"host-resolver-rules": "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium), chromedp.UserDataDir(profile)}
	for name, value := range off {
		opts = append(opts, chromedp.Flag(name, value))
	}
	return opts
}

// command makes an action of one command of the browser's protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, c, params)
	}
}

// Options say what kind of device somebody holds.
type Options struct {
	Base     string // where the product is served: "http://localhost:8080"
	Width    int    // of the window in pixels; 1280 when 0
	Height   int    // 900 when 0
	Dark     bool   // prefers-color-scheme: dark
	NoScript bool   // scripts never run
	Slow     bool   // processor four times slower, 1.6 Mb/s, 150 ms there and back
	Touch    bool   // a finger, not a mouse
	Language string // "fr-FR" when empty
}

// Device is what one person holds: one window, with cookies and a cache of
// their own. Its verbs fail the test when they cannot be done.
type Device struct {
	Name string

	t       testing.TB
	browser *Browser
	ctx     context.Context
	opt     Options
	media   string // "" or "print"
	watch   *watch
	folder  string
}

// Device opens a device that shares nothing with the others. When the test
// ends, every incident on it that nobody announced is an error.
func (b *Browser) Device(name string, opt Options) *Device {
	b.t.Helper()
	return b.open(b.ctx, name, opt, chromedp.WithNewBrowserContext())
}

// Resident opens a device that keeps what it keeps in the browser's profile, on
// disk, as everybody's does; the others keep it in memory.
func (b *Browser) Resident(name string, opt Options) *Device {
	b.t.Helper()
	return b.open(b.ctx, name, opt)
}

// Close ends the browser, which writes down what it had not written yet.
func (b *Browser) Close() {
	b.t.Helper()
	if err := b.closed(); err != nil {
		b.t.Fatalf("close the browser: %v", err)
	}
}

// Tab opens a second window of the same device, with the same cookies.
func (d *Device) Tab() *Device {
	d.t.Helper()
	return d.browser.open(d.ctx, d.Name+" (second tab)", d.opt)
}

func (b *Browser) open(parent context.Context, name string, opt Options, kind ...chromedp.ContextOption) *Device {
	b.t.Helper()
	if opt.Base == "" {
		b.t.Fatalf("device %s: no Base", name)
	}
	opt.Base = strings.TrimSuffix(opt.Base, "/")
	opt.Width, opt.Height = orElse(opt.Width, 1280), orElse(opt.Height, 900)
	opt.Language = orElse(opt.Language, "fr-FR")
	w := newWatch(opt.Base)
	ctx, cancel := chromedp.NewContext(parent, append(kind, chromedp.WithListener(w.see))...)
	d := &Device{Name: name, t: b.t, browser: b, ctx: ctx, opt: opt, watch: w, folder: b.shots}
	w.dialog = func() { go d.dismiss() }
	// The target lives as long as the context of the first run, so no time limit here.
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		b.t.Fatalf("open device %s: %v", name, err)
	}
	b.t.Cleanup(func() { d.Check(); cancel() })
	d.must("set up", d.setUp())
	return d
}

// patience is how long a verb waits for what it needs. The machines are shared.
const patience = 20 * time.Second

// within gives one exchange with the browser its limit.
func (d *Device) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(d.ctx, patience)
}

// must fails the test when a verb could not be done.
func (d *Device) must(verb string, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("%s: %s: %v\n%s", d.Name, verb, err, d.glance())
	}
}

// glance tells what was on the screen when something went wrong.
func (d *Device) glance() string {
	seen, err := eval[string](d, `location.href + "\n" + squeeze(document.body?.innerText).slice(0, 600)`)
	if err != nil {
		return fmt.Sprintf("(the page does not answer: %v)", err)
	}
	return seen
}

// run sends one command to the device's page.
func run[P, R any](d *Device, c cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := d.within()
	defer cancel()
	return chromedp.Run(ctx, command(c, params))
}

// all sends commands one after the other and stops at the first that fails.
func all(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// send makes a step of a command whose answer does not matter.
func send[P, R any](d *Device, c cdp.Command[P, R], params P) func() error {
	return func() error {
		_, err := run(d, c, params)
		return err
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// shotsFolder is where the screenshots of a run go: kept when somebody asked
// for them with DEPOSITAIRE_SHOTS, otherwise gone with the test.
func shotsFolder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DEPOSITAIRE_SHOTS")
	if dir == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("folder of the screenshots: %v", err)
	}
	return dir
}
