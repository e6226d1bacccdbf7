package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"takt/cmd/config"
	"takt/features/vault"
)

// ErrNotEmpty means that a restore would overwrite something.
var ErrNotEmpty = errors.New("the data directory is not empty; restore into a new one with --data")

// Restore unpacks a backup and the vault that belongs to it into an empty data directory. A server started
// on it decides as the old one would have, and knows nothing of those who were erased since.
func Restore(ctx context.Context, c *config.Config, src, vaultCopy string, log *slog.Logger) error {
	if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
		return fmt.Errorf("restore into %s: %w", c.Data, ErrNotEmpty)
	}
	if err := looksLike(src); err != nil {
		return fmt.Errorf("restore %s: %w", src, err)
	}
	keys, err := os.ReadFile(vaultCopy)
	if err != nil {
		return fmt.Errorf("restore: the vault that makes the backup readable: %w; name it with --vault", err)
	}
	d, err := Claim(c.Data)
	if err != nil {
		return err
	}
	defer d.Release()
	if err := vault.Place(d.Vault(), keys); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := unpack(src, d.Path); err != nil {
		return fmt.Errorf("restore %s: %w", src, err)
	}
	archive := filepath.Join(d.Path, storeArchive)
	if _, err := os.Stat(archive); errors.Is(err, fs.ErrNotExist) {
		return nil // the store was a server, it has its own backup
	}
	return restoreStore(ctx, c, d, archive, log)
}

func restoreStore(ctx context.Context, c *config.Config, d *Dir, archive string, log *slog.Logger) error {
	child, err := supervise(ctx, c, d, log)
	if err != nil {
		return err
	}
	defer child.Stop()
	at := filepath.Join(d.backups(), storeArchive)
	if err := os.Rename(archive, at); err != nil {
		return fmt.Errorf("restore the store: %w", err)
	}
	defer os.Remove(at)
	a := &App{Config: c, Dir: d, Log: log, store: &store{child: child}}
	if err := a.storeSQL(ctx, fmt.Sprintf("RESTORE DATABASE %s FROM File('%s')", database, at)); err != nil {
		return fmt.Errorf("restore the store: %w", err)
	}
	return nil
}

// looksLike is nil for a file that may be a backup.
func looksLike(src string) error {
	f, err := os.Open(src)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := gzip.NewReader(f); err != nil {
		return fmt.Errorf("is no backup: %w", err)
	}
	return nil
}

// unpack writes the files of a backup below dir; names that lead outside are refused by os.Root.
func unpack(src, dir string) error {
	f, err := os.Open(src)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("is no backup: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("is no whole backup: %w", err)
		}
		if err := place(root, h, t); err != nil {
			return err
		}
	}
}

func place(root *os.Root, h *tar.Header, r io.Reader) error {
	name := filepath.FromSlash(h.Name)
	if h.Typeflag == tar.TypeDir {
		return root.MkdirAll(name, 0o700)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}
