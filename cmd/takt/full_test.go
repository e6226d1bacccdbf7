package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A full disk answers 503 with a problem, loses nothing that was acknowledged, and the server goes on
// by itself once there is room again. The disk is real: a small tmpfs.
func TestFullDiskAnswers503AndLosesNothing(t *testing.T) {
	needEngine(t)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256m", "takt-test", disk).CombinedOutput(); err != nil {
		skip(t, "needs the right to mount a tmpfs: "+string(out))
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	data := filepath.Join(disk, "data")
	key := createKey(t, data, "acme", "admin")
	s := startServer(t, data)
	l := &load{events: map[string]bool{}, decisions: map[string]string{}}
	for range 40 {
		l.event(s, key)
		l.decision(s, key)
	}
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	refused := 0
	for range 2000 { // the journal reserves a segment of 64 MiB ahead: more than that has to come
		status := l.tryBatch(t, s, key, 2000)
		if status == http.StatusServiceUnavailable {
			refused++
		} else if status != http.StatusAccepted {
			t.Fatalf("a full disk answers %d", status)
		}
		if refused > 5 {
			break
		}
	}
	if refused == 0 {
		t.Fatal("the disk was full and every event was accepted")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	back := false
	for end := time.Now().Add(30 * time.Second); !back && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		back = l.tryBatch(t, s, key, 1) == http.StatusAccepted
	}
	if !back {
		t.Fatalf("there is room again, and events are still refused\n%s", s.log)
	}
	s.kill()
	s = startServer(t, data)
	events := map[string]int{}
	for n := range 40 {
		collectLog(t, s, key, caseOf(int64(n)), events)
	}
	for id := range l.events {
		if events[id] != 1 {
			t.Errorf("acknowledged event %s stands %d times", id, events[id])
		}
	}
	s.stop()
}

// fill takes all room of the file's disk.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4096, 1} {
		for b := make([]byte, size); ; {
			if _, err := f.Write(b); errors.Is(err, syscall.ENOSPC) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tryBatch posts n events at once, remembers them if they were acknowledged, and checks the form of a refusal.
func (l *load) tryBatch(t *testing.T, s *served, key string, n int) int {
	t.Helper()
	var body []byte
	var ids []string
	for range n {
		id, event := l.next()
		ids, body = append(ids, id), append(append(body, event...), '\n')
	}
	status, reply, err := s.call(http.MethodPost, "/v1/events", key, map[string]string{"Content-Type": "application/x-ndjson"}, body)
	if err != nil {
		t.Fatal(err)
	}
	switch status {
	case http.StatusAccepted:
		for _, id := range ids {
			l.events[id] = true
		}
	case http.StatusServiceUnavailable:
		var p struct{ Title, Detail string }
		if json.Unmarshal(reply, &p) != nil || p.Title == "" || p.Detail == "" {
			t.Fatalf("a refusal without problem: %s", reply)
		}
	}
	return status
}
