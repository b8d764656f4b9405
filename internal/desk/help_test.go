// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/web"
)

func helpSamples(out, in web.Page) map[string]maker {
	whom := Contacts{House: "CCAS de Valmont", Administrators: []string{"Hélène Garnier"}, DPOs: []string{"Dora Blin"}}
	return map[string]maker{
		"help":       of(in, func(p *HelpPage, b web.Page) { p.Page = b }, func(p *HelpPage) { p.Nav, p.Contacts = "help", whom }),
		"help-out":   of(out, func(p *HelpPage, b web.Page) { p.Page = b }, func(*HelpPage) {}),
		"notice":     of(in, func(p *NoticePage, b web.Page) { p.Page = b }, func(p *NoticePage) { p.Contacts = whom }),
		"notice-out": of(out, func(p *NoticePage, b web.Page) { p.Page = b }, func(*NoticePage) {}),
		"accessibility": of(in, func(p *AccessibilityPage, b web.Page) { p.Page = b }, func(p *AccessibilityPage) {
			p.Contacts, p.Written = whom, statementWritten
			p.Tested, p.Absent, p.Looked = strings.Fields(tested), strings.Fields(absent), strings.Fields(looked)
		}),
		"map": of(in, func(p *MapPage, b web.Page) { p.Page = b }, func(p *MapPage) {
			p.Groups = []Group{{"work", []Place{{"/today", "nav.today"}}}, {"about", []Place{{"/help", "page.help.title"}}}}
		}),
	}
}

// noPlace are pages that no map leads to: a file, steps of what one begins
// elsewhere, what stands in the way of a page, and ways in, for who is in.
func noPlace(path, visitor string) bool {
	in := visitor != "nobody" && visitor != "veiled"
	return path == "/receipts/check" || path == "/lift" || path == "/witness" || strings.HasPrefix(path, "/start") ||
		in && (path == "/signin" || path == "/invitation")
}

// The map is written once, and held against what the routes answer (routes_test.go):
// a visitor finds every page that she may open by its address alone, and no other.
// Seen to kill: a place left out; persons shown to who works in no service; a place
// shown to everybody.
func TestTheMapLeadsWhereOneMayGo(t *testing.T) {
	h := testSite(t)
	veiled := h.as(t, "karim")
	veiled.post("/veil", map[string][]string{"session": {"1"}})
	who := map[string]*browser{
		"nobody": h.browser(t), "veiled": veiled, "reception": h.as(t, "rose"), "inside": h.as(t, "karim"),
		"outside": h.as(t, "lucie"), "lead": h.as(t, "paul"), "administrator": h.as(t, "ada"),
	}
	for column, visitor := range visitors {
		a := who[visitor].get("/map")
		got := map[string]bool{}
		for n := range elements(first(a.doc, func(n *html.Node) bool { return attr(n, "id") == "main" })) {
			if n.Data == "a" {
				got[attr(n, "href")] = true
			}
		}
		want := map[string]bool{}
		for pattern, answers := range routes {
			method, path, _ := strings.Cut(pattern, " ")
			if method == http.MethodGet && !strings.Contains(path, "{") && strings.Fields(answers)[column] == "200" && !noPlace(path, visitor) {
				want[path] = true
			}
		}
		if len(want) == 0 || !maps.Equal(got, want) {
			t.Errorf("%s\n got %v\nwant %v", visitor, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	}
}

// Who to ask is said by name to a member, and to nobody else. Seen to kill:
// contacts for whoever asks.
func TestNobodyIsNamedToStrangers(t *testing.T) {
	h := testSite(t)
	for _, path := range []string{"/help", "/notice", "/accessibilite", "/map"} {
		if text := visible(h.browser(t).get(path).doc); strings.Contains(text, "Ada ") || strings.Contains(text, "Valmont") {
			t.Errorf("%s names somebody to a stranger", path)
		}
	}
	if text := visible(h.as(t, "karim").get("/help").doc); !strings.Contains(text, "Ada ") {
		t.Error("help names no administrator to a member")
	}
}

// Help, accessibility and the map are at the same place on every page (RGAA 12.4
// and 12.5; WCAG 2.2, 3.2.6). Seen to kill: a link that only members get.
func TestEveryPageLeadsToHelpFromTheSamePlace(t *testing.T) {
	want := []string{"/help", "/notice", "/accessibilite", "/map"}
	for _, r := range render(t, "fr", true) {
		var got []string
		for n := range elements(first(r.doc, func(n *html.Node) bool { return n.Data == "footer" })) {
			if n.Data == "a" {
				got = append(got, attr(n, "href"))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: its foot leads to %q", r.name, got)
		}
	}
}

// ux.md §4.2: the three parts of the 106 criteria. Seen to kill: a criterion left
// out, or in two parts.
func TestTheStatementCountsEveryCriterionOnce(t *testing.T) {
	themes := []int{9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12} // how many each of the 13 themes has
	left := map[string]bool{}
	for i, n := range themes {
		for k := range n {
			left[fmt.Sprintf("%d.%d", i+1, k+1)] = true
		}
	}
	for _, c := range strings.Fields(tested + " " + absent + " " + looked) {
		if !left[c] {
			t.Errorf("%s is no criterion, or comes twice", c)
		}
		delete(left, c)
	}
	if len(left) > 0 {
		t.Errorf("left out: %v", slices.Sorted(maps.Keys(left)))
	}
}
