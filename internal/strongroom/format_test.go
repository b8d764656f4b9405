// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
	"github.com/google/go-cmp/cmp"
)

// commits is the commitment of an epoch as its maker would sign it.
func (c *cast) commits(k record.Circle, e record.Epoch) [32]byte {
	c.t.Helper()
	s := &shelf{owner: k.Owner}
	switch k.Owner.Kind {
	case record.OwnerService:
		s.service = record.ServiceID(k.Owner.ID)
	case record.OwnerCase:
		row, err := c.db.Case(ctx, record.CaseID(k.Owner.ID))
		must(c.t, err)
		s.service = row.Service
	}
	return seal.Commitment(e.Check, e.Public, c.room.epochContext(s, k, k.Epoch))
}

// Seen to kill: another floor, another field, another order of magnitude.
func TestTheSizesThatTheFormatPageStates(t *testing.T) {
	page := read(t, "doc/format.md")
	k := seal.NewKey()
	key := k.Bytes()
	spans := journal.EncodeSpans(make([]journal.Span, spansPerSlip))
	slip := seal.Pad(append(key, spans...), 96)
	hybrid := func(plain []byte) []byte {
		box, err := seal.Wrap(seal.Hybrid(k).Public(), seal.Context{}, plain)
		must(t, err)
		return box
	}
	deposit, err := seal.Deposit(seal.Classical(k).Public(), seal.Context{}, slip)
	must(t, err)
	_, shares, err := seal.Split(2, 3)
	must(t, err)
	for want, got := range map[string]int{
		"**29 bytes**":                   len(seal.Seal(k, seal.Context{}, nil)),
		"**1,137 bytes**":                len(hybrid(nil)),
		"**156 bytes**":                  len(seal.Context{}.Bytes()),
		"under the circle's: **61**":     len(seal.Seal(k, seal.Context{}, key)),
		"hash of the last 32: **68**":    len(encodeWrap(k, Head{})),
		"**97**; to a circle":            len(seal.Seal(k, seal.Context{}, encodeWrap(k, Head{}))),
		"**1,205**; to a circle":         len(hybrid(encodeWrap(k, Head{}))),
		"member secret, hybrid: **1,169": len(hybrid(key)),
		"share | **1,170":                len(hybrid(shares[0])),
		"signed, **160 bytes**":          len(linkBytes(&record.Link{})),
		"make **366**":                   1 + len(seal.Seal(k, seal.Context{}, slip)),
		"or **386**":                     1 + len(deposit),
		"at most **512**":                journal.MaxSlip,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
		said := strings.ReplaceAll(regexp.MustCompile(`\*\*([\d,]+)`).FindStringSubmatch(want)[1], ",", "")
		if said != itoa(got) {
			t.Errorf("the page says %s, the code %d", want, got)
		}
	}
}

func itoa(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// Seen to kill: a column added to the schema and to no document; a sealed column
// said to be clear.
func TestTheFormatPageNamesEveryColumn(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `([a-z_]+\\.[a-z_]+)` \\| (id|link|public|clear|sealed) \\|").FindAllStringSubmatch(read(t, "doc/format.md"), -1)
	var page, schema []string
	for _, r := range rows {
		page = append(page, r[1]+" "+r[2])
	}
	for line := range strings.Lines(read(t, "internal/store/storetest/columns.txt")) {
		if f := strings.Fields(line); len(f) > 1 {
			class, _, _ := strings.Cut(f[1], ":")
			schema = append(schema, f[0]+" "+class)
		}
	}
	slices.Sort(page)
	slices.Sort(schema)
	if len(schema) < 100 {
		t.Fatalf("%d columns found", len(schema))
	}
	if diff := cmp.Diff(schema, page); diff != "" {
		t.Error(diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
	must(t, err)
	return string(b)
}
