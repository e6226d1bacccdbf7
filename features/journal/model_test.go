package journal

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fastDir is a new directory in memory where there is such a place: order is
// tested here, not the disk.
func fastDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "journal")
	if err != nil {
		dir, err = os.MkdirTemp(t.TempDir(), "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestModel runs random sequences of everything a log can do against a list of
// numbers: what was acknowledged and not shipped is what Tail reads, whatever
// was closed, killed, copied or restored in between.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		root := fastDir(t)
		defer os.RemoveAll(root)
		o := small()
		o.BatchRecords = rapid.IntRange(1, 20).Draw(rt, "batch")
		dir, dirs := filepath.Join(root, "0"), 0
		l := open(t, dir, o)
		defer func() { l.Close() }()
		var want []uint64 // unshipped
		last := uint64(0)
		moveTo := func(how func(dst string)) {
			dirs++
			dst := filepath.Join(root, string(rune('0'+dirs)))
			how(dst)
			l.Close()
			l, dir = open(t, dst, o), dst
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				for range rapid.IntRange(1, 15).Draw(rt, "n") {
					add(t, l, 1)
					last++
					want = append(want, last)
				}
			},
			"appendBatch": func(rt *rapid.T) {
				n := rapid.Uint64Range(1, 15).Draw(rt, "n")
				c, err := l.AppendBatch(entries(last+1, n))
				if err != nil || c.Wait(t.Context()) != nil || c.First != last+1 || c.Last != last+n {
					rt.Fatalf("%d..%d, %v", c.First, c.Last, err)
				}
				want = append(want, run(last+1, last+n)...)
				last += n
			},
			"ship": func(rt *rapid.T) {
				batches := rapid.IntRange(1, 4).Draw(rt, "batches")
				if len(want) == 0 {
					return
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				l.Ship(ctx, func(_ context.Context, b Batch) error {
					for i, r := range b.Records {
						if r.Seq != want[i] {
							rt.Fatalf("shipped %d, want %d", r.Seq, want[i])
						}
					}
					want = want[len(b.Records):]
					if batches--; batches == 0 || len(want) == 0 {
						cancel()
					}
					return nil
				})
			},
			"reopen":   func(*rapid.T) { l.Close(); l = open(t, dir, o) },
			"crash":    func(*rapid.T) { moveTo(func(dst string) { os.CopyFS(dst, os.DirFS(dir)) }) },
			"snapshot": func(rt *rapid.T) { moveTo(func(dst string) { l.Snapshot(dst) }) },
			"": func(rt *rapid.T) {
				if got := tailSeqs(t, l); !slices.Equal(got, want) {
					rt.Fatalf("tail %v, want %v", got, want)
				}
				if n, _ := l.Unshipped(); n != int64(len(want)) || l.LastSeq() != last {
					rt.Fatalf("%d unshipped of %d, last %d of %d", n, len(want), l.LastSeq(), last)
				}
			},
		})
	})
}
