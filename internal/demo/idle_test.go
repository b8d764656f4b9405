// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// settled is how long a program is given to do what it does at its first start.
const settled = 20 * time.Second

// TestIdleFigure measures the memory of the program that serves a small town, when
// nobody is there.
func TestIdleFigure(t *testing.T) {
	bin, dir := filepath.Join(t.TempDir(), "depositaire"), t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", bin, "depositaire.org/depositaire/cmd/depositaire")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program(t, bin, dir, func(int) { time.Sleep(settled) }) // makes the organisation and its canary, with Argon2's memory
	program(t, bin, dir, func(pid int) {
		time.Sleep(settled)
		keepFigures(t, "bench", []figure{gate("memory idle, SQLite", resident(t, pid), "MiB", 60)})
	})
}

// program runs the demonstration of a folder until do returns.
func program(t *testing.T, bin, dir string, do func(pid int)) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	at := l.Addr().String()
	must(t, l.Close())
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, bin, "demo", "-data", dir, "-listen", at)
	must(t, run.Start())
	defer func() {
		_ = run.Process.Signal(os.Interrupt)
		_ = run.Wait()
	}()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/signin", nil)
		must(t, err)
		if w, err := http.DefaultClient.Do(r); err == nil {
			must(t, w.Body.Close())
			break
		}
		must(t, ctx.Err())
		time.Sleep(50 * time.Millisecond)
	}
	do(run.Process.Pid)
}
