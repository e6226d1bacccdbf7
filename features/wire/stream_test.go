package wire_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/wire"
)

// read gives what each item came to: its id, or the pointers at fault.
func read(kind string, r io.Reader, max int64) (items []string, err error) {
	err = wire.ParseEvents(kind, r, max, func(i int, e engine.Event, err error) error {
		if i != len(items) {
			return errors.New("an index is out of order")
		}
		if err == nil {
			items = append(items, e.ID)
			return nil
		}
		var at []string
		for _, f := range wire.FieldErrors(err) {
			at = append(at, f.Pointer)
		}
		items = append(items, strings.Join(at, " "))
		return nil
	})
	return items, err
}

func TestParseEvents(t *testing.T) {
	bad := strings.NewReplacer("5990", "12.5", "phone", "fax").Replace(promise)
	long := strings.Replace(promise, `"id"`, `"x":"`+strings.Repeat("y", wire.MaxEvent)+`","id"`, 1)
	exact := strings.Replace(promise, `"id"`, `"x":"`+strings.Repeat("y", wire.MaxEvent-len(promise)-7)+`","id"`, 1)
	for name, c := range map[string]struct {
		kind, text string
		want       []string
		fault      string // pointer of the error of the whole, "-" for none
	}{
		"one":                   {"application/cloudevents+json", promise, []string{"e-1"}, "-"},
		"one as JSON":           {"application/json; charset=UTF-8", "\n " + promise, []string{"e-1"}, "-"},
		"one that is too large": {"application/json", long, []string{""}, "-"},
		"array":                 {"application/cloudevents-batch+json", " [ " + promise + "," + bad + ",7," + promise + "]\n", []string{"e-1", "/1/data/amount_minor /1/data/channel", "/2", "e-1"}, "-"},
		"array as JSON":         {"application/json", "[" + promise + "]", []string{"e-1"}, "-"},
		"empty array":           {"application/json", "[]", nil, "-"},
		"twice in an item":      {"application/json", "[" + strings.Replace(promise, `"id"`, `"id":"a","id"`, 1) + "," + promise + "]", []string{"/0/id", "e-1"}, "-"},
		"bad bytes in an item":  {"application/json", "[" + strings.Replace(promise, "erp", "\xff", 1) + "," + promise + "]", []string{"/0", "e-1"}, "-"},
		"large item":            {"application/json", "[" + long + "," + exact + "]", []string{"/0", "e-1"}, "-"},
		"broken array":          {"application/json", "[" + promise + ",{,],}," + promise, []string{"e-1", "/1", "/2"}, "/3"},
		"empty items":           {"application/json", "[," + promise + ",]", []string{"/0", "e-1", "/2"}, "-"},
		"brackets in strings":   {"application/json", "[" + strings.Replace(promise, "erp", `,]}\\\"`, 1) + "]", []string{"e-1"}, "-"},
		"unfinished array":      {"application/json", "[" + promise, nil, "/0"},
		"more after the array":  {"application/json", "[" + promise + "]{}", []string{"e-1"}, ""},
		"array for one":         {"application/cloudevents+json", "[]", []string{""}, "-"},
		"one for an array":      {"application/cloudevents-batch+json", promise, nil, ""},
		"nothing":               {"application/json", " \n", nil, ""},
		"lines":                 {"application/x-ndjson", promise + "\r\n\n \n{\n" + bad + "\n" + long + "\n" + exact + "\n" + promise, []string{"e-1", "/line/4", "/line/5/data/amount_minor /line/5/data/channel", "/line/6", "e-1", "e-1"}, "-"},
		"no lines":              {"application/jsonl", "", nil, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
				got, err := read(c.kind, r, 0)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
				var f *engine.FieldError
				if c.fault == "-" && err != nil || c.fault != "-" && (!errors.As(err, &f) || f.Pointer != c.fault) {
					t.Errorf("error %v, want one at %q", err, c.fault)
				}
			}
		})
	}
}

func TestParseEventsLimits(t *testing.T) {
	two := promise + "\n" + promise + "\n"
	for _, c := range []struct {
		kind, text string
	}{{"application/x-ndjson", two}, {"application/json", "[" + promise + "," + promise + "]"}, {"application/json", promise}} {
		size := int64(len(c.text))
		if _, err := read(c.kind, strings.NewReader(c.text), size); err != nil {
			t.Errorf("%d bytes of %d: %v", size, size, err)
		}
		if _, err := read(c.kind, strings.NewReader(c.text), size-1); !errors.Is(err, wire.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", c.kind, err)
		}
	}
	if got, err := read("application/x-ndjson", strings.NewReader(two), int64(len(promise)+10)); len(got) != 1 || !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("%q, %v: want the first event and ErrTooLarge", got, err)
	}
	for _, kind := range []string{"", "text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded", "a;;"} {
		if _, err := read(kind, strings.NewReader(promise), 0); !errors.Is(err, wire.ErrMediaType) {
			t.Errorf("%q: %v, want ErrMediaType", kind, err)
		}
	}
	broken := errors.New("broken pipe")
	for _, kind := range []string{"application/json", "application/x-ndjson"} {
		if _, err := read(kind, io.MultiReader(strings.NewReader("["+promise+","), iotest.ErrReader(broken)), 0); !errors.Is(err, broken) {
			t.Errorf("%s: %v, want the reader's error", kind, err)
		}
	}
	stop := errors.New("stop")
	if err := wire.ParseEvents("application/x-ndjson", strings.NewReader(two), 0, func(int, engine.Event, error) error { return stop }); err != stop {
		t.Errorf("%v, want f's error", err)
	}
}
