package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Dir is a data directory: LOCK, journal/, store/, vault, audit.jsonl, keys.json and run.json.
type Dir struct {
	Path string // absolute
	lock *os.File
}

// ErrLocked means that another process owns the data directory.
var ErrLocked = errors.New("the data directory is in use")

// Claim makes the directory if need be and takes its lock, which ends with the process. An error
// that wraps ErrLocked names the owner.
func Claim(path string) (*Dir, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(abs, "LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := os.ReadFile(f.Name())
		f.Close()
		return nil, fmt.Errorf("%w: %s belongs to process %s; stop it or choose another with --data", ErrLocked, abs, strings.TrimSpace(string(owner)))
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, fmt.Sprintln(os.Getpid()))); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	return &Dir{Path: abs, lock: f}, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Release removes run.json and gives the lock back.
func (d *Dir) Release() {
	os.Remove(filepath.Join(d.Path, runFile))
	d.lock.Close()
}

// Journal is where the write-ahead log lies.
func (d *Dir) Journal() string { return filepath.Join(d.Path, "journal") }

// Store is where the embedded ClickHouse keeps its files.
func (d *Dir) Store() string { return filepath.Join(d.Path, "store") }

// backups is the one directory that the store's BACKUP may write and RESTORE read.
func (d *Dir) backups() string { return filepath.Join(d.Store(), "backups") }

// Keys is the file of API keys and tenant secrets.
func (d *Dir) Keys() string { return filepath.Join(d.Path, "keys.json") }

// Vault is the file of the keys that make facts about debtors readable.
func (d *Dir) Vault() string { return filepath.Join(d.Path, "vault") }

// vaultCopy names the copy of the vault that the last backup wrote, so that an erasure reaches it.
func (d *Dir) vaultCopy() string { return filepath.Join(d.Path, "vault.copy") }

// Audit is the log of what people did against or beside the rules.
func (d *Dir) Audit() string { return filepath.Join(d.Path, "audit.jsonl") }

const runFile = "run.json"

// Running is what run.json says of the server that owns a data directory.
type Running struct {
	Pid        int    `json:"pid"`
	API        string `json:"api"`   // URL
	Token      string `json:"token"` // of local commands; any tenant, ends with the server
	Metrics    string `json:"metrics,omitempty"`
	Store      string `json:"store"`                 // URL of the store
	StoreToken string `json:"store_token,omitempty"` // of the embedded store
}

// WriteRun tells commands beside this server how to reach it; only the owner may read it.
func (d *Dir) WriteRun(r Running) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write run.json: %w", err)
	}
	tmp := filepath.Join(d.Path, runFile+".new")
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return fmt.Errorf("write run.json: %w", err)
	}
	return os.Rename(tmp, filepath.Join(d.Path, runFile))
}

// FindRun reads run.json of a data directory whose lock is held. A file that a killed server left
// behind counts as none, since nobody holds the lock.
func FindRun(path string) (*Running, error) {
	b, err := os.ReadFile(filepath.Join(path, runFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the running server: %w", err)
	}
	if d, err := Claim(path); err == nil {
		d.Release()
		return nil, nil
	}
	var r Running
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("find the running server: run.json: %w", err)
	}
	return &r, nil
}
