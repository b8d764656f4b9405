// SPDX-License-Identifier: AGPL-3.0-or-later

// Package main looks for words where no word may be: on disk, in logs, in memory,
// in two dozen encodings. It is run by tests, and by hand:
//
//	go run ./internal/proof FOLDER... < tokens
//
// One token a line on the standard input; a line for each find; exit code 1 when
// there is one.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	var tokens []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() != "" {
			tokens = append(tokens, lines.Text())
		}
	}
	found, err := search(tokens, os.Args[1:]...)
	if err != nil || len(tokens) == 0 || len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "proof: wants tokens and folders:", err)
		os.Exit(2)
	}
	for _, f := range found {
		fmt.Fprintf(os.Stdout, "%s\t%s\t%s\n", f.Where, f.Token, f.Form)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}
