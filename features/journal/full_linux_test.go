package journal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// mountTmpfs gives a file system of its own size as mount takes them.
func mountTmpfs(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("needs the right to mount a tmpfs (run as root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// filler takes n bytes of a disk, or all of it.
func filler(t *testing.T, path string, n int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := int64(64 << 10); block >= 4<<10; {
		if n >= 0 && n < block {
			return
		}
		if _, err := f.Write(make([]byte, block)); err != nil {
			block /= 2
		} else if n >= 0 {
			n -= block
		}
	}
}

// tryAppend appends one record and says what became of it.
func tryAppend(t *testing.T, l *Log) (uint64, error) {
	t.Helper()
	c, err := l.AppendBatch(entries(l.LastSeq()+1, 1))
	if err == nil {
		err = c.Wait(t.Context())
	}
	return c.Last, err
}

// TestDiskFull fills a real 1 MB file system, with room reserved ahead and
// without (a write that stops half way). Refused records must be gone, the log
// must go on by itself when there is room, and shipping must be able to make it.
func TestDiskFull(t *testing.T) {
	for name, o := range map[string]*Options{
		"reserved": {SegmentBytes: 64 << 10},
		"growing":  {SegmentBytes: 64 << 10, NoPreallocate: true},
	} {
		t.Run(name, func(t *testing.T) {
			o.BatchRecords, o.BatchDelay = 50, -1
			disk := mountTmpfs(t, "1m")
			dir, fill := filepath.Join(disk, "journal"), filepath.Join(disk, "filler")
			l := open(t, dir, o)
			var kept []uint64
			refused := 0
			for refused < 20 {
				switch seq, err := tryAppend(t, l); {
				case err == nil:
					kept = append(kept, seq)
				case errors.Is(err, ErrFull) && errors.Is(err, syscall.ENOSPC):
					refused++
				default:
					t.Fatal(err)
				}
			}
			t.Logf("1 MB took %d records, %d refused", len(kept), refused)
			if len(kept) < 1000 {
				t.Fatal("full far too early")
			}
			check := func(l *Log) {
				t.Helper()
				if got := tailSeqs(t, l); !slices.Equal(got, kept) {
					t.Fatalf("tail has %d records to %d, want %d to %d", len(got), got[len(got)-1], len(kept), kept[len(kept)-1])
				}
			}
			check(l)
			// What a crash now would find, and what a restart on the full disk does.
			if rep, err := Read(crashImage(t, dir), nil); err != nil || rep.LastSeq != kept[len(kept)-1] {
				t.Fatalf("%+v, %v", rep, err)
			}
			last := l.LastSeq()
			crash := open(t, crashImage(t, dir), o)
			if check(crash); crash.LastSeq() != last {
				t.Fatalf("after a crash the log goes on from %d, want %d", crash.LastSeq(), last)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = open(t, dir, o)
			check(l)
			if l.LastSeq() != last {
				t.Fatalf("numbers of refused records are given again: %d after %d", l.LastSeq(), last)
			}
			// Shipping needs no room and makes some.
			filler(t, fill, -1)
			shipAll(t, l, drop)
			kept = nil
			for range 10 {
				seq, err := tryAppend(t, l)
				if err != nil {
					t.Fatalf("after shipping: %v", err)
				}
				kept = append(kept, seq)
			}
			if kept[0] != last+1 {
				t.Errorf("first record after the refusals is %d, want %d", kept[0], last+1)
			}
			check(l)
			l.Close()
			check(open(t, dir, o))
		})
	}
}

// TestDiskFullConcurrent: with many writers, exactly the acknowledged records
// are there, and every failed wait is about room.
func TestDiskFullConcurrent(t *testing.T) {
	disk := mountTmpfs(t, "1m")
	o := &Options{SegmentBytes: 128 << 10, NoPreallocate: true}
	l := open(t, filepath.Join(disk, "journal"), o)
	type result struct {
		seq uint64
		err error
	}
	const writers, each = 8, 600
	results := make(chan result, writers*each)
	for range writers {
		go func() {
			for range each {
				c, err := l.Append(1, make([]byte, 300))
				if err == nil {
					err = c.Wait(t.Context())
				}
				results <- result{c.Last, err}
			}
		}()
	}
	var kept []uint64
	refused := 0
	for range writers * each {
		switch r := <-results; {
		case r.err == nil:
			kept = append(kept, r.seq)
		case errors.Is(r.err, ErrFull):
			refused++
		default:
			t.Fatal(r.err)
		}
	}
	slices.Sort(kept)
	if refused == 0 || len(kept) < 1000 {
		t.Fatalf("%d kept, %d refused", len(kept), refused)
	}
	l.Close()
	var got []uint64
	if _, err := Read(l.dir, func(r Record) error { got = append(got, r.Seq); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, kept) {
		t.Errorf("%d records on disk, %d acknowledged", len(got), len(kept))
	}
}

// stopAt is a log handler that stops the writer at a message until released.
type stopAt struct {
	slog.Handler
	message string
	hit     chan struct{}
}

func (h stopAt) Handle(_ context.Context, r slog.Record) error {
	if r.Message == h.message {
		h.hit <- struct{}{}
		<-h.hit
	}
	return nil
}

// TestRefusedWithWhatFollows: a record that was appended before the one in front
// of it is known to be refused goes with it, even if there is room for it.
func TestRefusedWithWhatFollows(t *testing.T) {
	disk := mountTmpfs(t, "1m")
	stop := stopAt{logTo(io.Discard).Handler(), "journal: records refused", make(chan struct{})}
	l := open(t, filepath.Join(disk, "journal"), &Options{NoPreallocate: true, Logger: slog.New(stop)})
	add(t, l, 1)
	large, err := l.Append(1, make([]byte, 2<<20))
	if err != nil {
		t.Fatal(err)
	}
	<-stop.hit
	behind, err := l.Append(1, []byte("fits"))
	if err != nil {
		t.Fatal(err)
	}
	stop.hit <- struct{}{}
	for name, c := range map[string]Commit{"large": large, "behind": behind} {
		if err := c.Wait(t.Context()); !errors.Is(err, ErrFull) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	add(t, l, 2) // 4 and 5: numbers are spent, the log goes on
	if got := tailSeqs(t, l); !slices.Equal(got, []uint64{1, 4, 5}) {
		t.Errorf("tail %v", got)
	}
	// A batch spans the hole.
	shipAll(t, l, func(_ context.Context, b Batch) error {
		if b.From != 1 || b.To != 5 || len(b.Records) != 3 {
			t.Errorf("batch %d..%d of %d records", b.From, b.To, len(b.Records))
		}
		return nil
	})
	if s := l.Stats(); s.UnshippedRecords != 0 || s.UnshippedBytes != 0 || s.Refused != 2 || s.Appends != 3 || s.PendingBytes != 0 {
		t.Errorf("%+v", s)
	}
}

// mountLoop gives an ext4 on a loop device whose backing file is on an 8 MB
// tmpfs, and a function that takes away or gives back the room behind it.
func mountLoop(t *testing.T) (dir string, full func(bool)) {
	t.Helper()
	backing := mountTmpfs(t, "8m")
	image, fill := filepath.Join(backing, "disk"), filepath.Join(backing, "filler")
	mnt := t.TempDir()
	for _, cmd := range [][]string{
		{"truncate", "-s", "64m", image},
		{"mkfs.ext4", "-q", "-O", "^has_journal", image},
		{"mount", "-o", "loop", image, mnt},
	} {
		if out, err := exec.Command(cmd[0], cmd[1:]...).CombinedOutput(); err != nil {
			t.Skipf("needs the right and tools to mount a loop device: %v: %v %s", cmd, err, out)
		}
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", mnt).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return filepath.Join(mnt, "journal"), func(on bool) {
		if on {
			filler(t, fill, -1)
		} else if err := os.Remove(fill); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFsyncFails makes fdatasync itself fail: the file system has room, the
// device below has none. The write succeeds, only the sync says no.
func TestFsyncFails(t *testing.T) {
	dir, full := mountLoop(t)
	l := open(t, dir, &Options{SegmentBytes: 4 << 20})
	t.Cleanup(func() { l.Close() })
	var kept []uint64
	appendUntilError := func(n int) error {
		for range n {
			seq, err := tryAppend(t, l)
			if err != nil {
				return err
			}
			kept = append(kept, seq)
		}
		return nil
	}
	if err := appendUntilError(5); err != nil {
		t.Fatal(err)
	}
	full(true)
	err := appendUntilError(20_000) // blocks the device has already go on working
	if err == nil || !strings.Contains(err.Error(), "sync") {
		t.Fatalf("the sync never failed: %v", err)
	}
	t.Logf("after %d records: %v", len(kept), err)
	if got := tailSeqs(t, l); !slices.Equal(got, kept) {
		t.Fatalf("tail has %d records, want %d", len(got), len(kept))
	}
	full(false)
	waitFor(t, func() bool { return appendUntilError(1) == nil })
	l.Close()
	l = open(t, dir, nil)
	if got := tailSeqs(t, l); !slices.Equal(got, kept) {
		t.Errorf("after restart %v, want %v", got[max(0, len(got)-5):], kept[len(kept)-5:])
	}
	l.Close()
}

// TestDiskDies shuts a real file system down under the log: neither write nor
// undo works, so the outcome is unknown, and nothing hangs.
func TestDiskDies(t *testing.T) {
	dir, _ := mountLoop(t)
	l := open(t, dir, &Options{SegmentBytes: 4 << 20})
	t.Cleanup(func() { l.Close() })
	add(t, l, 3)
	shutdown(t, dir)
	if _, err := tryAppend(t, l); !errors.Is(err, ErrUnknown) || !errors.Is(err, syscall.EIO) {
		t.Fatalf("first append gives %v", err)
	}
	if _, err := tryAppend(t, l); !errors.Is(err, syscall.EIO) || errors.Is(err, ErrUnknown) {
		t.Fatalf("second append gives %v", err)
	}
	if err := l.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Close gives %v", err)
	}
}

// shutdown stops the ext4 that dir is on, as after a fatal error of its device.
func shutdown(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const ioctlShutdown = 0x8004587d // EXT4_IOC_SHUTDOWN, _IOR('X', 125, u32)
	how := uint32(2)                 // without flushing
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), ioctlShutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		t.Skipf("needs a kernel that can shut an ext4 down: %v", errno)
	}
}
