// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"depositaire.org/depositaire/internal/demo"
	"depositaire.org/depositaire/internal/store"
)

// published is what a demonstration prints, and keeps beside its database.
type published struct {
	URL string `json:"url"`
	demo.Made
}

func demoFile(p *program) string { return filepath.Join(p.config.Data, "demo.json") }

// isDemo reports whether a folder was made by `demo`.
func isDemo(p *program) bool {
	_, err := os.Stat(demoFile(p))
	return err == nil
}

// serveDemo makes the demonstration when there is none, prints how to sign in,
// and serves it.
func serveDemo(ctx context.Context, p *program) error {
	h, err := open(ctx, p, p.now)
	if err != nil {
		return err
	}
	defer func() { _ = h.db.Close() }()
	l, err := p.listen(ctx)
	if err != nil {
		return err
	}
	made, err := p.demonstration(ctx, h)
	if err == nil {
		err = p.publish(published{p.config.URL, made})
	}
	if err != nil {
		_ = l.Close()
		return err
	}
	return p.answer(ctx, l, h, "", true)
}

// demonstration returns what was published of the organisation of a folder, after
// making it if there is none.
func (p *program) demonstration(ctx context.Context, h *house) (demo.Made, error) {
	founded, err := h.organisation.Founded(ctx)
	if err != nil {
		return demo.Made{}, fail(exitDatabase, err, "`depositaire doctor` says more")
	}
	var made demo.Made
	if !founded {
		return p.makeDemo(ctx, h)
	}
	raw, err := os.ReadFile(demoFile(p))
	if err != nil || json.Unmarshal(raw, &made) != nil {
		return made, fail(exitFailed, errors.New("this folder holds an organisation that is no demonstration, or half of one"),
			"choose another -data; `make demo` throws a demonstration away and makes a new one")
	}
	return made, nil
}

// makeDemo makes the organisation with a clock of its own: what took weeks takes
// seconds.
func (p *program) makeDemo(ctx context.Context, h *house) (demo.Made, error) {
	_, _ = fmt.Fprintln(p.log, "making a demonstration organisation…")
	clock := demo.NewClock(p.now(), p.config.Persons)
	then, err := wire(h.db, h.files, h.host, p.config.URL, clock.Now)
	if err != nil {
		return demo.Made{}, err
	}
	made, err := demo.Make(ctx, then.demoRooms(clock), p.config.Persons)
	if err != nil {
		return made, fail(exitFailed, err, "the demonstration is half made: remove the folder of -data, then run it again")
	}
	raw, err := json.MarshalIndent(made, "", "  ")
	if err == nil {
		err = replace(demoFile(p), append(raw, '\n'))
	}
	if err != nil {
		return made, fail(exitFailed, errors.New("demo.json cannot be written"), "check the permissions of -data")
	}
	return made, nil
}

// demoRooms are the rooms that an organisation is made through.
func (h *house) demoRooms(clock *demo.Clock) demo.Rooms {
	return demo.Rooms{
		Strong: h.strong, Organisation: h.organisation, People: h.people,
		Cases: h.cases, Casework: h.casework, Document: h.document, Agenda: h.agenda, Clock: clock,
		Write: writer(h.db, func(tx *store.Tx) demo.Tx { return tx }),
	}
}

// publish prints how to sign in. None of it is a secret: nobody here exists.
func (p *program) publish(all published) error {
	if p.config.JSON {
		e := json.NewEncoder(p.out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	_, _ = fmt.Fprintf(p.out, "\n%s: a demonstration. Nobody in it exists; write nothing true there.\n\n  %s\n\n", all.Organisation, all.URL)
	t := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "function\tname\tsign-in name\tpassphrase\tpaper code")
	for _, a := range all.People {
		where := string(a.Role)
		if a.Service != "" {
			where += ", " + a.Service
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", where, a.Name, a.Login, a.Passphrase, a.Paper)
	}
	_, _ = fmt.Fprintln(t)
	_, _ = fmt.Fprintln(t, "A new browser asks for both codes, then for the passphrase alone. They are in "+demoFile(p)+" too.")
	return t.Flush()
}
