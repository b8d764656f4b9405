// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// ticketTime is how long a passkey may be looked for.
const ticketTime = 5 * time.Minute

// errPasskey says that a passkey identifies and opens nothing: its maker gives
// no secret of its own (PRF).
var errPasskey = fault.New(fault.Refused, "fault.passkey")

var errCloned = errors.New("signin: a passkey's counter went back")

// Ceremony is what a page does with a passkey: Options is the JSON that the
// browser is given, Set the cookie that carries the ceremony to its end. Options
// is nil when there is nothing more to do.
type Ceremony struct {
	Options []byte
	Set     *http.Cookie
}

// Answer is what a page posts after a passkey was touched: the fields of its
// form, in base64url.
type Answer struct {
	Credential    string
	ClientData    string
	Attestation   string // when one was made
	Authenticator string // when one was used, like the two below
	Signature     string
	UserHandle    string
	PRF           string // the secret that opens the slot; "" when none came
	PRFEnabled    bool   // the passkey can give one
}

// step of a ceremony: a ticket of one is good for no other.
type step string

const (
	toSignIn step = "sign in"
	toLift   step = "lift"
	toMake   step = "make"
	toProve  step = "prove" // made, and asked once more for its secret
)

// ticket is a ceremony under way.
type ticket struct {
	Step       step
	Until      int64
	Member     record.MemberID
	Session    [32]byte // whose veil it lifts
	Web        webauthn.SessionData
	Credential *webauthn.Credential `json:",omitempty"` // made, not proved yet
}

// prfSalt is the input of every slot's PRF. It is no secret and need not differ
// from one passkey to the next: each has a key of its own. A sign-in that knows
// nobody yet can name one salt only. Slots keep theirs, so that it can change.
func prfSalt() []byte {
	h := strongroom.CookieHash(strongroom.Cookie("depositaire passkey 1"))
	return h[:]
}

func (r *Room) ceremony(options any, t ticket, web *webauthn.SessionData) (Ceremony, error) {
	t.Web, t.Until = *web, r.now().Add(ticketTime).Unix()
	raw, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	plain, err := json.Marshal(t)
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	return Ceremony{Options: raw, Set: cookie(ticketCookie, encode(r.tickets.SealTicket(plain)), ticketTime)}, nil
}

// ticket reads the ceremony that a request ends. fault.Expired when it is not
// under way any more.
func (r *Room) ticket(c Cookies, steps ...step) (ticket, error) {
	plain, err := r.tickets.OpenTicket(c.ticket)
	var t ticket
	if err != nil || json.Unmarshal(plain, &t) != nil || t.Until < r.now().Unix() {
		return ticket{}, fault.New(fault.Expired, "")
	}
	for _, s := range steps {
		if t.Step == s {
			return t, nil
		}
	}
	return ticket{}, fault.New(fault.Expired, "")
}

// keyring is a member as the passkeys' library sees her.
type keyring struct {
	member record.Member
	keys   []webauthn.Credential
}

func (k keyring) WebAuthnID() []byte                         { return k.member.ID[:] }
func (k keyring) WebAuthnName() string                       { return k.member.Login }
func (k keyring) WebAuthnDisplayName() string                { return k.member.Name }
func (k keyring) WebAuthnCredentials() []webauthn.Credential { return k.keys }

// keyring returns a member's passkeys, and the salt of each.
func (r *Room) keyring(ctx context.Context, m record.MemberID) (keyring, map[string]protocol.PRFValues, error) {
	row, err := r.read.Member(ctx, m)
	if err != nil {
		return keyring{}, nil, err
	}
	slots, err := r.read.Slots(ctx, m)
	if err != nil {
		return keyring{}, nil, err
	}
	ring, salts := keyring{member: row}, map[string]protocol.PRFValues{}
	for _, s := range slots {
		if s.Kind != record.SlotPasskey {
			continue
		}
		var key webauthn.Credential
		if err := json.Unmarshal(s.Credential, &key); err != nil {
			return keyring{}, nil, fault.Because(fault.Unavailable, err)
		}
		ring.keys = append(ring.keys, key)
		salts[encode(s.CredID)] = protocol.PRFValues{First: s.Salt}
	}
	return ring, salts, nil
}

