// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"fmt"
	"syscall"
	"testing"

	"depositaire.org/depositaire/internal/record"
)

// cpu is the processor time of this process, in nanoseconds: the machines are
// shared, the clock on the wall is not a measure.
func cpu() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkOpenCase opens a case of twenty notes and computes who reads each, as
// the dossier's page does, without HTTP or template.
func BenchmarkOpenCase(b *testing.B) {
	w := newWorld(b)
	julie := w.hire(w.founder, "Julie", worker(w.north))
	karim := w.hire(w.founder, "Karim", worker(w.north))
	w.welcome(julie, w.north, karim)
	p := w.receive(julie, w.north, "Lucie")
	c := w.open(julie, w.north, julie, []record.MemberID{karim}, p)
	for i := range 20 {
		w.write(julie, c, w.main(c), fmt.Sprintf("note %d, d'un peu plus de quelques mots pour faire bonne mesure", i))
	}
	w.reads(julie, c)
	b.ReportAllocs()
	start := cpu()
	defer func() { b.ReportMetric(float64(cpu()-start)/float64(b.N), "cpu-ns/op") }()
	for b.Loop() {
		u := w.unlock(julie)
		items, err := w.room.Open(ctx, u, followUp, Ask{Owner: caseOwner(c)})
		must(b, err)
		_, err = w.room.ItemReaders(ctx, u, items)
		must(b, err)
	}
}
