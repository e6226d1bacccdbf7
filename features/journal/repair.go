package journal

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"takt/features/internal/disk"
)

// prepareDir makes an empty journal if there is none, and removes files that a
// crash kept from getting their name.
func prepareDir(dir string, random io.Reader) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make journal directory: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read journal directory: %w", err)
	}
	fresh := true
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, tempExt) {
			os.Remove(filepath.Join(dir, name))
		} else if name == positionName || strings.HasSuffix(name, segmentExt) {
			fresh = false
		}
	}
	if !fresh {
		return nil
	}
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return fmt.Errorf("make journal id: %w", err)
	}
	return createPosition(dir, id, position{next: 1})
}

// repair cuts the last segment behind its last record and removes empty ones.
// Nothing that was acknowledged goes. The sync matters: after a killed process
// the records are in the page cache and perhaps nowhere else.
func (im *image) repair(dir string, log *slog.Logger) error {
	if im.badSlots > 0 {
		log.Warn("journal position: one of two copies is damaged, using the other", "dir", dir)
	}
	if im.torn.reason != "" {
		log.Warn("journal: cut off an unacknowledged write", "segment", filepath.Base(im.torn.path),
			"offset", im.torn.offset, "bytes", im.torn.bytes, "reason", im.torn.reason)
	}
	kept := im.segs[:0:0]
	for i, e := range im.segs {
		switch {
		case e.empty():
			if err := os.Remove(e.path); err != nil {
				return fmt.Errorf("remove empty journal segment: %w", err)
			}
			continue
		case i == len(im.segs)-1:
			if err := cutFile(e); err != nil {
				return err
			}
		}
		kept = append(kept, e)
	}
	im.segs = kept
	return disk.SyncDir(dir)
}

func cutFile(e extent) error {
	f, err := os.OpenFile(e.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open journal segment %d: %w", e.first, err)
	}
	defer f.Close()
	return (&segment{f: f, first: e.first, end: e.end}).cut()
}
