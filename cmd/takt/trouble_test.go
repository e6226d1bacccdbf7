package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"takt/features/shareddata"
)

// Every way in which a server may not start ends with exit code 1 or 2 and says in few lines what
// is wrong and what to do about it.
func TestTroubleNamesTheWayOut(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	locked := t.TempDir()
	lockFor(t, locked)
	bad := filepath.Join(t.TempDir(), "takt.yaml")
	if err := os.WriteFile(bad, []byte("data: x\nlisen: y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	free := []string{"--listen", "127.0.0.1:0", "--metrics", "off"}
	for _, c := range []struct {
		name string
		env  string
		args []string
		code int
		want []string
	}{
		{"missing library", "TAKT_CHDB_LIB=/nowhere/libchdb.so", append([]string{"serve", "--data", t.TempDir()}, free...), 1, []string{"libchdb.so not found", "make setup"}},
		{"port in use", "", []string{"serve", "--data", t.TempDir(), "--listen", busy.Addr().String(), "--metrics", "off", "--store", "memory://"}, 1, []string{"address already in use", "--listen"}},
		{"locked data", "", append([]string{"serve", "--data", locked, "--store", "memory://"}, free...), 1, []string{"in use", "--data"}},
		{"data is a file", "", append([]string{"serve", "--data", file, "--store", "memory://"}, free...), 1, []string{"open the data directory", "not a directory"}},
		{"unreachable ClickHouse", "", append([]string{"serve", "--data", t.TempDir(), "--store", "http://127.0.0.1:1/takt"}, free...), 1, []string{"cannot be reached", "--store"}},
		{"unreachable native ClickHouse", "", append([]string{"serve", "--data", t.TempDir(), "--store", "clickhouse://takt:topsecret@127.0.0.1:1/takt"}, free...), 1, []string{"cannot be reached", "--store"}},
		{"bad configuration", "", []string{"serve", "--config", bad}, 2, []string{":2: unknown key \"lisen\"", "listen"}},
		{"no such configuration", "", []string{"serve", "--config", "/nowhere.yaml"}, 2, []string{"/nowhere.yaml"}},
		{"unknown flag", "", []string{"serve", "--prot", "1"}, 2, []string{"--prot"}},
		{"unknown command", "", []string{"server"}, 2, []string{"server"}},
		{"unknown role", "", []string{"keys", "create", "--data", t.TempDir(), "--tenant", "a", "--role", "king"}, 2, []string{"decide, analyst or admin"}},
		{"unknown command of keys", "", []string{"keys", "create-key"}, 2, []string{"create-key"}},
		{"no name for a tenant", "", []string{"keys", "create", "--data", t.TempDir(), "--tenant", "a b/../c"}, 2, []string{"--tenant"}},
		{"days gone by", "", []string{"keys", "create", "--data", t.TempDir(), "--tenant", "a", "--days", "-1"}, 2, []string{"--days"}},
		{"a tenant nobody knows", "", []string{"decide", "--data", t.TempDir(), "--tenant", "acmee", "--store", "memory://", bad}, 2, []string{`nobody knows "acmee"`, "keys create"}},
		{"restore over data", "", []string{"restore", file, "--data", locked}, 1, []string{"not empty", "--data"}},
		{"restore of no backup", "", []string{"restore", bad, "--data", filepath.Join(t.TempDir(), "new")}, 1, []string{"is no backup"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin, err := builtBinary()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(bin, c.args...)
			cmd.Dir = shareddata.Module(t)
			cmd.Env = append(os.Environ(), c.env)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, w := range c.want {
				if !strings.Contains(string(out), w) {
					t.Errorf("%q is not said in:\n%s", w, out)
				}
			}
			if lines := strings.Count(strings.TrimSpace(string(out)), "\n") + 1; lines > 3 || strings.Contains(string(out), "goroutine ") || strings.Contains(string(out), "topsecret") {
				t.Errorf("%d lines, a stack or a secret:\n%s", lines, out)
			}
		})
	}
}

// lockFor holds a data directory as another process would, until the test ends.
func lockFor(t *testing.T, dir string) {
	t.Helper()
	holder := exec.Command("flock", filepath.Join(dir, "LOCK"), "sleep", "60")
	if err := holder.Start(); err != nil {
		skip(t, "needs the command flock: "+err.Error())
	}
	t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	for {
		if err := exec.Command("flock", "-n", filepath.Join(dir, "LOCK"), "true").Run(); err != nil {
			return
		}
	}
}
