package logged_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/experiments/logged"
)

const smallSpec = `actions: {letter: arm}
reward: paid
propensity: p
by: zone
features: {debt: {type: number, transform: log1p}, town: {type: category}}
`

const small = "arm,paid,p,zone,debt,town\na,1,0.5,n,10,x\nb,0,0.5,n,,y\na,0,0.25,s,3,x\nb,1,0.75,s,NA,y\n"

func parse(t testing.TB, text string) *logged.Spec {
	t.Helper()
	s, err := logged.ParseSpec("spec.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// has says that an error's text has all of the parts.
func has(t testing.TB, name string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%s: %q lacks %q", name, err, p)
		}
	}
}

// TestWrongSpecs: each slip is named with its line and the way out.
func TestWrongSpecs(t *testing.T) {
	base := "actions: {letter: arm}\nreward: paid\npropensity: .5\n"
	for text, parts := range map[string][]string{
		"":                                    {"spec.yaml", "is empty"},
		"reward: paid\npropensity: .5\n":      {"actions are missing", "letter: treat7"},
		"actions: {l: arm}\npropensity: .5\n": {"reward is missing"},
		"actions: {l: arm}\nreward: paid\n":   {"propensity is missing"},
		"actions: {l: arm}\nreward: paid\npropensity: 0\n":   {"spec.yaml:3", "(0,1]"},
		"actions: {l: arm}\nreward: paid\npropensity: 1.5\n": {"spec.yaml:3", "1.5"},
		base + "rewrd: x\n":                                              {"spec.yaml:4", `"rewrd"`, `did you mean "reward"`},
		base + "reward: y\n":                                             {"spec.yaml:4", "twice"},
		base + "features:\n  debt: {type: nmber}\n":                      {"spec.yaml:5", `did you mean "number"`},
		base + "features:\n  debt: {type: number, transform: log}\n":     {"spec.yaml:5", "neither none nor log1p"},
		base + "features:\n  debt: {typ: number}\n":                      {"spec.yaml:5", `did you mean "type"`},
		base + "features:\n  town: {type: category, transform: log1p}\n": {"no transform"},
		base + "filter:\n  - {colum: a, not: \"\"}\n":                    {"spec.yaml:5", `did you mean "column"`},
		base + "filter: x\n":                                             {"spec.yaml:4", "want a list"},
		base + "filter:\n  - {column: a}\n":                              {"equals, not"},
		base + "model: {type: rigde}\n":                                  {`did you mean "ridge"`},
		base + "model: {type: ridge, folds: 1}\n":                        {"2 or more"},
		base + "model: {type: cells, prior: [1, 0]}\n":                   {"trials above 0"},
		base + "reward_range: [1, 0]\n":                                  {"spec.yaml:4", "[0, 1]"},
		"actions: {l: [a, b]}\nreward: paid\npropensity: .5\n":           {"spec.yaml:1", "want one text"},
		"- a\n": {"want keys and values"},
		"actions: {l: arm}\nreward: paid\npropensity: .5\nfeatures: [a]\n": {"features", "want keys and values"},
	} {
		_, err := logged.ParseSpec("spec.yaml", []byte(text))
		has(t, text, err, parts...)
	}
}

