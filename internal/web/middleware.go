// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/pace"
)

// maxBody bounds what a request may send. A text of one million bytes grows
// threefold when a browser encodes its accents; beyond this the connection is
// closed, so that a body of 1 GB is never read.
const maxBody = 4 << 20

// policy is the content security policy of ux.md §3.1: nothing from elsewhere,
// nothing inline.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// permissions: the computer's sensors and devices are not ours to use; passkeys
// and the clipboard of who presses a button are.
const permissions = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), display-capture=(), " +
	"geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), " +
	"payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=(), " +
	"publickey-credentials-get=(self), publickey-credentials-create=(self)"

// Wrap puts the middleware around next, outermost first: request number, network,
// panics, headers, host, crowd, origin, by hand, size. It is called once. Whatever
// replaces the request stands before survive, which gives back what was typed.
func (s *Site) Wrap(next http.Handler) http.Handler {
	s.strangers, s.sessions = pace.New(s.Limits.Strangers), pace.New(s.Limits.Session)
	inner := s.sameOrigin(s.byHand(s.limit(next)))
	return s.number(s.from(s.survive(s.headers(s.ourHost(s.few(inner))))))
}

type requestKey struct{}

// number gives each request a number for the log and the error page. It says
// when the request came and nothing else.
func (s *Site) number(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := s.Now().Format("150405") + "-" + strconv.FormatUint(s.requests.Add(1), 36)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

func (s *Site) survive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			value := recover()
			if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(value)
			}
			if value != nil {
				s.recovered(w, r, value)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Permissions-Policy", permissions)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for phones older than frame-ancestors
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Origin-Agent-Cluster", "?1")
		h.Set("Cache-Control", "no-store")
		if s.Secure || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what other sites make a browser send, and unsafe requests
// that do not say where they come from: every browser we serve does.
func (s *Site) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		silent := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == ""
		if err := protection.Check(r); err != nil || silent && !safe(r.Method) {
			s.serveError(w, r, fault.New(fault.Refused, "fault.cross_origin"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// limit bounds a body. No browser sends a form in chunks: nothing is read on a
// connection after one that came so, because a proxy may have seen another end of it.
func (s *Site) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		most := int64(maxBody)
		if s.Uploads != nil && s.Uploads(r) {
			most = uploadBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// Server returns an http.Server whose times no slow sender can stretch.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h, MaxHeaderBytes: 32 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
}
