package record

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/history"
)

// fill sets every exported field below v to a drawn value, so that a field that a codec forgets
// fails the round trip; new fields of the engine are covered without a change here.
func fill(t *rapid.T, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		if us := rapid.Int64Range(-1<<50, 1<<52).Draw(t, "us"); rapid.Bool().Draw(t, "set") {
			*x = time.UnixMicro(us).UTC()
		}
		return
	case *engine.EventType:
		*x = engine.EventType(rapid.IntRange(1, engine.EventTypes-1).Draw(t, "type"))
		return
	case *engine.Channel:
		*x = engine.Channel(rapid.IntRange(0, engine.Channels-1).Draw(t, "channel"))
		return
	case *engine.Tone:
		*x = engine.Tone(rapid.IntRange(0, engine.Tones-1).Draw(t, "tone"))
		return
	case *engine.Offer:
		*x = engine.Offer(rapid.IntRange(0, engine.Offers-1).Draw(t, "offer"))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Seq" { // the journal's number, not part of a payload
				fill(t, v.Field(i))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Slice:
		if n := rapid.IntRange(0, 5).Draw(t, "n"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Float32:
		v.SetFloat(float64(rapid.Float32().Draw(t, "f32")))
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, "f64"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, "i32")))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Uint8().Draw(t, "u8")))
	case reflect.Uint16:
		v.SetUint(uint64(rapid.Uint16().Draw(t, "u16")))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, "u32")))
	case reflect.Uint64:
		if v.Type() == reflect.TypeFor[engine.Fields]() {
			v.SetUint(rapid.Uint64Range(0, uint64(engine.FieldWeekdays)<<1-1).Draw(t, "has"))
			return
		}
		v.SetUint(rapid.Uint64().Draw(t, "u64"))
	default:
		t.Fatalf("a field of kind %v: teach fill about it", v.Kind())
	}
}

func drawn[T any](t *rapid.T) T {
	var v T
	fill(t, reflect.ValueOf(&v).Elem())
	return v
}

func TestEventRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawn[engine.Event](t)
		got, err := ParseEvent(AppendEvent(nil, &e))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDecisionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn[engine.Decision](t)
		got, err := ParseDecision(AppendDecision([]byte("before"), &d)[len("before"):])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&d, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnswerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawn[history.Answer](t)
		got, err := ParseAnswer(AppendAnswer(nil, &a))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOddFloatsStay(t *testing.T) {
	e := engine.Event{Type: engine.ScoreSet, Data: engine.EventData{Value: math.NaN(), Validity: math.Copysign(0, -1)}}
	got, err := ParseEvent(AppendEvent(nil, &e))
	if err != nil || !math.IsNaN(got.Data.Value) || !math.Signbit(got.Data.Validity) {
		t.Fatalf("got %v and %v, %v; want NaN and -0", got.Data.Value, got.Data.Validity, err)
	}
}

func TestSendWindowIsKeptAsInstant(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	d := engine.Decision{Action: engine.ContactAction{NotBefore: time.Date(2025, 11, 21, 17, 0, 0, 0, berlin), TZ: "Europe/Berlin"}}
	got, err := ParseDecision(AppendDecision(nil, &d))
	if err != nil || !got.Action.NotBefore.Equal(d.Action.NotBefore) || got.Action.TZ != d.Action.TZ {
		t.Fatalf("got %v in %q, %v", got.Action.NotBefore, got.Action.TZ, err)
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	e := engine.Event{Tenant: "acme", ID: "e-1", Type: engine.PaymentReceived, At: time.UnixMicro(1), Data: engine.EventData{AmountMinor: 5, CaseID: "C"}}
	d := engine.Decision{Tenant: "acme", X: []float32{1, 2}, Eligible: []uint16{0, 1, 7}, Votes: []engine.Vote{{Action: 1, Weight: 2}}, Reply: []byte("{}")}
	a := history.Answer{Tenant: "acme", Key: "k"}
	for name, c := range map[string]struct {
		bytes []byte
		parse func([]byte) error
	}{
		"event":    {AppendEvent(nil, &e), func(b []byte) error { _, err := ParseEvent(b); return err }},
		"decision": {AppendDecision(nil, &d), func(b []byte) error { _, err := ParseDecision(b); return err }},
		"answer":   {AppendAnswer(nil, &a), func(b []byte) error { _, err := ParseAnswer(b); return err }},
	} {
		for n := range len(c.bytes) {
			if err := c.parse(c.bytes[:n]); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s cut at %d of %d: %v, want ErrCorrupt", name, n, len(c.bytes), err)
			}
		}
		if err := c.parse(append(c.bytes, 0)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s and one byte more: %v, want ErrCorrupt", name, err)
		}
		c.bytes[0] = masked + 1
		if err := c.parse(c.bytes); !errors.Is(err, ErrVersion) {
			t.Errorf("%s of the next version: %v, want ErrVersion", name, err)
		}
	}
}

