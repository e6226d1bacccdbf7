// Package api answers over HTTP: decisions out, events in, and what is known of a case.
//
//	ring, err := keys.Open("takt-data/keys.json", nil)
//	server, err := api.New(api.Options{Keys: ring, Tenants: tenants, Assigner: assigner})
//	go http.ListenAndServe("127.0.0.1:8080", server.Handler()) // /readyz says 503
//	ledger, err := features.Open(ctx, …)                        // replays the journal
//	server.Open(ledger)                                         // /readyz says 200
//	err = server.Swap("acme", snapshot)                         // the next decision votes with it
//
// README.md holds the routes with their roles and the invariants; openapi.yaml, which is served at
// /openapi.yaml, holds the payloads. No decision takes a lock that learning takes.
package api
