package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The library this product is built and tested with.
const (
	LibraryVersion = "26.7.3" // of libchdb; its ClickHouse is 26.7.2.1
	LibrarySHA256  = "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5"
	libraryName    = "libchdb.so"
	installedAt    = "features/embedded/npm/node_modules/@chdb/lib-linux-x64-gnu/" + libraryName
)

// ErrNoLibrary says that libchdb.so was not found anywhere Locate looks.
var ErrNoLibrary = errors.New("libchdb.so not found: run `make setup`, or set TAKT_CHDB_LIB to its path")

// ErrWrongLibrary says that a file is not the libchdb.so of LibrarySHA256.
var ErrWrongLibrary = errors.New("not the libchdb.so this program was built for: run `make setup`")

// Library is a found libchdb.so.
type Library struct {
	Path string // absolute
}

// Locate searches, in this order: $TAKT_CHDB_LIB, the directory of the executable, the npm directory of
// a source tree (from the working directory up to the one with go.mod), /usr/local/lib. It does not read
// the file: Verify does.
func Locate() (Library, error) {
	if set := os.Getenv("TAKT_CHDB_LIB"); set != "" {
		if !isFile(set) {
			return Library{}, fmt.Errorf("TAKT_CHDB_LIB=%s is no file: %w", set, ErrNoLibrary)
		}
		return absolute(set)
	}
	for _, path := range candidates() {
		if isFile(path) {
			return absolute(path)
		}
	}
	return Library{}, ErrNoLibrary
}

func candidates() []string {
	var paths []string
	if exe, err := os.Executable(); err == nil {
		paths = append(paths, filepath.Join(filepath.Dir(exe), libraryName))
	}
	if dir, err := os.Getwd(); err == nil {
		for {
			paths = append(paths, filepath.Join(dir, filepath.FromSlash(installedAt)))
			if isFile(filepath.Join(dir, "go.mod")) || dir == filepath.Dir(dir) {
				break
			}
			dir = filepath.Dir(dir)
		}
	}
	return append(paths, filepath.Join("/usr/local/lib", libraryName))
}

func absolute(path string) (Library, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Library{}, fmt.Errorf("locate %s: %w", path, err)
	}
	return Library{Path: abs}, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Verify reads the file at path (566 MB, about a second) and compares its SHA-256 with LibrarySHA256.
// Other contents are ErrWrongLibrary.
func Verify(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("verify library: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("verify library: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != LibrarySHA256 {
		return fmt.Errorf("%s has SHA-256 %s: %w", path, got, ErrWrongLibrary)
	}
	return nil
}
