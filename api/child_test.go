package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"

	"takt/engine/cpubench"
)

// serverEnv makes the test binary a server to be measured: floor, durable or hasty.
const serverEnv = "TAKT_BENCH_SERVER"

// profileEnv names a directory for the CPU profiles of the servers.
const profileEnv = "TAKT_BENCH_PROFILE"

func TestMain(m *testing.M) {
	if kind := os.Getenv(serverEnv); kind != "" {
		if err := benchServer(kind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// started is what a server says on its first line.
type started struct {
	Addr    string // of the API
	Control string // answers with the process's CPU time in nanoseconds
	Key     string
}

// benchServer serves until standard input ends. All kinds have a product in them, so that they
// differ by what answers and not by what lies in memory.
func benchServer(kind string) error {
	dir, err := os.MkdirTemp("", "takt-floor-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := newProduct(dir)
	if err != nil {
		return err
	}
	defer p.close()
	sample, err := sampleReply(p)
	if err != nil {
		return err
	}
	handler := p.server.Handler()
	switch kind {
	case "floor":
		if handler, err = floor(sample); err != nil {
			return err
		}
	case "hasty":
		p.server.Hasten()
	}
	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(api, handler)
	go http.Serve(control, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, int64(cpubench.Now())) }))
	if dir := os.Getenv(profileEnv); dir != "" {
		f, err := os.Create(filepath.Join(dir, kind+".pprof"))
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if err := json.NewEncoder(os.Stdout).Encode(started{api.Addr().String(), control.Addr().String(), p.key}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// child is a server under measurement.
type child struct {
	started
	kind  string
	cmd   *exec.Cmd
	stdin io.Closer
}

func newChild(kind string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{kind: kind, cmd: exec.Command(self)}
	c.cmd.Env = append(os.Environ(), serverEnv+"="+kind)
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if err := json.NewDecoder(stdout).Decode(&c.started); err != nil {
		c.stop()
		return nil, fmt.Errorf("server %s does not start: %w", kind, err)
	}
	return c, nil
}

func (c *child) stop() {
	c.stdin.Close()
	c.cmd.Wait()
}

func (c *child) cpu() (time.Duration, error) {
	resp, err := http.Get("http://" + c.Control)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return time.Duration(n), err
}
