// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// token is a passkey in software: one credential, ES256, with or without PRF.
type token struct {
	t       testing.TB
	key     *ecdsa.PrivateKey
	id      []byte
	handle  []byte
	counter uint32
	origin  string
	prf     bool // it gives a secret
	late    bool // only when it is used, not when it is made
}

func newToken(t testing.TB) *token {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &token{t: t, key: key, id: id, origin: site.Origin, prf: true}
}

// asked is what a page reads of a ceremony's options.
type asked struct {
	PublicKey struct {
		Challenge  string
		User       struct{ ID string }
		Extensions struct {
			PRF struct {
				Eval             struct{ First string }
				EvalByCredential map[string]struct{ First string }
			}
		}
	}
}

func (k *token) read(c Ceremony) asked {
	k.t.Helper()
	var a asked
	must(k.t, json.Unmarshal(c.Options, &a))
	if len(decode(a.PublicKey.Challenge)) != 32 {
		k.t.Fatalf("no challenge in %s", c.Options)
	}
	return a
}

func (k *token) client(kind, challenge string) []byte {
	return []byte(`{"type":"` + kind + `","challenge":"` + challenge + `","origin":"` + k.origin + `","crossOrigin":false}`)
}

// data is the authenticator's data: present and verified, and a new credential
// when there is one.
func (k *token) data(attested []byte) []byte {
	k.counter++
	flags := byte(0x05)
	if attested != nil {
		flags |= 0x40
	}
	party := sha256.Sum256([]byte(site.Domain))
	out := append(party[:], flags)
	out = binary.BigEndian.AppendUint32(out, k.counter)
	return append(out, attested...)
}

func (k *token) secret(salt string) string {
	own, err := k.key.Bytes() // a stand-in for the device's own secret
	must(k.t, err)
	mac := hmac.New(sha256.New, own)
	_, _ = mac.Write(decode(salt))
	return encode(mac.Sum(nil))
}

func (k *token) create(c Ceremony) Answer {
	k.t.Helper()
	a := k.read(c)
	k.handle = []byte(decodeAny(k.t, a.PublicKey.User.ID))
	point, err := k.key.PublicKey.Bytes()
	must(k.t, err)
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	must(k.t, err)
	attested := make([]byte, 16, 200)
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(k.id)))
	attested = append(append(attested, k.id...), cose...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": k.data(attested)})
	must(k.t, err)
	answer := Answer{
		Credential: encode(k.id), ClientData: encode(k.client("webauthn.create", a.PublicKey.Challenge)),
		Attestation: encode(object), PRFEnabled: k.prf,
	}
	if k.prf && !k.late {
		answer.PRF = k.secret(a.PublicKey.Extensions.PRF.Eval.First)
	}
	return answer
}

func (k *token) get(c Ceremony) Answer {
	k.t.Helper()
	a := k.read(c)
	client := k.client("webauthn.get", a.PublicKey.Challenge)
	data := k.data(nil)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	sign, err := ecdsa.SignASN1(rand.Reader, k.key, digest[:])
	must(k.t, err)
	answer := Answer{
		Credential: encode(k.id), ClientData: encode(client), Authenticator: encode(data),
		Signature: encode(sign), UserHandle: encode(k.handle), PRFEnabled: k.prf,
	}
	if k.prf {
		salt := a.PublicKey.Extensions.PRF.Eval.First
		if by, ok := a.PublicKey.Extensions.PRF.EvalByCredential[encode(k.id)]; ok {
			salt = by.First
		}
		answer.PRF = k.secret(salt)
	}
	return answer
}

func decodeAny(t testing.TB, s string) []byte {
	t.Helper()
	all, err := decodeAll(s)
	must(t, err)
	return all[0]
}

// begun is a ceremony and the browser that carries its ticket.
func begun(t testing.TB, b browser, c Ceremony, err error) Ceremony {
	t.Helper()
	must(t, err)
	b[c.Set.Name] = c.Set.Value
	return c
}

// add makes a passkey of Odile's.
func (w *world) add(b browser, k *token) {
	w.t.Helper()
	c, err := w.door.BeginPasskey(ctx, w.unlocked())
	answer := k.create(begun(w.t, b, c, err))
	c, err = w.door.AddPasskey(ctx, w.unlocked(), b.cookies(), answer, confided.NewText("Clé du bureau"))
	for err == nil && c.Options != nil {
		answer = k.get(begun(w.t, b, c, nil))
		c, err = w.door.AddPasskey(ctx, w.unlocked(), b.cookies(), answer, confided.NewText("Clé du bureau"))
	}
	must(w.t, err)
}

