package rules

import (
	"fmt"
	"strings"

	"takt/engine"
)

// direction says which change of a param tightens its rule.
type direction uint8

const (
	fixed direction = iota // any change loosens
	up                     // higher, later, longer, more words, yes
	down                   // lower, earlier, shorter, fewer words, no
)

// param is one value that rules may have: its key in YAML, which change tightens, and where it is kept.
type param struct {
	name    string
	tighter direction
	of      func(*engine.RuleParams) value
}

type (
	p = engine.RuleParams
	v = value
)

func count(at func(*p) *int16, lo, hi float64) func(*p) v {
	return func(r *p) v { return number[int16]{at(r), lo, hi} }
}

func cents(at func(*p) *int64) func(*p) v {
	return func(r *p) v { return number[int64]{at(r), 0, engine.MaxAmountMinor} }
}

func set[T interface {
	~uint8
	fmt.Stringer
}, P named[T]](at func(*p) *engine.Set[T]) func(*p) v {
	return func(r *p) v { return words[T, P]{at(r)} }
}

// maxCount is as many contacts as a profile remembers.
const maxCount = 16

// params is the schema: every param there is, with its type, its bounds and its tighter direction.
var params = [...]param{
	{"flags", up, func(r *p) v { return flags{&r.Flags} }},
	{"who", up, set[engine.Party](func(r *p) *engine.Set[engine.Party] { return &r.Who })},
	{"outcome", fixed, func(r *p) v { return word[engine.Kind, *engine.Kind]{&r.Outcome} }},
	{"age", up, count(func(r *p) *int16 { return &r.Age }, 14, 25)},
	{"contract_before", up, func(r *p) v { return date{&r.ContractBefore} }},
	{"days", up, count(func(r *p) *int16 { return &r.Days }, 0, 3660)},
	{"treatment_days", up, count(func(r *p) *int16 { return &r.TreatmentDays }, 0, 3660)},
	{"partial", up, func(r *p) v { return word[engine.Partial, *engine.Partial]{&r.Partial} }},
	{"reasons", up, set[engine.HoldReason](func(r *p) *engine.Set[engine.HoldReason] { return &r.Reasons })},
	{"fulfilment", up, set[engine.Fulfilment](func(r *p) *engine.Set[engine.Fulfilment] { return &r.Fulfilment })},
	{"grace", up, func(r *p) v { return span{&r.Grace} }},
	{"pause", up, func(r *p) v { return span{&r.Pause} }},
	{"claim", up, set[engine.ClaimState](func(r *p) *engine.Set[engine.ClaimState] { return &r.Claim })},
	{"years", down, count(func(r *p) *int16 { return &r.Years }, 1, 30)},
	{"year_end", down, func(r *p) v { return truth{&r.YearEnd} }},
	{"channels", up, func(r *p) v { return channels{&r.Channels} }},
	{"by", down, func(r *p) v { return channels{&r.By} }},
	{"purpose", fixed, func(r *p) v { return word[engine.Purpose, *engine.Purpose]{&r.Purpose} }},
	{"min_validity", up, func(r *p) v { return number[float64]{&r.MinValidity, 0, 1} }},
	{"wishes", up, set[engine.Wish](func(r *p) *engine.Set[engine.Wish] { return &r.Wishes })},
	{"stages", up, set[engine.Stage](func(r *p) *engine.Set[engine.Stage] { return &r.Stages })},
	{"max", down, count(func(r *p) *int16 { return &r.Max }, 0, maxCount)},
	{"window", up, func(r *p) v { return span{&r.Window} }},
	{"gap", up, func(r *p) v { return span{&r.Gap} }},
	{"per", up, func(r *p) v { return word[engine.CapPer, *engine.CapPer]{&r.Per} }},
	{"counts", up, func(r *p) v { return word[engine.CapCounts, *engine.CapCounts]{&r.Counts} }},
	{"open", up, func(r *p) v { return clock{&r.Open} }},
	{"close", down, func(r *p) v { return clock{&r.Close} }},
	{"weekdays", down, set[engine.Weekday](func(r *p) *engine.Set[engine.Weekday] { return &r.Weekdays })},
	{"holidays", down, func(r *p) v { return truth{&r.Holidays} }},
	{"tones", up, set[engine.Tone](func(r *p) *engine.Set[engine.Tone] { return &r.Tones })},
	{"tags", up, func(r *p) v { return tags{words[engine.Tag, *engine.Tag]{&r.Tags}} }},
	{"needs", up, set[engine.Tag](func(r *p) *engine.Set[engine.Tag] { return &r.Needs })},
	{"first_free", up, func(r *p) v { return truth{&r.FirstFree} }},
	{"max_minor", down, cents(func(r *p) *int64 { return &r.MaxMinor })},
	{"min_minor", up, cents(func(r *p) *int64 { return &r.MinMinor })},
	{"currency", fixed, func(r *p) v { return currency{&r.Currency} }},
	{"in_contract", up, func(r *p) v { return truth{&r.InContract} }},
	{"charged", down, set[engine.Party](func(r *p) *engine.Set[engine.Party] { return &r.Charged })},
	{"points_person", down, func(r *p) v { return number[float64]{&r.PointsPerson, 0, 30} }},
	{"points_firm", down, func(r *p) v { return number[float64]{&r.PointsFirm, 0, 30} }},
	{"service", fixed, func(r *p) v { return word[engine.Supply, *engine.Supply]{&r.Service} }},
	{"reminders", up, count(func(r *p) *int16 { return &r.Reminders }, 0, maxCount)},
	{"notice_days", up, count(func(r *p) *int16 { return &r.NoticeDays }, 0, 366)},
	{"work_days", up, count(func(r *p) *int16 { return &r.WorkDays }, 0, 366)},
	{"instalments", up, count(func(r *p) *int16 { return &r.Instalments }, 0, 24)},
	{"undisputed", up, func(r *p) v { return truth{&r.Undisputed} }},
	{"informed", up, func(r *p) v { return truth{&r.Informed} }},
	{"names_courts", up, func(r *p) v { return truth{&r.NamesCourts} }},
	{"offers", down, set[engine.Offer](func(r *p) *engine.Set[engine.Offer] { return &r.Offers })},
	{"acts", up, set[engine.Act](func(r *p) *engine.Set[engine.Act] { return &r.Acts })},
	{"debt_advice", up, func(r *p) v { return truth{&r.DebtAdvice} }},
	{"deny", up, set[engine.DataUse](func(r *p) *engine.Set[engine.DataUse] { return &r.Deny })},
	{"retention_days", down, count(func(r *p) *int16 { return &r.RetentionDays }, 1, 3660)},
}

