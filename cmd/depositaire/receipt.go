// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"depositaire.org/depositaire/internal/desk"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// receipt verifies a receipt, or prints the page that does. It opens neither a
// database nor a connection.
func receipt(_ context.Context, p *program) error {
	if p.config.File == "" {
		_, err := p.out.Write(desk.CheckPage())
		return err
	}
	if p.config.Key == "" {
		return fail(exitUsage, errors.New("-key is missing"), "take it from where the organisation displays it; its `depositaire doctor` prints it")
	}
	text, err := readReceipt(p.config.File)
	if err != nil {
		return fail(exitFailed, errors.New("the receipt cannot be read"), "check -file")
	}
	in, err := journal.ReadReceipt(text)
	if err != nil {
		return refused()
	}
	c, err := in.Verify(p.config.Key)
	if err != nil {
		return refused()
	}
	return tellReceipt(p.out, in, c)
}

// readReceipt reads no more than a receipt is long.
func readReceipt(name string) (string, error) {
	f, err := os.Open(name) //nolint:gosec // the file that who runs this names
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, journal.MaxReceipt+1))
	return string(raw), err
}

func refused() error {
	return fail(exitTampered, errors.New("this receipt is not genuine"),
		"the text is incomplete or was changed, or -key is not this journal's",
		"take the file as it was saved; if it is refused again, ask the data protection officer")
}

func tellReceipt(out io.Writer, in journal.Inclusion, c record.Checkpoint) error {
	_, _ = fmt.Fprintln(out, "✓ this receipt is genuine")
	line := func(what, says string) { _, _ = fmt.Fprintf(out, "  %-8s %s\n", what, says) }
	if id, at, err := journal.ReadEntryLeaf(in.Leaf); err == nil {
		line("what", "a reading or a writing, entry "+id.String())
		line("written", utc(at))
	} else if l, err := journal.ReadLinkLeaf(in.Leaf); err == nil {
		line("what", fmt.Sprintf("%s, act %d of %s", deed(l.Class), l.N, l.Owner.ID))
		if l.Recipient.Kind != 0 {
			line("to", l.Recipient.ID.String())
		}
		if l.Since != 0 {
			line("from", utc(l.Since))
		}
		if l.Until != 0 {
			line("until", utc(l.Until))
		}
		line("written", utc(l.At))
	} else {
		return refused() // signed by the key, and yet nothing that a journal keeps
	}
	line("place", fmt.Sprintf("%d of %d, signed %s", in.Sequence+1, c.Size, utc(c.Minute)))
	return nil
}

// deed says what a link does, as far as it is clear.
func deed(c record.LinkClass) string {
	switch c {
	case record.LinkGives:
		return "an access is given"
	case record.LinkEnds:
		return "an access is ended"
	case record.LinkNewEpoch:
		return "keys are renewed"
	}
	return "an act"
}

func utc(m record.Minute) string {
	return time.Unix(int64(m)*60, 0).UTC().Format("2006-01-02 15:04 UTC")
}
