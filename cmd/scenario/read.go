package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"takt/engine"
	"takt/engine/rules"
)

// Embedded are the files of scenarios of the embedded packs.
func Embedded() ([]*File, error) { return walk(rules.Scenarios(), ".", "scenarios") }

// Of are the embedded files about rules: those of their pack and of the packs it includes.
func Of(r *engine.Rules) ([]*File, error) {
	all, err := Embedded()
	origins := map[string]bool{r.Pack: true}
	for _, rule := range r.All() {
		origins[rule.Origin] = true
	}
	return slices.DeleteFunc(all, func(f *File) bool { return !origins[f.Pack] }), err
}

// Read reads files, and of directories all files that end in .yaml.
func Read(paths ...string) (all []*File, err error) {
	for _, p := range paths {
		info, bad := os.Stat(p)
		switch {
		case bad != nil:
			return nil, bad
		case info.IsDir():
			files, bad := walk(os.DirFS(p), ".", p)
			if bad == nil && len(files) == 0 {
				bad = fmt.Errorf("%s: holds no file that ends in .yaml", p)
			}
			all, err = append(all, files...), errors.Join(err, bad)
		default:
			files, bad := walk(os.DirFS(filepath.Dir(p)), filepath.Base(p), filepath.Dir(p))
			all, err = append(all, files...), errors.Join(err, bad)
		}
	}
	return all, err
}

// walk reads what lies under root; errors and files name it below shown.
func walk(files fs.FS, root, shown string) (all []*File, err error) {
	bad := fs.WalkDir(files, root, func(p string, d fs.DirEntry, err2 error) error {
		if err2 != nil || d.IsDir() || p != root && path.Ext(p) != ".yaml" {
			return err2
		}
		text, err2 := fs.ReadFile(files, p)
		if err2 != nil {
			return err2
		}
		f, err2 := Parse(filepath.Join(shown, p), text)
		if err2 != nil {
			err = errors.Join(err, err2)
			return nil
		}
		all = append(all, f)
		return nil
	})
	return all, errors.Join(err, bad)
}
