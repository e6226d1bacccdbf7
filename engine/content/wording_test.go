package content_test

import (
	"testing"

	"takt/engine"
	"takt/engine/content"
)

// A threat with a court is sound only beside the right to defend oneself; nothing else is refused whatever the facts.
func TestSound(t *testing.T) {
	if ok, lacking, needs := content.Sound(engine.TagCourt | engine.TagFee); ok || lacking != engine.TagCourt || needs == "" {
		t.Errorf("sound %v, lacking %s, which needs %q", ok, lacking, needs)
	}
	for _, tags := range []engine.Tags{0, engine.TagFee | engine.TagBlock, engine.TagCourt | engine.TagRightToDefend, ^engine.Tags(0)} {
		if ok, lacking, _ := content.Sound(tags); !ok {
			t.Errorf("%s lack %s", tags, lacking)
		}
	}
}
