package content

// validIBAN reports whether s has the form of ISO 13616 and its check digits (ISO 7064, mod 97-10);
// the spaces of the printed form are allowed.
func validIBAN(s string) bool {
	var buf [34]byte
	if len(s) > 42 { // 34 and eight spaces
		return false
	}
	b := compact(buf[:0], s)
	return len(b) >= 15 && len(b) <= 34 && capitals(string(b[:2])) && !digit(b[0]) && !digit(b[1]) && digit(b[2]) && digit(b[3]) && mod97(b) == 1
}

// validBIC has the form of ISO 9362: four letters or digits, a country, two more, and three of a branch or none.
func validBIC(s string) bool {
	return (len(s) == 8 || len(s) == 11) && capitals(s) && !digit(s[4]) && !digit(s[5])
}

// likeStructured reports whether s has the form of a creditor reference, ISO 11649: RF, two digits, 1 to 21 more.
func likeStructured(s string) bool {
	return len(s) >= 5 && len(s) <= 25 && s[:2] == "RF" && digit(s[2]) && digit(s[3]) && capitals(s)
}

// structured reports whether s is a creditor reference, check digits included.
func structured(s string) bool { return likeStructured(s) && mod97([]byte(s)) == 1 }

// compact appends s without its spaces.
func compact(dst []byte, s string) []byte {
	for i := range len(s) {
		if s[i] != ' ' {
			dst = append(dst, s[i])
		}
	}
	return dst
}

// mod97 is the remainder by 97 of b with its first four letters moved to the end and A…Z read as
// 10…35; -1 if b holds anything else.
func mod97(b []byte) int {
	r := 0
	for i := range b {
		switch c := b[(i+4)%len(b)]; {
		case digit(c):
			r = (r*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			r = (r*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return r
}

// capitals reports whether s is all capitals and digits.
func capitals(s string) bool {
	for i := range len(s) {
		if c := s[i]; !digit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
