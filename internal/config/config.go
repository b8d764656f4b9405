// SPDX-License-Identifier: AGPL-3.0-or-later

// Package config turns flags and environment into a struct. Every flag has a
// variable DEPOSITAIRE_<FLAG>; the flag wins.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // wherever the program runs, the organisation's clocks are known
)

// Config is how one process is set up.
type Config struct {
	Data     string         // folder of the database, when it is SQLite, and of the start code
	Files    string         // folder of the ciphertext files
	Secrets  string         // file of the host secrets; outside the database and its backup
	Witness  string         // file of the journal's checkpoints; outside the database and its backup
	Listen   string         // address:port
	Postgres string         // address of a PostgreSQL database; empty: SQLite in Data
	Schema   string         // of PostgreSQL: one per organisation
	Zone     string         // of the organisation: its days begin and its appointments stand there
	URL      string         // what browsers type; empty: http://localhost:<port>
	Proxies  []netip.Prefix // that say for whom they ask; nobody else is believed
	Pages    int            // that a session may ask for in a minute, once it has asked for four times as many
	JSON     bool           // print what was made as JSON
	Persons  int            // of demo: how many identities
	File     string         // of receipt: what is verified
	Key      string         // of receipt: the journal's public key
	Upkeep   Upkeep
}

// Upkeep is what the commands that keep a database are told.
type Upkeep struct {
	Lang       string // of what they say: fr or en
	To         string // of backup: the folder
	Recipients string // of backup: file of those who may open it
	Keygen     string // of backup: file of a new offline key, instead of a backup
	From       string // of restore: the file of a backup's database
	Identity   string // of restore: file of an offline key
	Prove      bool   // of restore: say what opens
	Incident   string // of restore: what happened, instead of a restoration
}

// Parse reads the flags of one command, then the environment for those not given.
// lookup is os.LookupEnv.
func Parse(command string, args []string, lookup func(string) (string, bool), out io.Writer) (Config, error) {
	var c Config
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(out)
	data := "depositaire-data"
	if command == "demo" {
		data = "demo-data"
	}
	flags.StringVar(&c.Data, "data", data, "folder of the data")
	flags.StringVar(&c.Secrets, "secrets", "", "file of the host secrets (default: host-secrets.json in the data folder)")
	flags.StringVar(&c.Files, "documents", "", "folder of the sealed files (default: documents in the data folder)")
	flags.StringVar(&c.Witness, "witness", "", "file of the journal's checkpoints (default: witness, beside the host secrets)")
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "address and port to answer on")
	flags.StringVar(&c.Postgres, "postgres", "", "address of a PostgreSQL database (default: SQLite in the data folder)")
	flags.StringVar(&c.Schema, "schema", "depositaire", "schema of the organisation, in PostgreSQL")
	flags.StringVar(&c.Zone, "zone", "Europe/Paris", "time zone of the organisation, like Indian/Reunion")
	flags.StringVar(&c.URL, "url", "", "address that browsers type (default: http://localhost and the port)")
	flags.Func("proxy", "networks of the proxies before it, like 10.0.0.2,fd00::/8: their X-Forwarded-For is believed (default: nobody's)", c.proxies)
	flags.IntVar(&c.Pages, "pages", 60, "pages that a session may ask for in a minute, after four times as many at once")
	flags.BoolVar(&c.JSON, "json", false, "print what was made as JSON")
	flags.IntVar(&c.Persons, "persons", 0, "demo: how many persons (default: a small town's service)")
	c.Upkeep.flags(flags, command, lookup)
	flags.StringVar(&c.File, "file", "", "receipt: the file to verify")
	flags.StringVar(&c.Key, "key", "", "receipt: the journal's public key, as it is displayed")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	if err := fromEnvironment(flags, lookup); err != nil {
		return c, err
	}
	if command == "backup" && c.Upkeep.Recipients == "" {
		c.Upkeep.Recipients = filepath.Join(c.Data, "recipients.txt")
	}
	return c, c.complete()
}

// flags adds those of the commands that keep a database.
func (u *Upkeep) flags(flags *flag.FlagSet, command string, lookup func(string) (string, bool)) {
	switch command {
	case "backup":
		flags.StringVar(&u.To, "to", "", "folder of the backup's two files; it must be there")
		flags.StringVar(&u.Recipients, "recipients", "", "file of the age recipients, one a line, two at least (default: recipients.txt in the data folder)")
		flags.StringVar(&u.Keygen, "keygen", "", "make an offline key in this file, print its recipient, and do nothing else")
	case "restore":
		flags.StringVar(&u.From, "from", "", "a backup's file whose name ends in database.age; the other one stands beside it")
		flags.StringVar(&u.Identity, "identity", "", "file of an offline key")
		flags.BoolVar(&u.Prove, "prove", false, "verify, audit, open the canary dossier, and say so line by line")
		flags.StringVar(&u.Incident, "incident", "", "say what happened, after which the record is written again, and do nothing else")
	case "audit", "doctor":
	default:
		return
	}
	usual := "en"
	if v, ok := lookup("LANG"); ok && strings.HasPrefix(v, "fr") {
		usual = "fr"
	}
	flags.StringVar(&u.Lang, "lang", usual, "what is said, in fr or en")
}

func fromEnvironment(flags *flag.FlagSet, lookup func(string) (string, bool)) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *flag.Flag) {
		name := "DEPOSITAIRE_" + strings.ToUpper(f.Name)
		if v, ok := lookup(name); ok && !given[f.Name] {
			if err := f.Value.Set(v); err != nil {
				errs = append(errs, fmt.Errorf("%s is not understood", name))
			}
		}
	})
	return errors.Join(errs...)
}

// proxies reads networks and addresses, with commas between them.
func (c *Config) proxies(list string) error {
	c.Proxies = nil
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		network, err := netip.ParsePrefix(one)
		if err != nil {
			addr, err := netip.ParseAddr(one)
			if err != nil {
				return errors.New("it wants networks like 10.0.0.0/8, or addresses")
			}
			network = netip.PrefixFrom(addr, addr.BitLen())
		}
		c.Proxies = append(c.Proxies, network.Masked())
	}
	return nil
}

// Host is the host of URL, as browsers send it: without the port that its scheme
// has of its own.
func (c *Config) Host() string {
	host := c.URL
	for scheme, port := range map[string]string{"https://": ":443", "http://": ":80"} {
		if rest, ok := strings.CutPrefix(host, scheme); ok {
			host = strings.TrimSuffix(rest, port)
		}
	}
	return host
}

func (c *Config) complete() error {
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return errors.New("-listen wants an address and a port, like 127.0.0.1:8080")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		return errors.New("-zone wants a time zone, like Europe/Paris or Indian/Reunion")
	}
	if c.Secrets == "" {
		c.Secrets = filepath.Join(c.Data, "host-secrets.json")
	}
	if c.Files == "" {
		c.Files = filepath.Join(c.Data, "documents")
	}
	if c.Witness == "" {
		c.Witness = filepath.Join(filepath.Dir(c.Secrets), "witness")
	}
	if c.URL == "" {
		c.URL = "http://localhost:" + port
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
		return errors.New("-url wants an address like https://dossiers.example.org")
	}
	// A session's cookies are for secure pages only: browsers drop them elsewhere.
	if u.Scheme == "http" && !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname()) {
		return errors.New("-url wants https: browsers keep no session elsewhere, except on localhost")
	}
	if c.Pages < 1 {
		return errors.New("-pages wants at least 1")
	}
	if c.Persons < 0 {
		return errors.New("-persons wants a number")
	}
	return nil
}
