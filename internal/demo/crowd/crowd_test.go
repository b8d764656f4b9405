// SPDX-License-Identifier: AGPL-3.0-or-later

package crowd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheSameNumberIsAlwaysTheSamePerson(t *testing.T) {
	if diff := cmp.Diff(Person(7), Person(7)); diff != "" {
		t.Error(diff)
	}
	different := make(map[Identity]bool)
	for n := range 10_000 {
		i := Person(n)
		if strings.TrimSpace(i.First) == "" || strings.TrimSpace(i.Family) == "" {
			t.Fatalf("person %d has no name: %+v", n, i)
		}
		different[i] = true
	}
	if len(different) < 9_900 {
		t.Errorf("ten thousand people are only %d", len(different))
	}
}

func TestAFewNamesAreSharedByMany(t *testing.T) {
	drawn, _ := homonyms(100_000)
	most := 0
	for _, n := range drawn {
		most = max(most, n)
	}
	if len(drawn) < 50_000 || most < 5 {
		t.Errorf("%d names, the commonest is shared by %d: not like a town", len(drawn), most)
	}
}

func TestEveryKindOfMistakeIsMade(t *testing.T) {
	seen := make(map[string]int)
	queries := Misspelt(1, 5_000, 20_000)
	if len(queries) != 5_000 {
		t.Fatalf("%d queries", len(queries))
	}
	for _, q := range queries {
		kind, _, _ := strings.Cut(q.How, " + ")
		seen[kind]++
		if q.Text == "" || q.Target < 0 || q.Target >= 20_000 {
			t.Fatalf("not a query: %+v", q)
		}
	}
	for _, m := range mistakes {
		if seen[m.name] < 50 {
			t.Errorf("%q was made %d times in five thousand", m.name, seen[m.name])
		}
	}
}

func TestAMistakeChangesNames(t *testing.T) {
	for _, m := range mistakes {
		d, changed := dice(3), 0
		for n := range 500 {
			i := Person(n)
			if m.make(&d, i.Family) != i.Family {
				changed++
			}
		}
		if changed < 20 {
			t.Errorf("%q changed %d names of 500", m.name, changed)
		}
	}
}

func TestTheSameSeedAsksTheSameQuestions(t *testing.T) {
	if diff := cmp.Diff(Misspelt(9, 200, 5_000), Misspelt(9, 200, 5_000)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(Misspelt(9, 200, 5_000), Misspelt(10, 200, 5_000)) {
		t.Error("another seed asks the same questions")
	}
}

// The seed stands for a promise: what draws the questions is as it was when the
// seed was taken. A change here makes another promise, and says so in its commit.
func TestTheQuestionsAreThoseOfTheSeed(t *testing.T) {
	sum := sha256.New()
	for _, q := range Misspelt(Seed, 2_000, 20_000) {
		fmt.Fprintf(sum, "%s|%d|%s\n", q.Text, q.Target, q.How)
	}
	const want = "7f4e5fae9222c43c3062d02b3d9f27722330b979018c61d5bc2ab0a051f2d2c7"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the questions changed: their sum is %s", got)
	}
}
