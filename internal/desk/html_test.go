// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"iter"
	"strings"

	"golang.org/x/net/html"
)

// elements yields the elements under n, in the order of the page.
func elements(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for m := range n.Descendants() {
			if m.Type == html.ElementNode && !yield(m) {
				return
			}
		}
	}
}

// first returns the first element under n that has, or nil.
func first(n *html.Node, has func(*html.Node) bool) *html.Node {
	for m := range elements(n) {
		if has(m) {
			return m
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// visible returns the text of n, spaces gathered, without scripts. No-break
// spaces stay.
func visible(n *html.Node) string {
	var b strings.Builder
	for m := range n.Descendants() {
		if m.Type == html.TextNode && m.Parent.Data != "script" {
			b.WriteString(m.Data)
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), " ")
}
