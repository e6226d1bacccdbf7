package front

import (
	"strconv"
	"strings"

	"github.com/ClickHouse/ch-go/proto"
)

// helloQuery is what clickhouse-go asks when it connects.
const helloQuery = "SELECT displayName(), version(), revision(), timezone()"

// Client revisions from which a Native block over HTTP begins with block info, and from which each
// column tells of a custom serialization.
const (
	revisionBlockInfo     = 51903
	revisionSerialization = 54454
)

// isHello says whether the request is the driver's greeting: it reads the answer at its own revision
// and everything later at the revision named in the answer.
func isHello(sql, format, clientRevision string) bool {
	return clientRevision != "" && format == "Native" && strings.TrimSpace(sql) == helloQuery
}

// hello is the greeting's answer as one Native block. It names revision 0, so that the engine's plain
// Native output, which is revision 0, can pass untouched from then on.
func hello(version, timezone, clientRevision string) []byte {
	revision, err := strconv.Atoi(clientRevision)
	if err != nil {
		revision = 0
	}
	var b proto.Buffer
	if revision >= revisionBlockInfo {
		b.PutUVarInt(1) // field 1, is_overflows
		b.PutBool(false)
		b.PutUVarInt(2) // field 2, bucket_num
		b.PutInt32(-1)
		b.PutUVarInt(0)
	}
	b.PutUVarInt(4) // columns
	b.PutUVarInt(1) // rows
	column := func(name, kind string) {
		b.PutString(name)
		b.PutString(kind)
		if revision >= revisionSerialization {
			b.PutBool(false)
		}
	}
	column("displayName()", "String")
	b.PutString("takt")
	column("version()", "String")
	b.PutString(version)
	column("revision()", "UInt32")
	b.PutUInt32(0)
	column("timezone()", "String")
	b.PutString(timezone)
	return b.Buf
}
