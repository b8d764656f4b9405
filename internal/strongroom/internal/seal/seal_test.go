// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var some = Context{Purpose: ForVersion, Organisation: record.NewID[record.Organisation](), Version: 3}

func genContext(t *rapid.T) Context {
	b16 := func(name string) (out [16]byte) {
		copy(out[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))
		return out
	}
	return Context{
		Purpose:      Purpose(rapid.Byte().Draw(t, "purpose")),
		Organisation: b16("organisation"),
		Owner:        record.Owner{Kind: record.OwnerKind(rapid.Byte().Draw(t, "kind")), ID: b16("owner")},
		Circle:       b16("circle"), Epoch: rapid.Uint32().Draw(t, "epoch"),
		ObjectKind: rapid.Byte().Draw(t, "object kind"), Object: b16("object"),
		Version: rapid.Uint32().Draw(t, "version"), Author: b16("author"),
	}
}

func TestOpenGivesBackWhatWasSealed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, c := NewKey(), genContext(t)
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		got, err := Open(k, c, Seal(k, c, plain))
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("open(seal(x)) = %v, %v", got, err)
		}
	})
}

func TestAnyFlippedBitRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := NewKey()
		box := Seal(k, some, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "plain"))
		i := rapid.IntRange(0, len(box)*8-1).Draw(t, "bit")
		box[i/8] ^= 1 << (i % 8)
		if _, err := Open(k, some, box); !errors.Is(err, ErrSealed) {
			t.Fatalf("bit %d flipped: %v, want ErrSealed", i, err)
		}
	})
}

// TestANonceServesOnce: the same words under the same key never make the same bytes.
//
// Seen to kill: a nonce that is fixed; a nonce of a counter of eight bits.
func TestANonceServesOnce(t *testing.T) {
	k, seen := NewKey(), map[string]bool{}
	for range 10_000 {
		nonce := string(Seal(k, some, []byte("x"))[1:13])
		if seen[nonce] {
			t.Fatal("a nonce came back")
		}
		seen[nonce] = true
	}
}

func TestAnotherContextRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, a, b := NewKey(), genContext(t), genContext(t)
		_, err := Open(k, b, Seal(k, a, []byte("x")))
		if (a == b) != (err == nil) {
			t.Fatalf("same context %v, error %v", a == b, err)
		}
	})
}

func TestEveryFieldOfAContextBinds(t *testing.T) {
	base := some.Bytes()
	changed := []struct {
		name string
		with func(*Context)
	}{
		{"purpose", func(c *Context) { c.Purpose++ }},
		{"organisation", func(c *Context) { c.Organisation[3]++ }},
		{"owner kind", func(c *Context) { c.Owner.Kind++ }},
		{"owner id", func(c *Context) { c.Owner.ID[15]++ }},
		{"circle", func(c *Context) { c.Circle[0]++ }},
		{"epoch", func(c *Context) { c.Epoch++ }},
		{"object kind", func(c *Context) { c.ObjectKind++ }},
		{"object", func(c *Context) { c.Object[7]++ }},
		{"version", func(c *Context) { c.Version++ }},
		{"author", func(c *Context) { c.Author[1]++ }},
	}
	for _, tt := range changed {
		c := some
		tt.with(&c)
		if bytes.Equal(c.Bytes(), base) {
			t.Errorf("%s does not bind", tt.name)
		}
	}
}

func TestWrapsAndDepositsOpenOnlyWithTheirPairAndContext(t *testing.T) {
	seed := NewKey()
	other := some
	other.Epoch++
	kinds := []struct {
		name string
		pair Pair
		wrap func([]byte, Context, []byte) ([]byte, error)
		over int
	}{
		{"hybrid", Hybrid(seed), Wrap, 1137},
		{"classical", Classical(seed), Deposit, 49},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			box, err := k.wrap(k.pair.Public(), some, []byte("secret"))
			if err != nil {
				t.Fatal(err)
			}
			if len(box) != len("secret")+k.over {
				t.Errorf("%d bytes, want %d more than the plain", len(box), k.over)
			}
			if got, err := k.pair.Open(some, box); err != nil || string(got) != "secret" {
				t.Errorf("open: %q, %v", got, err)
			}
			if _, err := k.pair.Open(other, box); !errors.Is(err, ErrSealed) {
				t.Errorf("another context: %v", err)
			}
			if _, err := Hybrid(NewKey()).Open(some, box); !errors.Is(err, ErrSealed) {
				t.Errorf("another key: %v", err)
			}
			box[len(box)/2] ^= 1
			if _, err := k.pair.Open(some, box); !errors.Is(err, ErrSealed) {
				t.Errorf("a flipped bit: %v", err)
			}
			if _, err := k.wrap([]byte("no key"), some, nil); !errors.Is(err, ErrSealed) {
				t.Errorf("a public half that is none: %v", err)
			}
		})
	}
}

