package features

// Schema is the version of the feature vector. A version never changes: a new feature goes to the
// end under the next version, and readers of an older snapshot take the first of its features only.
const Schema = 1

// Feature is one value of the context vector x.
type Feature struct {
	Name     string
	Unit     string
	Min, Max float32 // Context clamps to them
	Doc      string  // how it is computed, not for people (see Text); "prior" is the value without history
}

// Vector is the table of features of Schema, in the order of x. Rates are posterior means of a Beta
// prior, (hits+a)/(trials+a+b), so that no history reads as the prior. Recency is w/(w+age), 1 just
// now and 0 never. Money is log10(1+major units)/3.
var Vector = []Feature{
	{"bias", "1", 1, 1, "always 1"},
	{"amount", "log", 0, 3, "open amount of the case: newer of request and history"},
	{"overdue", "share", 0, 1, "days past due d as d/(d+30); 0 if not due or unknown"},
	{"overdue_long", "years", 0, 3, "days past due / 365"},
	{"pre_due", "share", 0, 1, "days until due / 30"},
	{"level", "share", 0, 3, "dunning level / 3; prior 1/3"},
	{"stage_pre_due", "0/1", 0, 1, "stage is pre_due; without stage: not due yet"},
	{"stage_dunning", "0/1", 0, 1, "stage is dunning; without stage: due"},
	{"stage_late", "0/1", 0, 1, "stage is agency or legal"},
	{"in_default", "0/1", 0, 1, "default_since is given and reached"},
	{"undelivered", "0/1", 0, 1, "fulfilment in_transit, returned or refund"},
	{"contract_age", "share", 0, 1, "years since contract y as y/(y+3); prior 1/2"},
	{"case_contact", "share", 0, 1, "recency of the case's last contact, w 7 days"},
	{"hour_sin", "1", -1, 1, "sine of the local hour, one turn a day"},
	{"hour_cos", "1", -1, 1, "cosine of it"},
	{"week_sin", "1", -1, 1, "sine of the local weekday and hour, one turn a week from Monday"},
	{"week_cos", "1", -1, 1, "cosine of it"},
	{"payday", "share", 0, 1, "1/(1+days since the last local 1st, 15th or 28th)"},
	{"tenure", "share", 0, 1, "days d since the first fact as d/(d+365)"},
	{"business", "0/1", 0, 1, "debtor is a business"},
	{"age_18_29", "0/1", 0, 1, "age band by birth year; prior .24"},
	{"age_50_69", "0/1", 0, 1, "age band by birth year; prior .27"},
	{"age_70_up", "0/1", 0, 1, "age band by birth year; prior .11"},
	{"vulnerable", "0/1", 0, 1, "flag vulnerable, hardship, guardian or minor"},
	{"open_cases", "share", 0, 1, "known cases not closed / 6"},
	{"other_debt", "log", 0, 3, "open amount of the debtor's other cases, same currency"},
	{"usable_email", "share", 0, 1, "validity of the address; 0 refused or none; prior 1/2"},
	{"usable_sms", "share", 0, 1, "as usable_email"},
	{"usable_letter", "share", 0, 1, "as usable_email"},
	{"usable_phone", "share", 0, 1, "as usable_email"},
	{"usable_messenger", "share", 0, 1, "as usable_email"},
	{"usable_push", "share", 0, 1, "as usable_email"},
	{"reach_email", "rate", 0, 1, "delivered of delivered and failed; prior .95, weight 10"},
	{"reach_sms", "rate", 0, 1, "delivered of delivered and failed; prior .95, weight 10"},
	{"reach_letter", "rate", 0, 1, "delivered of delivered, failed and returned; prior .95, weight 10"},
	{"reach_phone", "rate", 0, 1, "connected of attempts; prior .15, weight 5"},
	{"answer_email", "rate", 0, 1, "contacts answered within 7 days of contacts; prior .2, weight 5"},
	{"answer_sms", "rate", 0, 1, "as answer_email"},
	{"answer_letter", "rate", 0, 1, "as answer_email"},
	{"answer_phone", "rate", 0, 1, "as answer_email"},
	{"answer_messenger", "rate", 0, 1, "as answer_email"},
	{"answer_push", "rate", 0, 1, "as answer_email"},
	{"opens_email", "rate", 0, 1, "opens of contacts while tracking is consented, else the prior; prior .3, weight 5"},
	{"inbound", "share", 0, 1, "recency of the last inbound act, w 2 days"},
	{"contacts_7d", "share", 0, 3, "contacts of the last 7 days, pending ones too, / 3"},
	{"contacts_30d", "share", 0, 2, "contacts of the last 30 days / 8"},
	{"contact", "share", 0, 1, "recency of the last contact carried out, w 7 days"},
	{"active_morning", "share", 0, 1, "share of acts from 8 to 11, fading; prior .15, weight 4"},
	{"active_afternoon", "share", 0, 1, "share of acts from 14 to 17; prior .2, weight 4"},
	{"active_evening", "share", 0, 1, "share of acts from 17 to 20; prior .25, weight 4"},
	{"active_weekend", "share", 0, 1, "share of acts on Saturday and Sunday; prior .25, weight 4"},
	{"promises_kept", "rate", 0, 1, "promises kept of kept and broken; prior .7, weight 4"},
	{"promise_open", "0/1", 0, 1, "the case has an open promise"},
	{"plans_kept", "rate", 0, 1, "instalments paid of paid and missed; prior .7, weight 4"},
	{"payments", "log", 0, 3, "ln(1+payments)/2"},
	{"paid_amount", "log", 0, 3, "mean payment"},
	{"pay_delay", "months", -1, 3, "mean days past due of payments / 30; prior .3, weight 2"},
	{"last_payment", "share", 0, 1, "recency of the last payment, w 30 days"},
	{"paid_after", "rate", 0, 1, "contacts followed by a payment within 14 days of contacts; prior .2, weight 5"},
	{"disputes", "log", 0, 2, "ln(1+disputes)"},
	{"complaints", "log", 0, 2, "ln(1+complaints)"},
	{"returned_mail", "log", 0, 2, "ln(1+addresses that came back)"},
	{"score_payment", "1", -1, 3, "the caller's score payment until it expires; prior 0"},
	{"score_risk", "1", -1, 3, "the caller's score risk until it expires; prior 0"},
}
