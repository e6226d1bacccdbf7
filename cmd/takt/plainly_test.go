package main

import (
	"encoding/json"
	"testing"

	"takt/features/audit"
)

func TestDetails(t *testing.T) {
	for data, want := range map[string]string{
		`{"case_id":"C-1"}`: "",
		`{"open":{"amount_minor":1000000,"currency":"EUR"},"oldest_due":"2026-10-01"}`: "oldest_due: 2026-10-01, open: {amount_minor: 1000000, currency: EUR}",
		`{"until":"2026-12-21T12:00:00Z","weekdays":["sat","sun"],"unmatched":true}`:   "unmatched: true, until: 2026-12-21T12:00:00Z, weekdays: sat+sun",
	} {
		var m map[string]any
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			t.Fatal(err)
		}
		if got := details(m); got != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
}

func TestAuditSaysWhatWasSaid(t *testing.T) {
	x := &audit.Entry{Act: audit.Approval, Reason: "checked", Detail: json.RawMessage(`{"approved":false,"by":"m-7"}`)}
	if got := told(x); got != "refused by m-7: checked" {
		t.Error(got)
	}
	x = &audit.Entry{Act: audit.Overrides, Detail: json.RawMessage(`[{"rule":"de.fee","what":"max_minor 76 -> 110","by":"m-7","date":"2026-12-01"}]`)}
	if got := loosened(x); len(got) != 1 || got[0].Rule != "de.fee" {
		t.Errorf("%+v", got)
	}
}
