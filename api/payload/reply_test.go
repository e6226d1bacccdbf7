package payload

import (
	"encoding/json"
	"strings"
	"testing"

	"takt/engine"
	"takt/features"
)

// framed is a frame for a tenant's reply in a language.
func framed(t *engine.Tenant, language string) *Frame {
	return &Frame{Input: &engine.Input{Tenant: t, Request: &engine.Request{Want: engine.Want{Explain: "short"}}, Facts: &engine.Facts{}}, Language: language}
}

// A reply that gives every feature as a reason has the words for people and no definition.
func TestReasonsShowWordsNotDefinitions(t *testing.T) {
	var d engine.Decision
	var e engine.Explanation
	for i := range features.Vector {
		e.Reasons = append(e.Reasons, engine.Reason{Code: engine.ReasonFeature, Feature: i, WeightMinor: float64(i) - 9.6})
	}
	for _, language := range []string{"de-CH", "en", ""} {
		b := AppendReply(nil, &d, &e, framed(engine.DefaultTenant("acme"), language))
		var reply struct {
			Reasons []struct {
				Code, Feature, Text string
				Weight              int64
			}
		}
		if err := json.Unmarshal(b, &reply); err != nil || len(reply.Reasons) != len(features.Vector) {
			t.Fatalf("%v: %s", err, b)
		}
		for i, r := range reply.Reasons {
			v := &features.Vector[i]
			if r.Code != engine.ReasonFeature || r.Feature != v.Name || r.Text != features.Text(i, language) || r.Weight != engine.RoundMinor(e.Reasons[i].WeightMinor) {
				t.Errorf("%q: reason %+v of feature %s", language, r, v.Name)
			}
			if strings.Contains(string(b), string(AppendText(nil, v.Doc))) {
				t.Errorf("%q: the reply has the definition %q", language, v.Doc)
			}
		}
	}
}

// What portfolio and segment weigh is one reason with words of its own; the segment has its name.
func TestGroupsAndSegmentsHaveWords(t *testing.T) {
	d := engine.Decision{Segment: "late"}
	e := engine.Explanation{Reasons: []engine.Reason{{Code: engine.ReasonFeature, Feature: len(features.Vector), WeightMinor: 120}}}
	b := string(AppendReply(nil, &d, &e, framed(engine.DefaultTenant("acme"), "de")))
	for _, want := range []string{`"segment":{"id":"late","name":"zahlt spät","confidence":1}`, `"feature":"group","text":"Portfolio und Segment der Person","weight":120`} {
		if !strings.Contains(b, want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
}
