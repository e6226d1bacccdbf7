package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// print writes v as JSON if --json was given, else calls text.
func (e *env) print(v any, text func(w io.Writer) error) error {
	w := e.cmd.OutOrStdout()
	if !e.json {
		return text(w)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// progress is a bar on standard error, or silence where that is no terminal.
func progress(what string, of int64, bytes bool) *progressbar.ProgressBar {
	if !isatty.IsTerminal(os.Stderr.Fd()) {
		return progressbar.DefaultSilent(of, what)
	}
	if bytes {
		return progressbar.DefaultBytes(of, what)
	}
	return progressbar.Default(of, what)
}
