package rules

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"takt/engine"
)

var update = flag.Bool("update", false, "write testdata/ids.txt")

func load(t testing.TB, name string) *engine.Rules {
	t.Helper()
	r, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func dateOf(t testing.TB, s string) engine.Date {
	t.Helper()
	d, err := engine.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(r *engine.Rules) (all []string) {
	for _, rule := range r.All() {
		all = append(all, rule.ID)
	}
	return slices.Compact(all)
}

// The rules of each pack, those that it includes among them. A rule that vanishes is a line that vanishes here.
func TestPacksHaveTheirRules(t *testing.T) {
	var b strings.Builder
	for _, name := range Names() {
		b.WriteString(name + "\n")
		for _, id := range ids(load(t, name)) {
			b.WriteString("  " + id + "\n")
		}
	}
	const path = "testdata/ids.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the packs have other rules than %s; -update writes it:\n%s", path, b.String())
	}
}

// table names every row of the rule table and the rules that stand for it, each with its kind.
var table = []struct {
	row, pack string
	rules     string
	unchecked bool // [k]: every rule of the row is unverified
}{
	{"DE default (Verzug)", "de", "de.default:default_claims", false},
	{"DE interest/lump", "de", "de.interest:interest de.lump_sum:lump_sum", true},
	{"DE reminder fee", "de", "de.fee:fee_cap", false},
	{"DE agency first letter", "de", "de.agency.first_letter:first_contact", false},
	{"DE SMS/e-mail dunning", "de", "de.contact.spacing:gap core.claim:claim", false},
	{"DE threats", "de", "de.threat.court:content", false},
	{"DE bureau reporting", "de", "de.bureau:bureau", true},
	{"DE advertising", "de", "de.advertising:purpose", true},
	{"DE tracking", "de", "de.tracking:purpose", true},
	{"DE quiet hours", "de", "de.quiet_hours:hours de.quiet_hours.phone:hours", true},
	{"DE telco block", "de", "de.block.telco:service_block", true},
	{"DE energy", "de", "de.block.energy:service_block", true},
	{"Limitation", "de", "de.limitation:limitation", true},
	{"Dispute (Bestreiten)", "de", "de.dispute:dispute", true},
	{"Dispute (Bestreiten)", "uk", "uk.dispute:dispute", true},
	{"Dispute (Bestreiten)", "us", "us.dispute:dispute", true},
	{"Insolvency", "de", "de.stop.insolvency:stop", true},
	{"Minor / guardian / lawyer / debt adviser", "de", "de.stop.minor:minor de.stop.guardian:stop de.stop.represented:stop", true},
	{"Minor / guardian / lawyer / debt adviser", "us", "us.stop.minor:minor us.stop.guardian:stop us.stop.represented:stop", false},
	{"Deceased", "de", "de.stop.deceased:stop", true},
	{"Deceased", "us", "us.stop.deceased:stop", false},
	{"Moratorium (generic)", "de", "de.moratorium.covid:moratorium", false},
	{"GDPR lawful basis/minimise", "de", "eu.data:data eu.consent.channels:channel_consent", true},
	{"Art. 15/17/21", "de", "core.stop.erasure:stop core.objection:objection", true},
	{"Art. 22 + SCHUFA", "de", "core.approval:approval", false},
	{"AI Act", "de", "eu.ai.vulnerable:soft_tones eu.ai.credit:data eu.ai.bot:content", true},
	{"CCD2", "de", "eu.credit.forbearance:forbearance", false},
	{"CCD2", "at", "eu.credit.forbearance:forbearance", false},
	{"UK times/wishes", "uk", "uk.wishes:wishes uk.discreet:discreet uk.identify:identify", false},
	{"UK times/wishes", "uk", "uk.hours:hours", true}, // the hours are practice
	{"UK forbearance/vulnerable", "uk", "uk.tones.vulnerable:soft_tones uk.plan_offer:plan_offer", false},
	{"UK Breathing Space", "uk", "uk.breathing_space:breathing_space", false},
	{"US calls 7-in-7", "us", "us.calls.seven_in_seven:cap us.calls.after_conversation:conversation", false},
	{"US hours/places", "us", "us.hours:hours us.zone:zone us.wishes:wishes", false},
	{"US opt-out", "us", "us.opt_out:content", false},
	{"US opt-out", "us", "us.work_address:work_address", true},
	{"TCPA", "us", "us.consent.channels:channel_consent us.consent.revoked:channel_stop", false},
	{"AT / CH", "ch", "ch.interest:interest", false},
	{"AT / CH", "at", "at.fee:fee_cap", true}, // no figure is known: none is hinted at
	{"AT / CH", "ch", "ch.fee:fee_cap", true},
	// what section 2 and issue 5 ask for beyond the table
	{"Mahnstopp per debtor or case", "de", "core.hold:hold", false},
	{"Undelivered or returned goods", "de", "core.fulfilment:fulfilment", false},
	{"Promise, plan, reply", "de", "core.promise:promise core.plan:plan core.reply:reply", false},
	{"Caps across campaigns", "de", "core.cap.week:cap core.gap:gap", false},
	{"Returned letter, wrong address", "de", "core.address.returned:returned_address core.address.valid:address", false},
	{"Unknown zone", "de", "core.zone:zone", false},
	{"Refused channel, wishes", "de", "core.channel.stop:channel_stop core.wishes:wishes", false},
	{"Hardship, not due", "de", "core.tones.soft:soft_tones core.tones.pre_due:pre_due core.plan_offer:plan_offer", false},
	{"Discreet preview", "de", "core.discreet:discreet", false},
}

