// Package embedded runs ClickHouse as the store of one machine: libchdb in a child process that answers
// the ClickHouse HTTP interface on loopback, so that clickhouse-go is the only client of the product.
//
// Run is the child, Supervise the parent:
//
//	sup, err := embedded.Supervise(ctx, embedded.SuperviseOptions{Path: "/var/lib/takt/store"})
//	defer sup.Stop()
//	db, err := clickhouse.Open(&clickhouse.Options{
//		Protocol:    clickhouse.HTTP,
//		Addr:        []string{sup.Addr()},
//		Auth:        clickhouse.Auth{Username: "default", Password: sup.Token()},
//		DialContext: sup.DialContext, // finds the child again after a restart
//	})
//
// The child owns its directory by a lock, gets its token on standard input and ends when standard input
// does, so it cannot outlive its parent. A hard out-of-memory in the engine ends the child alone; the
// supervisor starts it again.
package embedded
