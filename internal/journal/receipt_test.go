// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package journal_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// receipts returns the receipts of an entry and of a link, in a tree of 31 leaves.
func receipts(t *testing.T, a *archive) (map[string]string, record.Entry, record.Link) {
	t.Helper()
	for range 20 {
		a.entry(t)
	}
	e, l := a.entry(t), a.link(t)
	for range 9 {
		a.entry(t)
	}
	ofEntry, err := a.reg.Inclusion(a.ctx, e.ID)
	a.must(t, err)
	ofLink, err := a.reg.LinkInclusion(a.ctx, l.Owner, l.N)
	a.must(t, err)
	return map[string]string{"an entry's receipt": ofEntry.Receipt(), "a link's receipt": ofLink.Receipt()}, e, l
}

// taken reports whether a receipt is believed.
func taken(text, public string) bool {
	in, err := journal.ReadReceipt(text)
	if err == nil {
		_, err = in.Verify(public)
	}
	return err == nil
}

// Seen to kill: ReadReceipt without its last comparison, which took a place with a
// sign; a note whose signature stands twice, or is written in another way.
func TestAReceiptIsBelievedAsItIsOrNotAtAll(t *testing.T) {
	a := newArchive(t)
	all, _, _ := receipts(t, a)
	key := a.key.Public()
	other, err := journal.NewKey(a.house, [32]byte{2})
	a.must(t, err)
	for name, text := range all {
		if !taken(text, key) {
			t.Fatalf("%s is refused:\n%s", name, text)
		}
		if taken(text, other.Public()) {
			t.Errorf("%s is believed of another key", name)
		}
		for cut := range text {
			if taken(text[:cut], key) {
				t.Errorf("%s is believed without what follows byte %d", name, cut)
			}
		}
		for at := range len(text) {
			for _, bit := range []byte{1, 2, 4, 32} {
				forged := []byte(text)
				forged[at] ^= bit
				if taken(string(forged), key) {
					t.Errorf("%s is believed with bit %d of byte %d flipped: %q", name, bit, at, forged[at])
				}
			}
		}
		lines := strings.SplitAfter(text, "\n")
		for i := range lines[:len(lines)-1] {
			without := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")
			twice := strings.Join(append(append([]string{}, lines[:i+1]...), lines[i:]...), "")
			swapped := append([]string{}, lines...)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			for what, forged := range map[string]string{"without": without, "with twice": twice, "with moved down": strings.Join(swapped, "")} {
				if forged != text && taken(forged, key) {
					t.Errorf("%s is believed %s line %d: %q", name, what, i, lines[i])
				}
			}
		}
	}
	for name, text := range map[string]string{
		"the leaf of another": strings.Replace(all["an entry's receipt"], lineOf(all["an entry's receipt"], 1), lineOf(all["a link's receipt"], 1), 1),
		"a place with a sign": strings.Replace(all["an entry's receipt"], "\nindex 20\n", "\nindex +20\n", 1),
		"a larger text":       all["an entry's receipt"] + strings.Repeat("\n", journal.MaxReceipt),
		"nothing":             "",
	} {
		if taken(text, key) {
			t.Errorf("a receipt with %s is believed", name)
		}
	}
}

func lineOf(text string, n int) string { return strings.Split(text, "\n")[n] }

// Seen to kill: Since and Until exchanged; a leaf with a byte more.
func TestAReceiptSaysWhatWasDone(t *testing.T) {
	a := newArchive(t)
	all, e, l := receipts(t, a)
	in, err := journal.ReadReceipt(all["an entry's receipt"])
	a.must(t, err)
	id, minute, err := journal.ReadEntryLeaf(in.Leaf)
	if err != nil || id != e.ID || minute != e.Minute {
		t.Errorf("entry %v at %d, %v; want %v at %d", id, minute, err, e.ID, e.Minute)
	}
	if _, err := journal.ReadLinkLeaf(in.Leaf); err == nil {
		t.Error("an entry is read as a link")
	}
	if in, err = journal.ReadReceipt(all["a link's receipt"]); err != nil {
		t.Fatal(err)
	}
	if _, _, err := journal.ReadEntryLeaf(in.Leaf); err == nil {
		t.Error("a link is read as an entry")
	}
	full := l
	full.Since, full.Until, full.Author = 3, 5, record.NewID[record.Member]()
	full.Recipient = record.RecipientOf(record.ToMember, full.Author)
	full.Target = record.TargetOf(record.OnCircle, a.circle)
	for name, want := range map[string]record.Link{"as kept": l, "with every field": full} {
		leaf := journal.LinkLeaf(want)
		got, err := journal.ReadLinkLeaf(leaf)
		want.Sealed = nil // stands as its hash
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("a link %s: %v %s", name, err, diff)
		}
		for cut := range leaf {
			if _, err := journal.ReadLinkLeaf(leaf[:cut]); err == nil {
				t.Fatalf("a link %s cut at %d is a link", name, cut)
			}
		}
		if _, err := journal.ReadLinkLeaf(append(leaf, 0)); err == nil {
			t.Errorf("a link %s and a byte more is a link", name)
		}
	}
}
