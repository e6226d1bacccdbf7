package main

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/features/shareddata"
)

// The demo ends with its table and leaves the server running; then the README's two curls, as they
// stand, answer in the README's form, and a promise turns the next decision into hold.
func TestReadmeCurlsAgainstTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the whole demo, about a minute")
	}
	needEngine(t)
	bin, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	pictures := t.TempDir()
	demo := exec.Command(bin, "demo", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--out", pictures)
	demo.Dir = shareddata.Module(t)
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	demo.Stderr = os.Stderr
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.Process.Kill(); _ = demo.Wait() })
	text, api, key := awaitDemo(t, bufio.NewScanner(out))
	for _, want := range []string{"ladder (status quo)", "best fixed: ", "Takt (learning)", "oracle (myopic)", "week by week: ", "one of its decisions", "learning.svg"} {
		if !strings.Contains(text, want) {
			t.Errorf("the demo does not show %q:\n%s", want, text)
		}
	}
	for _, name := range []string{"learning.svg", "learning.png"} {
		if info, err := os.Stat(filepath.Join(pictures, name)); err != nil || info.Size() < 1000 {
			t.Errorf("picture %s: %v %v", name, info, err)
		}
	}
	readme, err := os.ReadFile(filepath.Join(shareddata.Module(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(curl .*?)```\n(?:<!--.*?-->\n)?```json\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) != 2 {
		t.Fatalf("the README shows %d curls with replies, want 2", len(blocks))
	}
	for i, b := range blocks {
		got := curl(t, b[1], api, key)
		if want, have := shape(t, b[2]), shape(t, got); !slices.Equal(want, have) {
			t.Errorf("curl %d: the README's reply has %v, the server's %v", i+1, want, have)
		}
	}
	again := strings.NewReplacer("monday-C-4711", "tuesday-C-4711", "09:12:00+02:00", "10:12:00+02:00").Replace(blocks[0][1])
	var next askReply
	if err := json.Unmarshal([]byte(curl(t, again, api, key)), &next); err != nil || next.Kind != "hold" {
		t.Errorf("after the promise the next decision is %+v, %v", next, err)
	}
}

// awaitDemo reads until the demo has shown how to go on.
func awaitDemo(t *testing.T, lines *bufio.Scanner) (text, api, key string) {
	t.Helper()
	watchdog := time.AfterFunc(8*time.Minute, func() { panic("the demo hangs") })
	defer watchdog.Stop()
	var b strings.Builder
	for lines.Scan() {
		b.WriteString(lines.Text() + "\n")
		if m := regexp.MustCompile(`Bearer (\S+)" (http://\S+)/v1/debtors`).FindStringSubmatch(lines.Text()); m != nil {
			return b.String(), m[2], m[1]
		}
	}
	t.Fatalf("the demo ended early:\n%s", b.String())
	return "", "", ""
}

// curl runs a command of the README against another address.
func curl(t *testing.T, command, api, key string) string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		skip(t, "needs curl")
	}
	time.Sleep(1100 * time.Millisecond) // a running server looks at new keys once a second
	c := exec.Command("sh", "-c", strings.ReplaceAll(command, "http://127.0.0.1:8080", api))
	c.Env = append(os.Environ(), "KEY="+key)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(out)
}

// shape is the sorted names at the top of a JSON object.
func shape(t *testing.T, text string) []string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return slices.Sorted(maps.Keys(v))
}
