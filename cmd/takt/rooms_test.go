package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms in order: a package imports only packages of its own room and of rooms before it.
var rooms = []string{"engine", "features", "models", "experiments", "api", "cmd", "notebooks"}

// homes of technology: only packages below the named path may import the module.
var homes = map[string][]string{
	"github.com/labstack/echo/v4":         {"takt/api"},
	"github.com/ClickHouse/clickhouse-go": {"takt/features/history/clickhouse", "takt/features/embedded"},
	"github.com/apache/arrow/go":          {"takt/features", "takt/models", "takt/experiments"},
	"github.com/sjwhitworth/golearn":      {"takt/models"},
	"github.com/spf13/cobra":              {"takt/cmd"},
	"github.com/knadh/koanf":              {"takt/cmd"},
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// The one-way rule of rooms, tests included, and the one home of each technology.
func TestRoomsImportOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "takt/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if from, to := room(p.ImportPath), room(imp); to >= 0 && (from < 0 || to > from || rooms[to] == "notebooks") {
				t.Errorf("%s imports %s: rooms go %s", p.ImportPath, imp, strings.Join(rooms, " -> "))
			}
			if rooms[max(room(p.ImportPath), 0)] == "engine" && strings.Contains(strings.Split(imp, "/")[0], ".") && !allowedInEngine(p.ImportPath, imp) {
				t.Errorf("%s imports %s: the engine stands on the standard library and gonum", p.ImportPath, imp)
			}
			for module, at := range homes {
				if strings.HasPrefix(imp, module) && !slices.ContainsFunc(at, func(h string) bool { return strings.HasPrefix(p.ImportPath, h) }) {
					t.Errorf("%s imports %s: its home is %v", p.ImportPath, imp, at)
				}
			}
		}
	}
	if seen < 10 {
		t.Fatalf("go list named %d packages only", seen)
	}
}

// room is the position of a package's room, or -1.
func room(path string) int {
	name, ok := strings.CutPrefix(path, "takt/")
	if !ok {
		return -1
	}
	name, _, _ = strings.Cut(name, "/")
	return slices.Index(rooms, name)
}

// readers are the packages of the engine that read YAML.
var readers = []string{"catalogue", "ladder", "rules", "strict"}

func allowedInEngine(pkg, imp string) bool {
	test := []string{"pgregory.net/rapid", "github.com/google/go-cmp"}
	if slices.ContainsFunc(test, func(m string) bool { return strings.HasPrefix(imp, m) }) || strings.HasPrefix(imp, "gonum.org/v1/gonum") {
		return true
	}
	return imp == "go.yaml.in/yaml/v3" && slices.ContainsFunc(readers, func(r string) bool { return strings.HasPrefix(pkg, "takt/engine/"+r) })
}
