package engine_test

import (
	"fmt"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
)

// One decision from beginning to end. The draw is keyed by tenant secret and decision id, so the
// same input gives the same decision for ever.
func Example() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	tenant := engine.DefaultTenant("acme")
	tenant.Policy = "uniform"
	id, _ := engine.ParseID("01KAJ8Z5Z0000000000000000A")
	in := &engine.Input{
		Tenant:   tenant,
		Facts:    &engine.Facts{}, // no history
		Profiled: true,
		Now:      time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC),
		Zone:     berlin,
		ID:       id,
		Request: &engine.Request{
			Case:        engine.Case{ID: "C-4711", Open: engine.Money{AmountMinor: 5990, Currency: "EUR"}, OldestDue: 20395},
			Debtor:      engine.Debtor{ID: "D-9", Language: "de"},
			Contacts:    []engine.ContactPoint{{Channel: engine.Email, AddressRef: "e:1f", Validity: .97}},
			Constraints: engine.Constraints{MaxCostMinor: -1},
		},
	}
	decider := engine.NewDecider(guard.New(), policy.NewUniform())
	var d engine.Decision
	if err := decider.Decide(&d, in); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v by %v, %v, %v, p = %.4f of %d eligible actions\n", d.Kind, d.Action.Channel, d.Action.Tone, d.Action.Offer, d.Propensity, len(d.Eligible))
	fmt.Println(d.Action.Template, "between", d.Action.NotBefore.Format(time.DateTime), "and", d.Action.NotAfter.Format(time.TimeOnly))
	// Output:
	// contact by email, firm, instalments, p = 0.0118 of 85 eligible actions
	// firm_email_de between 2025-11-22 17:00:00 and 20:00:00
}
