// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version prints what was built, from what.
func version(_ context.Context, p *program) error {
	v, revision := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		v = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " (" + s.Value + ")"
			}
		}
	}
	_, _ = fmt.Fprintf(p.out, "depositaire %s%s, %s, %s/%s\n", v, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
