// SPDX-License-Identifier: AGPL-3.0-or-later

package powercut

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount shows a disk as a folder, for the drivers that go through the system. Who
// mounts must not be who reads and writes there.
func Mount(d *Disk, at string) (*fuse.Server, error) {
	return fs.Mount(at, &folder{disk: d}, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMountStrict: true, FsName: "powercut", Name: "powercut", DisableXAttrs: true,
	}})
}

// folder is the disk's only folder.
type folder struct {
	fs.Inode
	disk *Disk
}

// node is one of its files.
type node struct {
	fs.Inode
	disk *Disk
	name string
}

var (
	_ fs.NodeLookuper  = (*folder)(nil)
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)
	_ fs.NodeReaddirer = (*folder)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
)

func (f *folder) child(ctx context.Context, name string) *fs.Inode {
	if old := f.GetChild(name); old != nil {
		return old
	}
	return f.NewInode(ctx, &node{disk: f.disk, name: name}, fs.StableAttr{Mode: syscall.S_IFREG})
}

// Lookup implements fs.NodeLookuper.
func (f *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if !f.disk.Exists(name) {
		return nil, syscall.ENOENT
	}
	describe(f.disk, name, &out.Attr)
	return f.child(ctx, name), 0
}

// Create implements fs.NodeCreater.
func (f *folder) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	f.disk.Create(name)
	describe(f.disk, name, &out.Attr)
	return f.child(ctx, name), nil, 0, 0
}

// Unlink implements fs.NodeUnlinker.
func (f *folder) Unlink(_ context.Context, name string) syscall.Errno {
	if !f.disk.Exists(name) {
		return syscall.ENOENT
	}
	f.disk.Remove(name)
	return 0
}

// Fsync implements fs.NodeFsyncer.
func (f *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	f.disk.SyncNames()
	return 0
}

// Readdir implements fs.NodeReaddirer.
func (f *folder) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	var all []fuse.DirEntry
	for _, name := range f.disk.Names() {
		all = append(all, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG})
	}
	return fs.NewListDirStream(all), 0
}

func describe(d *Disk, name string, out *fuse.Attr) {
	out.Mode, out.Nlink = syscall.S_IFREG|0o600, 1
	out.Size = uint64(max(0, d.Size(name)))
	out.Blocks = (out.Size + sector - 1) / sector
}

// Open implements fs.NodeOpener.
func (*node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) { return nil, 0, 0 }

// Read implements fs.NodeReader.
func (n *node) Read(_ context.Context, _ fs.FileHandle, b []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	return fuse.ReadResultData(b[:n.disk.Read(n.name, b, off)]), 0
}

// Write implements fs.NodeWriter.
func (n *node) Write(_ context.Context, _ fs.FileHandle, b []byte, off int64) (uint32, syscall.Errno) {
	if !n.disk.Write(n.name, b, off) {
		return 0, syscall.EIO
	}
	return uint32(len(b)), 0
}

// Fsync implements fs.NodeFsyncer.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	if !n.disk.Sync(n.name) {
		return syscall.EIO
	}
	return 0
}

// Getattr implements fs.NodeGetattrer.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	describe(n.disk, n.name, &out.Attr)
	return 0
}

// Setattr implements fs.NodeSetattrer.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, is := in.GetSize(); is && !n.disk.Truncate(n.name, int64(size)) {
		return syscall.EIO
	}
	describe(n.disk, n.name, &out.Attr)
	return 0
}
