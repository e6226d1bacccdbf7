package debtor

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/explain"
)

func told(d *engine.Decision, status explain.Status, b Basis) *Explanation {
	b.Words = func(i int, language string) string { return fmt.Sprint("feature-", i, "-", language) }
	b.Data.Blank = func(i int) bool { return i == 2 }
	return Of(explain.Without(d, status), b)
}

func section(e *Explanation, code string) explain.Text {
	for i := range e.Sections {
		if e.Sections[i].Code == code {
			return e.Sections[i].Text
		}
	}
	return explain.Text{}
}

// Whatever was decided, by whomever, in whatever mode, and whatever is left of the model: there are
// whole sentences in both languages.
func TestEveryDecisionIsTold(t *testing.T) {
	noon := time.Date(2025, 3, 30, 11, 0, 0, 0, time.UTC)
	n := 0
	for kind := engine.Kind(0); kind <= engine.KindRoute+1; kind++ {
		for _, policy := range []string{"bandit", "squarecb", "uniform", engine.LadderName, engine.GuardName, "of a later program"} {
			for status := explain.Compared; status <= explain.NotReproducible; status++ {
				for _, reason := range []string{"", engine.ReasonWait, engine.ReasonDrawn, engine.ReasonProfile, engine.ReasonConstraints, "of a later program"} {
					n++
					d := engine.Decision{Kind: kind, Policy: policy, IssuedAt: noon, Reason: reason, Mode: engine.Mode(n % 2), Propensity: float64(n%100+1) / 100,
						Variant: engine.Variant{Experiment: []string{"", "holdout", "ramp"}[n%3], Arm: []string{"", "holdout", "bandit-7", "policy"}[n%4], Share: .3},
						Action:  engine.ContactAction{Channel: engine.Channel(1 + n%8), Tone: engine.Tone(1 + n%6), Offer: engine.Offer(n % 5), NotBefore: noon, NotAfter: noon.Add(time.Duration(n%3) * 9 * time.Hour)}}
					if policy == "bandit" || policy == "squarecb" {
						d.Snapshot = "6f1e"
					}
					if n%2 == 0 {
						d.Until = noon.Add(time.Hour)
					}
					for lang, text := range told(&d, status, Basis{}).Text() {
						for _, bad := range []string{"%!", "  ", "\n\n\n", " \n", "..", " .", ":.", "6f1e", "bandit", "level("} {
							if strings.Contains(text, bad) {
								t.Fatalf("%q in %d: %+v\n%s", bad, lang, d, text)
							}
						}
						if strings.Count(text, "\n\n") != len(parts)-1 {
							t.Fatalf("%+v\n%s", d, text)
						}
					}
				}
			}
		}
	}
}

