// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"depositaire.org/depositaire/internal/record"
)

// initialise makes an empty organisation and prints its one invitation, nothing
// secret besides (secrecy.md §4). Run again before the founding, it prints the
// same.
func initialise(ctx context.Context, p *program) error {
	h, err := open(ctx, p, p.now)
	if err != nil {
		return err
	}
	defer func() { _ = h.db.Close() }()
	code, err := startCode(ctx, p, h)
	if err != nil {
		return err
	}
	if code == "" {
		return fail(exitFailed, errors.New("this folder holds an organisation already"), "run `depositaire serve`, or choose another -data")
	}
	_, _ = fmt.Fprintf(p.out, "An empty organisation is ready. Run `depositaire serve`, then open this link to found it:\n\n  %s\n\n"+
		"The host secrets are in %s: keep a copy of that file, apart from the database's.\n", startLink(p, code), p.config.Secrets)
	return nil
}

// start names what a code opens: the first start of an empty house.
type start struct{}

// startCode returns the code of the first start's link, the same until the
// organisation is founded; "" afterwards. It lets its bearer found an empty
// house, and opens nothing.
func startCode(ctx context.Context, p *program, h *house) (string, error) {
	path := filepath.Join(p.config.Data, "start-code")
	founded, err := h.organisation.Founded(ctx)
	if err != nil {
		return "", fail(exitDatabase, err, "`depositaire doctor` says more")
	}
	if founded {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fail(exitFailed, errors.New("the start code cannot be removed"), "check the permissions of -data")
		}
		return "", nil
	}
	if raw, err := os.ReadFile(path); err == nil {
		if id, err := record.ParseID[start](strings.TrimSpace(string(raw))); err == nil {
			return id.String(), nil
		}
	}
	code := record.NewID[start]().String()
	if err := replace(path, []byte(code+"\n")); err != nil {
		return "", fail(exitFailed, errors.New("the start code cannot be kept"), "check the permissions of -data")
	}
	return code, nil
}

func startLink(p *program, code string) string { return p.config.URL + "/start/" + code }
