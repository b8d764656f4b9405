// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Places is how many sessions stay side by side in one browser, numbered from 1.
const Places = 4

// The cookies. One half exists, so one session is lifted by construction.
const (
	sessionCookie = "__Host-s" // and the number of the place
	halfCookie    = "__Host-half"
	deviceCookie  = "__Host-device"
	ticketCookie  = "__Host-passkey"
)

// renewMark after a session's cookie says that it was opened by a paper code
// alone, and that a new passphrase is due. Who removes it fools herself only.
const renewMark = ".renew"

// Cookies are what a browser sent. A value that is not ours is as good as none.
type Cookies struct {
	sessions [Places + 1]strongroom.Cookie
	renew    [Places + 1]bool
	place    int // that the half lifts
	half     strongroom.Half
	device   strongroom.Cookie
	ticket   []byte
}

// ReadCookies reads the cookies of a request; value returns "" for one that is
// not there.
func ReadCookies(value func(name string) string) Cookies {
	var c Cookies
	for n := 1; n <= Places; n++ {
		text, marked := strings.CutSuffix(value(sessionCookie+strconv.Itoa(n)), renewMark)
		c.sessions[n], c.renew[n] = decode(text), marked
	}
	number, half, _ := strings.Cut(value(halfCookie), ".")
	if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= Places {
		c.place, c.half = n, strongroom.Half(decode(half))
	}
	c.device = decode(value(deviceCookie))
	c.ticket, _ = base64.RawURLEncoding.DecodeString(value(ticketCookie))
	return c
}

// Known reports whether this browser was enrolled by somebody. The sign-in page
// asks an unknown one for the paper code too.
func (c Cookies) Known() bool { return c.device != nil }

// Name returns what tells one session from the others and opens none: the hash that
// the store keeps.
func (c Cookies) Name(n int) string {
	hash := strongroom.CookieHash(c.sessions[n])
	return string(hash[:])
}

const cookieSize = 32 // bytes: 256 bits

func decode(text string) strongroom.Cookie {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != cookieSize {
		return nil
	}
	return b
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// cookie is one to set: for this host only, on every page, out of reach of
// scripts and of other sites.
func cookie(name, value string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(lasts.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// dropped is a cookie to delete.
func dropped(name string) *http.Cookie {
	c := cookie(name, "", 0)
	c.MaxAge = -1
	return c
}

func setSession(n int, c strongroom.Cookie, renew bool) *http.Cookie {
	value := encode(c)
	if renew {
		value += renewMark
	}
	return cookie(sessionCookie+strconv.Itoa(n), value, SessionTime)
}

func dropSession(n int) *http.Cookie { return dropped(sessionCookie + strconv.Itoa(n)) }

func setHalf(n int, h strongroom.Half) *http.Cookie {
	return cookie(halfCookie, strconv.Itoa(n)+"."+encode(h), HalfTime)
}

func dropHalf() *http.Cookie { return dropped(halfCookie) }

func setDevice(c strongroom.Cookie) *http.Cookie {
	return cookie(deviceCookie, encode(c), DeviceTime)
}

// deviceHash is what the store keeps of a device cookie for one member: a shared
// machine has one cookie and a row per member, which do not tell of each other.
func deviceHash(c strongroom.Cookie, m record.MemberID) [32]byte {
	return strongroom.CookieHash(append(append(strongroom.Cookie{}, c...), m[:]...))
}