// TestWrongLogs: file, line and column.
func TestWrongLogs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		parts      []string
	}{
		{"empty", "", []string{"log.csv", "is empty"}},
		{"header only", "arm,paid,p,zone,debt,town\n", []string{"log.csv", "no rows"}},
		{"no column", "arm,payd,p,zone,debt,town\na,1,.5,n,1,x\n", []string{"log.csv:1", `"paid"`, "reward", `did you mean "payd"`}},
		{"reward", small + "a,yes,.5,n,1,x\n", []string{"log.csv:6", "column paid", `"yes"`, "filter"}},
		{"propensity 0", small + "a,1,0,n,1,x\n", []string{"log.csv:6", "column p", "(0,1]"}},
		{"propensity above 1", small + "a,1,1.1,n,1,x\n", []string{"log.csv:6", "column p", "1.1"}},
		{"propensity NaN", small + "a,1,NaN,n,1,x\n", []string{"log.csv:6", "column p"}},
		{"no action", small + ",1,.5,n,1,x\n", []string{"log.csv:6", "column arm", "filter"}},
		{"feature", small + "a,1,.5,n,many,x\n", []string{"log.csv:6", "column debt", `"many"`, "category"}},
		{"log of -2", small + "a,1,.5,n,-2,x\n", []string{"log.csv:6", "column debt", "transform: none"}},
		{"short row", small + "a,1,.5\n", []string{"log.csv:6", "3 cells", "6"}},
		{"a quote", small + "a,\"1,.5,n,1,x\n", []string{"log.csv"}},
	} {
		_, err := parse(t, smallSpec).Read("log.csv", strings.NewReader(c.text))
		has(t, c.name, err, c.parts...)
	}
	_, err := parse(t, smallSpec+"filter: [{column: arm, equals: z}]\n").Read("log.csv", strings.NewReader(small))
	has(t, "filtered", err, "none of 4 rows")
	_, err = parse(t, smallSpec+"reward_range: [0, 0.5]\n").Read("log.csv", strings.NewReader(small))
	has(t, "range", err, "log.csv:2", "column paid", "reward_range")
	_, err = parse(t, smallSpec).Open("nowhere.csv")
	has(t, "no file", err, "nowhere.csv")
	path := filepath.Join(t.TempDir(), "log.csv.gz")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = parse(t, smallSpec).Open(path)
	has(t, "no gzip", err, "log.csv.gz", "not gzip")
}

