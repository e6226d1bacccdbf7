// Package explain says in money and in words why a stored decision is worth what it is: its value
// against waiting and against the next best action, split by factor (channel, tone, slot, offer, how
// they go together, cost), by feature of the case, and by both at once.
//
// Everything comes from the decision's row (context, eligible actions, open amount) and from what it
// was made with: the snapshot it names, and the tenant's grid, reward and channel costs of then. The
// split is that of [policy.Bandit.Compare], which leaves no rest. What is printed is whole minor
// units and adds up: values are rounded half to even, the lines of a list by largest remainder to
// the rounded sum of what they split, and where the difference of two rounded values is another
// number, a line "rounding" says so.
//
//	a, err := explain.Of(decision, explain.Basis{Tenant: then, Snapshot: snapshot, Words: words})
//	fmt.Println(a.Text()[explain.English])           // A friendly SMS in the evening is worth 1.85 € more than waiting, …
//	for _, l := range a.Hold.Factors {
//		fmt.Println(a.Hold.Line(&l)[explain.German])  // SMS: +2,00 €
//	}
package explain
