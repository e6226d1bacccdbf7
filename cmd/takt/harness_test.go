package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"takt/cmd/app"
	"takt/features/embedded"
	"takt/features/shareddata"
)

// builtBinary is the program under test: TAKT_BIN as make built it, or built here once.
var builtBinary = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("TAKT_BIN"); bin != "" {
		if _, err := os.Stat(bin); err == nil {
			return bin, nil
		}
	}
	dir, err := os.MkdirTemp("", "takt-bin-*")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "takt")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build takt: %w: %s", err, out)
	}
	return bin, nil
})

// needEngine skips a test where libchdb is absent, or fails it where skips are forbidden.
func needEngine(t testing.TB) {
	t.Helper()
	if _, err := embedded.Locate(); err != nil {
		skip(t, "needs the embedded ClickHouse: "+err.Error())
	}
}

func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("TAKT_REQUIRE") == "1" {
		t.Fatal("TAKT_REQUIRE=1 forbids the skip: " + why)
	}
	t.Skip(why)
}

// takt runs a command to its end and returns standard output, standard error and the exit code.
func takt(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	bin, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	c := exec.Command(bin, args...)
	c.Stdout, c.Stderr = &out, &errs
	c.Dir = shareddata.Module(t)
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// served is a running `takt serve`.
type served struct {
	t    testing.TB
	data string
	cmd  *exec.Cmd
	run  app.Running
	log  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startServer starts the server on port 0 and waits until it is ready.
func startServer(t testing.TB, data string, args ...string) *served {
	t.Helper()
	bin, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, data: data, log: &lockedBuffer{}}
	s.cmd = exec.Command(bin, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"}, args...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.Dir = shareddata.Module(t)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	s.awaitReady()
	return s
}

func (s *served) awaitReady() {
	s.t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		b, err := os.ReadFile(filepath.Join(s.data, "run.json"))
		if err != nil || json.Unmarshal(b, &s.run) != nil || s.run.Pid != s.cmd.Process.Pid {
			continue
		}
		resp, err := http.Get(s.run.API + "/readyz")
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	s.t.Fatalf("the server did not become ready:\n%s", s.log)
}

// kill ends the server as a power cut would.
func (s *served) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// stop ends the server as an operator would.
func (s *served) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatalf("stop: %v\n%s", err, s.log)
	}
}

// children are the process ids of the server's children: the store.
func (s *served) children() []int {
	var pids []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, f := range tasks {
		b, _ := os.ReadFile(f)
		for _, p := range strings.Fields(string(b)) {
			var pid int
			if _, err := fmt.Sscan(p, &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// call sends one request; body may be nil.
func (s *served) call(method, path, key string, header map[string]string, body []byte) (int, []byte, error) {
	req, err := http.NewRequest(method, s.run.API+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// createKey makes an API key with the command line.
func createKey(t testing.TB, data, tenant, role string) string {
	t.Helper()
	out, errs, code := takt(t, "keys", "create", "--data", data, "--tenant", tenant, "--role", role)
	if code != 0 {
		t.Fatalf("keys create: %d %s", code, errs)
	}
	return strings.TrimSpace(out)
}
