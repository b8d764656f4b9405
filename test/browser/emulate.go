// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
)

// The slow machine and line under which answers are timed.
const (
	slowdown      = 4
	slowBytes     = 1.6e6 / 8 // 1.6 Mb/s
	slowRoundTrip = 150       // ms
)

func (d *Device) setUp() error {
	tree, err := run(d, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	d.watch.mu.Lock()
	d.watch.frame = string(tree.FrameTree.Frame.ID)
	d.watch.mu.Unlock()
	return all(
		send(d, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		send(d, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: d.browser.agent, AcceptLanguage: d.opt.Language,
		}),
		func() error { return d.scripts(!d.opt.NoScript) },
		send(d, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: d.opt.Touch}),
		d.applySize, d.applyMedia, d.applySpeed,
	)
}

func (d *Device) scripts(on bool) error {
	_, err := run(d, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	return err
}

func (d *Device) applySize() error {
	_, err := run(d, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(d.opt.Width), Height: int64(d.opt.Height), DeviceScaleFactor: 1,
	})
	return err
}

func (d *Device) applyMedia() error {
	scheme := "light"
	if d.opt.Dark {
		scheme = "dark"
	}
	_, err := run(d, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: d.media,
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			// A fade that is caught half-way is a false alarm in every audit.
			{Name: "prefers-reduced-motion", Value: "reduce"},
		},
	})
	return err
}

func (d *Device) applySpeed() error {
	d.watch.mu.Lock()
	offline := d.watch.offline
	d.watch.mu.Unlock()
	rate, latency, flow := 1.0, 0.0, -1.0
	if d.opt.Slow {
		rate, latency, flow = slowdown, slowRoundTrip, slowBytes
	}
	return all(
		send(d, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: rate}),
		send(d, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{
				Latency: latency, DownloadThroughput: flow, UploadThroughput: flow, Offline: offline,
			}},
		}),
		send(d, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Latency: latency, DownloadThroughput: flow, UploadThroughput: flow, Offline: offline,
		}),
	)
}

// Resize gives the window another width.
func (d *Device) Resize(width int) {
	d.t.Helper()
	d.opt.Width = width
	d.must("resize", d.applySize())
}

// Dark switches between the dark and the light scheme.
func (d *Device) Dark(dark bool) {
	d.t.Helper()
	d.opt.Dark = dark
	d.must("change scheme", d.applyMedia())
}

// Print shows the page as it will be on paper, or on screen again.
func (d *Device) Print(paper bool) {
	d.t.Helper()
	d.media = ""
	if paper {
		d.media = "print"
	}
	d.must("change medium", d.applyMedia())
}

// Slow puts the device on the slow machine and line, or takes it off.
func (d *Device) Slow(slow bool) {
	d.t.Helper()
	d.opt.Slow = slow
	d.must("change speed", d.applySpeed())
}

// Offline cuts the network, or brings it back. What fails meanwhile is no
// incident.
func (d *Device) Offline(offline bool) {
	d.t.Helper()
	d.watch.mu.Lock()
	d.watch.offline = offline
	d.watch.mu.Unlock()
	d.must("change network", d.applySpeed())
}

// EmptyCache forgets every file kept from earlier pages.
func (d *Device) EmptyCache() {
	d.t.Helper()
	d.must("empty the cache", send(d, network.ClearBrowserCache, cdp.Empty{})())
}

// Authenticator is a passkey holder built into a device.
type Authenticator struct {
	device *Device
	id     webauthn.AuthenticatorID
}

// Authenticator builds a passkey holder into the device: it keeps passkeys,
// verifies its user, answers at once and evaluates the PRF. Passkeys work on
// http://localhost, never on an address in figures.
func (d *Device) Authenticator() *Authenticator {
	d.t.Helper()
	d.must("enable passkeys", send(d, webauthn.Enable, webauthn.EnableParams{})())
	added, err := run(d, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
			Transport:      webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			HasPrf: true, AutomaticPresenceSimulation: true,
		},
	})
	d.must("add an authenticator", err)
	return &Authenticator{device: d, id: added.AuthenticatorID}
}

// Passkeys counts the passkeys that the authenticator keeps.
func (a *Authenticator) Passkeys() int {
	a.device.t.Helper()
	kept, err := run(a.device, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id})
	a.device.must("list passkeys", err)
	return len(kept.Credentials)
}

// Verifies says whether the user is recognised from now on (finger, PIN).
func (a *Authenticator) Verifies(recognised bool) {
	a.device.t.Helper()
	a.device.must("set user verification", send(a.device, webauthn.SetUserVerified,
		webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: recognised})())
}

// Shoot takes a picture of the whole page and returns its file.
func (d *Device) Shoot(name string) string {
	d.t.Helper()
	whole, err := run(d, page.GetLayoutMetrics, cdp.Empty{})
	d.must("measure the page", err)
	beyond := true
	shot, err := run(d, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond,
		Clip: &page.Viewport{
			Width:  max(whole.CSSContentSize.Width, float64(d.opt.Width)),
			Height: min(max(whole.CSSContentSize.Height, float64(d.opt.Height)), 12_000), Scale: 1,
		},
	})
	d.must("take a picture", err)
	d.must("read the picture", readable(shot.Data))
	file := filepath.Join(d.folder, name+".png")
	d.must("keep the picture", os.WriteFile(file, shot.Data, 0o644))
	return file
}

// readable refuses a picture that is not a PNG or that shows one colour only.
func readable(data []byte) error {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	box := img.Bounds()
	first := img.At(box.Min.X, box.Min.Y)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if img.At(x, y) != first {
				return nil
			}
		}
	}
	return fmt.Errorf("the picture of %d × %d is blank", box.Dx(), box.Dy())
}

// widths of the windows in which every page is looked at: the narrowest phone
// of the RGAA, a tablet, a desk.
var widths = [...]int{320, 768, 1280}

// paperWidth is that of A4 at 96 dots an inch.
const paperWidth = 794

// Portfolio takes the pictures by which a page is judged: three widths in both
// schemes, and paper. It returns their files and leaves the device as it was.
func (d *Device) Portfolio(name string) []string {
	d.t.Helper()
	width, dark, media := d.opt.Width, d.opt.Dark, d.media
	defer func() {
		d.media = media
		d.Dark(dark)
		d.Resize(width)
	}()
	var files []string
	for _, w := range widths {
		d.Resize(w)
		for _, scheme := range []string{"light", "dark"} {
			d.Dark(scheme == "dark")
			files = append(files, d.Shoot(fmt.Sprintf("%s-%d-%s", name, w, scheme)))
		}
	}
	d.Dark(false)
	d.Resize(paperWidth)
	d.Print(true)
	return append(files, d.Shoot(name+"-print"))
}
