package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"takt/api/keys"
	"takt/cmd/app"
	"takt/cmd/config"
	"takt/features/embedded"
	"takt/features/journal"
)

// finding is one line of the doctor: what was looked at, how it is, and the way out.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// errSick ends the doctor with exit code 1 after the findings were printed.
var errSick = errors.New("something needs attention, see above")

func newDoctor(e *env) *cobra.Command {
	return &cobra.Command{Use: "doctor", Short: "check everything a server needs and name the way out", RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := config.Load(e.file, cmd.Flags())
		if err != nil {
			return errors.Join(e.printFindings([]finding{{"configuration", false, err.Error()}}), errSick)
		}
		all := diagnose(cmd.Context(), c)
		if err := e.printFindings(all); err != nil {
			return err
		}
		for _, f := range all {
			if !f.OK {
				return errSick
			}
		}
		return nil
	}}
}

func (e *env) printFindings(all []finding) error {
	return e.print(all, func(w io.Writer) error {
		for _, f := range all {
			mark := "ok  "
			if !f.OK {
				mark = "FAIL"
			}
			if _, err := fmt.Fprintf(w, "%s  %-14s %s\n", mark, f.Check, f.Detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// diagnose looks at everything once; a check that does not apply is left out.
func diagnose(ctx context.Context, c *config.Config) []finding {
	all := []finding{{"configuration", true, fmt.Sprintf("%d tenants named, clock %s", len(c.Tenants), c.Clock)}}
	add := func(name string, detail string, err error) {
		if err != nil {
			detail = err.Error()
		}
		all = append(all, finding{name, err == nil, detail})
	}
	if app.Embedded(c.Store) {
		lib, err := embedded.Locate()
		if err == nil {
			err = embedded.Verify(lib.Path)
		}
		add("library", fmt.Sprintf("%s, libchdb %s, sha256 %.12s…", lib.Path, embedded.LibraryVersion, embedded.LibrarySHA256), err)
	}
	run, err := app.FindRun(c.Data)
	if run != nil {
		add("server", fmt.Sprintf("process %d answers at %s", run.Pid, run.API), err)
		add("store", app.Redact(run.Store), app.PingStore(ctx, run))
		return append(all, checkKeys(c), checkDisk(c))
	}
	add("server", "none is running on this data directory", err)
	d, err := app.Claim(c.Data)
	add("data", "may be written: "+c.Data, err)
	if err != nil {
		return all
	}
	defer d.Release()
	report, err := journal.Read(d.Journal(), func(journal.Record) error { return nil })
	if errors.Is(err, os.ErrNotExist) {
		add("journal", "none yet", nil)
	} else {
		add("journal", fmt.Sprintf("%d records not yet in the store", report.Records), err)
	}
	add("store", app.Redact(c.Store), app.TryStore(ctx, c, d))
	all = append(all, checkKeys(c), checkDisk(c))
	for _, addr := range []string{c.Listen, c.Metrics} {
		if addr != "off" {
			add("port", addr+" is free", checkPort(addr))
		}
	}
	return all
}

func checkKeys(c *config.Config) finding {
	all, err := keys.List((&app.Dir{Path: c.Data}).Keys())
	if err != nil {
		return finding{"keys", false, err.Error()}
	}
	valid := 0
	for _, k := range all {
		if k.Valid(time.Now()) == nil {
			valid++
		}
	}
	if valid == 0 {
		return finding{"keys", false, "no valid API key: takt keys create --tenant acme --role decide"}
	}
	return finding{"keys", true, fmt.Sprintf("%d valid of %d", valid, len(all))}
}

// leastFree is the room a server wants before it starts; below it the journal soon answers 503.
const leastFree = 1 << 30

func checkDisk(c *config.Config) finding {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(c.Data, &fs); err != nil {
		return finding{"disk", false, fmt.Sprintf("stat %s: %v", c.Data, err)}
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	if free < leastFree {
		return finding{"disk", false, fmt.Sprintf("%d MiB free at %s; make room for 1 GiB at least", free>>20, c.Data)}
	}
	return finding{"disk", true, fmt.Sprintf("%d GiB free", free>>30)}
}

func checkPort(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w; choose another with --listen or --metrics", err)
	}
	return l.Close()
}