// TestVersionOneIsReadable holds the format: these bytes were written by version 1.
func TestVersionOneIsReadable(t *testing.T) {
	const golden = "\x01\x04acme\x03erp\x03e-1\x1b\x03D-9\x81\xc8\xcd\x8f\xe2\x85\xa2\x06\x00" +
		"\x81\x80\x80\x80\x80\x01\x00\x04C-47\x8e\xbf\x02"
	got, err := ParseEvent([]byte(golden))
	if err != nil {
		t.Fatal(err)
	}
	due, _ := engine.ParseDate("2025-12-01")
	want := engine.Event{Tenant: "acme", Source: "erp", ID: "e-1", Type: engine.PromiseMade, Debtor: "D-9",
		At:   time.Date(2025, 11, 21, 9, 2, 0, 0, time.UTC),
		Data: engine.EventData{Has: engine.FieldCaseID | engine.FieldDue, CaseID: "C-47", Due: due}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

func FuzzEvent(f *testing.F) {
	e := engine.Event{Tenant: "acme", Source: "erp", ID: "e-1", Type: engine.PromiseMade, At: time.UnixMicro(1),
		Data: engine.EventData{Has: engine.FieldDue, Due: 20000, AmountMinor: 5990, Channel: engine.Phone}}
	f.Add(AppendEvent(nil, &e))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ParseEvent(b); err == nil {
			again, err := ParseEvent(AppendEvent(nil, &e))
			if diff := cmp.Diff(e, again, nanEqual()); err != nil || diff != "" {
				t.Fatal(err, diff)
			}
		}
	})
}

func FuzzDecision(f *testing.F) {
	d := engine.Decision{Tenant: "acme", X: []float32{1}, Eligible: []uint16{0, 9}, Votes: []engine.Vote{{Action: 9, Weight: 1}}, Reply: []byte("{}")}
	f.Add(AppendDecision(nil, &d))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := ParseDecision(b); err == nil {
			again, err := ParseDecision(AppendDecision(nil, d))
			if diff := cmp.Diff(d, again, nanEqual()); err != nil || diff != "" {
				t.Fatal(err, diff)
			}
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add(AppendAnswer(nil, &history.Answer{Tenant: "acme", Key: "k", At: time.UnixMicro(7)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := ParseAnswer(b); err == nil {
			again, err := ParseAnswer(AppendAnswer(nil, &a))
			if diff := cmp.Diff(a, again); err != nil || diff != "" {
				t.Fatal(err, diff)
			}
		}
	})
}

func nanEqual() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b }),
		cmp.Comparer(func(a, b float32) bool { return a == b || a != a && b != b }),
	}
}

func BenchmarkEvent(b *testing.B) {
	e := engine.Event{Tenant: "acme", Source: "erp", ID: "e-123456", Type: engine.PaymentReceived, Debtor: "D-9123",
		At: time.UnixMicro(1763700000000000), Received: time.UnixMicro(1763700000100000),
		Data: engine.EventData{Has: engine.FieldCaseID | engine.FieldAmountMinor | engine.FieldCurrency, CaseID: "C-4711", AmountMinor: 5990, Currency: "EUR"}}
	var buf []byte
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			buf = AppendEvent(buf[:0], &e)
		}
		b.ReportMetric(float64(len(buf)), "B/record")
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		text := string(buf)
		for range b.N {
			var e engine.Event
			if err := ReadEvent(&e, text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := ParseEvent(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}