// kind is what a kind of rule must and may say. May is left out for "all".
type kind struct{ must, may string }

var kinds = [engine.RuleKinds]kind{
	engine.RuleStop:            {must: "flags outcome"},
	engine.RuleMinor:           {must: "age outcome"},
	engine.RuleMoratorium:      {must: "contract_before who"},
	engine.RuleBreathingSpace:  {must: "days treatment_days"},
	engine.RuleDispute:         {must: "partial"},
	engine.RuleHold:            {must: "reasons"},
	engine.RuleFulfilment:      {must: "fulfilment"},
	engine.RulePromise:         {must: "grace"},
	engine.RulePlan:            {},
	engine.RuleReply:           {must: "pause"},
	engine.RuleClaim:           {must: "claim"},
	engine.RuleLimitation:      {must: "years year_end tones"},
	engine.RuleChannelConsent:  {must: "channels"},
	engine.RuleChannelStop:     {may: "channels"},
	engine.RulePurpose:         {must: "purpose"},
	engine.RuleReturnedAddress: {may: "channels"},
	engine.RuleAddress:         {must: "min_validity", may: "channels"},
	engine.RuleWorkAddress:     {must: "channels"},
	engine.RuleFirstContact:    {must: "stages who by needs"},
	engine.RuleZone:            {must: "channels"},
	engine.RuleWishes:          {must: "wishes"},
	engine.RuleCap:             {must: "max window per counts", may: "channels"},
	engine.RuleGap:             {must: "gap per", may: "channels"},
	engine.RuleConversation:    {must: "days per channels"},
	engine.RuleHours:           {must: "open close weekdays holidays channels"},
	engine.RuleSoftTones:       {must: "flags tones"},
	engine.RulePreDue:          {must: "tones"},
	engine.RuleContent:         {must: "needs", may: "tags channels"},
	engine.RuleDefaultClaims:   {must: "tags days first_free"},
	engine.RuleFeeCap:          {must: "max_minor currency in_contract"},
	engine.RuleLumpSum:         {must: "max_minor currency charged"},
	engine.RuleInterest:        {must: "points_person points_firm"},
	engine.RuleBureau:          {must: "reminders days informed undisputed"},
	engine.RuleServiceBlock:    {must: "service min_minor currency instalments notice_days work_days undisputed names_courts"},
	engine.RuleIdentify:        {must: "channels"},
	engine.RuleDiscreet:        {must: "channels"},
	engine.RulePlanOffer:       {must: "flags offers"},
	engine.RuleForbearance:     {must: "acts offers debt_advice"},
	engine.RuleApproval:        {must: "acts"},
	engine.RuleObjection:       {},
	engine.RuleData:            {must: "deny retention_days"},
}

const (
	allChannels = engine.ChannelSet(1<<engine.Channels - 2)
)

// defaults are the params of a kind before its rule says anything.
func defaults(k engine.RuleKind) (r engine.RuleParams) {
	if kinds[k].has("channels") {
		r.Channels = allChannels
	}
	if k == engine.RuleContent {
		r.Tags = engine.AllTags
	}
	return r
}

func (k kind) names() []string { return strings.Fields(k.must + " " + k.may) }

func (k kind) has(name string) bool {
	for _, n := range k.names() {
		if n == name {
			return true
		}
	}
	return false
}

// of are the params of a kind in the order of its entry.
func of(k engine.RuleKind) (list []*param) {
	for _, name := range kinds[k].names() {
		list = append(list, paramNamed(name))
	}
	return list
}

func paramNamed(name string) *param {
	for i := range params {
		if params[i].name == name {
			return &params[i]
		}
	}
	panic("rules: no param " + name)
}

// change is how a param differs between two rules of one kind.
type change struct {
	name, was, is string
	looser        bool
}

func (c change) String() string { return c.name + " " + c.was + " -> " + c.is }

// changes are the params that differ.
func changes(k engine.RuleKind, old, now *engine.RuleParams) (list []change) {
	for _, p := range of(k) {
		was, is := p.of(old), p.of(now)
		d := is.against(was)
		if !d.less && !d.more {
			continue
		}
		looser := p.tighter == fixed || p.tighter == up && d.less || p.tighter == down && d.more
		list = append(list, change{p.name, was.String(), is.String(), looser})
	}
	return list
}
