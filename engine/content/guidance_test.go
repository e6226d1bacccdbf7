package content_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/content"
)

var update = flag.Bool("update", false, "write the golden texts anew")

// asked is the input behind a decided call.
func asked(t *engine.Tenant) *engine.Input {
	return &engine.Input{Tenant: t, Facts: &engine.Facts{}, Request: &engine.Request{Constraints: engine.Constraints{MaxCostMinor: -1}}}
}

// The guidance for some calls, word by word, in both languages.
func TestGuidanceGolden(t *testing.T) {
	var b strings.Builder
	for _, s := range []struct {
		name   string
		change func(*engine.Decision, *engine.Input)
		may    engine.Tags
	}{
		{"a friendly call, everything may be offered", func(*engine.Decision, *engine.Input) {}, 0},
		{"default is proven, consent to advertising is given, nothing may be offered", func(d *engine.Decision, in *engine.Input) {
			in.Tenant.Grid.Offers = in.Tenant.Grid.Offers[:1]
			d.Action.Tone, d.Action.Offer, d.Eligible = engine.Firm, engine.OfferNone, []uint16{0, 1}
		}, engine.ConditionalTags},
		{"hardship, instalments first", func(d *engine.Decision, in *engine.Input) {
			d.Action.Tone, d.Action.Offer, in.Facts.Hardship = engine.Empathetic, engine.Instalments, 1
		}, 0},
		{"a vulnerable debtor, the amount is too small for rates", func(d *engine.Decision, in *engine.Input) {
			d.Action.Tone, d.OpenMinor, in.Request.Debtor.Flags = engine.Neutral, 1_000, engine.Vulnerable
		}, 0},
		{"loss-framed", func(d *engine.Decision, _ *engine.Input) { d.Action.Tone = engine.LossFramed }, 0},
		{"formal", func(d *engine.Decision, _ *engine.Input) { d.Action.Tone = engine.Formal }, 0},
	} {
		for _, language := range []string{"en", "de"} {
			d, tenant := decided(engine.Phone, engine.PaymentLink)
			in := asked(tenant)
			s.change(d, in)
			terms := engine.Terms{Wording: s.may}
			g := content.Guide(d, in, &terms, language)
			fmt.Fprintf(&b, "# %s (%s)\n%s\nmay offer: %v", s.name, language, g.Opener, g.MayOffer)
			if slices.Contains(g.MayOffer, engine.Instalments) {
				fmt.Fprintf(&b, ", %d rates", g.Plan.Count)
			}
			fmt.Fprintf(&b, "\nmust say:\n  %s\nmust not:\n  %s\n\n", strings.Join(g.MustSay, "\n  "), strings.Join(g.MustNot, "\n  "))
		}
	}
	const file = "testdata/guidance.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v; see %s, run with -update and look at the difference:\n%s", err, file, b.String())
	}
}

// Other languages than German are spoken to in English.
func TestGuidanceLanguages(t *testing.T) {
	d, tenant := decided(engine.Phone, engine.OfferNone)
	opener := func(language string) string { return content.Guide(d, asked(tenant), &engine.Terms{}, language).Opener }
	if opener("fr") != opener("en") || opener("") != opener("en") || opener("de-AT") != opener("de") || opener("de") == opener("en") {
		t.Error(opener("fr"), opener(""), opener("de-AT"))
	}
}

// threats are words that may stand under must_not alone.
var threats = regexp.MustCompile(`(?i)court|bureau|schufa|agency|enforce|bailiff|seiz|legal|lawyer|gericht|auskunftei|inkasso|vollstreck|pfänd|anwalt|klage|mahnbescheid`)

// Over random decisions: nothing is offered that the tenant has not or that was not eligible by phone,
// no opener names the claim, and neither opener nor duties threaten.
func TestGuidanceKeepsToTheRules(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		d, tenant := decided(engine.Phone, engine.OfferNone)
		all := tenant.Grid.Offers
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		tenant.Grid.Offers = all[:1+rng.IntN(len(all))]
		d.Eligible = []uint16{0}
		eligible := map[engine.Offer]bool{}
		for a := 1; a < tenant.Grid.Size(); a++ {
			if rng.IntN(40) == 0 {
				d.Eligible = append(d.Eligible, uint16(a))
				if l := tenant.Grid.Levels(a); tenant.Grid.Channels[l.Channel] == engine.Phone {
					eligible[tenant.Grid.Offers[l.Offer]] = true
				}
			}
		}
		d.Action.Offer = tenant.Grid.Offers[rng.IntN(len(tenant.Grid.Offers))]
		eligible[d.Action.Offer] = true
		d.Action.Tone, d.OpenMinor = engine.Tone(1+rng.IntN(engine.Tones-1)), int64(rng.IntN(10_000))
		in := asked(tenant)
		in.Request.Debtor.Flags = []engine.Flags{0, 0, engine.Hardship, engine.Vulnerable}[rng.IntN(4)]
		language := []string{"de", "en"}[rng.IntN(2)]
		g := content.Guide(d, in, &engine.Terms{}, language)
		if g.Opener == "" || revealing.MatchString(strings.NewReplacer("{creditor}", "", "{debtor}", "").Replace(g.Opener)) {
			t.Fatalf("%s: opener %q", d.Action.Tone, g.Opener)
		}
		if found := threats.FindString(g.Opener + strings.Join(g.MustSay, " ")); found != "" {
			t.Fatalf("%q in %+v", found, g)
		}
		for i, o := range g.MayOffer {
			if !eligible[o] || o <= engine.OfferNone || slices.Contains(g.MayOffer[:i], o) || o == engine.Instalments && g.Plan.Count < 2 {
				t.Fatalf("%s of %v, eligible %v, plan %+v", o, g.MayOffer, eligible, g.Plan)
			}
		}
		if len(g.MayOffer) > 0 && eligible[d.Action.Offer] && slices.Index(g.MayOffer, d.Action.Offer) > 0 {
			t.Fatalf("%s is not the first of %v", d.Action.Offer, g.MayOffer)
		}
		gentle := in.Request.Debtor.Flags != 0
		if press := slices.ContainsFunc(g.MustNot, func(s string) bool { return strings.Contains(s, "one payment") || strings.Contains(s, "einer Summe") }); press != gentle {
			t.Fatalf("gentle %v: %q", gentle, g.MustNot)
		}
	}
}

// What a text may not say must not be said either, and else there is no such line.
func TestGuidanceFollowsTheTerms(t *testing.T) {
	d, tenant := decided(engine.Phone, engine.OfferNone)
	for out, word := range map[engine.Tags]string{engine.TagFee: "default is not proven", engine.TagInterest: "default is not proven", engine.TagDefault: "default is not proven", engine.TagMarketing: "advertise"} {
		for may, want := range map[engine.Tags]bool{engine.ConditionalTags: false, engine.ConditionalTags &^ out: true, 0: true} {
			g := content.Guide(d, asked(tenant), &engine.Terms{Wording: may}, "en")
			if is := slices.ContainsFunc(g.MustNot, func(s string) bool { return strings.Contains(s, word) }); is != want {
				t.Errorf("%s with %s: %v", word, may, is)
			}
		}
	}
}
