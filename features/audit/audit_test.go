package audit

import (
	"os"
	"path/filepath"
	"testing"
)

// What was appended is there after a restart, torn lines are not, and tenants do not see each other.
func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range []Entry{{Tenant: "a", Act: Approval, Subject: "d", Reason: "no"}, {Tenant: "b", Act: Approval, Subject: "d"}, {Tenant: "a", Act: Approval, Subject: "d", Reason: "yes"}} {
		if n, err := l.Append(e); n != i+1 || err != nil {
			t.Fatal(n, err)
		}
	}
	l.Close()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"n":4,"ten`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if l, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if list := l.List("a", 9); len(list) != 2 || list[0].N != 3 || list[1].N != 1 {
		t.Errorf("%+v", list)
	}
	if e, ok := l.Find("a", Approval, "d"); !ok || e.Reason != "yes" {
		t.Errorf("the last word is %+v", e)
	}
	if _, ok := l.Find("b", Erasure, "d"); ok {
		t.Error("found what nobody did")
	}
	if n, err := l.Append(Entry{Tenant: "a"}); n != 4 || err != nil {
		t.Errorf("after the torn line: %d %v", n, err)
	}
}
