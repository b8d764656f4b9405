// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// What a fold checks by hashes alone, apart from the memories and signatures that
// also keep it. Seen to kill: each comparison of walkChain but the owner's, left
// out (make mutants).
func TestAChainGoesOnFromWhatIsRemembered(t *testing.T) {
	house, owner := record.NewID[record.Organisation](), record.OwnerOf(record.OwnerCase, record.NewID[record.Case]())
	heads := make([]Head, 4)
	chain := func() []record.Link {
		links := make([]record.Link, 3)
		for i := range links {
			links[i] = record.Link{Owner: owner, N: heads[i].Count, At: record.Minute(i), Prev: heads[i].Hash, SealedHash: seal.Hash(nil)}
			heads[i+1] = Head{Count: heads[i].Count + 1, Hash: linkHash(house, &links[i])}
		}
		return links
	}
	whole := chain()
	for name, tt := range map[string]struct {
		change   func([]record.Link) []record.Link
		trusted  Head
		verified int // -1: refused
	}{
		"from nothing":               {trusted: heads[0], verified: 3},
		"from the second link":       {trusted: heads[2], verified: 1},
		"from the end":               {trusted: heads[3], verified: 0},
		"shorter than remembered":    {change: func(l []record.Link) []record.Link { return l[:2] }, trusted: heads[3], verified: -1},
		"not the hash remembered":    {trusted: Head{Count: 2, Hash: heads[1].Hash}, verified: -1},
		"of another owner":           {change: func(l []record.Link) []record.Link { l[2].Owner.Kind++; return l }, verified: -1},
		"a number left out":          {change: func(l []record.Link) []record.Link { l[2].N++; return l }, verified: -1},
		"not after the one before":   {change: func(l []record.Link) []record.Link { l[2].Prev[0]++; return l }, verified: -1},
		"not its sealed part":        {change: func(l []record.Link) []record.Link { l[2].Sealed = []byte("x"); return l }, verified: -1},
		"dated before what precedes": {change: func(l []record.Link) []record.Link { l[2].At = 0; return l }, verified: -1},
	} {
		t.Run(name, func(t *testing.T) {
			links := append([]record.Link(nil), whole...)
			if tt.change != nil {
				links = tt.change(links)
			}
			verified := 0
			head, err := walkChain(house, owner, links, tt.trusted, func(*record.Link) error { verified++; return nil })
			if (err != nil) != (tt.verified < 0) {
				t.Fatalf("refused: %v", err)
			}
			if err == nil && (verified != tt.verified || head != heads[3]) {
				t.Errorf("%d links verified, want %d; head %v", verified, tt.verified, head)
			}
		})
	}
}
