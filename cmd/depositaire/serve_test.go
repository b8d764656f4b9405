// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/config"
	"depositaire.org/depositaire/internal/pace"
	"depositaire.org/depositaire/internal/web"
)

// TestWhatIsServedKnowsItsHostItsProxiesAndItsLimits: a limit that is zero does not
// limit, so what the program really serves with is looked at here.
//
// Seen to kill: each of the four left out of the site; a server without its times.
func TestWhatIsServedKnowsItsHostItsProxiesAndItsLimits(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	conf, err := config.Parse("serve", strings.Fields("-url https://dossiers.example.org -proxy 10.0.0.0/8 -pages 30"), none, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	site, err := (&program{config: conf}).site(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if site.Host != "dossiers.example.org" || !site.Secure || len(site.Proxies) != 1 || site.Proxies[0] != netip.MustParsePrefix("10.0.0.0/8") {
		t.Errorf("host %q, proxies %v, secure %v", site.Host, site.Proxies, site.Secure)
	}
	want := web.Limits{
		AtOnce: 400, Strangers: pace.Rate{Burst: 600, Every: time.Second / 2},
		Session: pace.Rate{Burst: 120, Every: 2 * time.Second},
	}
	if diff := cmp.Diff(want, site.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	server := web.Server("", http.NotFoundHandler())
	for name, limit := range map[string]time.Duration{
		"headers": server.ReadHeaderTimeout, "body": server.ReadTimeout, "answer": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("%s: %v", name, limit)
		}
	}
}

// TestEveryRoomThatTheDeskShowsIsThere: a room left out is an error page on its first
// request, and the desk's own tests wire their rooms themselves.
//
// Seen to kill: the tally left out.
func TestEveryRoomThatTheDeskShowsIsThere(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	conf, err := config.Parse("serve", []string{"-data", t.TempDir()}, none, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{config: conf, out: io.Discard, log: io.Discard}
	h, err := open(t.Context(), p, p.now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.db.Close() }()
	rooms := reflect.ValueOf(h.rooms(p))
	for _, f := range reflect.VisibleFields(rooms.Type()) {
		if rooms.FieldByIndex(f.Index).IsZero() {
			t.Errorf("%s is not wired", f.Name)
		}
	}
}
