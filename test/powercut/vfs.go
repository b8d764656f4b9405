// SPDX-License-Identifier: AGPL-3.0-or-later

package powercut

import (
	"io"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// under is SQLite's way to a disk. One connection uses it: its locks are granted.
type under struct {
	disk *Disk
	shm  string // a real folder: the index of the WAL is memory, and never outlives a cut
}

// Open implements vfs.VFS.
func (u under) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if !u.disk.Exists(name) {
		if flags&vfs.OPEN_CREATE == 0 {
			return nil, flags, sqlite3.CANTOPEN
		}
		u.disk.Create(name)
	}
	return &opened{under: u, name: name, index: vfs.NewSharedMemory(filepath.Join(u.shm, "index"), flags)}, flags, nil
}

// Delete implements vfs.VFS.
func (u under) Delete(name string, sync bool) error {
	if !u.disk.Exists(name) {
		return sqlite3.IOERR_DELETE_NOENT
	}
	u.disk.Remove(name)
	if sync {
		u.disk.SyncNames()
	}
	return nil
}

// Access implements vfs.VFS.
func (u under) Access(name string, _ vfs.AccessFlag) (bool, error) { return u.disk.Exists(name), nil }

// FullPathname implements vfs.VFS.
func (u under) FullPathname(name string) (string, error) { return name, nil }

// opened is a file of SQLite's.
type opened struct {
	under
	name   string
	index  vfs.SharedMemory
	synced bool
}

// Close implements vfs.File.
func (f *opened) Close() error {
	if f.index != nil {
		return f.index.Close()
	}
	return nil
}

// SharedMemory implements vfs.FileSharedMemory.
func (f *opened) SharedMemory() vfs.SharedMemory { return f.index }

// ReadAt implements vfs.File.
func (f *opened) ReadAt(b []byte, off int64) (int, error) {
	n := f.disk.Read(f.name, b, off)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements vfs.File.
func (f *opened) WriteAt(b []byte, off int64) (int, error) {
	if !f.disk.Write(f.name, b, off) {
		return 0, sqlite3.IOERR_WRITE
	}
	return len(b), nil
}

// Truncate implements vfs.File.
func (f *opened) Truncate(size int64) error {
	if !f.disk.Truncate(f.name, size) {
		return sqlite3.IOERR_TRUNCATE
	}
	return nil
}

// Sync implements vfs.File. The first sync of a file syncs its name too, as
// SQLite's own way to Unix does.
func (f *opened) Sync(vfs.SyncFlag) error {
	if !f.disk.Sync(f.name) {
		return sqlite3.IOERR_FSYNC
	}
	if !f.synced {
		f.disk.SyncNames()
		f.synced = true
	}
	return nil
}

// Size implements vfs.File.
func (f *opened) Size() (int64, error) { return f.disk.Size(f.name), nil }

// Lock implements vfs.File.
func (*opened) Lock(vfs.LockLevel) error { return nil }

// Unlock implements vfs.File.
func (*opened) Unlock(vfs.LockLevel) error { return nil }

// CheckReservedLock implements vfs.File.
func (*opened) CheckReservedLock() (bool, error) { return false, nil }

// SectorSize implements vfs.File.
func (*opened) SectorSize() int { return 4096 }

// DeviceCharacteristics implements vfs.File: those of SQLite's way to Unix.
func (*opened) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return vfs.IOCAP_POWERSAFE_OVERWRITE
}
