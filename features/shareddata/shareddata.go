// Package shareddata finds real logged data for tests. They are no part of the project: TAKT_SHARED names the
// directory that holds data/, by default the directory shared beside the module's root.
//
//	f, err := os.Open(shareddata.Path(t, "phl-tax-letters/round_two_analysis_owners.csv.gz"))
package shareddata

import (
	"os"
	"path/filepath"
	"testing"
)

// Path is the path of a file below data/. Without it the test is skipped, or fails where TAKT_REQUIRE=1
// forbids skips.
func Path(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("TAKT_SHARED")
	if root == "" {
		root = filepath.Join(Module(t), "..", "shared")
	}
	path := filepath.Join(root, "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TAKT_REQUIRE") == "1" {
			t.Fatalf("TAKT_REQUIRE=1 and no shared data: %v; set TAKT_SHARED to the directory that holds data/", err)
		}
		t.Skipf("no shared data (%v); set TAKT_SHARED to the directory that holds data/", err)
	}
	return path
}

// Module is the module's root, above the package under test.
func Module(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
