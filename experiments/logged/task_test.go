package logged_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"takt/experiments/logged"
)

// TestTask: rewards of 0 and 1 have no scale, others that of the largest.
func TestTask(t *testing.T) {
	for reward, want := range map[string]float64{"1": 0, "0": 0, "-40": 40, ".5": 1} {
		l, err := parse(t, smallSpec).Read("log.csv", strings.NewReader(small+"a,"+reward+",.5,n,1,x\n"))
		if err != nil {
			t.Fatal(err)
		}
		if k := l.Task(7); k.Scale != want || k.Features != l.Width()-1 || !slices.Equal(k.Levels, []int{2}) || k.Seed != 7 {
			t.Errorf("reward %s: %+v", reward, k)
		}
	}
}

// TestLearnersTakeAnyLog: amounts, no features, several factors; and what is refused says the way out.
func TestLearnersTakeAnyLog(t *testing.T) {
	var b strings.Builder
	b.WriteString("ch,tone,debt,r\n")
	for i := range 3000 { // sms earns most of small debts, mail of large ones
		large, ch := i/6%2, i%3
		r := 20
		if ch == 0 && large == 0 || ch == 1 && large == 1 {
			r = 80
		}
		fmt.Fprintf(&b, "%s,%s,%d,%d\n", []string{"sms", "mail", "phone"}[ch], []string{"firm", "kind"}[i/3%2], large, r+i*7919%11)
	}
	const actions = "actions: {channel: ch, tone: tone}\nreward: r\npropensity: 0.16666666666666666\n"
	lead := func(spec string, made logged.New) *logged.Progress {
		t.Helper()
		l, err := parse(t, spec).Read("log.csv", strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.Progressive(t.Context(), made, 1, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	spec := actions + "features: {debt: {type: number}}\n"
	takt, mean := lead(spec, logged.NewTakt), lead(spec, logged.NewMean)
	if takt.Greedy.SNIPS < 75 || mean.Greedy.SNIPS > 65 {
		t.Errorf("amounts: greedy %.1f, without context %.1f", takt.Greedy.SNIPS, mean.Greedy.SNIPS)
	}
	if p := lead(actions, logged.NewTakt); p.Greedy.SNIPS > 65 {
		t.Errorf("without features: greedy %.1f", p.Greedy.SNIPS)
	}

	for _, c := range []struct {
		task  logged.Task
		parts []string
	}{
		{logged.Task{Levels: []int{2, 2, 2, 2, 2}}, []string{"5 factors", "1 to 4", "spec"}},
		{logged.Task{Levels: []int{400}, Features: 100}, []string{"[400]", "4000", "spec"}},
	} {
		_, err := logged.NewTakt(c.task)
		has(t, fmt.Sprintf("%+v", c.task), err, c.parts...)
	}
	one, err := parse(t, "actions: {l: arm}\nreward: paid\npropensity: 1\n").Read("log.csv", strings.NewReader("arm,paid\na,1\na,0\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = one.Progressive(t.Context(), logged.NewTakt, 1, 1, nil)
	has(t, "one action", err, "log.csv", "two actions")
}
