// Package checkpoint keeps one value, the state of a run, in one file that is
// replaced atomically.
//
// Invariant: whenever the process dies, Load returns a value exactly as it was
// written: the newest one for which Save returned nil, or the one that was being
// saved. A damaged file is never taken for a good one: it is set aside under another
// name and the previous generation is used.
//
// It refuses to know what the value means, to retry, and to decide whether a run
// may go on without a checkpoint: that is up to its caller.
package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// A file is the magic, the format's version, the length of the value and its
// xxhash64 (all little endian), and the value.
const (
	magic      = "authspk\n"
	version    = 1
	headerSize = len(magic) + 4 + 8 + 8
)

// ErrCorrupt is returned for a file that does not hold what was written to it.
var ErrCorrupt = errors.New("corrupt checkpoint")

// File is a checkpoint at a path. The previous generation is kept next to it with
// the suffix ".prev". It is not safe for concurrent use, and a path belongs to one
// process at a time.
type File struct{ path string }

// New returns the checkpoint at path. It touches nothing.
func New(path string) *File { return &File{path: path} }

// Path returns the path of the checkpoint.
func (f *File) Path() string { return f.path }

// ErrLocked is returned if another process uses the checkpoint.
var ErrLocked = errors.New("another process uses this checkpoint")

// Lock claims the checkpoint for this process until release is called or the process
// dies, however it dies. It creates the directory if it is missing. The error is
// ErrLocked, or says why nothing can be written there.
func (f *File) Lock() (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o750); err != nil {
		return nil, fmt.Errorf("lock checkpoint: %w", err)
	}
	file, err := os.OpenFile(f.path+".lock", os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock checkpoint: %w", err)
	}
	if err := lock(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock checkpoint %s: %w", f.path, err), file.Close())
	}
	return file.Close, nil
}

// Outcome is what Load found.
type Outcome uint8

// The outcomes.
const (
	None     Outcome = iota // there is no checkpoint: a first start
	Loaded                  // the newest generation
	Previous                // the newest was corrupt, the one before it was read
	Lost                    // every generation was corrupt: a warm start, although there was a state
)

var outcomeNames = [...]string{"none", "loaded", "previous", "lost"}

// String returns the outcome as it appears in metrics and logs.
func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes lists all outcomes.
func Outcomes() []Outcome { return []Outcome{None, Loaded, Previous, Lost} }

// Corrupt describes a damaged file.
type Corrupt struct {
	Err   error  // what is wrong with it; wraps ErrCorrupt
	Aside string // where it is kept; "" where it could not be moved
}

// Loading is what Load found.
type Loading struct {
	Value   []byte // nil with None and Lost; the caller's from now on
	Outcome Outcome
	Corrupt []Corrupt
}

// Load reads the newest intact generation. Damaged ones are renamed, with the suffix
// ".corrupt-N". An error is about reading (permissions, a device), never about
// content, and means that nothing was renamed.
func (f *File) Load() (Loading, error) {
	var l Loading
	for i, path := range []string{f.path, f.path + ".prev"} {
		value, err := read(path)
		switch {
		case err == nil:
			l.Value, l.Outcome = value, Loaded
			if i > 0 && len(l.Corrupt) > 0 {
				l.Outcome = Previous
			}
			return l, nil
		case errors.Is(err, ErrCorrupt):
			l.Corrupt = append(l.Corrupt, Corrupt{Err: err, Aside: setAside(path, f.path)})
			l.Outcome = Lost
		case !errors.Is(err, fs.ErrNotExist):
			return Loading{}, fmt.Errorf("read checkpoint: %w", err)
		}
	}
	return l, nil
}

// Reject sets the newest generation aside, because its value makes no sense to the
// caller, and returns where it is kept. The next Load reads the previous generation.
func (f *File) Reject() (string, error) {
	if aside := setAside(f.path, f.path); aside != "" {
		return aside, nil
	}
	if aside := setAside(f.path+".prev", f.path); aside != "" {
		return aside, nil
	}
	return "", fmt.Errorf("move rejected checkpoint %s aside: no such generation", f.path)
}

// setAside renames path to the first free base.corrupt-N and returns that name.
func setAside(path, base string) string {
	for n := 1; n < 1000; n++ {
		aside := base + ".corrupt-" + strconv.Itoa(n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		}
		if os.Rename(path, aside) != nil {
			return ""
		}
		return aside
	}
	return ""
}

func read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) < headerSize || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: %s does not begin as a checkpoint does", ErrCorrupt, path)
	}
	h, value := data[len(magic):headerSize], data[headerSize:]
	if v := binary.LittleEndian.Uint32(h); v != version {
		return nil, fmt.Errorf("%w: %s has format %d, this program reads %d", ErrCorrupt, path, v, version)
	}
	if n := binary.LittleEndian.Uint64(h[4:]); n != uint64(len(value)) {
		return nil, fmt.Errorf("%w: %s holds %d bytes of %d", ErrCorrupt, path, len(value), n)
	}
	if binary.LittleEndian.Uint64(h[12:]) != xxhash.Sum64(value) {
		return nil, fmt.Errorf("%w: %s fails its checksum", ErrCorrupt, path)
	}
	return value, nil
}

// Save replaces the checkpoint by what write writes, and returns its size in bytes.
// If the error is nil the value is on disk; after an error, of write or its own, Load
// still returns the previous generation. It creates the directory if it is missing.
func (f *File) Save(write func(io.Writer) error) (size int64, err error) {
	if size, err = f.save(write); err != nil {
		return 0, fmt.Errorf("write checkpoint: %w", err)
	}
	return size, nil
}

func (f *File) save(write func(io.Writer) error) (int64, error) {
	dir, tmp := filepath.Dir(f.path), f.path+".tmp"
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return 0, err
		}
		file, err = os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	}
	if err != nil {
		return 0, errors.Join(err, removeIfThere(tmp))
	}
	size, err := fill(file, write)
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, errors.Join(err, removeIfThere(tmp))
	}
	// If the process dies between the two renames there is no newest generation, and
	// Load uses the previous one.
	if err := os.Rename(f.path, f.path+".prev"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if err := os.Rename(tmp, f.path); err != nil {
		return 0, err
	}
	return size, syncDir(dir)
}

// fill writes the value after the space for the header, and then the header, once
// size and hash are known.
func fill(file *os.File, write func(io.Writer) error) (int64, error) {
	if _, err := file.Seek(int64(headerSize), io.SeekStart); err != nil {
		return 0, err
	}
	v := measured{to: file, hash: xxhash.New()}
	if err := write(&v); err != nil {
		return 0, err
	}
	h := append(make([]byte, 0, headerSize), magic...)
	h = binary.LittleEndian.AppendUint32(h, version)
	h = binary.LittleEndian.AppendUint64(h, uint64(v.size))
	h = binary.LittleEndian.AppendUint64(h, v.hash.Sum64())
	if _, err := file.WriteAt(h, 0); err != nil {
		return 0, err
	}
	return v.size, file.Sync()
}

// measured computes the size and the hash of what is written through it.
type measured struct {
	to   io.Writer
	hash *xxhash.Digest
	size int64
}

// Write writes p.
func (m *measured) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	m.size += int64(n)
	_, _ = m.hash.Write(p[:n]) // a hash takes everything
	return n, err
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
