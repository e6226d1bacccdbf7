package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"takt/api"
	"takt/engine"
	"takt/features"
	"takt/features/audit"
	"takt/features/vault"
)

// openVault opens keys and audit log, and carries out what a crash, or a copy of the vault older than an
// erasure, left undone: nobody whose erasure was written down is readable afterwards.
func (a *App) openVault() (err error) {
	if a.vault, err = vault.Open(a.Dir.Vault()); err != nil {
		return err
	}
	a.onClose(a.vault.Close)
	if a.audit, err = audit.Open(a.Dir.Audit()); err != nil {
		return err
	}
	a.onClose(a.audit.Close)
	for _, entry := range a.audit.All(audit.Erasure) {
		e, err := erasureOf(&entry)
		if err != nil {
			return err
		}
		for _, p := range e.Pseudonyms {
			if err := a.vault.Erase(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// erasureOf reads what an entry of the audit log took away.
func erasureOf(entry *audit.Entry) (e features.Erasure, err error) {
	if err := json.Unmarshal(entry.Detail, &e); err != nil {
		return e, fmt.Errorf("read erasure %d of the audit log: %w", entry.N, err)
	}
	return e, nil
}

// note writes down what the product did itself; detail is what JSON can hold.
func (a *App) note(tenant, act, who, subject string, detail any) error {
	text, err := json.Marshal(detail)
	if err == nil {
		_, err = a.audit.Append(audit.Entry{At: time.Now(), Tenant: tenant, Act: act, Who: who, Subject: subject, Detail: text})
	}
	return err
}

// erased finishes an erasure whose keys are destroyed: the copy of the vault beside the last backup goes
// the same way, and snapshots that learned from the person are marked.
func (a *App) erased(ctx context.Context, entry int, tenant string, e features.Erasure) (api.Aftermath, error) {
	after := api.Aftermath{KeyCopy: a.renewCopy()}
	t := a.Tenant(tenant)
	if t == nil {
		return after, fmt.Errorf("finish an erasure: tenant %q is not served", tenant)
	}
	var err error
	if after.Snapshots, err = a.desk.Touch(ctx, t, e.FromSeq, e.ToSeq); err != nil {
		return after, err
	}
	if after.KeyCopy == api.CopyUnreachable {
		return after, nil // tried again, see finishErasures
	}
	return after, a.note(tenant, audit.Erased, "takt", strconv.Itoa(entry), after)
}

// renewCopy replaces the copy of the vault that the last backup wrote.
func (a *App) renewCopy() string {
	path, err := os.ReadFile(a.Dir.vaultCopy())
	if errors.Is(err, fs.ErrNotExist) {
		return api.CopyNone
	}
	if err == nil {
		err = a.vault.Copy(strings.TrimSpace(string(path)))
	}
	if err != nil {
		a.Log.Error("the vault's copy beside the last backup still holds destroyed keys; it is tried again", "err", err)
		return api.CopyUnreachable
	}
	return api.CopyReplaced
}

// retryErasures is how often unfinished erasures are taken up again.
const retryErasures = 10 * time.Minute

// finishErasures takes up what erasures of before left to do.
func (a *App) finishErasures(ctx context.Context) {
	for _, entry := range a.audit.All(audit.Erasure) {
		if _, done := a.audit.Find(entry.Tenant, audit.Erased, strconv.Itoa(entry.N)); done || a.Tenant(entry.Tenant) == nil {
			continue
		}
		e, err := erasureOf(&entry)
		if err == nil {
			err = a.ledger.Finish(entry.Tenant, e)
		}
		if err == nil {
			_, err = a.erased(ctx, entry.N, entry.Tenant, e)
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Error("an erasure is not finished; it is tried again", "tenant", entry.Tenant, "erasure", entry.N, "err", err)
		}
	}
}

// noteOverrides writes down which rules of a tenant loosen its pack, whenever that has changed.
func (a *App) noteOverrides() {
	for _, t := range a.served() {
		a.noteOverride(t)
	}
}

func (a *App) noteOverride(t *engine.Tenant) {
	var list []engine.RuleOverride
	if t.Rules != nil {
		list = t.Rules.Overrides()
	}
	detail, err := json.Marshal(list)
	last, noted := a.audit.Find(t.ID, audit.Overrides, "")
	if !noted && len(list) == 0 || noted && string(last.Detail) == string(detail) {
		return
	}
	if err == nil {
		err = a.note(t.ID, audit.Overrides, "config", "", json.RawMessage(detail))
	}
	if err != nil {
		a.Log.Error("overrides of rules are not in the audit log", "tenant", t.ID, "err", err)
	}
}
