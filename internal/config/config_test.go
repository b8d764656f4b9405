// SPDX-License-Identifier: AGPL-3.0-or-later

package config

import (
	"errors"
	"flag"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// none is an environment without variables.
func none(string) (string, bool) { return "", false }

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		command     string
		args        string
		environment map[string]string
		want        Config
	}{
		"nothing said": {
			command: "serve",
			want: Config{
				Data: "depositaire-data", Files: "depositaire-data/documents", Secrets: "depositaire-data/host-secrets.json", Witness: "depositaire-data/witness",
				Listen: "127.0.0.1:8080", Schema: "depositaire", URL: "http://localhost:8080", Pages: 60, Zone: "Europe/Paris",
			},
		},
		"a demonstration has a folder of its own": {
			command: "demo", args: "-persons 30 -json",
			want: Config{
				Data: "demo-data", Files: "demo-data/documents", Secrets: "demo-data/host-secrets.json", Witness: "demo-data/witness", JSON: true, Persons: 30,
				Listen: "127.0.0.1:8080", Schema: "depositaire", URL: "http://localhost:8080", Pages: 60, Zone: "Europe/Paris",
			},
		},
		"behind two proxies": {
			command: "serve", args: "-proxy 10.0.0.2,fd00::1/8 -pages 600",
			want: Config{
				Data: "depositaire-data", Files: "depositaire-data/documents", Secrets: "depositaire-data/host-secrets.json", Witness: "depositaire-data/witness",
				Listen: "127.0.0.1:8080", Schema: "depositaire", URL: "http://localhost:8080", Pages: 600, Zone: "Europe/Paris",
				Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/32"), netip.MustParsePrefix("fd00::/8")},
			},
		},
		"said twice": {
			command: "serve", args: "-listen 127.0.0.1:9000 -secrets /etc/host.json",
			environment: map[string]string{
				"DEPOSITAIRE_LISTEN": "0.0.0.0:80", "DEPOSITAIRE_URL": "https://dossiers.example.org",
				"DEPOSITAIRE_POSTGRES": "postgres:///d", "DEPOSITAIRE_SCHEMA": "nord",
			},
			want: Config{
				Data: "depositaire-data", Files: "depositaire-data/documents", Secrets: "/etc/host.json", Witness: "/etc/witness", Listen: "127.0.0.1:9000",
				Postgres: "postgres:///d", Schema: "nord", URL: "https://dossiers.example.org", Pages: 60, Zone: "Europe/Paris",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			lookup := func(k string) (string, bool) { v, ok := c.environment[k]; return v, ok }
			got, err := Parse(c.command, strings.Fields(c.args), lookup, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNotUnderstoodIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ args, want string }{
		"an unknown flag":                {"-port 80", "not defined"},
		"a word that is no flag":         {"now", `"now" is not a flag`},
		"an address without a port":      {"-listen localhost", "-listen wants"},
		"an address of a page":           {"-url https://example.org/dossiers", "-url wants"},
		"browsers that keep no session":  {"-url http://dossiers.example.org", "-url wants https"},
		"proxies that are none":          {"-proxy 10.0.0.0/8,me", "-proxy"},
		"a zone that is nowhere":         {"-zone Europe/Valmont", "-zone wants"},
		"no page at all":                 {"-pages 0", "-pages wants"},
		"fewer than nobody":              {"-persons -1", "-persons wants"},
		"a number that is not one":       {"-persons many", "invalid value"},
		"an address that is not an URL ": {"-url ::", "-url wants"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("serve", strings.Fields(c.args), none, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	lookup := func(k string) (string, bool) { return "many", k == "DEPOSITAIRE_PERSONS" }
	if _, err := Parse("demo", nil, lookup, io.Discard); err == nil || !strings.Contains(err.Error(), "DEPOSITAIRE_PERSONS") {
		t.Errorf("a variable that is not understood: %v", err)
	}
}

func TestTheHostIsWhatBrowsersSend(t *testing.T) {
	for at, want := range map[string]string{
		"https://dossiers.example.org": "dossiers.example.org", "https://dossiers.example.org:443": "dossiers.example.org",
		"https://dossiers.example.org:8443": "dossiers.example.org:8443", "http://localhost:80": "localhost", "http://[::1]:8080": "[::1]:8080",
	} {
		if got := (&Config{URL: at}).Host(); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

func TestHelpListsTheFlags(t *testing.T) {
	var out strings.Builder
	_, err := Parse("serve", []string{"-h"}, none, &out)
	if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-postgres") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
