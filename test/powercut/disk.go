// SPDX-License-Identifier: AGPL-3.0-or-later

// Package powercut shows what a power cut does to a house: what the store asks of
// SQLite is run again on a disk that forgets what was not synced, which is cut at
// random moments (secrecy.md §10). The disk stands under a SQLite of its own, by a
// VFS, and under the shipped driver, by a folder of FUSE.
package powercut

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// Disk keeps files, and knows what of them would outlive a power cut: what was
// synced, and of the rest whatever the disk happened to write, in any order.
type Disk struct {
	mu     sync.Mutex
	names  map[string]*file
	kept   map[string]*file         // the names that were synced
	named  []func(map[string]*file) // those that were not
	ops    int
	cuts   []int // the operations before which the power goes, in order
	images []Image
	acked  func(*Disk) int
	rng    *rand.Rand
}

// Image is what stands on a disk after a power cut.
type Image struct {
	Acked int // transactions that were answered before it
	Files map[string][]byte
}

// file is one file: as programs see it, as it was synced, and what happened since.
type file struct {
	now, kept []byte
	since     []func([]byte) []byte
}

// NewDisk returns an empty disk whose power goes before each of the operations
// that cuts names. acked counts what was answered, at that moment.
func NewDisk(seed uint64, cuts []int, acked func(*Disk) int) *Disk {
	return &Disk{
		names: map[string]*file{}, kept: map[string]*file{}, cuts: slices.Sorted(slices.Values(cuts)),
		acked: acked, rng: rand.New(rand.NewPCG(seed, seed)),
	}
}

// Ops is how many operations could have been the last one.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Images are the disks that the power cuts left.
func (d *Disk) Images() []Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.images
}

// tick counts an operation, and cuts the power before it when it is time.
func (d *Disk) tick() {
	d.ops++
	for len(d.cuts) > 0 && d.cuts[0] <= d.ops {
		d.cuts = d.cuts[1:]
		d.images = append(d.images, d.image())
	}
}

// image is what the disk keeps: everything that was synced, and of what was not,
// nothing, all, or some sectors.
func (d *Disk) image() Image {
	chance := []float64{0, 0.3, 0.7, 1}[d.rng.IntN(4)]
	names := maps.Clone(d.kept)
	for _, happened := range d.named {
		if d.rng.Float64() < chance {
			happened(names)
		}
	}
	i := Image{Acked: d.acked(d), Files: map[string][]byte{}}
	for name, f := range names {
		b := bytes.Clone(f.kept)
		for _, happened := range f.since {
			if d.rng.Float64() < chance {
				b = happened(b)
			}
		}
		i.Files[name] = b
	}
	return i
}

// Exists reports whether there is a file of this name.
func (d *Disk) Exists(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[name] != nil
}

// Names lists the files.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}

// Create makes an empty file, unless it is there.
func (d *Disk) Create(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names[name] != nil {
		return
	}
	d.tick()
	f := &file{}
	d.names[name] = f
	d.named = append(d.named, func(names map[string]*file) { names[name] = f })
}

// Remove deletes a file.
func (d *Disk) Remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tick()
	delete(d.names, name)
	d.named = append(d.named, func(names map[string]*file) { delete(names, name) })
}

// SyncNames makes the names outlive a power cut.
func (d *Disk) SyncNames() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tick()
	d.kept, d.named = maps.Clone(d.names), nil
}

// Size is a file's length; 0 when there is none.
func (d *Disk) Size(name string) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[name]; f != nil {
		return int64(len(f.now))
	}
	return 0
}

// Read copies what programs see of a file, and returns how much there was.
func (d *Disk) Read(name string, b []byte, off int64) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil || off >= int64(len(f.now)) {
		return 0
	}
	return copy(b, f.now[off:])
}

// Write changes a file; its sectors reach the disk each for itself.
func (d *Disk) Write(name string, b []byte, off int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		return false
	}
	d.tick()
	b = bytes.Clone(b)
	f.now = put(f.now, b, off)
	for at := int64(0); at < int64(len(b)); {
		end := min(int64(len(b)), (off+at)/sector*sector+sector-off)
		part, to := b[at:end], off+at
		f.since = append(f.since, func(on []byte) []byte { return put(on, part, to) })
		at = end
	}
	return true
}

// Truncate changes a file's length.
func (d *Disk) Truncate(name string, size int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		return false
	}
	d.tick()
	cut := func(on []byte) []byte { return put(on[:min(size, int64(len(on)))], nil, size) }
	f.now = cut(f.now)
	f.since = append(f.since, cut)
	return true
}

// Sync makes what was written to a file outlive a power cut.
func (d *Disk) Sync(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	if f == nil {
		return false
	}
	d.tick()
	for _, happened := range f.since {
		f.kept = happened(f.kept)
	}
	f.since = nil
	return true
}

// put writes b at off, with zeros before it where there was nothing.
func put(on, b []byte, off int64) []byte {
	if short := off + int64(len(b)) - int64(len(on)); short > 0 {
		on = append(on, make([]byte, short)...)
	}
	copy(on[off:], b)
	return on
}
