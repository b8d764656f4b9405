// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/fault"
)

type networkKey struct{}

// from notes where a request comes from.
func (s *Site) from(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), networkKey{}, s.network(r))))
	})
}

// Network returns where a request comes from, for what limits tries: an IPv4
// address, or the /64 that an IPv6 subscriber has.
func Network(r *http.Request) string {
	network, _ := r.Context().Value(networkKey{}).(string)
	return network
}

// network believes X-Forwarded-For of the proxies that the operator named, and of
// nobody else, and no further than what the proxy itself wrote: the last address.
func (s *Site) network(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap().WithZone("")
	if slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		if client, err := netip.ParseAddr(lastHop(r.Header)); err == nil {
			addr = client.Unmap().WithZone("")
		}
	}
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}

func lastHop(h http.Header) string {
	all := h.Values("X-Forwarded-For")
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// ourHost answers only under the host that browsers were told to type. A site that
// makes its own name lead here (DNS rebinding) is not us, even on this computer.
func (s *Site) ourHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.known(r.Host) {
			f := fault.New(fault.Refused, "fault.wrong_host")
			s.logError(r, f)
			s.showStatus(w, r, http.StatusMisdirectedRequest, fault.Refused, f)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// known reports whether a request's host is ours: the site's, or another name of
// this computer when the site is only for it.
func (s *Site) known(host string) bool {
	if strings.EqualFold(host, s.Host) {
		return s.Host != ""
	}
	name, port := splitHost(host)
	ours, ourPort := splitHost(s.Host)
	return port == ourPort && loopback(name) && loopback(ours)
}

func splitHost(s string) (name, port string) {
	name, port, err := net.SplitHostPort(s)
	if err != nil {
		return strings.Trim(s, "[]"), ""
	}
	return name, port
}

func loopback(name string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, strings.ToLower(name))
}
