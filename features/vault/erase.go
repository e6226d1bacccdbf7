package vault

import "fmt"

// Pseudonym is under which name journal and store keep a debtor's facts; "" of one who has no key.
func (v *Vault) Pseudonym(tenant, name string) string { return v.pseudonym(debtor, tenant, name) }

// CasePseudonym is Pseudonym of a case.
func (v *Vault) CasePseudonym(tenant, id string) string { return v.pseudonym(claim, tenant, id) }

func (v *Vault) pseudonym(k kind, tenant, name string) string {
	i, ok := v.find(k, tenant, name)
	if !ok {
		return ""
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.entries[i].kind != k {
		return ""
	}
	return v.text(i)
}

// Name is whom a pseudonym stands for, debtor or case; false if that is gone or the text is none.
func (v *Vault) Name(pseudonym string) (string, bool) {
	v.mu.RLock()
	i, ok := v.number(pseudonym)
	beyond := int(i) >= len(v.entries)
	v.mu.RUnlock()
	if !ok && (!beyond || v.f != nil || !v.reread()) {
		return "", false
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if i, ok = v.number(pseudonym); !ok {
		return "", false
	}
	_, name := v.nameOf(&v.entries[i])
	return name, true
}

// Erase destroys the key behind a debtor's pseudonym and the names of the debtor's cases; when it returns
// nil the bytes are overwritten on disk. One that is gone already is no error: a crash may have come between.
// After a failed sync nothing is known of the disk, and all erasures fail until the vault is opened anew.
func (v *Vault) Erase(pseudonym string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.failed != nil {
		return fmt.Errorf("destroy a key: %w", v.failed)
	}
	i, ok := v.number(pseudonym)
	if !ok {
		return nil
	}
	for j := range v.entries {
		if e := &v.entries[j]; e.kind == claim && e.owner == i {
			if err := v.wipe(uint32(j)); err != nil {
				return fmt.Errorf("destroy a key: %w", err)
			}
		}
	}
	err := v.wipe(i) // last: whoever does it again after a crash finds the cases by it
	if err == nil {
		err = v.f.Sync()
		v.failed = err
	}
	if err != nil {
		return fmt.Errorf("destroy a key: %w", err)
	}
	return nil
}

// Debtors are the pseudonyms of a tenant's debtors, in the order they came.
func (v *Vault) Debtors(tenant string) (list []string) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range v.entries {
		e := &v.entries[i]
		if of, _ := v.nameOf(e); e.kind == debtor && of == tenant {
			list = append(list, v.text(uint32(i)))
		}
	}
	return list
}
