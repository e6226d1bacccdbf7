package engine_test

import (
	"reflect"
	"testing"
	"time"

	"takt/engine"
)

func fullRequest() *engine.Request {
	now := time.Date(2025, 11, 21, 9, 12, 0, 0, time.UTC)
	return &engine.Request{
		Case: engine.Case{ID: "C-1", Portfolio: "p", Stage: "dunning", Open: engine.Money{AmountMinor: 5990, Currency: "EUR"},
			OldestDue: 20000, DunningLevel: 1, DefaultSince: 20001, ContractDate: 19000, Fulfilment: "delivered", DisputeScope: "s"},
		Debtor: engine.Debtor{Zones: []string{"America/Denver"}, ID: "D-9", Kind: "person", TZ: "Europe/Berlin", Region: "DE-BY", Language: "de", BirthYear: 1980, Flags: engine.Employee},
		Contacts: []engine.ContactPoint{{Channel: engine.Email, AddressRef: "e:1", Validity: .97, Consent: "service"},
			{Channel: engine.Letter, AddressRef: "p:1", Validity: .9}},
		AsOf: now,
		Constraints: engine.Constraints{EarliestExecute: now, LatestExecute: now.Add(time.Hour), MaxCostMinor: 700,
			AllowChannels: []engine.Channel{engine.Email}, AllowTones: []engine.Tone{engine.Friendly}, AllowOffers: []engine.Offer{engine.OfferNone}},
		Want: engine.Want{Alternatives: 3},
	}
}

// Every field that states a fact changes the hash, found by reflection so that a new field cannot
// be forgotten; when, and what the reply should hold, does not change it.
func TestRequestHashSeesEveryFact(t *testing.T) {
	base := engine.RequestHash(fullRequest())
	if again := engine.RequestHash(fullRequest()); again != base {
		t.Fatalf("%x and %x of equal requests", base, again)
	}
	r := fullRequest()
	r.AsOf, r.Want = r.AsOf.Add(time.Hour), engine.Want{Alternatives: 1, Explain: "full"}
	if engine.RequestHash(r) != base {
		t.Error("as_of or the reply wanted changes the hash")
	}
	if r.Want.Mode = engine.Shadow; engine.RequestHash(r) == base {
		t.Error("a shadow decision would answer a live request")
	}
	r = fullRequest()
	changes := 0
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		if at, ok := v.Addr().Interface().(*time.Time); ok {
			old := *at
			*at = at.Add(time.Minute)
			if changes++; engine.RequestHash(r) == base {
				t.Errorf("%s does not change the hash", path)
			}
			*at = old
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		case reflect.Slice:
			old := reflect.ValueOf(v.Interface())
			v.Set(v.Slice(0, v.Len()-1))
			if changes++; engine.RequestHash(r) == base {
				t.Errorf("the length of %s does not change the hash", path)
			}
			v.Set(old)
			for i := range v.Len() {
				walk(path+"[]", v.Index(i))
			}
			return
		}
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Float64:
			v.SetFloat(v.Float() + .01)
		case reflect.Int, reflect.Int64, reflect.Int32:
			v.SetInt(v.Int() + 1)
		default:
			v.SetUint(v.Uint() + 1)
		}
		if changes++; engine.RequestHash(r) == base {
			t.Errorf("%s does not change the hash", path)
		}
		v.Set(old)
	}
	q := reflect.ValueOf(r).Elem()
	for _, name := range []string{"Case", "Debtor", "Contacts", "Constraints"} {
		walk(name, q.FieldByName(name))
	}
	if changes < 30 {
		t.Errorf("only %d changes tried", changes)
	}
}

func TestOpenDecision(t *testing.T) {
	r, now := fullRequest(), time.Date(2025, 11, 21, 9, 12, 0, 0, time.UTC)
	f := &engine.Facts{}
	f.Cases[2] = engine.CaseFacts{Key: engine.KeyOf("C-1"), Decision: engine.ID{5}, DecisionEnd: now.Add(time.Hour).UnixMicro(), RequestHash: engine.RequestHash(r)}
	if id, ok := f.OpenDecision(r, now); !ok || id != (engine.ID{5}) {
		t.Errorf("open: %v, %v", id, ok)
	}
	if _, ok := f.OpenDecision(r, now.Add(time.Hour)); ok {
		t.Error("expired, but open")
	}
	r.Case.Open.AmountMinor--
	if _, ok := f.OpenDecision(r, now); ok {
		t.Error("other facts, but open")
	}
	r = fullRequest()
	r.Case.ID = "C-2"
	f.Rest = f.Cases[2]
	f.Rest.Key, f.Rest.RequestHash = 0, engine.RequestHash(r)
	if _, ok := f.OpenDecision(r, now); ok {
		t.Error("another case's decision")
	}
}