// BeginPasskey starts the making of a passkey.
func (r *Room) BeginPasskey(ctx context.Context, by *strongroom.Unlocked) (Ceremony, error) {
	ring, _, err := r.keyring(ctx, by.Member())
	if err != nil {
		return Ceremony{}, err
	}
	options, web, err := r.keys.BeginRegistration(ring,
		webauthn.WithExclusions(webauthn.Credentials(ring.keys).CredentialDescriptors()),
		webauthn.WithExtensions(webauthn.WithExtensionPRF(protocol.PRFValues{First: prfSalt()})))
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	return r.ceremony(options, ticket{Step: toMake, Member: by.Member()}, web)
}

// AddPasskey ends the making of a passkey: a slot, once its secret came. Some
// give it only when they are used: then the ceremony returned asks for one more
// touch, and its answer comes here too. fault.Refused with the key
// "fault.passkey" for one that never gives any: it would identify and open nothing.
// label is what its owner calls it, and comes with each answer.
func (r *Room) AddPasskey(ctx context.Context, by *strongroom.Unlocked, c Cookies, a Answer, label confided.Text) (Ceremony, error) {
	t, err := r.ticket(c, toMake, toProve)
	if err != nil {
		return Ceremony{}, err
	}
	if t.Member != by.Member() {
		return Ceremony{}, fault.New(fault.Expired, "")
	}
	ring, _, err := r.keyring(ctx, by.Member())
	if err != nil {
		return Ceremony{}, err
	}
	made, err := r.made(ring, t, a)
	if err != nil {
		return Ceremony{}, err
	}
	if a.PRF != "" {
		return Ceremony{Set: dropped(ticketCookie)}, r.putPasskey(ctx, by, made, a, label)
	}
	if !a.PRFEnabled || t.Step == toProve {
		return Ceremony{}, errPasskey
	}
	return r.askAgain(ring, made, t)
}

