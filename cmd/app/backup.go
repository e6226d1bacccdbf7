package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// storeArchive is the embedded store inside a backup.
const storeArchive = "store.tar"

// VaultCopy is where a backup keeps the vault: beside it, in one file for all backups of the directory, so
// that a key destroyed is gone for all of them.
func VaultCopy(backup string) string { return filepath.Join(filepath.Dir(backup), "takt.vault") }

// Backup writes journal, API keys, audit log and, if it is embedded, the store into one file, and the vault
// beside it; see VaultCopy. Shipping stands still meanwhile, so that store and journal fit together without
// gap; decisions go on.
func (a *App) Backup(ctx context.Context, dst string) error {
	return a.desk.Exclusive(func() error { return a.backup(ctx, dst) })
}

func (a *App) backup(ctx context.Context, dst string) error {
	work, err := os.MkdirTemp(a.Dir.Path, "backup-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(work)
	err = a.pause(ctx, func() error {
		if a.store.child != nil {
			if err := a.backupStore(ctx, filepath.Join(work, storeArchive)); err != nil {
				return err
			}
		}
		return a.journal.Snapshot(filepath.Join(work, "journal"))
	})
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, path := range []string{a.Dir.Keys(), a.Dir.Audit()} {
		if err := copyFile(filepath.Join(work, filepath.Base(path)), path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("backup: %w", err)
		}
	}
	// First the note where the copy is: from then on erasures reach it.
	err = os.WriteFile(a.Dir.vaultCopy(), []byte(VaultCopy(dst)+"\n"), 0o600)
	if err == nil {
		err = a.vault.Copy(VaultCopy(dst))
	}
	if err == nil {
		err = pack(dst, work)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// backupStore lets ClickHouse write a consistent archive of the database, and takes it.
func (a *App) backupStore(ctx context.Context, dst string) error {
	name := fmt.Sprintf("takt-%d.tar", time.Now().UnixNano())
	at := filepath.Join(a.Dir.backups(), name)
	if err := a.storeSQL(ctx, fmt.Sprintf("BACKUP DATABASE %s TO File('%s')", database, at)); err != nil {
		return err
	}
	return os.Rename(at, dst)
}

// storeSQL runs one statement in the embedded store.
func (a *App) storeSQL(ctx context.Context, sql string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.store.child.URL()+"/", strings.NewReader(sql))
	if err != nil {
		return fmt.Errorf("ask the store: %w", err)
	}
	req.Header.Set("X-ClickHouse-Key", a.store.child.Token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the store: %w", err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(io.LimitReader(resp.Body, 2000)); resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the store answered %d: %s", resp.StatusCode, b)
	}
	return nil
}

// pack writes the directory as a gzipped tar, whole or not at all.
func pack(dst, dir string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(dst), ".takt-backup-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	z := gzip.NewWriter(f)
	t := tar.NewWriter(z)
	err = errors.Join(t.AddFS(os.DirFS(dir)), t.Close(), z.Close(), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), dst)
}

func copyFile(dst, src string) error {
	b, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, b, 0o600)
}
