package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"takt/features/embedded"
	"takt/features/embedded/embeddedtest"
)

// parentPath makes this test binary a small program that supervises a store in that directory, says the
// child's process id, URL and token and waits: what `takt serve` is to `takt store`.
const parentPath = "TAKT_TEST_PARENT_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(parentPath); path != "" {
		sup, err := embedded.Supervise(context.Background(), embedded.SuperviseOptions{Path: path, Command: strings.Split(os.Getenv("TAKT_TEST_COMMAND"), "\n")})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(sup.Pid(), sup.URL(), sup.Token())
		select {}
	}
	os.Exit(m.Run())
}

// logs collects what a supervisor says.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// supervise starts a store of its own for one test.
func supervise(t *testing.T, o embedded.SuperviseOptions) (*embedded.Supervisor, *logs) {
	t.Helper()
	l := &logs{}
	o.Logger = slog.New(slog.NewTextHandler(l, nil))
	o.Command = embeddedtest.Command(t)
	if o.Path == "" {
		o.Path = t.TempDir()
	}
	sup, err := embedded.Supervise(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	t.Cleanup(sup.Stop)
	return sup, l
}

// openSupervised connects through the supervisor, so that restarts are followed.
func openSupervised(t *testing.T, sup *embedded.Supervisor) driver.Conn {
	t.Helper()
	conn, err := clickhouse.Open(&clickhouse.Options{
		Protocol: clickhouse.HTTP, Addr: []string{"store"}, Auth: clickhouse.Auth{Username: "default", Password: sup.Token()}, DialContext: sup.DialContext,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

func postRaw(url, token, sql string) error {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(sql))
	if err != nil {
		return err
	}
	req.Header.Set("X-ClickHouse-Key", token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// alive says whether the process runs; one that ended counts as gone even before its new parent has
// waited for it.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}
