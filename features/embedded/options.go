package embedded

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
)

// Options say what the store process runs.
type Options struct {
	// Path is the store directory. Required; made when absent.
	Path string
	// Listen is a loopback address. Defaults to "127.0.0.1:0", any free port.
	Listen string
	// BackupDir is the one directory BACKUP and RESTORE may use. Defaults to Path/backups.
	BackupDir string
	// Connections is how many statements run at once. Defaults to 16.
	Connections int
	// MemoryLimit is the most the engine may allocate, in bytes. Defaults to half of the machine's
	// memory, at most 4 GiB.
	MemoryLimit int64
	// Threads is the most threads of one statement. Defaults to the number of cores.
	Threads int

	// Stdin gives the token in its first line, then nothing; its end ends the store. Defaults to
	// standard input.
	Stdin io.Reader
	// Report gets one line of JSON, the address or why there is none. Defaults to file descriptor 3.
	Report io.WriteCloser
	// Logger defaults to JSON lines on standard error, which a Supervisor passes on.
	Logger *slog.Logger
}

// ParseArgs reads the command line that Args writes.
func ParseArgs(args []string) (Options, error) {
	var o Options
	fs := flag.NewFlagSet("store", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.Path, "path", "", "store directory")
	fs.StringVar(&o.Listen, "listen", "", "loopback address")
	fs.StringVar(&o.BackupDir, "backup-dir", "", "directory for BACKUP and RESTORE")
	fs.IntVar(&o.Connections, "connections", 0, "statements that run at once")
	fs.Int64Var(&o.MemoryLimit, "memory-limit", 0, "bytes the engine may allocate")
	fs.IntVar(&o.Threads, "threads", 0, "threads of one statement")
	if err := fs.Parse(args); err != nil {
		return o, fmt.Errorf("store arguments: %w", err)
	}
	if o.Path == "" || fs.NArg() > 0 {
		return o, errors.New("store arguments: --path DIR is required, and nothing besides flags")
	}
	return o, nil
}

// Args is the command line for o, without program and command name.
func (o Options) Args() []string {
	args := []string{"--path", o.Path}
	if o.Listen != "" {
		args = append(args, "--listen", o.Listen)
	}
	if o.BackupDir != "" {
		args = append(args, "--backup-dir", o.BackupDir)
	}
	if o.Connections > 0 {
		args = append(args, "--connections", strconv.Itoa(o.Connections))
	}
	if o.MemoryLimit > 0 {
		args = append(args, "--memory-limit", strconv.FormatInt(o.MemoryLimit, 10))
	}
	if o.Threads > 0 {
		args = append(args, "--threads", strconv.Itoa(o.Threads))
	}
	return args
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Report == nil {
		o.Report = os.NewFile(3, "report")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return o
}
