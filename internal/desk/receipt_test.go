// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: a receipt of another link than the one it tells; a receipt for
// who is not in the dossier.
func TestAnAccessIsToldOnPaperWithItsProof(t *testing.T) {
	h := testSite(t)
	karim, lucie, paul := h.as(t, "karim"), h.as(t, "lucie"), h.as(t, "paul")
	at := karim.note(h.as(t, "rose").receive("Nadia"), "Vue ce matin.")
	a := karim.get(at + "/readers/add")
	member := choice(t, a, "Lucie Petit")
	karim.submit(a, at+"/readers/add", "member", member, "reason", "pair")

	karim.get(at+"/readers").says(t, "Reçu")
	page := karim.get(at + "/readers/" + member + "/receipt")
	page.says(t, "Reçu d’un accès au dossier de Nadia", "Lucie Petit", "visite à deux", "Karim Benaïssa", h.register.Public())
	proof := karim.get(at + "/readers/" + member + "/receipt/proof")
	in, err := journal.ReadReceipt(proof.body)
	ok(t, err)
	_, err = in.Verify(h.register.Public())
	ok(t, err)
	l, err := journal.ReadLinkLeaf(in.Leaf)
	ok(t, err)
	id, err := record.ParseID[record.Member](member)
	ok(t, err)
	if l.Class != record.LinkGives || l.Recipient != record.RecipientOf(record.ToMember, id) || "/cases/"+l.Owner.ID.String() != at {
		t.Errorf("the proof is of another act: %+v", l)
	}
	for _, path := range []string{"/receipt", "/receipt/proof"} {
		if a := paul.get(at + "/readers/" + member + path); a.status != 404 || strings.Contains(a.body, "tlog-proof") {
			t.Errorf("who is not in the dossier gets %d", a.status)
		}
	}
	if a := lucie.get(at + "/readers/" + member + "/receipt/proof"); a.status != 200 {
		t.Errorf("a reader of the dossier gets %d", a.status)
	}
}

// What she carries bears no mark of ours (product.md §6). Seen to kill: the
// journal's key on the paper, which names us; our name in the title that browsers
// print above it.
func TestThePaperOfAReceiptNamesNoProduct(t *testing.T) {
	looked := false
	for _, r := range render(t, "fr", true) {
		if r.template != "receipt" {
			continue
		}
		looked = true
		paper := visible(first(r.doc, func(n *html.Node) bool { return n.Data == "title" })) + onPaper(first(r.doc, func(n *html.Node) bool { return n.Data == "main" }))
		if !strings.Contains(paper, "Karim Benaïssa") {
			t.Errorf("the paper says nothing: %s", paper)
		}
		if strings.Contains(strings.ToLower(paper), "depositaire") || strings.Contains(strings.ToLower(paper), "dépositaire") || strings.Contains(paper, "<svg") {
			t.Errorf("the paper names us: %s", paper)
		}
	}
	if !looked {
		t.Fatal("no receipt was rendered")
	}
}

// onPaper is what print leaves of an element.
func onPaper(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Data == "svg" {
		return "<svg"
	}
	var b strings.Builder
	if !slices.Contains(strings.Fields(attr(n, "class")), "no-print") {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			b.WriteString(onPaper(c))
		}
	}
	return b.String()
}

// The page is opened from a disk: its own policy lets its one script and style
// run, and nothing leave. Seen to kill: a script changed without its hash.
func TestThePageThatChecksRunsItsOwnScriptOnly(t *testing.T) {
	page := string(CheckPage())
	for tag, want := range map[string]string{"script": "script-src '%s'", "style": "style-src '%s'"} {
		all := regexp.MustCompile("(?s)<"+tag+">(.*?)</"+tag+">").FindAllStringSubmatch(page, -1)
		if len(all) != 1 {
			t.Fatalf("%d elements %s", len(all), tag)
		}
		sum := sha256.Sum256([]byte(all[0][1]))
		want = strings.Replace(want, "%s", "sha256-"+base64.StdEncoding.EncodeToString(sum[:]), 1)
		if !strings.Contains(page, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if !strings.Contains(page, `content="default-src 'none'; `) {
		t.Error("the policy lets something out")
	}
	for _, never := range []string{"http:", "https:", "//", "src=", "url(", "fetch(", "XMLHttp", "sendBeacon"} {
		text := regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAllString(page, "")
		if strings.Contains(text, never) {
			t.Errorf("the page names %q", never)
		}
	}
}
