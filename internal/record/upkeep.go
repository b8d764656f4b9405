// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// Day is a day: days since 1970, never an hour.
type Day uint32

// IncidentKind is how a state that may be older than what was lived was noticed.
type IncidentKind uint8

// The kinds of incident.
const (
	IncidentRestored IncidentKind = iota + 1 // a backup was put back
	IncidentOlder                            // a witness remembers more than the database
)

// Incident is the time during which the record is read-only, after an older state
// came back (secrecy.md §9).
type Incident struct {
	Kind     IncidentKind
	Taken    Minute // when the state that came back was that of the day; 0: unknown
	Found    Minute
	Recorded Minute // by an operator; 0: not yet, and the record is read-only
	Sentence string // the operator's, for the organisation's notice: what happened
}

// Finding is something that an audit found, and how often. It names nobody.
type Finding struct {
	Code   string
	Many   int64
	Minute Minute // of the audit
}
