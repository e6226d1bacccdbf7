package features

import (
	"fmt"
	"sync"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

func marked(n int) *Profile {
	p := New()
	p.First = int64(n)
	return &p
}

// TestProfilesAreAMap runs random steps against a map; the limit is far away.
func TestProfilesAreAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps, want, p := NewProfiles(1<<30), map[string]int64{}, Profile{}
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			debtor := fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "debtor"))
			k := ps.Key("acme", debtor)
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				n := rapid.IntRange(0, 1000).Draw(t, "n")
				ps.Put(k, marked(n))
				want[debtor] = int64(n)
			case 1:
				ps.Delete(k)
				delete(want, debtor)
			case 2:
				keep := rapid.Bool().Draw(t, "keep")
				ps.Update(k, func(p *Profile) bool { p.First++; return keep })
				if _, ok := want[debtor]; ok && keep {
					want[debtor]++
				} else {
					delete(want, debtor)
				}
			case 3:
				ok := ps.Get(k, &p)
				if n, had := want[debtor]; ok != had || ok && p.First != n {
					t.Fatalf("debtor %s: got %d, %v; want %d, %v", debtor, p.First, ok, n, had)
				}
			}
		}
		if got := ps.Stats().Profiles; got != int64(len(want)) {
			t.Fatalf("%d profiles, want %d", got, len(want))
		}
	})
}

func TestProfilesStayWithinTheirBytes(t *testing.T) {
	const limit = 4 << 20
	ps, p := NewProfiles(limit), Profile{}
	for i := range 10_000 {
		ps.Put(ps.Key("acme", fmt.Sprint(i)), marked(i))
		if !ps.Get(ps.Key("acme", fmt.Sprint(i)), &p) || p.First != int64(i) {
			t.Fatalf("profile %d is not there right after Put", i)
		}
	}
	st := ps.Stats()
	if st.Bytes > limit || st.Bytes < limit*8/10 || st.Evicted != 10_000-st.Profiles {
		t.Errorf("%+v; want bytes up to %d, nearly used, and the rest evicted", st, limit)
	}
	present := 0
	for i := range 10_000 {
		if ps.Get(ps.Key("acme", fmt.Sprint(i)), &p) {
			present++
			if p.First != int64(i) {
				t.Fatalf("profile %d holds %d", i, p.First)
			}
		}
	}
	if int64(present) != st.Profiles {
		t.Errorf("%d profiles are found, %d are counted", present, st.Profiles)
	}
}

// TestProfilesInUseStay: CLOCK spares what is asked for.
func TestProfilesInUseStay(t *testing.T) {
	ps, p := NewProfiles(1<<20), Profile{}
	hot := ps.Key("acme", "hot")
	ps.Put(hot, marked(7))
	for i := range 5_000 {
		ps.Put(ps.Key("acme", fmt.Sprint(i)), marked(i))
		if !ps.Get(hot, &p) {
			t.Fatalf("the profile in constant use was evicted after %d others", i)
		}
	}
}

func TestProfilesTakeLittleMoreThanTheirSize(t *testing.T) {
	ps := NewProfiles(1 << 30)
	const n = 50_000
	for i := range n {
		ps.Put(ps.Key("acme", fmt.Sprint(i)), marked(i))
	}
	// The floor of 1.2 is DESIGN.md's; RSS is measured by BenchmarkProfilesMemory.
	if got := float64(ps.Stats().Bytes) / n / float64(unsafe.Sizeof(Profile{})); got > 1.2 {
		t.Errorf("%.3f times the size of a profile", got)
	}
}

func TestKeysTellNamesApart(t *testing.T) {
	ps := NewProfiles(1)
	seen := map[Key]string{}
	for _, a := range []string{"", "a", "b", "ab"} {
		for _, b := range []string{"", "a", "b", "ab"} {
			k := ps.Key(a, b)
			if other, ok := seen[k]; ok {
				t.Errorf("(%q, %q) and %s have one key", a, b, other)
			}
			seen[k] = fmt.Sprintf("(%q, %q)", a, b)
		}
	}
	if NewProfiles(1).Key("a", "b") == ps.Key("a", "b") {
		t.Error("two stores have the same secret")
	}
}

// TestLockAllDoesNotDeadlock takes overlapping sets from many goroutines.
func TestLockAllDoesNotDeadlock(t *testing.T) {
	ps := NewProfiles(1 << 20)
	var wg sync.WaitGroup
	held := make([]int, 8)
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				var set Stripes
				for j := range 8 {
					if (i*7+g*3+j)%3 != 0 {
						set.Add(Key{hi: uint64(j)})
					}
				}
				ps.LockAll(&set)
				for j := range held {
					if set[0]>>j&1 != 0 {
						held[j]++ // the race detector sees any lapse
					}
				}
				ps.UnlockAll(&set)
			}
		})
	}
	wg.Wait()
}
