// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"depositaire.org/depositaire/internal/desk"
	"depositaire.org/depositaire/internal/jobs"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/web"
)

// patience is how long answers under way may take once the process is told to
// stop; service managers wait ten seconds.
const patience = 8 * time.Second

// serve answers browsers until ctx ends.
func serve(ctx context.Context, p *program) error {
	h, err := open(ctx, p, p.now)
	if err != nil {
		return err
	}
	defer func() { _ = h.db.Close() }()
	code, err := startCode(ctx, p, h)
	if err != nil {
		return err
	}
	l, err := p.listen(ctx)
	if err != nil {
		return err
	}
	if code != "" {
		_, _ = fmt.Fprintln(p.out, "This organisation is empty. Open this link to found it:\n\n  "+startLink(p, code)+"\n")
	}
	return p.answer(ctx, l, h, code, isDemo(p))
}

// listen takes the address, before anything is promised.
func (p *program) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", p.config.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fail(exitInUse, errors.New("the address "+p.config.Listen+" is taken"), "stop what answers there, or choose another -listen")
	}
	if err != nil {
		return nil, fail(exitFailed, errors.New("the address "+p.config.Listen+" cannot be answered on"), "check -listen")
	}
	return l, nil
}

// answer serves the desk and the clock until ctx ends.
func (p *program) answer(ctx context.Context, l net.Listener, h *house, code string, demo bool) error {
	log := newLog(p.log)
	quiet(ctx, log)
	site, err := p.site(log)
	if err == nil {
		err = h.noticeOlder(ctx, log)
	}
	if err != nil {
		_ = l.Close()
		return err
	}
	handler := desk.New(h.rooms(p), site, code)
	if demo {
		banner(site)
	}
	server := web.Server(p.config.Listen, handler)
	// What net/http would print may carry an address or the words of a panic:
	// web logs what an operator needs.
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var ticking sync.WaitGroup
	ticking.Go(func() { h.clock(log).Run(ctx) })
	ticking.Go(func() { h.keeper(p, log).Run(ctx) })
	log.InfoContext(ctx, "serving", "listen", l.Addr().String())
	err = untilDone(ctx, server, l)
	stop()
	ticking.Wait()
	log.InfoContext(context.WithoutCancel(ctx), "stopped")
	return err
}

// untilDone serves until ctx ends, then lets the answers under way finish.
func untilDone(ctx context.Context, server *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return server.Close()
	}
	return nil
}

// newLog is the log of a server: structured, to the error stream. Faults, the
// only errors it is given, carry no name, no text and no address of a page.
func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// quiet keeps what is in memory from being written to a core file, or to swap
// where the operator allows it (secrecy.md §9).
func quiet(ctx context.Context, log *slog.Logger) {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		log.WarnContext(ctx, "core dumps cannot be switched off", "err", err)
	}
	locked, err := lockMemory()
	if err != nil {
		log.WarnContext(ctx, "memory cannot be locked", "err", err)
	}
	log.InfoContext(ctx, "memory", "locked", locked)
}

// lockOnFault is MCL_ONFAULT, which package syscall does not name: pages are
// locked as they are used, not the address space that the runtime reserves.
const lockOnFault = 4

// lockMemory keeps the process out of swap where nothing limits it
// (LimitMEMLOCK=infinity): under a limit, the allocation that passes it would
// end the process in the middle of somebody's sentence.
func lockMemory() (bool, error) {
	const memlock = 8 // RLIMIT_MEMLOCK on Linux
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(memlock, &limit); err != nil || limit.Cur != ^uint64(0) {
		return false, err
	}
	if err := syscall.Mlockall(syscall.MCL_CURRENT | syscall.MCL_FUTURE | lockOnFault); err != nil {
		return false, err
	}
	return true, nil
}

func (p *program) site(log *slog.Logger) (*web.Site, error) {
	pages, err := desk.LoadPages()
	if err != nil {
		return nil, err
	}
	assets, err := web.LoadAssets()
	if err != nil {
		return nil, err
	}
	catalogues, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return &web.Site{
		Pages: pages, Assets: assets, Catalogues: catalogues, Log: log, Now: p.now,
		Host: p.config.Host(), Secure: strings.HasPrefix(p.config.URL, "https:"),
		Proxies: p.config.Proxies, Limits: web.DefaultLimits(p.config.Pages),
	}, nil
}

// banner says on every page that this is a demonstration.
func banner(site *web.Site) {
	dress := site.Dress
	site.Dress = func(r *http.Request, page *web.Page) {
		dress(r, page)
		page.Banner = "demo"
	}
}

// rooms is what the desk shows.
func (h *house) rooms(p *program) desk.Rooms {
	return desk.Rooms{
		Directory: h.db, Strong: h.strong, Organisation: h.organisation, Signin: h.signin,
		People: h.people, Cases: h.cases, Casework: h.casework, Document: h.document, Agenda: h.agenda, Tally: h.tally, Register: h.watch.Register,
		Exchange: h.exchange, Alarms: h.alarms(p),
	}
}

func (h *house) clock(log *slog.Logger) jobs.Clock {
	return jobs.Clock{Write: writer(h.db, func(tx *store.Tx) jobs.Tx { return tx }), Now: time.Now, Log: log, Forget: h.people.Forget}
}

func (h *house) keeper(p *program, log *slog.Logger) jobs.Keeper {
	return jobs.Keeper{
		Nightly:    h.nightly(p, log),
		Sequence:   func(ctx context.Context) error { _, err := h.watch.Register.Sequence(ctx); return err },
		Checkpoint: func(ctx context.Context) error { _, err := h.watch.Register.Checkpoint(ctx); return err },
		Verify: func(ctx context.Context) error {
			return errors.Join(h.noticeOlder(ctx, log), h.watch.Keep(ctx))
		},
		Purge: h.watch.Purge, Log: log,
	}
}