func TestRuleTable(t *testing.T) {
	today := dateOf(t, "2026-12-01")
	met := map[engine.RuleKind]bool{}
	for _, row := range table {
		rules := load(t, row.pack).On(today)
		for _, want := range strings.Fields(row.rules) {
			id, kind, _ := strings.Cut(want, ":")
			switch r := rules.Rule(id); {
			case id == "de.moratorium.covid": // over
				if r = load(t, "de").On(dateOf(t, "2020-05-01")).Rule(id); r == nil || r.Kind.String() != kind {
					t.Errorf("%s: %s is not in force on 2020-05-01", row.row, id)
				} else {
					met[r.Kind] = true
				}
			case r == nil || r.Kind.String() != kind:
				t.Errorf("%s: pack %s has no %s of kind %s", row.row, row.pack, id, kind)
			case row.unchecked != r.Unverified:
				t.Errorf("%s: %s is %s", row.row, id, Status(r))
			default:
				met[r.Kind] = true
			}
		}
	}
	for k := engine.RuleKind(1); k < engine.RuleKinds; k++ {
		if !met[k] {
			t.Errorf("no row of the table has a rule of kind %s", k)
		}
	}
}

// Figures of the table, on days before and after they change.
func TestFiguresOfTheTable(t *testing.T) {
	for _, c := range []struct{ pack, on, id, want string }{
		{"de", "2020-03-31", "de.moratorium.covid", ""},
		{"de", "2020-04-01", "de.moratorium.covid", "contract_before 2020-03-08, who consumer+micro_business"},
		{"de", "2020-06-30", "de.moratorium.covid", "contract_before 2020-03-08, who consumer+micro_business"},
		{"de", "2020-07-01", "de.moratorium.covid", ""},
		{"de", "2021-11-30", "de.block.telco", "service telco, min_minor 7500, currency EUR, instalments 0, notice_days 14, work_days 0, undisputed true, names_courts true"},
		{"de", "2021-12-01", "de.block.telco", "service telco, min_minor 10000, currency EUR, instalments 0, notice_days 14, work_days 0, undisputed true, names_courts true"},
		{"de", "2026-01-01", "de.block.energy", "service energy, min_minor 10000, currency EUR, instalments 2, notice_days 28, work_days 8, undisputed true, names_courts false"},
		{"de", "2021-09-30", "de.agency.first_letter", ""},
		{"de", "2021-10-01", "de.agency.first_letter", "stages agency, who consumer, by email+letter, needs rdg13a"},
		{"de", "2026-01-01", "de.bureau", "reminders 2, days 28, informed true, undisputed true"},
		{"de", "2026-01-01", "de.limitation", "years 3, year_end true, tones loss_framed+firm+formal"},
		{"de", "2026-01-01", "de.fee", "max_minor 76, currency EUR, in_contract false"},
		{"de", "2026-01-01", "de.lump_sum", "max_minor 4000, currency EUR, charged business"},
		{"de", "2026-01-01", "de.quiet_hours", "open 08:00, close 20:00, weekdays mon+tue+wed+thu+fri+sat, holidays false, channels email+sms+messenger+push+portal+chat"},
		{"de", "2026-01-01", "core.cap.week", "max 2, window 7d, per debtor, counts attempts, channels all"},
		{"de", "2026-01-01", "core.gap", "gap 2d, per debtor, channels all"},
		{"de", "2026-11-19", "eu.credit.forbearance", ""},
		{"de", "2026-11-20", "eu.credit.forbearance", "acts handover+court, offers instalments+deferral, debt_advice true"},
		{"uk", "2021-05-03", "uk.breathing_space", ""},
		{"uk", "2021-05-04", "uk.breathing_space", "days 60, treatment_days 30"},
		{"us", "2021-11-29", "us.calls.seven_in_seven", ""},
		{"us", "2026-01-01", "us.calls.seven_in_seven", "max 7, window 7d, per case, counts attempts, channels phone"},
		{"us", "2026-01-01", "us.calls.after_conversation", "days 7, per case, channels phone"},
		{"us", "2026-01-01", "us.hours", "open 08:00, close 21:00, weekdays sun+mon+tue+wed+thu+fri+sat, holidays true, channels email+sms+phone+messenger+push+portal+chat"},
		{"us", "2026-01-01", "us.opt_out", "needs opt_out, tags all, channels email+sms+messenger+push+chat"},
		{"ch", "2026-01-01", "ch.interest", "points_person 5, points_firm 5"},
	} {
		got := ""
		if r := load(t, c.pack).On(dateOf(t, c.on)).Rule(c.id); r != nil {
			got = Params(r)
		}
		if got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.id, c.on, got, c.want)
		}
	}
}

