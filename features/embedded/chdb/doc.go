// Package chdb is a thin binding of libchdb.so, ClickHouse as a library, without cgo.
//
// It loads the library when asked and never before, so a program that links this package starts and
// works where the library is missing. Every result is freed here: the callbacks see engine memory that
// is valid only until they return.
//
//	lib, err := chdb.Load("/usr/local/lib/libchdb.so")
//	conn, err := lib.Connect("--path=/var/lib/takt/store/db")
//	defer conn.Close()
//	err = conn.Stream("SELECT number FROM numbers({n:UInt64})", "Native",
//		[]chdb.Param{{Name: "n", Value: "10"}},
//		func(chunk []byte) error { _, err := w.Write(chunk); return err })
//
// The engine keeps one data directory per process; several connections to it may be open. Errors of the
// engine are *Error and carry the ClickHouse code.
package chdb
