package content

import "takt/engine"

// Sound reports whether a text with the tags could go out under any pack and any facts; if not, lacking is the tag and
// needs what is missing beside it. What facts and rules ask for on a day is the guard's matter: [engine.Terms].
func Sound(tags engine.Tags) (ok bool, lacking engine.Tags, needs string) {
	if tags&engine.TagCourt != 0 && tags&engine.TagRightToDefend == 0 { // BGH I ZR 25/17, I ZR 157/13
		return false, engine.TagCourt, "right_to_defend in the same text"
	}
	return true, 0, ""
}
