package embedded

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The library is named in four places that make setup, npm and the program read; they have to agree.
func TestPinnedLibrary(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("npm", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if sum := read("SHA256SUMS"); sum != LibrarySHA256+"  "+strings.TrimPrefix(installedAt, "features/embedded/npm/")+"\n" {
		t.Errorf("SHA256SUMS: %s", sum)
	}
	pin := `"` + LibraryVersion + `-stable.1"`
	if !strings.Contains(read("package.json"), `"@chdb/lib-linux-x64-gnu": `+pin) {
		t.Errorf("package.json does not pin %s", pin)
	}
	lock := read("package-lock.json")
	if !strings.Contains(lock, `"version": `+pin) || !strings.Contains(lock, `"integrity": "sha512-`) || strings.Contains(lock, "://") {
		t.Errorf("package-lock.json has to pin %s with its sha512, and to name no host", pin)
	}
}

func TestLocate(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	lib := filepath.Join(dir, "a", filepath.FromSlash(installedAt))
	for _, d := range []string{deep, filepath.Dir(lib)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(deep)
	t.Setenv("TAKT_CHDB_LIB", "")
	if _, err := Locate(); !errors.Is(err, ErrNoLibrary) && !isFile("/usr/local/lib/"+libraryName) {
		t.Errorf("found what is not there: %v", err)
	}
	for _, path := range []string{lib, filepath.Join(dir, "other.so")} {
		if err := os.WriteFile(path, []byte("not a library"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Locate(); err != nil || got.Path != lib {
		t.Errorf("from a directory below: %v, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(deep, "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Locate(); err == nil && got.Path == lib {
		t.Error("the search goes on above go.mod")
	}
	t.Setenv("TAKT_CHDB_LIB", filepath.Join(dir, "other.so"))
	if got, err := Locate(); err != nil || got.Path != filepath.Join(dir, "other.so") {
		t.Errorf("by TAKT_CHDB_LIB: %v, %v", got, err)
	}
	t.Setenv("TAKT_CHDB_LIB", dir)
	if _, err := Locate(); !errors.Is(err, ErrNoLibrary) {
		t.Errorf("TAKT_CHDB_LIB names a directory: %v", err)
	}
	if err := Verify(lib); !errors.Is(err, ErrWrongLibrary) {
		t.Errorf("a file of other bytes: %v", err)
	}
	if err := Verify(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestArgsRoundTrip(t *testing.T) {
	want := Options{Path: "/a b", Listen: "[::1]:9", BackupDir: "/c", Connections: 3, MemoryLimit: 1 << 40, Threads: 2}
	got, err := ParseArgs(want.Args())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, args := range [][]string{{}, {"--path"}, {"--path", "/a", "more"}, {"--path", "/a", "--nosuch"}} {
		if _, err := ParseArgs(args); err == nil {
			t.Errorf("%q taken", args)
		}
	}
}

func TestNextDelay(t *testing.T) {
	var got []time.Duration
	delay := time.Duration(0)
	for range 9 {
		delay = nextDelay(delay, time.Second)
		got = append(got, delay/time.Millisecond)
	}
	if diff := cmp.Diff([]time.Duration{50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}, got); diff != "" {
		t.Error(diff)
	}
	if got := nextDelay(delay, backoffReset); got != backoffFirst {
		t.Errorf("after a healthy life: %s", got)
	}
}

func TestChildLog(t *testing.T) {
	var out bytes.Buffer
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	w := &logWriter{logger: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: drop}))}
	in := `{"time":"2025-01-01T00:00:00Z","level":"WARN","msg":"slow","ms":12,"addr":"x"}
2025.11.21 21:41:12.937125 [ 4527 ] {} <Debug> Context: noise
2025.11.21 21:41:12.937125 [ 4527 ] {a-b} <Error> Application: cannot open
panic: boom

` + strings.Repeat("y", 2*maxLogLine) + "\nlast without end"
	for _, b := range []byte(in) { // in pieces of any size
		if _, err := w.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	want := "level=WARN msg=slow addr=x ms=12\n" +
		"level=ERROR msg=\"store engine\" line=\"Application: cannot open\"\n" +
		"level=ERROR msg=\"store output\" line=\"panic: boom\"\n" +
		"level=ERROR msg=\"store output\" line=" + strings.Repeat("y", maxLogLine) + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestLockNamesItsHolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	first, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); !errors.Is(err, ErrLocked) || !strings.HasSuffix(err.Error(), "is held by process "+pid()) {
		t.Errorf("second: %v", err)
	}
	if err := first.release(); err != nil {
		t.Fatal(err)
	}
	again, err := lockDir(dir)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	_ = again.release()
}

func pid() string { return strconv.Itoa(os.Getpid()) }
