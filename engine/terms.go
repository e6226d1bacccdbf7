package engine

// Terms are what the rules ask of the text of a contact and of whoever carries a contact or an act out: the same for
// all options of a decision.
type Terms struct {
	Wording  Tags           // of [ConditionalTags] those that the facts allow in a text; the others keep a template out
	Needs    [Channels]Tags // what every text by the channel must carry
	With     [4]Companion   // what texts of certain tags must carry too
	Identify ChannelSet     // the debtor is identified before anything of the claim is said
	Discreet ChannelSet     // what others could see says nothing of the claim
	FeeMinor int64          // the most that a reminder may charge, minor units of the decision's currency
	Lump     int64          // lump sum that may be asked for, minor units
	Points   float64        // of default interest above the base rate, per year; 0: none may be asked for
	Approve  Set[Act]       // acts that a human decides
	Forbear  Set[Act]       // acts before which forbearance is offered and debt advice named
	Ladder   bool           // no profiling: the ladder decides
}

// Companion says that a text with one of the tags Has must carry all of Needs.
type Companion struct{ Has, Needs Tags }

// Permit reports whether a text with the tags may go out by the channel.
func (t *Terms) Permit(tags Tags, c Channel) bool {
	if tags&ConditionalTags&^t.Wording != 0 || t.Needs[c]&^tags != 0 {
		return false
	}
	for _, w := range t.With {
		if tags&w.Has != 0 && w.Needs&^tags != 0 {
			return false
		}
	}
	return true
}
