// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// find is a token where it must not be.
type find struct{ Where, Token, Form string }

// needle is a token and what it may look like.
type needle struct {
	token string
	forms []form
}

func needles(tokens []string) (all []needle) {
	for _, t := range tokens {
		all = append(all, needle{t, forms(t)})
	}
	return all
}

var errNothing = errors.New("there is no file to look at")

// search looks at every file under some folders. A folder without a file is an
// error: looking nowhere finds nothing.
func search(tokens []string, folders ...string) (found []find, err error) {
	all := needles(tokens)
	for _, folder := range folders {
		files := 0
		err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && !e.Type().IsRegular() {
				return nil // gone meanwhile, as temporary files go
			}
			if err != nil {
				return err
			}
			b, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			files++
			found = append(found, look(all, path, b)...)
			return err
		})
		if err == nil && files == 0 {
			err = errNothing
		}
		if err != nil {
			return found, fmt.Errorf("%s: %w", folder, err)
		}
	}
	return found, nil
}

// look searches some bytes, what lines broke, and what was compressed.
func look(all []needle, where string, b []byte) (found []find) {
	for layer, content := range layers(b) {
		for _, n := range all {
			for _, f := range n.forms {
				if bytes.Contains(content, f.looks) {
					found = append(found, find{where + layer, n.token, f.name})
				}
			}
		}
	}
	return found
}

// join takes the ends of lines away.
func join(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("=\r\n"), nil)
	b = bytes.ReplaceAll(b, []byte("=\n"), nil)
	b = bytes.ReplaceAll(b, []byte("\r"), nil)
	return bytes.ReplaceAll(b, []byte("\n"), nil)
}

// most bounds what one compressed member may become.
const most = 64 << 20

// layers are the bytes themselves, the same without the ends of lines that mail
// and base64 put, and the members that gzip and zlib compressed.
func layers(b []byte) map[string][]byte {
	out := map[string][]byte{"": b}
	if joined := join(b); len(joined) < len(b) {
		out[", lines joined"] = joined
	}
	for at := range b {
		var r io.Reader
		var err error
		switch {
		case bytes.HasPrefix(b[at:], []byte{0x1f, 0x8b, 8}):
			r, err = gzip.NewReader(bytes.NewReader(b[at:]))
		case b[at] == 0x78 && at+1 < len(b) && (int(b[at])<<8|int(b[at+1]))%31 == 0:
			r, err = zlib.NewReader(bytes.NewReader(b[at:]))
		default:
			continue
		}
		if err != nil {
			continue
		}
		plain, _ := io.ReadAll(io.LimitReader(r, most)) // as far as it goes
		if len(plain) > 0 {
			out[fmt.Sprintf(", compressed at %d", at)] = plain
		}
	}
	return out
}