// made verifies a passkey that was made, or was made before and is used now.
func (r *Room) made(ring keyring, t ticket, a Answer) (*webauthn.Credential, error) {
	if t.Step == toProve {
		ring.keys = append(ring.keys, *t.Credential)
		parsed, err := a.assertion()
		if err != nil {
			return nil, err
		}
		return r.valid(ring, t, parsed)
	}
	parsed, err := a.creation()
	if err != nil {
		return nil, err
	}
	made, err := r.keys.CreateCredential(ring, t.Web, parsed)
	if err != nil {
		return nil, fault.Because(fault.Refused, err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // nobody asked who built it
	return made, nil
}

func (r *Room) askAgain(ring keyring, made *webauthn.Credential, t ticket) (Ceremony, error) {
	ring.keys = []webauthn.Credential{*made}
	salts := map[string]protocol.PRFValues{encode(made.ID): {First: prfSalt()}}
	options, web, err := r.keys.BeginLogin(ring, webauthn.WithAssertionExtensions(webauthn.WithExtensionPRFByCredential(salts, nil)))
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	t.Step, t.Credential = toProve, made
	return r.ceremony(options, t, web)
}

func (r *Room) putPasskey(ctx context.Context, by *strongroom.Unlocked, made *webauthn.Credential, a Answer, label confided.Text) error {
	prf, err := a.prf()
	if err != nil {
		return err
	}
	stored, err := json.Marshal(made)
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	slot, err := r.strong.NewPasskey(by, prfSalt(), prf, made.ID, stored)
	if err != nil {
		return err
	}
	slot.Proved = slot.Made // it has just given its secret
	slot.Label = r.strong.SealLabel(by, slot.ID.Ref(), label)
	if err := r.noted(ctx, by, journal.Granted); err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error { return tx.PutSlot(ctx, slot) })
}

// BeginSignIn starts a sign-in by a passkey that knows whose it is.
func (r *Room) BeginSignIn() (Ceremony, error) {
	options, web, err := r.keys.BeginDiscoverableLogin(
		webauthn.WithAssertionExtensions(webauthn.WithExtensionPRF(protocol.PRFValues{First: prfSalt()})))
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	return r.ceremony(options, ticket{Step: toSignIn}, web)
}

// SignInByPasskey opens a session with a passkey, on a known device or a new
// one. Only Cookies, Network and Device of the attempt are read.
func (r *Room) SignInByPasskey(ctx context.Context, from Attempt, a Answer) (Opened, error) {
	t, err := r.ticket(from.Cookies, toSignIn)
	if err != nil {
		return Opened{}, err
	}
	parsed, err := a.assertion()
	if err != nil {
		return Opened{}, err
	}
	caller := Caller{Account: a.Credential, Network: from.Network}
	if err := r.gate.Spend(caller); err != nil {
		return Opened{}, err
	}
	slot, err := r.read.SlotByCredential(ctx, parsed.RawID)
	if withheld(err) {
		return Opened{}, r.refused(ctx, record.MemberID{}, from.Device)
	}
	if err != nil {
		return Opened{}, err
	}
	o, err := r.touched(ctx, t, slot, parsed, a, from.Device)
	if err != nil {
		return Opened{}, err
	}
	r.gate.GiveBack(caller)
	opened, err := r.open(ctx, from.Cookies, o)
	opened.Set = append(opened.Set, dropped(ticketCookie))
	return opened, err
}

// BeginLift starts the lifting of a veil by a passkey. fault.Withheld when the
// member of the place has none.
func (r *Room) BeginLift(ctx context.Context, c Cookies, n int) (Ceremony, error) {
	row, err := r.veiled(ctx, c, n)
	if err != nil {
		return Ceremony{}, err
	}
	ring, salts, err := r.keyring(ctx, row.Member)
	if err != nil {
		return Ceremony{}, err
	}
	if len(ring.keys) == 0 {
		return Ceremony{}, fault.New(fault.Withheld, "")
	}
	options, web, err := r.keys.BeginLogin(ring, webauthn.WithAssertionExtensions(webauthn.WithExtensionPRFByCredential(salts, nil)))
	if err != nil {
		return Ceremony{}, fault.Because(fault.Internal, err)
	}
	return r.ceremony(options, ticket{Step: toLift, Member: row.Member, Session: row.Hash}, web)
}

// LiftByPasskey opens a veiled session again with a touch.
func (r *Room) LiftByPasskey(ctx context.Context, c Cookies, n int, by Lifting, a Answer) (Opened, error) {
	row, err := r.veiled(ctx, c, n)
	if err != nil {
		return Opened{}, err
	}
	t, err := r.ticket(c, toLift)
	if err != nil {
		return Opened{}, err
	}
	parsed, err := a.assertion()
	if err != nil {
		return Opened{}, err
	}
	slot, err := r.read.SlotByCredential(ctx, parsed.RawID)
	if err != nil && !withheld(err) {
		return Opened{}, err
	}
	if err != nil || slot.Member != row.Member || t.Session != row.Hash {
		return Opened{}, r.refused(ctx, row.Member, by.Device)
	}
	o, err := r.touched(ctx, t, slot, parsed, a, by.Device)
	if err != nil {
		return Opened{}, err
	}
	opened, err := r.lift(ctx, c, n, row, o)
	opened.Set = append(opened.Set, dropped(ticketCookie))
	return opened, err
}

// touched verifies a passkey that was used and opens its slot.
func (r *Room) touched(ctx context.Context, t ticket, slot record.Slot, parsed *protocol.ParsedCredentialAssertionData, a Answer, d journal.Device) (opening, error) {
	ring, _, err := r.keyring(ctx, slot.Member)
	if err != nil {
		return opening{}, err
	}
	key, err := r.valid(ring, t, parsed)
	if err != nil || ring.member.State != record.MemberActive {
		return opening{}, r.refused(ctx, slot.Member, d)
	}
	prf, err := a.prf()
	if err != nil {
		return opening{}, err
	}
	secret, err := r.strong.OpenPasskey(slot, prf)
	if err != nil {
		return opening{}, r.refused(ctx, slot.Member, d)
	}
	stored, err := json.Marshal(key)
	if err != nil {
		return opening{}, fault.Because(fault.Internal, err)
	}
	return opening{member: slot.Member, secret: secret, used: []used{{slot, stored}}, device: d}, nil
}

// valid verifies an assertion: origin, challenge, signature, and a counter that
// has not gone back.
func (r *Room) valid(ring keyring, t ticket, parsed *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	var key *webauthn.Credential
	var err error
	if t.Step == toSignIn {
		whose := func([]byte, []byte) (webauthn.User, error) { return ring, nil } // the handle is compared with its id
		_, key, err = r.keys.ValidatePasskeyLogin(whose, t.Web, parsed)
	} else {
		key, err = r.keys.ValidateLogin(ring, t.Web, parsed)
	}
	if err == nil && key.Authenticator.CloneWarning {
		err = errCloned
	}
	if err != nil {
		return nil, fault.Because(fault.Refused, err)
	}
	return key, nil
}
