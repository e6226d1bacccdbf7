package api_test

import (
	"time"
)

// The floor F is a bare Echo handler that binds the same request type and answers with the same
// reply type, both with encoding/json, and does nothing else.

type floorMoney struct {
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
}

type floorRequest struct {
	Case struct {
		ID           string      `json:"id"`
		Portfolio    string      `json:"portfolio"`
		Stage        string      `json:"stage"`
		Open         *floorMoney `json:"open"`
		OldestDue    string      `json:"oldest_due"`
		DunningLevel *int        `json:"dunning_level"`
		DefaultSince *string     `json:"default_since"`
		Dispute      *struct {
			State, Scope string
			AmountMinor  int64 `json:"amount_minor"`
		} `json:"dispute"`
		Service       string  `json:"service"`
		Arrears       *int    `json:"arrears"`
		Reminders     *int    `json:"reminders"`
		FirstReminder *string `json:"first_reminder"`
		Informed      *string `json:"informed"`
		ContractDate  string  `json:"contract_date"`
		Fulfilment    string  `json:"fulfilment"`
	} `json:"case"`
	Debtor struct {
		ID        string   `json:"id"`
		Kind      string   `json:"kind"`
		TZ        string   `json:"tz"`
		Zones     []string `json:"zones"`
		Region    string   `json:"region"`
		Language  string   `json:"language"`
		BirthYear int      `json:"birth_year"`
		Flags     []string `json:"flags"`
	} `json:"debtor"`
	Channels []struct {
		Channel    string   `json:"channel"`
		AddressRef string   `json:"address_ref"`
		Validity   *float64 `json:"validity"`
		Consent    string   `json:"consent"`
		Place      string   `json:"place"`
	} `json:"channels"`
	AsOf        *time.Time `json:"as_of"`
	Constraints *struct {
		EarliestExecute *time.Time `json:"earliest_execute"`
		LatestExecute   *time.Time `json:"latest_execute"`
		MaxCostMinor    *int64     `json:"max_cost_minor"`
		AllowChannels   []string   `json:"allow_channels"`
		AllowTones      []string   `json:"allow_tones"`
		AllowOffers     []string   `json:"allow_offers"`
	} `json:"constraints"`
	Want *struct {
		Alternatives int    `json:"alternatives"`
		Explain      string `json:"explain"`
		Mode         string `json:"mode"`
	} `json:"want"`
}

type floorWindow struct {
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	TZ        string    `json:"tz"`
}

