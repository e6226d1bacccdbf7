package ladder_test

import (
	"fmt"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/ladder"
)

func ExampleParse() {
	l, err := ladder.Parse([]byte(`
steps:
  - {day: 10, channel: letter, tone: neutral}
  - {day: 24, channel: letter, tone: firm, offer: instalments}
  - {day: 60, handover: true}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	rung := l.Next(31, 1, 21, engine.ChannelSet(0).With(engine.Letter))
	fmt.Println(rung.Step.Day, rung.Step.Channel, rung.Step.Tone, rung.Step.Offer, rung.Wait)
	_, err = ladder.Parse([]byte("steps:\n  - {day: 10, channel: fax, tone: neutral}\n"))
	fmt.Println(err)
	// Output:
	// 24 letter firm instalments 0
	// line 2: /steps/0/channel "fax" is no channel; use one of email sms letter phone messenger push portal chat
}

func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "line 1: /steps is missing"},
		"no steps":    {"steps: []", "line 1: /steps is empty"},
		"no list":     {"steps: 3", "line 1: /steps is no list"},
		"root":        {"- 1", "line 1: is no mapping"},
		"step":        {"steps:\n- 1", "line 2: /steps/0 is no mapping"},
		"unknown":     {"steps:\n- {day: 1, chanel: letter}", "line 2: /steps/0/chanel is not known; did you mean \"channel\"?"},
		"twice":       {"steps:\n- day: 1\n  day: 2\n  handover: true", "line 3: /steps/0/day is given twice"},
		"day":         {"steps:\n- {day: soon, handover: true}", `line 2: /steps/0/day is "soon"`},
		"no day":      {"steps:\n- {handover: true}", "line 2: /steps/0/day is -1"},
		"order":       {"steps:\n- {day: 9, channel: sms, tone: firm}\n- {day: 9, handover: true}", "line 3: /steps/1/day is 9; use more than 9"},
		"tone":        {"steps:\n- {day: 9, channel: sms}", "line 2: /steps/0/tone is missing"},
		"handover":    {"steps:\n- {day: 9, channel: sms, handover: true}", "line 2: /steps/0 is a hand-over"},
		"top level":   {"rungs: []", "line 1: /rungs is not known; use steps"},
		"two of them": {"steps:\n- {day: 9, handover: true}\n---\nsteps: []", "more than one document"},
		"no yaml":     {"steps: [", "read ladder: yaml"},
	} {
		if _, err := ladder.Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Whatever parses is a valid ladder.
func FuzzParse(f *testing.F) {
	f.Add([]byte("steps:\n- {day: 10, channel: letter, tone: neutral}\n- {day: 60, handover: true}\n"))
	f.Add([]byte("steps: [*a]"))
	f.Add([]byte("a: &a\nsteps: [{day: 1e9}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ladder.Parse(text)
		if err != nil {
			return
		}
		if err := l.Validate(); err != nil || len(l.Steps) == 0 {
			t.Fatalf("%q gives %+v: %v", text, l, err)
		}
	})
}
