// Package vault keeps the keys that make the facts about a debtor readable, in one file of the data
// directory. Whatever else holds facts (journal, store, their backups) holds them masked: under random
// names, with what says something about a person sealed under the debtor's key. A key destroyed erases
// every copy at once; what stays are rows that nobody can tell whose they are.
//
//	v, err := vault.Open("takt-data/vault")
//	m, err := v.MaskEvent(&e)             // for journal and store; the first fact of a debtor draws a key
//	err = v.Sync()                        // the key is on disk: the fact may be acknowledged
//	known, err := v.OpenEvent(&m)         // m is e again; false: its key is gone
//	n, err := v.Erase("acme", "D-9")      // the file's bytes are overwritten and synced
//
// What stays readable in a masked fact is what sums need: type, times, amounts, channel, tone, offer,
// portfolio, stage, region and language, propensities. README.md of room features says more.
package vault