func TestParticulars(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2025, 3, 29, 22, 30, 0, 0, time.UTC)
	contact := engine.Decision{Kind: engine.KindContact, Policy: "bandit", Snapshot: "s", Chosen: 3, IssuedAt: evening, Propensity: .003,
		Action: engine.ContactAction{Channel: engine.Letter, Tone: engine.LossFramed, Offer: engine.Deferral, NotBefore: evening, NotAfter: evening.Add(8 * time.Hour)}}
	shadow, calm, ramp, scored, explored := contact, contact, contact, contact, contact
	shadow.Mode = engine.Shadow
	calm.Propensity = 1
	ramp.Variant = engine.Variant{Experiment: "ramp", Arm: "bandit-7", Share: .25}
	explored.Votes = []engine.Vote{{Action: 0, Weight: 30}, {Action: 3, Weight: 2}}
	feature := func(i int, w float64) engine.Reason {
		return engine.Reason{Code: engine.ReasonFeature, Feature: i, WeightMinor: w}
	}
	for _, c := range []struct {
		d        engine.Decision
		b        Basis
		code     string
		lang     int
		want     string
		excludes string
	}{
		{contact, Basis{Zone: berlin}, "decision", explain.English, "by letter, in a tone that points out the disadvantages of not paying, with the offer to pay later. The time for it is from 29 March 2025, 23:30 to 30 March 2025, 08:30 (time zone Europe/Berlin).", "comparison"},
		{contact, Basis{}, "decision", explain.German, "vom 29. März 2025, 22:30 Uhr bis zum 30. März 2025, 06:30 Uhr (Zeitzone UTC)", ""},
		{shadow, Basis{}, "decision", explain.German, "nur zum Vergleich festgehalten", ""},
		{engine.Decision{Kind: engine.KindHandover, Policy: engine.LadderName, Reason: engine.ReasonLadderHandover}, Basis{}, "decision", explain.English, "proposal only: a human decides", ""},
		{engine.Decision{Kind: engine.KindHandover, Policy: engine.LadderName, Reason: engine.ReasonLadderHandover}, Basis{}, "effect", explain.English, "nothing follows from the proposal", "creditworthiness"},
		{engine.Decision{Kind: engine.KindRoute, Policy: engine.GuardName, Reason: engine.ReasonRepresented}, Basis{}, "data", explain.English, "a representative", "the claim"},
		{engine.Decision{Kind: engine.KindHold, Policy: engine.GuardName, Reason: engine.ReasonProfile}, Basis{}, "data", explain.German, "war in diesem Moment nicht lesbar", "- "},
		{engine.Decision{Kind: engine.KindHold, Policy: engine.GuardName, Reason: engine.ReasonDisputed}, Basis{}, "decision", explain.German, "bis sich an Ihrem Fall etwas ändert", ""},
		{engine.Decision{Kind: engine.KindHold, Policy: "uniform", Reason: engine.ReasonDrawn, Propensity: .5}, Basis{}, "reasons", explain.English, "none but the lot", "worth"},
		{contact, Basis{}, "chance", explain.English, "less than 1 of 100 times", "comparison"},
		{calm, Basis{Noted: []engine.Reason{{Code: engine.ReasonCalm}}}, "chance", explain.English, "because of your situation nothing is tried out", ""},
		{ramp, Basis{}, "chance", explain.German, "in einer der Gruppen (etwa 25 % aller Betroffenen)", "bandit-7"},
		{explored, Basis{}, "chance", explain.English, "drawn all the same, to learn", ""},
		{scored, Basis{Data: Data{Scored: true}}, "not_used", explain.English, "except what the creditor supplied", "bureau"},
		{contact, Basis{Noted: []engine.Reason{{Code: engine.ReasonPayment, Feature: -1, WeightMinor: 700}, feature(4, 300), feature(3, .2), feature(2, -200), feature(1, 100), feature(0, 90)}}, "reasons", explain.English,
			"- feature-4-en: spoke for this contact\n- feature-2-en: spoke against this contact (nothing particular known of you; the value assumed of everybody counted)\n- feature-1-en: spoke for this contact", "feature-0"},
		{contact, Basis{Contact: engine.Service{Phone: "115"}}, "contact", explain.German, "an den Kundenservice des Gläubigers (Telefon 115)", ""},
		{contact, Basis{Contact: engine.Service{Name: "Muster AG", URL: "https://muster.example"}}, "contact", explain.English, "Please turn to Muster AG (web https://muster.example).", "customer service"},
	} {
		text := section(told(&c.d, explain.SnapshotGone, c.b), c.code)[c.lang]
		if !strings.Contains(text, c.want) || c.excludes != "" && strings.Contains(text, c.excludes) {
			t.Errorf("%s: want %q, not %q:\n%s", c.code, c.want, c.excludes, text)
		}
	}
}

// Every reason by which the guard may settle a decision has its place in the order of asking.
func TestEveryRuleHasItsFacts(t *testing.T) {
	codes := map[string]string{} // by name of the constant
	b, err := os.ReadFile("../../reasons.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(Reason\w+)\s+= "(\w+)"`).FindAllStringSubmatch(string(b), -1) {
		codes[m[1]] = m[2]
	}
	placed := map[string]int{}
	for i := range looks {
		for _, code := range looks[i].reasons {
			placed[code]++
		}
	}
	for i := 1; i < len(looks); i++ {
		if looks[i].last <= looks[i-1].last {
			t.Errorf("%s is asked before %s", looks[i].last, looks[i-1].last)
		}
	}
	if last := looks[len(looks)-1].last; last != engine.RuleData-1 { // the use of data is no question about a contact
		t.Errorf("the last kind is %s", last)
	}
	files, err := filepath.Glob("../../guard/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	n := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "permit.go") { // whether a decided contact may still go out
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`engine\.(Reason\w+)`).FindAllStringSubmatch(string(b), -1) {
			n++
			if placed[codes[m[1]]] != 1 {
				t.Errorf("%s stands in %d places", codes[m[1]], placed[codes[m[1]]])
			}
		}
	}
	if n < 20 {
		t.Errorf("%d reasons found", n)
	}
}
