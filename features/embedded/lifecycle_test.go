package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"takt/features/embedded"
	"takt/features/embedded/embeddedtest"
)

func TestKilledChildIsRestarted(t *testing.T) {
	sup, l := supervise(t, embedded.SuperviseOptions{})
	conn := openSupervised(t, sup)
	mustExec(t, conn, "CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
	mustExec(t, conn, "INSERT INTO kept SELECT number FROM numbers(1000)")
	first, token := sup.Pid(), sup.Token()
	for range 3 {
		pid := sup.Pid()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, 20*time.Second, "another child is up", func() bool { return sup.Healthy() && sup.Pid() != pid })
		var n uint64
		// The driver keeps connections to the dead child: the first use of each may fail.
		eventually(t, 10*time.Second, "the store answers again", func() bool {
			return conn.QueryRow(t.Context(), "SELECT count() FROM kept").Scan(&n) == nil
		})
		if n != 1000 {
			t.Fatalf("%d rows after the restart, want 1000", n)
		}
	}
	if sup.Pid() == first || sup.Token() != token {
		t.Error("expected another process and the same token")
	}
	if !strings.Contains(l.String(), "store ended, will restart") || !strings.Contains(l.String(), "signal: killed") {
		t.Errorf("the log does not tell:\n%s", l)
	}
}

func TestKilledParentTakesChildAlong(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, busy := range []bool{false, true} {
		parent := exec.Command(exe)
		parent.Env = append(os.Environ(), parentPath+"="+t.TempDir(), "TAKT_TEST_COMMAND="+strings.Join(embeddedtest.Command(t), "\n"))
		parent.Stderr = os.Stderr
		out, err := parent.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := parent.Start(); err != nil {
			t.Fatal(err)
		}
		var pid int
		var url, token string
		if _, err := fmt.Fscan(out, &pid, &url, &token); err != nil {
			t.Fatalf("the parent said nothing: %v", err)
		}
		if busy {
			running := make(chan error, 1)
			go func() {
				running <- postRaw(url, token, "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))")
			}()
			eventually(t, 10*time.Second, "the query runs", func() bool {
				return postRaw(url, token, "SELECT throwIf(count() < 2) FROM system.processes") == nil
			})
			defer func() {
				if err := <-running; err == nil {
					t.Error("the query ended well")
				}
			}()
		}
		killed := time.Now()
		if err := parent.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		eventually(t, 2*time.Second, "the child of a killed parent ends", func() bool { return !alive(pid) })
		t.Logf("busy %v: gone after %s", busy, time.Since(killed).Round(time.Millisecond))
		_ = parent.Wait()
	}
}

func TestStopEndsChild(t *testing.T) {
	sup, _ := supervise(t, embedded.SuperviseOptions{})
	conn := openSupervised(t, sup)
	running := make(chan error, 1)
	go func() {
		running <- conn.Exec(context.Background(), "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number)) FORMAT Null")
	}()
	eventually(t, 10*time.Second, "the query runs", func() bool {
		return scalar[uint64](t, conn, "SELECT count() FROM system.processes") > 1
	})
	pid, began := sup.Pid(), time.Now()
	sup.Stop()
	sup.Stop()
	if took := time.Since(began); took > 4*time.Second || alive(pid) {
		t.Errorf("stop took %s, child alive: %v", took, alive(pid))
	}
	if err := <-running; err == nil {
		t.Error("the query ended well")
	}
	if _, err := sup.DialContext(t.Context(), ""); !errors.Is(err, embedded.ErrDown) || sup.Healthy() || sup.Pid() != 0 {
		t.Errorf("after Stop: dial %v, healthy %v, pid %d", err, sup.Healthy(), sup.Pid())
	}
}

func TestLockedDirectory(t *testing.T) {
	dir := t.TempDir()
	sup, _ := supervise(t, embedded.SuperviseOptions{Path: dir})
	_, err := embedded.Supervise(t.Context(), embedded.SuperviseOptions{Path: dir, Command: embeddedtest.Command(t), Logger: slog.New(slog.DiscardHandler)})
	want := fmt.Sprintf("the store is in use by another process: %s is held by process %d", dir, sup.Pid())
	if !errors.Is(err, embedded.ErrLocked) || err.Error() != "start the store: "+want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	sup.Stop()
	second, _ := supervise(t, embedded.SuperviseOptions{Path: dir})
	second.Stop()
}

func TestMissingLibrary(t *testing.T) {
	_, err := embedded.Supervise(t.Context(), embedded.SuperviseOptions{
		Path: t.TempDir(), Command: embeddedtest.Command(t), Env: []string{"TAKT_CHDB_LIB=" + filepath.Join(t.TempDir(), "libchdb.so")}, Logger: slog.New(slog.DiscardHandler),
	})
	if !errors.Is(err, embedded.ErrNoLibrary) || !strings.Contains(err.Error(), "make setup") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestRefusesOtherAddresses(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "localhost:0", "192.0.2.1:0", "[::]:0"} {
		argv := append(embeddedtest.Command(t), embedded.Options{Path: t.TempDir(), Listen: listen}.Args()...)
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Stdin = strings.NewReader("token\n")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "loopback only") {
			t.Errorf("--listen %s: %v %s", listen, err, out)
		}
	}
}

func TestEndsWithoutToken(t *testing.T) {
	argv := append(embeddedtest.Command(t), embedded.Options{Path: t.TempDir()}.Args()...)
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput() // standard input is /dev/null
	if err == nil || !strings.Contains(string(out), "token") {
		t.Errorf("%v %s", err, out)
	}
}
