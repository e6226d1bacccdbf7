// Package embeddedtest gives tests the embedded ClickHouse: one supervised store process for a whole
// test binary, and a database of its own for every test.
//
//	func TestStore(t *testing.T) {
//		url, token := embeddedtest.URL(t) // http://127.0.0.1:PORT/takt_test_ab12cd
//		...
//	}
//
// The engine runs in the child only, so the test binary itself works under -race. Without libchdb.so a
// test is skipped, or fails when TAKT_REQUIRE=1. The program is $TAKT_BIN when set, else built once per
// test binary. Everything is removed shortly after the test binary has ended, however it ended.
package embeddedtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"takt/features/embedded"
)

// URL names a fresh database of the shared store as http://127.0.0.1:PORT/DATABASE, and the token that
// opens it. The database is dropped when the test ends.
func URL(t testing.TB) (base, token string) {
	t.Helper()
	sup := Shared(t)
	database := "takt_test_" + strings.ToLower(rand.Text()[:10])
	exec := func(sql string) {
		if err := run(sup, sql); err != nil {
			t.Errorf("embedded store: %v", err)
		}
	}
	exec("CREATE DATABASE " + database)
	t.Cleanup(func() { exec("DROP DATABASE " + database + " SYNC") })
	return sup.URL() + "/" + database, sup.Token()
}

// DSN is URL with the token inside, as clickhouse.ParseDSN takes it.
func DSN(t testing.TB) string {
	t.Helper()
	base, token := URL(t)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("default", token)
	return u.String()
}

// Shared is the store process of this test binary, started on first use. Do not stop it.
func Shared(t testing.TB) *embedded.Supervisor {
	t.Helper()
	need(t)
	sup, err := shared()
	if err != nil {
		t.Fatalf("embedded store: %v", err)
	}
	return sup
}

// Command is the program and its first arguments that run a store process, for
// embedded.SuperviseOptions.Command.
func Command(t testing.TB) []string {
	t.Helper()
	need(t)
	command, err := command()
	if err != nil {
		t.Fatalf("embedded store: %v", err)
	}
	return command
}

// need skips the test when there is no libchdb.so, or fails it when TAKT_REQUIRE=1.
func need(t testing.TB) {
	t.Helper()
	switch _, err := embedded.Locate(); {
	case err == nil:
	case os.Getenv("TAKT_REQUIRE") == "1":
		t.Fatalf("TAKT_REQUIRE=1, but %v", err)
	default:
		t.Skipf("needs the embedded ClickHouse: %v", err)
	}
}

// One directory, program and process per test binary, each made on first use. The locking is inside.
var (
	scratch = sync.OnceValues(makeScratch)
	command = sync.OnceValues(build)
	shared  = sync.OnceValues(start)
)

// scratchDir is a directory that vanishes when this process has ended, however it ends: a shell waits for
// the end of its input and removes it. There is no hook at the end of a test binary that a helper package
// could use.
type scratchDir struct {
	path string
	held io.Closer // the shell's input; collected as garbage it would be closed
}

func makeScratch() (*scratchDir, error) {
	dir, err := os.MkdirTemp("", "takt-embeddedtest-")
	if err != nil {
		return nil, err
	}
	remove := exec.Command("/bin/sh", "-c", `cat >/dev/null; sleep 3; rm -rf "$1" || { sleep 5; rm -rf "$1"; }`, "remove", dir)
	held, err := remove.StdinPipe()
	if err == nil {
		err = remove.Start()
	}
	return &scratchDir{dir, held}, err
}

// build compiles the smallest store process, without the race detector.
func build() ([]string, error) {
	if bin := os.Getenv("TAKT_BIN"); bin != "" {
		return []string{bin, "store"}, nil
	}
	dir, err := scratch()
	if err != nil {
		return nil, err
	}
	bin := filepath.Join(dir.path, "store")
	out, err := exec.Command("go", "build", "-o", bin, "takt/features/embedded/internal/storemain").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build the store process: %w\n%s", err, out)
	}
	return []string{bin}, nil
}

func start() (*embedded.Supervisor, error) {
	argv, err := command()
	if err != nil {
		return nil, err
	}
	dir, err := scratch()
	if err != nil {
		return nil, err
	}
	return embedded.Supervise(context.Background(), embedded.SuperviseOptions{
		Path: filepath.Join(dir.path, "data"), Command: argv, MemoryLimit: 2 << 30,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

func run(sup *embedded.Supervisor, sql string) error {
	req, err := http.NewRequest(http.MethodPost, sup.URL(), strings.NewReader(sql))
	if err != nil {
		return err
	}
	req.Header.Set("X-ClickHouse-Key", sup.Token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return err
}
