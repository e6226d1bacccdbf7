package engine_test

import (
	"strings"
	"testing"

	"takt/engine"
)

func TestServiceNamesWhatIsWrong(t *testing.T) {
	for _, s := range []engine.Service{
		{},
		{Name: "Muster AG", Email: "service@muster.example", Phone: "+49 (0)30 / 123-456", URL: "https://muster.example/hilfe"},
		{Phone: "115"},
		{Name: "Größe & Söhne", URL: "https://größe.example"},
	} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for want, s := range map[string]engine.Service{
		"names nobody": {Name: "Muster AG"},
		"/name":        {Name: "Muster\nAG", Phone: "115"},
		"/email":       {Email: "service"},
		"/email ":      {Email: "Muster <service@muster.example>"},
		"/email is":    {Email: "a@b@muster.example"},
		"/phone":       {Phone: "call us"},
		"/phone is":    {Phone: "1234567890123456"},
		"/url":         {URL: "muster.example"},
		"/url is":      {URL: "http://muster.example"},
		"/url ":        {URL: "https://user:secret@muster.example"},
		"200 bytes":    {Email: strings.Repeat("a", 200) + "@muster.example"},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
	tenant := engine.DefaultTenant("a")
	tenant.Contact.Email = "nobody"
	if err := tenant.Validate(); err == nil || !strings.Contains(err.Error(), "/contact/email") {
		t.Errorf("%v", err)
	}
}