// Each pack keeps what today's fixed rules keep: no debtor is worse off by choosing one.
func TestEveryPackStopsAndHolds(t *testing.T) {
	for _, name := range []string{"de", "at", "ch", "uk", "us"} {
		if r, err := Law(name); err != nil || r != load(t, name) {
			t.Errorf("%s is no law: %v", name, err)
		}
		span := load(t, name).On(dateOf(t, "2026-11-20"))
		var stopped engine.Flags
		for _, r := range span.Of(engine.RuleStop) {
			stopped |= r.Params.Flags
		}
		if want := engine.Deceased | engine.Insolvent | engine.Represented | engine.Guardian | engine.Erasure; stopped != want {
			t.Errorf("%s stops for %v", name, stopped.Names())
		}
		for _, k := range []engine.RuleKind{engine.RuleMinor, engine.RuleDispute, engine.RuleHold, engine.RuleFulfilment, engine.RulePromise, engine.RulePlan, engine.RuleReply, engine.RuleClaim,
			engine.RuleLimitation, engine.RuleChannelConsent, engine.RuleChannelStop, engine.RuleReturnedAddress, engine.RuleZone, engine.RuleCap, engine.RuleGap, engine.RuleHours,
			engine.RuleSoftTones, engine.RulePreDue, engine.RuleContent, engine.RuleFeeCap, engine.RuleBureau, engine.RulePlanOffer, engine.RuleApproval, engine.RuleObjection, engine.RuleData} {
			if len(span.Of(k)) == 0 {
				t.Errorf("%s has no rule of kind %s", name, k)
			}
		}
	}
}
