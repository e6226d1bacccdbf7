package rules

import (
	"embed"
	"io/fs"
)

//go:embed scenarios
var scenarios embed.FS

// Scenarios are the files of scenarios of the embedded packs: every rule at its edge, on both sides. Package
// cmd/scenario reads and runs them.
func Scenarios() fs.FS {
	files, err := fs.Sub(scenarios, "scenarios")
	if err != nil {
		panic("rules: no embedded scenarios: " + err.Error())
	}
	return files
}
