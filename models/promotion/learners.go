package promotion

import (
	"slices"

	"takt/engine"
	"takt/models/learner"
)

// keptLearners bounds the learners whose folded days stay in memory; a matrix of one has some ten million numbers.
const keptLearners = 8

// kept is the learner of a tenant's policy version.
type kept struct {
	tenant, version string
	learner         *learner.Learner
	alarms          int // drift alarms told of
}

// learnerOf is the learner of a version, with the days it has folded in; the least recently used one is given up
// for a new one. The caller holds the training lock.
func (d *Desk) learnerOf(tenant, version string) *kept {
	i := slices.IndexFunc(d.learners, func(k *kept) bool { return k.tenant == tenant && k.version == version })
	k := &kept{tenant: tenant, version: version, learner: &learner.Learner{}}
	switch {
	case i >= 0:
		k = d.learners[i]
		d.learners = slices.Delete(d.learners, i, i+1)
	case len(d.learners) == keptLearners:
		d.learners = slices.Delete(d.learners, 0, 1)
	}
	d.learners = append(d.learners, k)
	return k
}

// warn tells of drift alarms that are new.
func (d *Desk) warn(t *engine.Tenant, k *kept, r *learner.Report) {
	for _, a := range r.Drift[min(k.alarms, len(r.Drift)):] {
		d.log().Warn("debtors settle otherwise than the policy expects; look at what changed, and compare with the ladder",
			"tenant", t.ID, "version", k.version, "day", a.Day, "channel", a.Channel, "shift", a.Shift)
		d.count(t.ID, "drift")
	}
	k.alarms = len(r.Drift)
}
