package content

import "takt/engine"

// Rankings of kinds of methods: by link, by code, by hand.
var (
	onScreen = [...]kind{byLink, byCode, byHand} // a code is scanned from one screen by another
	onPaper  = [...]kind{byCode, byLink, byHand} // a code spares typing, which a printed link does not
	inHand   = [...]kind{byLink, byHand, byCode} // a code cannot be heard, nor scanned by the phone that shows it
)

type kind uint8

const (
	byLink kind = iota // needs the payment link
	byCode             // the GiroCode
	byHand             // bank data to copy: tedious and error-prone, so never first where there is a choice
)

func kindOf(m engine.Method) kind {
	switch m {
	case engine.GiroQR:
		return byCode
	case engine.Transfer:
		return byHand
	}
	return byLink
}

func ranking(c engine.Channel) *[3]kind {
	switch c {
	case engine.Letter:
		return &onPaper
	case engine.SMS, engine.Messenger, engine.Push, engine.Phone:
		return &inHand
	}
	return &onScreen
}

// Methods appends the creditor's methods in the order in which a contact by channel c names them: by
// kind as the channel suits it, within a kind as the creditor listed them. Methods that need the link
// are named only with it, so that a contact without it stays one; so is the code, but for letters. By
// phone the link is sent while both speak.
func Methods(dst, configured []engine.Method, c engine.Channel, link bool) []engine.Method {
	for _, k := range ranking(c) {
		if !link && (k == byLink || k == byCode && c != engine.Letter) {
			continue
		}
		for _, m := range configured {
			if kindOf(m) == k {
				dst = append(dst, m)
			}
		}
	}
	return dst
}
