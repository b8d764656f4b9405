// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"depositaire.org/depositaire/internal/config"
)

// Exit codes, as `depositaire help` and doc/operations.md publish them.
const (
	exitOK       = 0
	exitFailed   = 1 // something went wrong while working
	exitUsage    = 2 // the command line was not understood
	exitSecrets  = 3 // the host secrets are missing or damaged
	exitDatabase = 4 // the database cannot be opened
	exitInUse    = 5 // another process serves this folder, or the address is taken
	exitUnwell   = 6 // doctor found something to repair
	exitTampered = 7 // something is not as it was signed: what verify looked at, or a receipt
)

// failure is an error with its exit code and what to do next.
type failure struct {
	code  int
	err   error
	hints []string
}

func (f *failure) Error() string { return f.err.Error() }

func fail(code int, err error, hints ...string) error { return &failure{code, err, hints} }

// program is what a command runs with.
type program struct {
	config   config.Config
	out, log io.Writer
}

// now is the time on the organisation's clocks.
func (p *program) now() time.Time {
	zone, err := time.LoadLocation(p.config.Zone) // config has checked it
	if err != nil {
		return time.Now()
	}
	return time.Now().In(zone)
}

type command struct {
	name, does string
	run        func(context.Context, *program) error
}

func commands() []command {
	return []command{
		{"serve", "answer browsers; on an empty folder, print the link of the first start", serve},
		{"init", "make an empty organisation and print its one invitation", initialise},
		{"demo", "make an organisation of synthetic people, if there is none, and serve it", serveDemo},
		{"backup", "take a backup that two offline keys open, while the server serves", backup},
		{"restore", "put a backup back elsewhere and prove it; record an incident", restore},
		{"audit", "compare who holds a key with who was given one, and say what to repair", audit},
		{"doctor", "say in plain words whether this machine and this folder are well", doctor},
		{"verify", "compare everything that is stored with what was signed", verify},
		{"receipt", "say whether a receipt is genuine; without -file, print the page that does", receipt},
		{"version", "print the version", version},
	}
}

// Main runs one command and returns its exit code.
func Main(ctx context.Context, args []string, lookup func(string) (string, bool), out, log io.Writer) int {
	if len(args) == 0 {
		help(log)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(out)
		return exitOK
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		conf, err := config.Parse(c.name, args[1:], lookup, log)
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		if err != nil {
			return report(log, fail(exitUsage, err, "run `depositaire "+c.name+" -h` for the flags"))
		}
		return report(log, c.run(ctx, &program{conf, out, log}))
	}
	return report(log, fail(exitUsage, fmt.Errorf("%q is not a command", args[0]), "run `depositaire help`"))
}

// report prints an error in one line, then hints, and returns the exit code.
func report(log io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintln(log, "depositaire: "+err.Error())
	var f *failure
	if !errors.As(err, &f) {
		return exitFailed
	}
	for _, h := range f.hints {
		_, _ = fmt.Fprintln(log, "hint: "+h)
	}
	return f.code
}

func help(out io.Writer) {
	_, _ = fmt.Fprint(out, "depositaire: a social case record that lets a professional keep a secret\n\nusage: depositaire COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(out, "  %-8s %s\n", c.name, c.does)
	}
	_, _ = fmt.Fprintf(out, "  %-8s %s\n", "help", "print this")
	_, _ = fmt.Fprint(out, `
Flags of a command: depositaire COMMAND -h. Each has a variable DEPOSITAIRE_<FLAG>.

exit codes: 0 done · 1 failed · 2 not understood · 3 host secrets missing or damaged
            4 database cannot be opened · 5 already in use · 6 doctor found something
            7 something is not as it was signed
`)
}
