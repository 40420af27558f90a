package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func saved(t *testing.T, values ...string) *File {
	t.Helper()
	f := New(filepath.Join(t.TempDir(), "made", "state"))
	for _, v := range values {
		if err := save(f, v); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// save writes a value in two pieces.
func save(f *File, value string) error {
	size, err := f.Save(func(w io.Writer) error {
		for _, piece := range []string{value[:len(value)/2], value[len(value)/2:]} {
			if _, err := io.WriteString(w, piece); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && size != int64(len(value)) {
		return fmt.Errorf("the size of %q is %d", value, size)
	}
	return err
}

func load(t *testing.T, f *File, value string, outcome Outcome) Loading {
	t.Helper()
	l, err := New(f.path).Load()
	if err != nil {
		t.Fatal(err)
	}
	if string(l.Value) != value || l.Outcome != outcome {
		t.Fatalf("loaded %q, %v; want %q, %v", l.Value, l.Outcome, value, outcome)
	}
	return l
}

func TestNewestGenerationIsLoaded(t *testing.T) {
	load(t, saved(t), "", None)
	load(t, saved(t, "one"), "one", Loaded)
	load(t, saved(t, "one", "two", "three"), "three", Loaded)
	load(t, saved(t, "one", ""), "", Loaded)
}

func TestDeathBetweenRenames(t *testing.T) {
	f := saved(t, "one", "two")
	if err := os.Rename(f.path, f.path+".prev"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path+".tmp", []byte("half a th"), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, f, "two", Loaded)
	if err := save(f, "three"); err != nil {
		t.Fatal(err)
	}
	load(t, f, "three", Loaded)
}

// TestEveryDamageIsFound flips and cuts the file at each of its bytes.
func TestEveryDamageIsFound(t *testing.T) {
	f := saved(t, "the state before", "the state")
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	damage := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(f.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l := load(t, f, "the state before", Previous)
		if len(l.Corrupt) != 1 || !errors.Is(l.Corrupt[0].Err, ErrCorrupt) {
			t.Fatalf("%s: corrupt files %v", name, l.Corrupt)
		}
		kept, err := os.ReadFile(l.Corrupt[0].Aside)
		if err != nil || !bytes.Equal(kept, data) {
			t.Fatalf("%s: the corrupt file was not kept: %v", name, err)
		}
		if err := os.Remove(l.Corrupt[0].Aside); err != nil {
			t.Fatal(err)
		}
	}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 0x10
		damage("flipped", flipped)
		damage("cut", whole[:i])
	}
	damage("longer", append(bytes.Clone(whole), 0))
}

func TestNothingLeftToTrust(t *testing.T) {
	f := saved(t, "one", "two")
	for _, path := range []string{f.path, f.path + ".prev"} {
		if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if l := load(t, f, "", Lost); len(l.Corrupt) != 2 || l.Corrupt[0].Aside == l.Corrupt[1].Aside {
		t.Fatalf("corrupt files %v", l.Corrupt)
	}
	load(t, f, "", None)
}

func TestRejectFallsBack(t *testing.T) {
	f := saved(t, "one", "two")
	if aside, err := f.Reject(); err != nil || aside == "" {
		t.Fatalf("reject: %q, %v", aside, err)
	}
	load(t, f, "one", Loaded)
	if _, err := f.Reject(); err != nil {
		t.Fatal(err)
	}
	load(t, f, "", None)
	if _, err := f.Reject(); err == nil {
		t.Fatal("rejected what is not there")
	}
}

// TestFailedSaveKeepsTheOld makes the temporary file impossible to write, in a
// way that binds root too.
func TestFailedSaveKeepsTheOld(t *testing.T) {
	f := saved(t, "one")
	if err := os.Mkdir(f.path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.path+".tmp", "in the way"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := save(f, "two"); err == nil {
		t.Fatal("saved through a directory")
	}
	load(t, f, "one", Loaded)
}

func TestFailedWriterKeepsTheOld(t *testing.T) {
	f := saved(t, "one")
	torn := errors.New("torn")
	if _, err := f.Save(func(w io.Writer) error {
		_, err := io.WriteString(w, "half a th")
		return errors.Join(torn, err)
	}); !errors.Is(err, torn) {
		t.Fatalf("saved what could not be written: %v", err)
	}
	if _, err := os.Stat(f.path + ".tmp"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half stays: %v", err)
	}
	load(t, f, "one", Loaded)
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("needs /dev/full")
	}
	f := saved(t, "one")
	if err := os.Symlink("/dev/full", f.path+".tmp"); err != nil {
		t.Fatal(err)
	}
	if err := save(f, "two"); err == nil {
		t.Fatal("saved on a full disk")
	}
	load(t, f, "one", Loaded)
	if err := save(f, "three"); err != nil {
		t.Fatalf("the disk has room again: %v", err)
	}
	load(t, f, "three", Loaded)
}

func TestUnreadableIsAnError(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "state"))
	if err := os.Mkdir(f.path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Load(); err == nil {
		t.Fatal("loaded a directory")
	}
}

func TestLock(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "made", "state"))
	release, err := f.Lock()
	if err != nil || release == nil {
		t.Fatalf("lock: %v", err)
	}
	if _, err := New(f.path).Lock(); !errors.Is(err, ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = New(f.path).Lock()
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, err := New(filepath.Join(f.path+".lock", "below a file")).Lock(); err == nil || errors.Is(err, ErrLocked) {
		t.Errorf("where nothing can be written: %v", err)
	}
}
