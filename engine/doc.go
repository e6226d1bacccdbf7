// Package engine holds Takt's vocabulary and its pure decision core.
//
// An [Event] is folded into a debtor's profile (room features). A [Request] about one case,
// the debtor's [Facts] and the feature vector x give a decision's input; the guard keeps the
// eligible actions, a [Policy] gives each of them a propensity, one keyed draw picks one, and
// the [Decision] records all of it. Later events turn a decision into an [Outcome].
//
// Nothing here reads a clock, a file, a network or a global source of chance: time, identity
// and keys come in with the input, so the same input gives the same decision.
//
//	grid := engine.Grid{Channels: ..., Tones: ..., Slots: ..., Offers: ...}
//	k := grid.Size()             // contact actions and hold
//	a := grid.Action(17)         // levels of action 17
//	i := grid.Index(a)           // 17 again
package engine