func TestPairsAndSignersAreTheSameForTheSameSeed(t *testing.T) {
	seed := NewKey()
	if diff := cmp.Diff(Hybrid(seed).Public(), Hybrid(seed).Public()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(NewSigner(seed).Public(), NewSigner(seed).Public()); diff != "" {
		t.Error(diff)
	}
	if n := len(LetterBox(seed)); n != 65 {
		t.Errorf("letter box of %d bytes, want 65", n)
	}
}

func TestSignaturesBindMessageAndContext(t *testing.T) {
	s := NewSigner(NewKey())
	sig := s.Sign(some, []byte("m"))
	other := some
	other.Owner.Kind++
	if !Verify(s.Public(), some, []byte("m"), sig) {
		t.Error("a good signature is refused")
	}
	if Verify(s.Public(), some, []byte("n"), sig) || Verify(s.Public(), other, []byte("m"), sig) ||
		Verify(NewSigner(NewKey()).Public(), some, []byte("m"), sig) || Verify(nil, some, []byte("m"), sig) {
		t.Error("a wrong signature is accepted")
	}
}

func TestPaddingIsUndoneAndSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		floor := rapid.IntRange(0, 300).Draw(t, "floor")
		padded := Pad(plain, floor)
		if len(padded) < floor || len(padded) > max(floor, len(plain)+1+len(plain)/8+1) {
			t.Fatalf("%d bytes padded to %d", len(plain), len(padded))
		}
		got, err := Unpad(padded)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("unpad(pad(x)) = %v, %v", got, err)
		}
	})
	if _, err := Unpad([]byte{0, 0}); !errors.Is(err, ErrSealed) {
		t.Errorf("only zeros: %v", err)
	}
}

func TestKSharesJoinAndFewerDoNot(t *testing.T) {
	for _, kn := range [][2]uint{{2, 3}, {3, 5}} {
		key, shares, err := Split(kn[0], kn[1])
		if err != nil {
			t.Fatal(err)
		}
		got, err := Join(kn[0], shares[1:1+kn[0]])
		if err != nil || !bytes.Equal(got.Bytes(), key.Bytes()) {
			t.Errorf("%d of %d: another key, %v", kn[0], kn[1], err)
		}
		if _, err := Join(kn[0], shares[:kn[0]-1]); !errors.Is(err, ErrSealed) {
			t.Errorf("too few shares: %v", err)
		}
		if _, err := Join(kn[0], [][]byte{shares[0], shares[0], shares[0]}); !errors.Is(err, ErrSealed) {
			t.Errorf("one share thrice: %v", err)
		}
		changed := append([]byte(nil), shares[0]...)
		changed[5] ^= 1
		wrong, err := Join(kn[0], append([][]byte{changed}, shares[1:kn[0]]...))
		if err == nil && bytes.Equal(wrong.Bytes(), key.Bytes()) {
			t.Error("a changed share joins to the key")
		}
	}
	if _, _, err := Split(1, 3); !errors.Is(err, ErrSealed) {
		t.Error("one of three is no quorum")
	}
}