type floorReply struct {
	DecisionID string    `json:"decision_id"`
	CaseID     string    `json:"case_id"`
	Kind       string    `json:"kind"`
	Mode       string    `json:"mode"`
	IssuedAt   time.Time `json:"issued_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	TZ         string    `json:"tz"`
	Revalidate string    `json:"revalidate"`
	Until      string    `json:"until,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	ReasonText string    `json:"reason_text,omitempty"`
	Action     *struct {
		Channel    string `json:"channel"`
		AddressRef string `json:"address_ref"`
		Template   struct {
			Key      string         `json:"key"`
			Language string         `json:"language"`
			Params   map[string]any `json:"params"`
			Preview  *string        `json:"preview"`
			Tags     []string       `json:"tags"`
			Must     []string       `json:"must_carry"`
		} `json:"template"`
		Tone   string      `json:"tone"`
		Window floorWindow `json:"send_window"`
		Offer  struct {
			Type        string   `json:"type"`
			PaymentLink bool     `json:"payment_link"`
			Methods     []string `json:"methods"`
			Instalments *bool    `json:"instalments"`
			Deferral    *bool    `json:"deferral"`
			GiroCode    *string  `json:"giro_code"`
		} `json:"offer"`
		CallGuidance *struct {
			Opener      string   `json:"opener"`
			Tone        string   `json:"tone"`
			MayOffer    []string `json:"may_offer"`
			Instalments *bool    `json:"instalments"`
			MustSay     []string `json:"must_say"`
			MustNot     []string `json:"must_not"`
			Identify    bool     `json:"identify_first"`
			Recording   bool     `json:"recording_notice"`
		} `json:"call_guidance"`
	} `json:"action"`
	Scores *struct {
		PResolve struct {
			Mean float64 `json:"mean"`
			P10  float64 `json:"p10"`
			P90  float64 `json:"p90"`
		} `json:"p_resolve"`
		Horizon    int     `json:"horizon_days"`
		Uplift     float64 `json:"uplift_vs_hold"`
		PComplaint float64 `json:"p_complaint"`
		PChurn     float64 `json:"p_churn"`
		Amount     int64   `json:"expected_amount_minor"`
		Net        int64   `json:"expected_net_minor"`
		Cost       int64   `json:"cost_minor"`
		CostMicro  int64   `json:"cost_micro"`
	} `json:"scores"`
	Policy struct {
		ID          string    `json:"id"`
		Version     *string   `json:"version"`
		Propensity  float64   `json:"propensity"`
		Exploration bool      `json:"exploration"`
		Experiment  *struct{} `json:"experiment"`
		Model       *string   `json:"model"`
		Ruleset     string    `json:"ruleset"`
	} `json:"policy"`
	Segment *struct {
		ID         string  `json:"id"`
		Name       string  `json:"name"`
		Confidence float64 `json:"confidence"`
	} `json:"segment"`
	Reasons []struct {
		Code    string `json:"code"`
		Feature string `json:"feature,omitempty"`
		Text    string `json:"text"`
		Weight  int64  `json:"weight"`
	} `json:"reasons"`
	Alternatives []struct {
		Action struct {
			Kind    string       `json:"kind,omitempty"`
			Channel string       `json:"channel,omitempty"`
			Tone    string       `json:"tone,omitempty"`
			Offer   string       `json:"offer,omitempty"`
			Window  *floorWindow `json:"send_window,omitempty"`
		} `json:"action"`
		Net        *int64  `json:"expected_net_minor"`
		Propensity float64 `json:"propensity"`
	} `json:"alternatives"`
	Compliance struct {
		Verdict string `json:"verdict"`
		Terms   *struct {
			MayHold  []string `json:"may_hold"`
			Identify bool     `json:"identify_first"`
			Discreet bool     `json:"discreet"`
			Fee      *int64   `json:"fee_minor"`
			Lump     int64    `json:"lump_minor"`
			Points   float64  `json:"interest_points"`
			Human    []string `json:"human"`
			Forbear  []string `json:"forbearance_before"`
		} `json:"terms,omitempty"`
		Trace []struct {
			Rule   string         `json:"rule"`
			Result string         `json:"result"`
			Params map[string]any `json:"params"`
			Until  string         `json:"until,omitempty"`
			Source string         `json:"source,omitempty"`
			Text   string         `json:"text,omitempty"`
		} `json:"trace"`
	} `json:"compliance"`
	Fallback struct {
		Kind    string     `json:"kind"`
		Due     *time.Time `json:"due"`
		Channel string     `json:"channel,omitempty"`
		Tone    string     `json:"tone,omitempty"`
		Offer   string     `json:"offer,omitempty"`
		Reason  *string    `json:"reason"`
	} `json:"fallback"`
	Profile struct {
		AsOf  *time.Time `json:"as_of"`
		Stale bool       `json:"stale"`
	} `json:"profile"`
	Review *time.Time `json:"next_review_at"`
}

type floorEvent struct {
	SpecVersion string         `json:"specversion"`
	ID          string         `json:"id"`
	Source      string         `json:"source"`
	Type        string         `json:"type"`
	Subject     string         `json:"subject"`
	Time        time.Time      `json:"time"`
	Data        floorEventData `json:"data"`
}

type floorEventData struct {
	CaseID      string `json:"case_id"`
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
	Due         string `json:"due"`
	Channel     string `json:"channel"`
	Reason      string `json:"reason"`
	Tone        string `json:"tone"`
	Template    string `json:"template"`
	DecisionID  string `json:"decision_id"`
	AddressRef  string `json:"address_ref"`
}

type floorResult struct {
	Index  int    `json:"index"`
	Source string `json:"source"`
	ID     string `json:"id"`
	Status string `json:"status"`
}

type floorResults struct {
	Results                       []floorResult `json:"results"`
	Accepted, Duplicates, Refused int
}
