package rules

import (
	"fmt"
	"strings"
	"testing"

	"takt/engine"
)

func ownFile(rules string) string {
	return "name: acme\nversion: acme-1\npack: de\nrules:\n" + rules + "\n"
}

func tenant(t testing.TB, rules string) *engine.Rules {
	t.Helper()
	r, err := Parse("acme.yaml", []byte(ownFile(rules)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ExampleParse() {
	_, err := Parse("acme.yaml", []byte("name: acme\nversion: acme-1\npack: de\nrules:\n  - {id: core.cap.week, params: {max: 3}}\n"))
	fmt.Println(err)
	own, err := Parse("acme.yaml", []byte("name: acme\nversion: acme-1\npack: de\nrules:\n  - {id: core.cap.week, params: {max: 1}}\n"))
	fmt.Println(own.On(20000).Rule("core.cap.week").Params.Max, err)
	// Output:
	// acme.yaml:5: rule core.cap.week: loosens the pack: max 2 -> 3; write override: {reason, by, date}, or keep the pack's value
	// 1 <nil>
}

const (
	override = `override: {reason: "legal opinion", by: "Erika Muster", date: 2026-12-01}`
	verified = `verified: {by: "Erika Muster", date: 2026-12-01}`
)

// direct are changes of one param each, to a value that tightens and to one that loosens.
type direct struct{ id, tighter, looser string }

// For each param: the tighter value is taken, the looser one only with somebody who answers for it.
func TestTighterAndLooser(t *testing.T) {
	checked := []direct{
		{"core.cap.week", "max: 1", "max: 3"},
		{"core.cap.week", "window: 8d", "window: 6d"},
		{"core.gap", "gap: 3d", "gap: 47h"},
		{"core.gap", "", "per: case"},
		{"core.gap", "", "channels: [sms]"},
		{"core.promise", "grace: 3d", "grace: 1d"},
		{"core.reply", "pause: 72h", "pause: 1h"},
		{"core.hold", "", "reasons: [hold_set]"},
		{"core.address.valid", "min_validity: .5", "min_validity: .2"},
		{"core.tones.soft", "flags: [vulnerable, hardship, minor]", "flags: [vulnerable]"},
		{"core.tones.soft", "tones: [loss_framed, firm, formal, neutral]", "tones: [formal]"},
		{"core.plan_offer", "offers: [instalments]", "offers: [instalments, deferral, payment_link]"},
		{"core.approval", "", "acts: [handover]"},
		{"core.wishes", "", "wishes: [time]"},
		{"de.fee", "max_minor: 70", "max_minor: 250"},
		{"de.fee", "in_contract: true", ""},
		{"de.fee", "", "currency: CHF"}, // neither looser nor tighter: somebody has to say
		{"de.fee", "", "currency: USD"},
		{"de.default", "days: 40", "days: 14"},
		{"de.default", "", "first_free: false"},
		{"de.threat.court", "", "tags: [bureau]"},
		{"de.agency.first_letter", "by: [letter]", "by: [letter, email, sms]"},
		{"de.contact.spacing", "gap: 36h", "gap: 1h"},
		{"eu.credit.forbearance", "", "debt_advice: false"},
		{"de.moratorium.covid", "who: [consumer, micro_business, business]", "who: [consumer]"},
		{"de.moratorium.covid", "contract_before: 2020-04-01", "contract_before: 2020-01-01"},
		{"core.fulfilment", "fulfilment: [in_transit, returned, refund, delivered]", "fulfilment: [returned]"},
		{"core.claim", "", "claim: [closed]"},
		{"core.cap.week", "", "counts: contacts"},
		{"de.agency.first_letter", "stages: [agency, legal]", "stages: [legal]"},
		{"de.threat.court", "tags: [court_threat, bureau]", ""},
		{"de.threat.court", "needs: [right_to_defend, debt_advice]", "needs: [debt_advice]"},
	}
	unchecked := []direct{
		{"de.quiet_hours", `close: "19:00"`, `close: "21:00"`},
		{"de.quiet_hours", `open: "09:00"`, `open: "07:00"`},
		{"de.quiet_hours", "weekdays: [mon, fri]", "weekdays: [mon, tue, wed, thu, fri, sat, sun]"},
		{"de.quiet_hours", "", "holidays: true"},
		{"de.quiet_hours", "channels: [email, sms, messenger, push, portal, chat, letter]", "channels: [sms]"},
		{"de.dispute", "partial: whole", ""},
		{"de.limitation", "years: 2", "years: 4"},
		{"de.limitation", "year_end: false", ""},
		{"de.lump_sum", "max_minor: 0", "charged: [business, consumer]"},
		{"de.interest", "points_person: 4", "points_person: 9"},
		{"de.bureau", "reminders: 3", "reminders: 1"},
		{"de.bureau", "days: 30", "undisputed: false"},
		{"de.stop.minor", "age: 21", "age: 16"},
		{"de.stop.deceased", "", "outcome: route"},
		{"eu.consent.channels", "channels: [messenger, push, chat, sms]", "channels: [messenger]"},
		{"eu.data", "retention_days: 30", "retention_days: 3000"},
		{"eu.data", "deny: [special_categories, address_only_scores, creditworthiness]", "deny: [special_categories]"},
		{"de.interest", "points_firm: 8", "points_firm: 12"},
		{"de.bureau", "", "informed: false"},
		{"de.block.energy", "notice_days: 40", "notice_days: 10"},
		{"de.block.energy", "min_minor: 20000", "min_minor: 5000"},
		{"de.block.energy", "instalments: 3", "instalments: 1"},
		{"de.block.energy", "work_days: 10", "work_days: 5"},
		{"de.block.energy", "names_courts: true", ""},
		{"de.block.energy", "", "service: telco"},
		{"de.tracking", "", "purpose: marketing"},
		{"de.advertising", "", "purpose: tracking"},
	}
	met := map[string]bool{"treatment_days": true} // TestTreatmentDays
	for _, c := range checked {
		check(t, c.id, c.tighter, c.looser, override, verified, "loosens the pack", "is verified already")
	}
	for _, c := range unchecked {
		check(t, c.id, c.tighter, c.looser, verified, override, "loosens an unverified rule", "is unverified; somebody has to check it first")
	}
	for _, c := range append(checked, unchecked...) {
		for _, change := range []string{c.tighter, c.looser} {
			name, _, _ := strings.Cut(change, ":")
			met[name] = true
		}
	}
	for i := range params {
		if !met[params[i].name] {
			t.Errorf("nothing here says which way %s tightens", params[i].name)
		}
	}
}

// A rule whose service changes is another rule, whichever way: nobody can say that it is tighter.
func TestServiceIsFixed(t *testing.T) {
	_, err := Parse("acme.yaml", []byte(ownFile("  - {id: de.block.telco, from: 2022-01-01, params: {service: energy}}")))
	if err == nil || !strings.Contains(err.Error(), "loosens an unverified rule: service telco -> energy") {
		t.Errorf("got %v", err)
	}
}

func TestTreatmentDays(t *testing.T) {
	for days, refused := range map[string]bool{"31": false, "29": true} {
		_, err := Parse("acme.yaml", []byte("name: acme\nversion: acme-1\npack: uk\nrules:\n  - {id: uk.breathing_space, params: {treatment_days: "+days+"}}\n"))
		if (err != nil) != refused {
			t.Errorf("%s days: %v", days, err)
		}
	}
}

func check(t *testing.T, id, tighter, looser, right, wrong, refusal, other string) {
	t.Helper()
	entry := func(params, note string) string {
		if note != "" {
			note = ", " + note
		}
		return fmt.Sprintf("  - {id: %s, params: {%s}%s}", id, params, note)
	}
	if tighter != "" {
		if r, err := Parse("acme.yaml", []byte(ownFile(entry(tighter, "")))); err != nil || len(r.Overrides()) > 0 {
			t.Errorf("%s %s: %v", id, tighter, err)
		}
	}
	if looser == "" {
		return
	}
	for note, want := range map[string]string{"": refusal, wrong: other} {
		if _, err := Parse("acme.yaml", []byte(ownFile(entry(looser, note)))); err == nil || !strings.Contains(err.Error(), "acme.yaml:5: rule "+id+": "+want) {
			t.Errorf("%s %s: got %v, want %s", id, looser, err, want)
		}
	}
	r, err := Parse("acme.yaml", []byte(ownFile(entry(looser, right))))
	if err != nil {
		t.Errorf("%s %s: %v", id, looser, err)
		return
	}
	name, _, _ := strings.Cut(looser, ":")
	if o := r.Overrides(); len(o) == 0 || o[0].Rule != id || !strings.Contains(o[0].What, name) || o[0].By != "Erika Muster" || o[0].Date != dateOf(t, "2026-12-01") || o[0].Verified != (right == verified) {
		t.Errorf("%s %s: overrides %+v", id, looser, o)
	}
}

func TestDrop(t *testing.T) {
	for entry, want := range map[string]string{
		"  - {id: de.fee, drop: true}":                                           "acme.yaml:5: rule de.fee: loosens the pack: dropped",
		"  - {id: de.bureau, drop: true}":                                        "rule de.bureau: loosens an unverified rule: dropped",
		"  - {id: de.fee, drop: true, params: {max_minor: 1}, " + override + "}": "is dropped; it has neither kind nor params",
	} {
		if _, err := Parse("acme.yaml", []byte(ownFile(entry))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", entry, err, want)
		}
	}
	r := tenant(t, "  - {id: de.fee, from: 2027-01-01, until: 2027-12-31, drop: true, "+override+"}")
	for day, there := range map[string]bool{"2026-12-31": true, "2027-01-01": false, "2027-12-31": false, "2028-01-01": true} {
		if got := r.On(dateOf(t, day)).Rule("de.fee") != nil; got != there {
			t.Errorf("de.fee on %s: %t", day, got)
		}
	}
	if o := r.Overrides(); len(o) != 1 || o[0].What != "dropped" || o[0].From != dateOf(t, "2027-01-01") {
		t.Errorf("overrides %+v", o)
	}
}

// A change holds on its days, over every entry of the pack that it meets.
func TestChangeHoldsOnItsDays(t *testing.T) {
	r := tenant(t, "  - {id: de.block.telco, from: 2021-06-01, until: 2022-05-31, params: {notice_days: 21}}\n  - {id: de.block.telco, from: 2023-01-01, params: {notice_days: 30}}")
	for day, want := range map[string][2]int64{
		"2021-05-31": {14, 7500}, "2021-06-01": {21, 7500}, "2021-11-30": {21, 7500}, "2021-12-01": {21, 10000}, "2022-05-31": {21, 10000}, "2022-06-01": {14, 10000}, "2023-01-01": {30, 10000},
	} {
		p := r.On(dateOf(t, day)).Rule("de.block.telco").Params
		if int64(p.NoticeDays) != want[0] || p.MinMinor != want[1] {
			t.Errorf("%s: %d days from %d on", day, p.NoticeDays, p.MinMinor)
		}
	}
}

// What nobody had checked is checked: its values may stay as they are.
func TestVerifiedWithoutChange(t *testing.T) {
	r := tenant(t, "  - {id: de.quiet_hours, "+verified+"}")
	if rule := r.On(20000).Rule("de.quiet_hours"); rule.Unverified || rule.Origin != "acme" || len(r.Overrides()) != 1 || !r.Overrides()[0].Verified {
		t.Errorf("%+v, %+v", rule, r.Overrides())
	}
	if base := load(t, "de"); !base.On(20000).Rule("de.quiet_hours").Unverified || r.Version == base.Version || r.Pack != "de" || r.Countries[0] != "DE" {
		t.Error("the pack changed, or the tenant's rules pass for it")
	}
}

func TestOwnRules(t *testing.T) {
	rest := `kind: gap, from: 2026-01-01, status: verified, source: works council, text: {en: "One day.", de: "Ein Tag."}, params: {gap: 1d, per: case}}`
	if r := tenant(t, "  - {id: acme.gap, "+rest); r.On(dateOf(t, "2026-01-01")).Rule("acme.gap") == nil || len(r.Overrides()) > 0 {
		t.Error("a rule of one's own is not there, or counts as an override")
	}
	for entry, want := range map[string]string{
		"  - {id: de.quiet_hour, params: {holidays: false}}": `acme.yaml:5: rule de.quiet_hour: no such rule in pack de; did you mean "de.quiet_hours"?`,
		"  - {id: de.fee}": "acme.yaml:5: rule de.fee: changes nothing; give params, verified or drop",
		"  - {id: us.hours, params: {holidays: false}}":       "rule us.hours: no such rule in pack de",
		"  - {id: de.gap, " + rest:                            "rule de.gap: ids of your own start with acme.",
		"  - {id: de.fee, " + rest:                            "acme.yaml:5: rule de.fee: is of kind fee_cap in pack de; leave kind out",
		"  - {id: de.fee, status: verified}":                  "rule de.fee: status is the pack's",
		"  - {id: de.fee, params: {max: 1}}":                  `rule de.fee: params: "max" is not known`,
		"  - {id: de.fee, params: {max_minor: free}}":         `acme.yaml:5: rule de.fee: params: max_minor: "free" is no number`,
		"  - {id: de.quiet_hours, params: {open: \"20:00\"}}": "open 20:00 is not before close 20:00",
		"  - {id: de.moratorium.covid, from: 2026-01-01, params: {who: [consumer, micro_business, business]}}":                           "the pack's rule does not hold from 2026-01-01; nothing is changed",
		"  - {id: de.fee, params: {max_minor: 1}}\n  - {id: de.fee, params: {max_minor: 2}}":                                             "acme.yaml:6: rule de.fee: holds with the entry of line 5 at once",
		"  - {id: de.fee, drop: true, override: {reason: x, by: y}}":                                                                     "override: want all of reason, by, date",
		"  - {id: de.bureau, drop: true, verified: {by: y, date: soon}}":                                                                 `verified: date: "soon" is no date`,
		"  - {id: de.fee, params: {max_minor: 90}, verified: {by: a, date: 2026-01-01}, override: {reason: r, by: a, date: 2026-01-01}}": "has both override and verified",
	} {
		if _, err := Parse("acme.yaml", []byte(ownFile(entry))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot %v\nwant %s", entry, err, want)
		}
	}
	for text, want := range map[string]string{
		strings.Replace(ownFile("  - {id: de.fee, params: {max_minor: 1}}"), "pack: de", "pack: dee", 1):                 `acme.yaml: pack: pack "dee" is not known; did you mean "de"?`,
		strings.Replace(ownFile("  - {id: de.fee, params: {max_minor: 1}}"), "pack: de", "pack: de\ncountries: [AT]", 1): "acme.yaml:1: pack: a tenant's file has the include and countries of its pack de",
	} {
		if _, err := Parse("acme.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestParseOwn(t *testing.T) {
	text := ownFile("  - {id: core.cap.week, params: {max: 1}}")
	for pack, want := range map[string]string{"": "", "de": "", "us": "acme.yaml:1: pack: is de, but the configuration says us"} {
		r, err := ParseOwn("acme.yaml", []byte(text), pack)
		if want == "" && (err != nil || r.Pack != "de") || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: %v", pack, err)
		}
	}
	if _, err := ParseOwn("x.yaml", []byte(pack()), ""); err == nil || !strings.Contains(err.Error(), "x.yaml:1: pack: is missing") {
		t.Errorf("a pack in place of the law: %v", err)
	}
	if _, err := ParseOwn("x.yaml", nil, "de"); err == nil {
		t.Error("an empty file passes")
	}
}

func TestDiff(t *testing.T) {
	base := load(t, "de")
	r := tenant(t, "  - {id: core.cap.week, params: {max: 1}}\n  - {id: de.fee, from: 2027-01-01, until: 2027-06-30, params: {max_minor: 110}, "+override+"}\n"+
		"  - {id: de.threat.court, drop: true, "+override+"}\n  - {id: de.bureau, "+verified+"}\n"+
		`  - {id: acme.gap, kind: gap, from: 2026-01-01, status: verified, source: works council, text: {en: "One day.", de: "Ein Tag."}, params: {gap: 1d, per: case}}`)
	var got strings.Builder
	for _, d := range Diff(base, r) {
		fmt.Fprintf(&got, "%s %s%s %s\n", d.What, d.ID, days(d.From, d.Until), d.Detail)
	}
	want := `added acme.gap from 2026-01-01 
tightened core.cap.week from 1900-01-01 max 2 -> 1
changed de.bureau from 2018-05-25 status unverified -> verified
loosened de.fee from 2027-01-01 until 2027-06-30 max_minor 76 -> 110
removed de.threat.court from 2018-03-22 
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	if d := Diff(base, base); len(d) > 0 {
		t.Errorf("a pack differs from itself: %v", d)
	}
	if d := DiffOn(base, r, dateOf(t, "2026-12-31")); len(d) != 4 {
		t.Errorf("on 2026-12-31: %v", d)
	}
}

// The sentence of a changed rule does not go on naming the pack's values alone.
func TestChangedRuleSaysSo(t *testing.T) {
	for entry, want := range map[string]string{
		"  - {id: core.cap.week, params: {max: 1}}":                                               "Ein Schuldner erhält höchstens zwei Kontakte in sieben Tagen, über alle Fälle und Kanäle. Geändert von acme: max 2 -> 1.",
		"  - {id: core.cap.week, params: {max: 1}, text: {en: One a week., de: Einer je Woche.}}": "Einer je Woche.",
	} {
		if got := tenant(t, entry).On(20000).Rule("core.cap.week").Text.DE; got != want {
			t.Errorf("%s: %q, want %q", entry, got, want)
		}
	}
}
