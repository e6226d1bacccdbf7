package journal_test

import (
	"context"
	"fmt"
	"os"

	"takt/features/journal"
)

// The life of a record: appended, durable, shipped; and what a restart reads.
func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	log, err := journal.Open(dir, nil)
	if err != nil {
		panic(err)
	}
	for _, p := range []string{"promise made", "promise kept"} {
		commit, err := log.Append(1, []byte(p))
		if err == nil {
			err = commit.Wait(ctx) // fsynced
		}
		fmt.Println(commit.Last, p, err)
	}
	log.Close()

	log, _ = journal.Open(dir, nil)
	defer log.Close()
	log.Tail(func(r journal.Record) error {
		fmt.Printf("tail %d %s\n", r.Seq, r.Payload)
		return nil
	})
	go log.Ship(ctx, func(_ context.Context, b journal.Batch) error {
		fmt.Printf("batch %d..%d\n", b.From, b.To)
		return nil
	})
	fmt.Println("flush:", log.Flush(ctx), "shipped:", log.ShippedSeq())
	// Output:
	// 1 promise made <nil>
	// 2 promise kept <nil>
	// tail 1 promise made
	// tail 2 promise kept
	// batch 1..2
	// flush: <nil> shipped: 2
}
