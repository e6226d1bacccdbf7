package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// child is one running store process.
type child struct {
	cmd     *exec.Cmd
	stdin   *os.File // its end ends the child
	addr    string
	pid     int
	started time.Time
	gone    chan struct{} // closed when the process was waited for
}

// startChild starts the store process and waits for its address.
func startChild(ctx context.Context, o SuperviseOptions) (*child, error) {
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	report, out, err := os.Pipe()
	if err != nil {
		stdin.Close()
		return nil, err
	}
	defer report.Close()
	defer out.Close()

	args := Options{Path: o.Path, BackupDir: o.BackupDir, Connections: o.Connections, MemoryLimit: o.MemoryLimit, Threads: o.Threads}.Args()
	cmd := exec.Command(o.Command[0], append(o.Command[1:len(o.Command):len(o.Command)], args...)...)
	cmd.Stdin, cmd.ExtraFiles = in, []*os.File{out}
	cmd.Env = append(append(os.Environ(), o.Env...), "TZ=UTC")
	cmd.Stderr = &logWriter{logger: o.Logger}
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = childAttr()
	c := &child{cmd: cmd, stdin: stdin, started: o.Now(), gone: make(chan struct{})}
	if err := c.run(); err != nil {
		stdin.Close()
		return nil, err
	}
	out.Close() // so that a child that dies ends the report
	if _, err = io.WriteString(stdin, o.Token+"\n"); err == nil {
		c.addr, err = c.await(ctx, report, o.StartTimeout)
	}
	if err != nil {
		c.stop(stopPatience)
		return nil, err
	}
	return c, nil
}

// run starts the process and waits for it, both on one locked thread: the kernel sends the parent-death
// signal when the thread that started the child ends, not only when the process does.
func (c *child) run() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			_ = c.cmd.Wait() // state tells how it ended
			close(c.gone)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	c.pid = c.cmd.Process.Pid
	return nil
}

// await reads the child's report.
func (c *child) await(ctx context.Context, r io.Reader, timeout time.Duration) (string, error) {
	type answer struct {
		report
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		line, err := bufio.NewReader(r).ReadBytes('\n')
		if a.err = err; err == nil {
			a.err = json.Unmarshal(line, &a.report)
		}
		answers <- a
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case a := <-answers:
		switch {
		case a.Error != "":
			return "", &childError{a.Error, a.Kind}
		case a.err != nil:
			<-c.gone
			return "", fmt.Errorf("the store process ended (%s) before it was ready; the log has its last words", c.state())
		}
		return a.Addr, nil
	case <-timer.C:
		return "", fmt.Errorf("the store was not ready within %s", timeout)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// stop ends the child's input and, when that does not end it in time, kills it.
func (c *child) stop(patience time.Duration) {
	c.stdin.Close()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.gone:
	case <-timer.C:
		_ = c.cmd.Process.Kill()
		<-c.gone
	}
}

// state says how the process ended; gone must be closed.
func (c *child) state() string {
	if s := c.cmd.ProcessState; s != nil {
		return s.String()
	}
	return "unknown"
}

// childError is an error a store process reported.
type childError struct{ text, kind string }

func (e *childError) Error() string { return strings.TrimSpace(e.text) }

// Is finds the sentinel behind the report's kind.
func (e *childError) Is(target error) bool {
	return e.kind != "" && e.kind == kindOf(target) && (errors.Is(target, ErrLocked) || errors.Is(target, ErrNoLibrary))
}