// TestLog: what the reader makes of a good file.
func TestLog(t *testing.T) {
	l, err := parse(t, smallSpec).Read("log.csv", strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if l.N() != 4 || l.K() != 2 || l.Uniform || l.Missing != 2 || strings.Join(l.Keys, "") != "ns" || strings.Join(l.Names, " ") != "1 debt town=(other)" {
		t.Errorf("%+v", l)
	}
	for i := range 4 {
		if x := l.Row(i); x[0] != 1 || (x[1] == 0) != (i%2 == 1) {
			t.Errorf("row %d: %v", i, x)
		}
	}
}

// TestPolicyFiles: every form gives the same; wrong ones say what is wrong.
func TestPolicyFiles(t *testing.T) {
	l, err := parse(t, smallSpec+"model: {type: none}\n").Read("log.csv", strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := []string{
		"m=" + file("matrix.csv", "0.2,0.6\n0.8,0.4\n"),
		"long=" + file("long.csv", "zone,letter,probability\nn,a,0.2\nn,b,0.8\ns,a,0.6\ns,b,0.4\nwest,a,1\n"),
		file("column.csv", "arm,zone,probability\na,n,0.2\nb,n,0.8\na,s,0.6\nb,s,0.4\n"),
		file("keyed.json", `{"n": {"a": 0.2, "b": 0.8}, "s": {"a": 0.6, "b": 0.4, "c": 0}}`),
	}
	policies, err := l.Policies(append(good, "uniform", "always=b", file("flat.json", `{"a": 0.5, "b": 0.5}`)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(policies, logged.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range r.Policies[:len(good)] {
		if want := .2/.5 + .8/.5 + .6/.25 + .4/.75; v.Audit.WeightSum != r.Policies[0].Audit.WeightSum || abs(v.Audit.WeightSum-want) > 1e-12 {
			t.Errorf("%s: Σw %v, want %v", good[i], v.Audit.WeightSum, want)
		}
		if v.NotEstimable == "" {
			t.Error("four rows carry an estimate")
		}
	}
	for name, parts := range map[string][]string{
		"always=c":                                           {`column arm has no level "c"`, "it has a, b"},
		"allways=a":                                          {"not a policy", "always=LEVEL"},
		"snapshot:live":                                      {"CSV", "takt evaluate", "--progressive"},
		file("sum.csv", "0.2,1\n0.7,0"):                      {"zone n", "0.9", "want 1"},
		file("size.csv", "0.2\n0.8\n"):                       {"2 × 1", "2 actions × 2 keys", "letter,zone,probability"},
		file("head.csv", "x,y\n1,2\n"):                       {"no column probability", "letter,zone,probability"},
		file("col.csv", "probability\n1"):                    {"no column letter"},
		file("over.json", `{"a": 1.5}`):                      {"1.5", "[0,1]"},
		file("lev.json", `{"q": 1}`):                         {`no level "q"`},
		file("not.json", `[]`):                               {"LEVEL"},
		file("none.csv", ""):                                 {"is empty"},
		file("neg.csv", "arm,probability\na,1\nb,-1\n"):      {"neg.csv:3", "probability"},
		file("twice.csv", "arm,probability\na,0.5\na,0.5\n"): {"twice.csv:3", "line 2"},
		"nowhere.csv":                                        {"nowhere.csv"},
	} {
		_, err := l.Policies([]string{name})
		has(t, name, err, parts...)
	}
}

func abs(x float64) float64 { return max(x, -x) }

// TestSeveralFactors: actions are products of levels, factor-marginal weights come with a uniform log.
func TestSeveralFactors(t *testing.T) {
	var b strings.Builder
	b.WriteString("ch,tone,r\n")
	for i := range 1200 {
		b.WriteString([]string{"mail", "phone", "sms"}[i%3] + "," + []string{"firm", "kind"}[i/3%2] + "," + []string{"0", "1"}[min(i%3, 1)] + "\n")
	}
	s := parse(t, "actions: {channel: ch, tone: tone}\nreward: r\npropensity: 0.16666666666666666\n")
	l, err := s.Read("log.csv", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policies([]string{"always=sms/kind"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, logged.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := &r.Policies[0]
	if f := figure(t, v, "SNIPS by channel"); f.Value != 1 || figure(t, v, "IPS by tone").Value < .6 || v.Gain == nil {
		t.Errorf("%+v", v)
	}
	_, err = l.Policies([]string{"always=sms"})
	has(t, "one level", err, "2 factors", "mail/firm")
	_, err = l.Policies([]string{"always=sms/kin"})
	has(t, "level", err, `did you mean "kind"`)
}

// TestEqualRewards: a log that has nothing to tell gives its one figure, not NaN.
func TestEqualRewards(t *testing.T) {
	text := "arm,paid\n" + strings.Repeat("a,1\nb,1\n", 200)
	l, err := parse(t, "actions: {l: arm}\nreward: paid\npropensity: 0.5\n").Read("log.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policies(nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, logged.Options{Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range r.Policies {
		if f := figure(t, &v, "DR"); abs(f.Value-1) > 1e-6 {
			t.Errorf("%s: %v", v.Policy, f.Value)
		}
	}
	if g, err := l.Progressive(t.Context(), logged.NewMean, 2, 1, nil); err != nil || g.Greedy.SNIPS != 1 {
		t.Errorf("%+v, %v", g, err)
	}
}

// TestWrongConstant: a propensity that cannot be is told by the audit and beside every figure.
func TestWrongConstant(t *testing.T) {
	text := "arm,paid\n" + strings.Repeat("a,1\nb,0\n", 200)
	l, err := parse(t, "actions: {l: arm}\nreward: paid\npropensity: 0.14\n").Read("log.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policies([]string{"always=a"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, logged.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !(r.Log.Actions[0].Z > 4) || !strings.Contains(strings.Join(r.Policies[0].Notes, " "), "sum of weights") {
		t.Errorf("%+v, %v", r.Log, r.Policies[0].Notes)
	}
}