func TestAPasskeySignsInOnANewDeviceAndLiftsAVeil(t *testing.T) {
	for name, late := range map[string]bool{"that gives its secret when made": false, "that gives its secret when used": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k := newToken(t)
			k.late = late
			w.add(w.enrolled(), k)
			if has, err := w.door.HasPasskey(ctx, w.odile); !has || err != nil {
				t.Fatal("no slot was made", err)
			}

			b := browser{}
			c, err := w.door.BeginSignIn()
			answer := k.get(begun(t, b, c, err))
			o, err := w.door.SignInByPasskey(ctx, Attempt{Cookies: b.cookies()}, answer)
			must(t, err)
			b.take(o.Set)
			if v := w.who(b, true); v.Current != 1 || v.Renew || !b.cookies().Known() || b[ticketCookie] != "" {
				t.Fatalf("%+v", v)
			}

			set, err := w.door.Veil(ctx, b.cookies(), 1)
			must(t, err)
			b.take(set)
			c, err = w.door.BeginLift(ctx, b.cookies(), 1)
			answer = k.get(begun(t, b, c, err))
			o, err = w.door.LiftByPasskey(ctx, b.cookies(), 1, Lifting{}, answer)
			must(t, err)
			b.take(o.Set)
			if w.who(b, true).Current != 1 || !o.OfferDayCode {
				t.Error("a passkey does not lift")
			}
		})
	}
}

func TestAPasskeyWithoutASecretIsNoSlot(t *testing.T) {
	w := newWorld(t)
	b, k := w.enrolled(), newToken(t)
	k.prf = false
	c, err := w.door.BeginPasskey(ctx, w.unlocked())
	answer := k.create(begun(t, b, c, err))
	if _, err := w.door.AddPasskey(ctx, w.unlocked(), b.cookies(), answer, confided.NewText("Clé du bureau")); !errors.Is(err, errPasskey) {
		t.Errorf("got %v", err)
	}
	if has, _ := w.door.HasPasskey(ctx, w.odile); has {
		t.Error("it became a slot")
	}
}

func TestAPasskeyOpensNothingWhenAnythingIsWrong(t *testing.T) {
	w := newWorld(t)
	home, k := w.enrolled(), newToken(t)
	w.add(home, k)
	stranger := newToken(t)
	stranger.handle = k.handle
	for name, c := range map[string]struct {
		answer func(Ceremony) Answer
		before func(browser)
		want   fault.Kind
	}{
		"another origin": {answer: func(c Ceremony) Answer {
			from := *k
			from.origin = "https://depositaire.example.evil.example"
			return from.get(c)
		}, want: fault.Refused},
		"another challenge": {answer: func(Ceremony) Answer {
			c, err := w.door.BeginSignIn()
			must(t, err)
			return k.get(c)
		}, want: fault.Refused},
		"the secret of another salt": {answer: func(c Ceremony) Answer {
			a := k.get(c)
			a.PRF = k.secret(encode(make([]byte, 32)))
			return a
		}, want: fault.Refused},
		"no secret at all": {answer: func(c Ceremony) Answer {
			a := k.get(c)
			a.PRF = ""
			return a
		}, want: fault.Refused},
		"a passkey nobody knows": {answer: stranger.get, want: fault.Refused},
		"another's user handle": {answer: func(c Ceremony) Answer {
			from := *k
			other := record.NewID[record.Member]()
			from.handle = other[:]
			return from.get(c)
		}, want: fault.Refused},
		"a signature that was changed": {answer: func(c Ceremony) Answer {
			a := k.get(c)
			sign := decodeAny(t, a.Signature)
			sign[len(sign)-1] ^= 1
			a.Signature = encode(sign)
			return a
		}, want: fault.Refused},
		"a form that no passkey filled": {answer: func(Ceremony) Answer { return Answer{Credential: "?"} }, want: fault.Invalid},
		"no ticket":                     {answer: k.get, before: func(b browser) { delete(b, ticketCookie) }, want: fault.Expired},
		"a ticket that was changed":     {answer: k.get, before: func(b browser) { b[ticketCookie] = b[ticketCookie][1:] }, want: fault.Expired},
		"a ticket of another ceremony": {answer: k.get, before: func(b browser) {
			c, err := w.door.BeginPasskey(ctx, w.unlocked())
			begun(t, b, c, err)
		}, want: fault.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			b := browser{}
			started, err := w.door.BeginSignIn()
			answer := c.answer(begun(t, b, started, err))
			if c.before != nil {
				c.before(b)
			}
			o, err := w.door.SignInByPasskey(ctx, Attempt{Cookies: b.cookies(), Network: name}, answer)
			wantKind(t, err, c.want)
			if o.Unlocked != nil {
				t.Error("it opened")
			}
		})
	}
}

func TestAnAnswerIsGoodOnceAndForFiveMinutes(t *testing.T) {
	w := newWorld(t)
	k := newToken(t)
	w.add(w.enrolled(), k)
	b := browser{}
	c, err := w.door.BeginSignIn()
	answer := k.get(begun(t, b, c, err))
	again := maps.Clone(b)
	_, err = w.door.SignInByPasskey(ctx, Attempt{Cookies: b.cookies()}, answer)
	must(t, err)
	_, err = w.door.SignInByPasskey(ctx, Attempt{Cookies: again.cookies()}, answer)
	wantKind(t, err, fault.Refused) // its counter went back

	c, err = w.door.BeginSignIn()
	answer = k.get(begun(t, b, c, err))
	w.clock = w.clock.Add(ticketTime + 1e9)
	_, err = w.door.SignInByPasskey(ctx, Attempt{Cookies: b.cookies()}, answer)
	wantKind(t, err, fault.Expired)
}
