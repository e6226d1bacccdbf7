package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const killWriters = 64

// killChild is the environment variable that makes TestKillChild the victim.
const killChild = "TAKT_JOURNAL_KILL_DIR"

// sunk is one line of the victim's store: a batch it has accepted.
type sunk struct {
	Token    string
	From, To uint64
	IDs      []string
}

// TestKillChild is the process TestKill kills: 64 writers append, each record
// that is acknowledged is told to the parent, batches go to a file.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killChild)
	if dir == "" {
		return // nothing by itself
	}
	l, err := Open(filepath.Join(dir, "journal"), &Options{SegmentBytes: 64 << 10, BatchRecords: 1000, BatchDelay: 2 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	acks := os.NewFile(3, "acks")
	store, err := os.OpenFile(filepath.Join(dir, "store"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	store.WriteString("\n") // ends what the one before was killed in
	go l.Ship(t.Context(), func(_ context.Context, b Batch) error {
		line := sunk{Token: b.Token, From: b.From, To: b.To}
		for _, r := range b.Records {
			line.IDs = append(line.IDs, string(r.Payload[:strings.IndexByte(string(r.Payload), ' ')]))
		}
		j, err := json.Marshal(line)
		if err == nil {
			_, err = store.Write(append(j, '\n'))
		}
		time.Sleep(5 * time.Millisecond) // accepted, and the answer is on its way
		return err
	})
	for w := range killWriters {
		go func() {
			filler := strings.Repeat(" filler", 10+w)
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				c, err := l.Append(1, []byte(id+filler))
				if err == nil {
					err = c.Wait(t.Context())
				}
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Fprintf(acks, "%d %s\n", c.Last, id) // one write: atomic on a pipe
			}
		}()
	}
	<-t.Context().Done()
}

// TestKill kills a journal under 64 writers with SIGKILL at random moments, 24
// times on the same directory (6 with -short). Afterwards every acknowledged
// record is exactly once in the store (equal tokens count once, as they do in
// ClickHouse) or in the journal, under its number, and nothing is there twice.
func TestKill(t *testing.T) {
	rounds := 24
	if testing.Short() {
		rounds = 6
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	acked := map[string]uint64{} // id -> seq
	var torn int64
	for range rounds {
		killOnce(t, dir, time.Duration(rng.IntN(60))*time.Millisecond, acked)
		rep, err := Read(filepath.Join(dir, "journal"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if rep.TornBytes > 0 {
			torn++
		}
	}
	seqs, batches, again := readSunk(t, filepath.Join(dir, "store"))
	shipped := len(seqs)
	if _, err := Read(filepath.Join(dir, "journal"), func(r Record) error {
		id, _, ok := strings.Cut(string(r.Payload), " ")
		if !ok || seqs[id] != 0 {
			// A batch that was accepted and not noted is in both.
			if !ok || seqs[id] != r.Seq {
				return fmt.Errorf("%q is twice, as %d and %d", id, seqs[id], r.Seq)
			}
		}
		seqs[id] = r.Seq
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for id, seq := range acked {
		if seqs[id] != seq {
			t.Errorf("acknowledged record %s has number %d, was %d", id, seqs[id], seq)
		}
	}
	bySeq := map[uint64]string{}
	for id, seq := range seqs {
		if bySeq[seq] != "" {
			t.Errorf("number %d is %s and %s", seq, id, bySeq[seq])
		}
		bySeq[seq] = id
	}
	t.Logf("%d kills: %d acknowledged, %d found, %d of them in %d batches (%d handed out again), %d torn tails",
		rounds, len(acked), len(seqs), shipped, batches, again, torn)
	if len(acked) < 100*rounds || shipped == 0 {
		t.Errorf("too little happened to mean anything")
	}
}

// killOnce starts the victim, waits for its first acknowledgement and then for
// after, and kills it.
func killOnce(t *testing.T, dir string, after time.Duration, acked map[string]uint64) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out strings.Builder
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), killChild+"="+dir)
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{w}, &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var killed atomic.Bool
	lines := bufio.NewScanner(r)
	for n := 0; lines.Scan(); n++ {
		if n == 0 {
			time.AfterFunc(after, func() { killed.Store(true); cmd.Process.Kill() })
		}
		var seq uint64
		var id string
		if _, err := fmt.Sscanf(lines.Text(), "%d %s", &seq, &id); err != nil {
			t.Fatalf("acknowledgement %q: %v", lines.Text(), err)
		}
		if acked[id] != 0 {
			t.Errorf("%s was acknowledged twice", id)
		}
		acked[id] = seq
	}
	if err := cmd.Wait(); err == nil || !killed.Load() {
		t.Fatalf("the victim ended by itself: %v\n%s", err, &out)
	}
}

// readSunk returns id -> seq of the victim's store, its batches, and how many
// came again. A token must always stand for the same records.
func readSunk(t *testing.T, path string) (seqs map[string]uint64, batches, again int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seqs = map[string]uint64{}
	tokens := map[string]string{}
	next := uint64(1)
	for line := range strings.Lines(string(data)) {
		var b sunk
		if err := json.Unmarshal([]byte(line), &b); err != nil {
			continue // killed inside the write: not accepted
		}
		if ids := strings.Join(b.IDs, ","); tokens[b.Token] == ids {
			again++
			continue
		} else if tokens[b.Token] != "" {
			t.Errorf("token %s stands for other records than before", b.Token)
		} else {
			tokens[b.Token] = ids
		}
		if b.From != next || b.To != next+uint64(len(b.IDs))-1 {
			t.Errorf("batch %d..%d of %d records, want it to start at %d", b.From, b.To, len(b.IDs), next)
		}
		for i, id := range b.IDs {
			if seqs[id] != 0 {
				t.Errorf("%s was stored twice, as %d and %d", id, seqs[id], b.From+uint64(i))
			}
			seqs[id] = b.From + uint64(i)
		}
		next = b.To + 1
		batches++
	}
	return seqs, batches, again
}
