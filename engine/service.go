package engine

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Service is where debtors reach a human of the creditor; the zero value names nobody. It is the
// creditor's, so no person's data.
type Service struct {
	Name  string // such as "Muster AG, Kundenservice"
	Email string
	Phone string // as people write it, such as +49 30 1234567
	URL   string // https
}

// maxService bounds each part, in bytes.
const maxService = 200

// Validate reports every part that cannot be printed or used, joined, or nil. Whoever is named can be reached.
func (s *Service) Validate() error {
	var errs []error
	bad := func(pointer, format string, args ...any) {
		errs = append(errs, &FieldError{pointer, fmt.Sprintf(format, args...)})
	}
	for _, p := range []struct{ pointer, text string }{{"/name", s.Name}, {"/email", s.Email}, {"/phone", s.Phone}, {"/url", s.URL}} {
		if len(p.text) > maxService || strings.TrimSpace(p.text) != p.text || strings.ContainsFunc(p.text, unicode.IsControl) {
			bad(p.pointer, "is %.40q; use at most %d bytes on one line, without blanks around it", p.text, maxService)
		}
	}
	if s.Email != "" && !mailbox(s.Email) {
		bad("/email", "is %.40q; write one address such as service@example.com", s.Email)
	}
	if s.Phone != "" && !dialled(s.Phone) {
		bad("/phone", "is %.40q; write digits such as +49 30 1234567", s.Phone)
	}
	if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Contains(s.URL, " ")) {
		bad("/url", "is %.40q; write an address such as https://example.com/help", s.URL)
	}
	if s.Name != "" && s.Email == "" && s.Phone == "" && s.URL == "" {
		bad("", "names nobody who can be reached; add email, phone or url")
	}
	return errors.Join(errs...)
}

// mailbox reports whether s looks like one bare e-mail address.
func mailbox(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(domain, "@_") && !strings.ContainsAny(s, " ,;:<>()[]\"\\")
}

// dialled reports whether s is a telephone number as people write it: 3 to 15 digits.
func dialled(s string) bool {
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '+' && i == 0, strings.ContainsRune(" -/().", c):
		default:
			return false
		}
	}
	return digits >= 3 && digits <= 15
}
