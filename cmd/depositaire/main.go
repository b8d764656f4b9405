// SPDX-License-Identifier: AGPL-3.0-or-later

// Command depositaire serves the social case record of one organisation.
package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "demo") {
		forgetful()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(Main(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// forgetful starts the same process again with a collector that overwrites what it
// frees, so that words do not outlive their readers in memory (doc/threat-model.md).
// The runtime reads that setting once, as it starts. Where the system refuses,
// everything works as before.
func forgetful() {
	const setting = "clobberfree=1"
	had := os.Getenv("GODEBUG")
	if strings.Contains(had, "clobberfree=") {
		return
	}
	path, err := os.Executable()
	if err == nil && os.Setenv("GODEBUG", strings.TrimPrefix(had+","+setting, ",")) == nil {
		_ = syscall.Exec(path, os.Args, os.Environ())
	}
}
