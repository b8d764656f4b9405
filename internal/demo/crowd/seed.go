// SPDX-License-Identifier: AGPL-3.0-or-later

package crowd

// Seed is of the questions that measure the search: the beginning of the hash of
// the commit that wrote what draws them, 9788621221f10e8b2ec100fcf59454dae71abf02.
// It was known only once they could not be changed, and before the search had a line.
const Seed = 0x9788621221f10e8b
