package promotion

import (
	"errors"
	"fmt"
)

// ErrSeen is returned for a span of the log that the candidate was trained on.
var ErrSeen = errors.New("the version was trained on these decisions: judge it on later ones")

// ErrReason is returned for a forced promotion or a pause without a reason.
var ErrReason = errors.New("say why: the reason is kept in the log")

// ErrName is returned for a name that cannot be a policy version's.
var ErrName = errors.New("a policy version is 1 to 63 letters, digits and . _ -, and not shadow or prior")

// ErrUnfit is returned for a snapshot that cannot serve the tenant: other actions, features or model, or with what is denied now.
var ErrUnfit = errors.New("the snapshot was learned for other actions, features or another version of the model, or with features that are denied now: train it again")

// RefusedError says that a version was not promoted, and what was found.
type RefusedError struct {
	Why     string
	Verdict *Verdict // of the gate, for a new policy version
	Shift   *Shift   // of the bands, for a snapshot of the live version
}

// Error is the sentence for people, with the way out.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("not promoted: %s; wait for more decisions, or overrule with --force and a --reason", e.Why)
}