func TestCodesForgiveHowTheyAreTypedAndCatchMistakes(t *testing.T) {
	code := NewCode()
	want, err := ParseCode(code)
	if err != nil || len(want) != CodeSize {
		t.Fatalf("%d bytes, %v", len(want), err)
	}
	for _, typed := range []string{strings.ToLower(code), strings.ReplaceAll(code, "-", " "), " " + strings.ReplaceAll(code, "0", "O")} {
		if got, err := ParseCode(typed); err != nil || !bytes.Equal(got, want) {
			t.Errorf("a code typed otherwise is refused: %v", err)
		}
	}
	wrong := 0
	for i := range code {
		b := []byte(code)
		if b[i] == '-' {
			continue
		}
		if b[i]++; b[i] == 0x3a || b[i] == 0x5b {
			b[i] = 0x32
		}
		if _, err := ParseCode(string(b)); err != nil {
			wrong++
		}
	}
	if wrong < 31 {
		t.Errorf("only %d of 34 mistyped letters are caught", wrong)
	}
	for _, bad := range []string{"", "----", "é", strings.Repeat("A", 400)} {
		if _, err := ParseCode(bad); !errors.Is(err, ErrSealed) {
			t.Errorf("%q is read as a code", bad)
		}
	}
}

func TestAStretchedKeyDependsOnWordsSaltAndPepper(t *testing.T) {
	salt, pepper := NewSalt(), NewKey()
	base := Stretch("six mots", salt, pepper)
	if !bytes.Equal(base.Bytes(), Stretch("six mots", salt, pepper).Bytes()) {
		t.Error("the same words give another key")
	}
	for name, k := range map[string]Key{
		"words": Stretch("six mot", salt, pepper), "salt": Stretch("six mots", NewSalt(), pepper), "pepper": Stretch("six mots", salt, NewKey()),
	} {
		if bytes.Equal(base.Bytes(), k.Bytes()) {
			t.Errorf("%s does not count", name)
		}
	}
}

func TestWordsAreManyAndDistinct(t *testing.T) {
	all := strings.Fields(wordList)
	seen := map[string]bool{}
	for _, w := range all {
		seen[w] = true
	}
	if len(all) != 1024 || len(seen) != 1024 {
		t.Fatalf("%d words, %d distinct, want 1024", len(all), len(seen))
	}
	if got := Words(6); len(got) != 6 {
		t.Errorf("%d words", len(got))
	}
	k := NewKey()
	first, again := ControlWord(k), ControlWord(k)
	if first != again || !seen[first] {
		t.Error("a control word changes or is no word")
	}
}

func TestKeysNeverPrint(t *testing.T) {
	k := NewKey()
	type nested struct {
		k Key
		s Signer
		p Pair
	}
	all := nested{k, NewSigner(k), Hybrid(k)}
	secret := fmt.Sprintf("%x", k.Bytes())
	numbers := string(fmt.Append(nil, k.Bytes()))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{k, &k, all, &all, []Key{k}, NewSigner(k), Hybrid(k), map[string]Key{"a": k}} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(strings.ToLower(got), secret) || strings.Contains(got, numbers) || strings.Contains(got, string(k.Bytes())) {
				t.Errorf("%s of %T prints the key", verb, v)
			}
		}
	}
}

func FuzzContext(f *testing.F) {
	f.Add([]byte("abcdefghijklmnop"), []byte("0123456789abcdef"), uint32(1), uint32(2), byte(1))
	f.Fuzz(func(t *testing.T, a, b []byte, n, m uint32, p byte) {
		one := Context{Purpose: Purpose(p), Epoch: n, Version: m}
		copy(one.Object[:], a)
		copy(one.Author[:], b)
		two := Context{Purpose: Purpose(p), Epoch: m, Version: n}
		copy(two.Object[:], b)
		copy(two.Author[:], a)
		if (one == two) != bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatal("two contexts give the same bytes, or one gives two")
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	k := NewKey()
	f.Add(Seal(k, some, []byte("x")), []byte("plain"))
	f.Add([]byte{Suite}, []byte{})
	f.Fuzz(func(t *testing.T, box, plain []byte) {
		if got, err := Open(k, some, box); err == nil && !bytes.Equal(got, []byte("x")) {
			t.Fatal("bytes that were never sealed open")
		}
		if _, err := Unpad(plain); err == nil && len(plain) == 0 {
			t.Fatal("nothing unpads")
		}
		got, err := Open(k, some, Seal(k, some, plain))
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatal("open(seal(x)) is not x")
		}
	})
}

func FuzzShare(f *testing.F) {
	_, shares, err := Split(2, 3)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shares[0], shares[1])
	f.Fuzz(func(t *testing.T, a, b []byte) {
		k, err := Join(2, [][]byte{a, b})
		if err == nil && k.IsZero() {
			t.Fatal("no key and no error")
		}
	})
}
