// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A receipt, its journal's key and what it says, from the command's own test.
func receiptVector(t *testing.T) (text, key string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(here(), "../../cmd/depositaire/testdata/receipt.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ = strings.Cut(string(raw), "-- link.tlog-proof --\n")
	text, _, _ = strings.Cut(text, "-- ")
	_, key, _ = strings.Cut(string(raw), "env KEY=")
	key, _, _ = strings.Cut(key, "\n")
	if !strings.HasPrefix(text, "c2sp.org/tlog-proof") || key == "" {
		t.Fatal("the command's test has no receipt")
	}
	return text, key
}

// Whoever holds a receipt checks it on her own device, without a network. Seen to
// kill, in the page: a root compared with itself; a signature not awaited; a path
// read backwards.
func TestAReceiptIsCheckedOnAnyDeviceWithoutANetwork(t *testing.T) {
	text, key := receiptVector(t)
	d := Launch(t).Device("nadia", Options{Base: "file:///"})
	d.Goto("file://" + filepath.Join(here(), "../../internal/desk/receipt/check.html"))
	d.Offline(true)
	lines := strings.SplitAfter(text, "\n")
	swapped := append([]string{}, lines...)
	swapped[4], swapped[5] = swapped[5], swapped[4]
	const good, bad = "Ce reçu est authentique.", "Ce reçu n’est pas authentique."
	for _, tt := range []struct{ name, text, key, says string }{
		{"as it was given", text, key, good},
		{"without its last line break", strings.TrimSuffix(text, "\n"), key, good},
		{"at another place", strings.Replace(text, "index 12", "index 13", 1), key, bad},
		{"with two hashes exchanged", strings.Join(swapped, ""), key, bad},
		{"without a hash", strings.Join(append(append([]string{}, lines[:4]...), lines[5:]...), ""), key, bad},
		{"of a larger journal", strings.Replace(text, "\n20\n", "\n21\n", 1), key, bad},
		{"with another act in it", strings.Replace(text, "Hordm", "Hordn", 1), key, bad},
		{"cut", text[:len(text)-40], key, bad},
		{"empty", "", key, bad},
		{"with another key", text, strings.Replace(key, "+Ac7", "+Ac8", 1), bad},
		{"again as it was given", text, key, good},
	} {
		if tt.says == bad && tt.text == text && tt.key == key {
			t.Fatalf("%s: nothing is forged", tt.name)
		}
		d.Fill("#text", tt.text)
		d.Fill("#key", tt.key)
		d.Click("text:Vérifier")
		d.WaitText(tt.says)
	}
	for _, says := range []string{"un accès est donné", "13 novembre 2026", "19 novembre 2026", "13 sur 20"} {
		if !d.Reads(says) {
			t.Errorf("the page does not say %q: %s", says, d.Text("#answer"))
		}
	}
	none(t, "the page", d.Audit())
	d.Shoot("receipt-check")
	d.Click("#other")
	d.WaitText("Check a receipt")
}
