// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGoodPagesHaveNoFinding(t *testing.T) {
	p := startStandin(t, "serve")
	b := Launch(t)
	for name, opt := range map[string]Options{
		"with scripts":    {Base: p.URL},
		"without scripts": {Base: p.URL, NoScript: true},
	} {
		d := b.Device(name, opt)
		for _, path := range []string{"/", "/note", "/aide"} {
			d.Goto(path)
			none(t, name+" "+path, d.Audit("Mokrani"))
		}
	}
}

func TestEveryAuditCatchesItsFault(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("auditor", Options{Base: p.URL})
	for _, c := range []struct {
		page  string
		audit func() []string
		want  []string
	}{
		{"/bad-axe", d.Axe, []string{"image-alt:", "label:"}},
		{"/bad-contrast", d.Axe, []string{"color-contrast:"}},
		{"/bad-wide", func() []string { d.Resize(320); defer d.Resize(1280); return d.Overflow() }, []string{"the page is", "p.wide"}},
		{"/bad-cut", d.DoubledText, []string{"p.fixed"}},
		{"/bad-trap", func() []string { return d.Walk().Findings }, []string{"the focus is trapped in input#trap", "Tab never reaches a \"Après\""}},
		{"/bad-ring", func() []string { return d.Walk().Findings }, []string{"a.noring \"Sans anneau\" has a focus ring of 0 px", "a.thin \"Anneau mince\" has a focus ring of 1 px"}},
		{"/bad-order", func() []string { return d.Walk().Findings }, []string{"jumps back from a \"En bas\" to a \"En haut\""}},
		{"/bad-structure", func() []string { return d.Structure("Mokrani") }, []string{
			"html has no lang", "the title says \"Mokrani\"", "2 h1", "skips from level 1 to 4", "id \"x\" twice", "no viewport meta", "0 main", "placeholder",
		}},
	} {
		t.Run(c.page, func(t *testing.T) {
			d.Goto(c.page)
			found := c.audit()
			for _, want := range c.want {
				one(t, found, want)
			}
		})
	}
}

func TestTheWholeAuditCatchesAWidePageAndLeavesTheDeviceAsItWas(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("auditor", Options{Base: p.URL, Width: 1000, Dark: true})
	d.Goto("/bad-wide")
	one(t, d.Audit(), "320 px: the page is")
	if w := ask[int](d, "width", "innerWidth"); w != 1000 {
		t.Errorf("the window is %d px wide afterwards, want 1000", w)
	}
	if !ask[bool](d, "scheme", "matchMedia('(prefers-color-scheme: dark)').matches") {
		t.Error("the scheme is light afterwards")
	}
}

func TestStopsToCountsFromWhereThePagePutsTheFocus(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	for _, c := range []struct {
		page, target string
		want         int
	}{
		{"/note", "#text", 0},
		{"/note", "[value=team]", 1},
		{"/note", "text:Enregistrer", 4},
		{"/", "#note1", 6},
		{"/bad-trap", "text:Après", -1},
	} {
		d.Goto(c.page)
		if got := d.StopsTo(c.target); got != c.want {
			t.Errorf("%s: %d presses of Tab to %s, want %d", c.page, got, c.target, c.want)
		}
	}
}

func TestAPageIsWeighed(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	cold := d.Weigh("/")
	if cold.Requests != 3 || cold.Bytes < 500 || cold.Bytes > 5000 {
		t.Errorf("cold: %d requests, %d bytes, want 3 (page, style, script) and about 2,500", cold.Requests, cold.Bytes)
	}
	if warm := d.WeighWarm("/aide"); warm.Requests != 1 || warm.Bytes >= cold.Bytes {
		t.Errorf("warm: %+v, want the page alone", warm)
	}
	none(t, "a generous budget", cold.Over(60, 6))
	one(t, cold.Over(0.1, 6), "budget 0.1")
	one(t, cold.Over(60, 2), "3 requests, budget 2")
	one(t, Weight{}.Over(60, 6), "nothing was weighed")
}

func TestAPortfolioIsPicturesOneCanRead(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	d.Goto("/note")
	files := d.Portfolio("note")
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
		r, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.DecodeConfig(r)
		_ = r.Close()
		if err != nil || img.Width < 320 || img.Height < 900 {
			t.Errorf("%s: %d × %d, %v", f, img.Width, img.Height, err)
		}
	}
	want := "note-320-light.png note-320-dark.png note-768-light.png note-768-dark.png note-1280-light.png note-1280-dark.png note-print.png"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("pictures %s, want %s", got, want)
	}
}

func TestABlankPictureIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{"no picture": []byte("nothing"), "empty": nil} {
		if readable(data) == nil {
			t.Errorf("%s is taken for a picture", name)
		}
	}
}
