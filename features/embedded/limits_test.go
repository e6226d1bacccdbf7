package embedded_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"takt/features/embedded"
)

func TestMemoryLimit(t *testing.T) {
	sup, _ := supervise(t, embedded.SuperviseOptions{MemoryLimit: 400 << 20})
	conn := openSupervised(t, sup)
	pid := sup.Pid()
	for _, sql := range []string{
		"SELECT length(groupArray(number)) FROM numbers(1000000000)",
		"SELECT repeat('x', 200) FROM numbers(100000000) FORMAT JSON", // formed as a whole
	} {
		err := conn.Exec(t.Context(), sql)
		var e *clickhouse.Exception
		if !errors.As(err, &e) || e.Code != 241 {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if got := scalar[uint64](t, conn, "SELECT toUInt64(42)"); got != 42 || sup.Pid() != pid {
		t.Errorf("after the limit: %d, process %d, before %d", got, sup.Pid(), pid)
	}
}

// A result far larger than the memory limit streams through.
func TestStreamingIsBounded(t *testing.T) {
	const limit, rows, width = 300 << 20, 3_000_000, 200
	sup, _ := supervise(t, embedded.SuperviseOptions{MemoryLimit: limit, Threads: 1})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sup.URL(), strings.NewReader(fmt.Sprintf("SELECT number, repeat('x', %d) FROM numbers(%d) FORMAT RowBinary", width, rows)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-ClickHouse-Key", sup.Token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if want := int64(rows * (8 + 2 + width)); err != nil || n != want {
		t.Fatalf("read %d bytes of %d: %v", n, want, err)
	}
	if peak := anonymousPeak(t, sup.Pid()); peak > limit {
		t.Errorf("peak memory %d MiB for a stream of %d MiB", peak>>20, n>>20)
	}
}

// anonymousPeak is the most memory a process had resident, less the pages of files (the library) now.
func anonymousPeak(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no process status here: %v", err)
	}
	kib := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		n, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		kib[name], _ = strconv.ParseInt(n, 10, 64)
	}
	return (kib["VmHWM"] - kib["RssFile"]) << 10
}
