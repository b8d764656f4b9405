// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"fmt"
	"testing"
)

// BenchmarkCasePage renders a dossier of twenty notes, without a request: what
// html/template takes of architecture.md §5.
func BenchmarkCasePage(b *testing.B) {
	pages, err := LoadPages()
	if err != nil {
		b.Fatal(err)
	}
	in := printed(b, "fr")
	in.Member, in.Session, in.Serves = "Julie Martin", 1, true
	page, ok := caseSamples(in)["case"](true).(*CasePage)
	if !ok {
		b.Fatal("the sample is no dossier")
	}
	note := page.Notes[1]
	page.Notes = nil
	for i := range 20 {
		note.ID, note.ReadUpToHere, note.Corrected = fmt.Sprintf("n%d", i), i == 2, i == 3
		page.Notes = append(page.Notes, note)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pages.Execute("case", "layout", page); err != nil {
			b.Fatal(err)
		}
	}
}
