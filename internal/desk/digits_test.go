// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import "testing"

// Seen to kill: a row that begins at 1, and a Belgian 6 that stays what it is.
func TestDigitsAreReadFromAnyKeyboard(t *testing.T) {
	for typed, want := range map[string]string{
		"482913":              "482913",
		"482 913":             "482913",
		" 482\u202f913\u00a0": "482913",
		"'_éç&\"":             "482913",
		"à&é\"'(-è_ç":         "0123456789",
		"§!":                  "68",
		"48291x":              "48291x",
		"":                    "",
	} {
		if got := digits(typed); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}
