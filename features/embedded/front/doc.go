// Package front answers the ClickHouse HTTP interface on top of libchdb, so that clickhouse-go, curl and
// reporting tools meet the embedded store as they would meet a server.
//
//	lib, err := chdb.Load(path)
//	engine, err := front.Open(lib, front.EngineOptions{Dir: "/var/lib/takt/store"})
//	defer engine.Close()
//	listener, err := front.Listen("127.0.0.1:0")
//	err = http.Serve(listener, &front.Handler{Engine: engine, Token: token})
//
// A request becomes one statement on one pooled connection: its settings, database and parameters are
// those of the request and of no other. When the client goes away the statement is killed.
//
// What differs from a server: sessions (session_id is accepted and ignored), users and quotas, progress
// headers, external tables (answered with code 48), and Native is always written at revision 0.
package front
