package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"takt/features/export"
)

// target is where an export goes. A file or directory appears under its name when it is complete.
type target struct {
	sink  export.Sink
	close func(err error) error // with the error of the export, if any; gives back what went wrong first
}

func openTarget(x *exporting) (*target, error) {
	archive := x.format == "npy" && (x.out == "-" || filepath.Ext(x.out) == ".npz")
	switch {
	case x.format == "npy" && !archive:
		return openDirectory(x.out)
	case x.out == "-" && !archive:
		return &target{sinkOf(x.format, os.Stdout), func(err error) error { return err }}, nil
	case x.out == "-":
		return openArchive(os.Stdout, os.TempDir(), func(err error) error { return err })
	}
	f, err := os.Create(x.out + ".part")
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	finish := func(err error) error {
		if err = errors.Join(err, f.Close()); err == nil {
			err = os.Rename(f.Name(), x.out)
		}
		if err != nil {
			os.Remove(f.Name())
		}
		return err
	}
	if archive {
		return openArchive(f, filepath.Dir(x.out), finish)
	}
	return &target{sinkOf(x.format, f), finish}, nil
}

func sinkOf(format string, w io.Writer) export.Sink {
	switch format {
	case "parquet":
		return export.Parquet(w)
	case "arrow":
		return export.Arrow(w)
	}
	return export.CSV(w)
}

// openArchive lets the arrays of an archive grow in a new directory below dir.
func openArchive(w io.Writer, dir string, finish func(error) error) (*target, error) {
	scratch, err := os.MkdirTemp(dir, ".takt-export-*")
	if err != nil {
		return nil, finish(fmt.Errorf("make room for the arrays: %w", err))
	}
	return &target{export.NPZ(w, scratch), func(err error) error { return finish(errors.Join(err, os.RemoveAll(scratch))) }}, nil
}

// openDirectory makes a directory of arrays; an existing one must be empty.
func openDirectory(out string) (*target, error) {
	if files, err := os.ReadDir(out); err == nil && len(files) > 0 {
		return nil, usage(fmt.Errorf("--out: %s is not empty; name a new directory, or an archive such as decisions.npz", out))
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, usage(fmt.Errorf("--out: %w; name a new directory, or an archive such as decisions.npz", err))
	}
	part := filepath.Clean(out) + ".part"
	err := errors.Join(os.RemoveAll(part), os.Mkdir(part, 0o777))
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return &target{export.NPY(part), func(err error) error {
		if err == nil {
			err = os.Rename(part, out)
		}
		if err != nil {
			os.RemoveAll(part)
		}
		return err
	}}, nil
}
