// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"net/http"
	"testing"

	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/record"
)

// Where the time of a figure goes: go test -tags figures -run '^$' -bench . \
// -cpuprofile cpu.out ./internal/demo -persons 30, then go tool pprof with
// -focus of the benchmark's name. The figures themselves are TestFigures'.

func benched(b *testing.B) *street {
	s := newStreet(b, openSQLite(b), nil, forgotten)
	s.filled(b)
	s.warm(b)
	return s
}

// BenchmarkDossier answers GET /cases/{id} for dossiers of twenty notes.
func BenchmarkDossier(b *testing.B) {
	s := benched(b)
	b.ReportAllocs()
	i, begin := 0, spent()
	for b.Loop() {
		i++
		if w := s.get("/cases/" + s.opened[i%len(s.opened)].String()); w.Code != http.StatusOK {
			b.Fatalf("the dossier answers %d", w.Code)
		}
	}
	b.ReportMetric(micro(spent()-begin)/float64(b.N), "cpu-µs/op")
}

// BenchmarkNote is casework.AddNote.
func BenchmarkNote(b *testing.B) {
	s := benched(b)
	told := lines()[0]
	u, err := s.maker.unlock(b.Context(), lucie)
	must(b, err)
	b.ReportAllocs()
	i, begin := 0, spent()
	for b.Loop() {
		i++
		_, err := s.Casework.AddNote(b.Context(), u, casework.Draft{
			ID: record.NewID[record.Object](), Case: s.quiet[i%len(s.quiet)], Ink: record.CaseCircle,
			Words: told.words, Kind: told.kind, Origin: told.origin, Minutes: told.minutes, Day: s.Clock.Now(),
		})
		must(b, err)
	}
	b.ReportMetric(micro(spent()-begin)/float64(b.N), "cpu-µs/op")
}

// BenchmarkGrow receives persons, a third of them with a dossier: one operation is
// one person.
func BenchmarkGrow(b *testing.B) {
	s := benched(b)
	begin := spent()
	b.ResetTimer()
	must(b, s.grow(b.Context(), 0, b.N))
	b.ReportMetric(micro(spent()-begin)/float64(b.N), "cpu-µs/op")
}
