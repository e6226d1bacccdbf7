// Package journal is a group-commit write-ahead log: what is appended is on
// disk before it is acknowledged, and is handed to the history store later, in
// batches that are the same after a crash.
//
//	log, err := journal.Open("takt-data/journal", nil)
//	...
//	err = log.Tail(func(r journal.Record) error { return memory.Apply(r) }) // rebuild
//	go log.Ship(ctx, func(ctx context.Context, b journal.Batch) error {
//		return store.Insert(ctx, b.Token, b.Records)
//	})
//	commit, err := log.Append(kindEvent, payload) // returns at once, ordered
//	if err == nil {
//		err = commit.Wait(ctx) // nil = fsynced: answer 202
//	}
//
// Records are opaque here: a sequence number, a kind and bytes. README.md holds
// the invariants and the file format.
package journal
