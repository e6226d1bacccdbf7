package api

import (
	"encoding/json"
	"errors"

	"takt/features"
	"takt/features/audit"
	"takt/features/history"
)

// What became of the copy of the keys that the last backup wrote.
const (
	CopyNone        = "none"        // there is none
	CopyReplaced    = "replaced"    // its destroyed keys are gone
	CopyUnreachable = "unreachable" // it could not be written; it is tried again
)

// Aftermath is what follows the destruction of keys.
type Aftermath struct {
	Snapshots int    `json:"snapshots_touched"` // that were learned from the person, among others
	KeyCopy   string `json:"key_copy"`
}

// erasureReply is the answer to an erasure.
type erasureReply struct {
	DebtorID string `json:"debtor_id"`
	Erased   bool   `json:"erased"`               // false: nothing was known
	Erasure  int    `json:"erasure_id,omitempty"` // number of its entry in the audit log
	Events   int    `json:"events"`
	Debtors  int    `json:"debtors"` // the debtor and those merged in
	Decided  int    `json:"decisions"`
	Aftermath
	Pending bool `json:"pending"` // snapshots are still to be marked, or the copy of the keys to be replaced
}

// erase destroys what makes a debtor's facts readable. Once it is answered, or its entry is in the audit log,
// it is done whatever happens; done twice it finds nothing.
func (s *Server) erase(x *call) error {
	if s.Audit == nil {
		return newProblem(notFound, "this server keeps no audit log, so nobody is erased here")
	}
	id, err := x.param("id")
	if err != nil {
		return err
	}
	reason := x.r.URL.Query().Get("reason")
	if len(reason) > maxReason {
		return badParameter("reason", "has more than 500 bytes")
	}
	ctx, tenant := x.r.Context(), x.tenant.Config.ID
	v := erasureReply{DebtorID: id, Aftermath: Aftermath{KeyCopy: CopyNone}}
	done, err := x.ledger.Erase(ctx, tenant, id, func(e features.Erasure) error {
		detail, err := json.Marshal(e)
		if err == nil {
			v.Erasure, err = s.Audit.Append(audit.Entry{At: s.Now(), Tenant: tenant, Act: audit.Erasure, Who: x.who(), Reason: reason, Detail: detail})
		}
		return err
	})
	if errors.Is(err, features.ErrNoVault) {
		return newProblem(notFound, "this server keeps no keys that could be destroyed")
	}
	if err != nil {
		return err
	}
	v.Erased, v.Events, v.Decided, v.Debtors = v.Erasure > 0, done.Events, done.Decisions, len(done.Pseudonyms)
	if v.Erased && s.Erased != nil {
		if v.Aftermath, err = s.Erased(ctx, v.Erasure, tenant, done); err != nil {
			s.Logger.Error("an erasure is not finished: its keys are destroyed, but snapshots are not marked yet", "request_id", x.request, "tenant", tenant, "erasure", v.Erasure, "err", err)
		}
		v.Pending = err != nil || v.KeyCopy == CopyUnreachable
	}
	return x.json(v, nil)
}

// auditLog lists what people did against or beside the rules, newest first.
func (s *Server) auditLog(x *call) error {
	if s.Audit == nil {
		return newProblem(notFound, "this server keeps no audit log")
	}
	limit, err := intParameter(x.r.URL.Query().Get("limit"), 100, 1000)
	if err != nil {
		return err
	}
	list := s.Audit.List(x.tenant.Config.ID, limit)
	if s.Policies != nil {
		changes, err := s.Policies.Changes(x.r.Context(), x.tenant.Config)
		if err != nil && !errors.Is(err, history.ErrNotFound) {
			return err
		}
		list = newestFirst(list, changes, limit)
	}
	return x.json(struct {
		Entries []audit.Entry `json:"entries"`
	}{list}, nil)
}
