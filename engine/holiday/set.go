package holiday

import "takt/engine"

// Set is a set of regions; the zero value has no holidays.
type Set uint32

// regions gives each region its bit.
var regions = [...]string{
	"DE-BB", "DE-BE", "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SH", "DE-SL", "DE-SN", "DE-ST", "DE-TH",
	"AT", "CH-BE", "CH-BS", "CH-GE", "CH-VD", "CH-ZH", "CH-*", "GB-EAW", "GB-NIR", "GB-SCT", "US",
}

// The regions by which the table speaks of Germany and its Länder.
const (
	bb Set = 1 << iota
	be
	bw
	by
	hb
	he
	hh
	mv
	ni
	nw
	rp
	sh
	sl
	sn
	st
	th
	at
	chBE
	chBS
	chGE
	chVD
	chZH
	chRest // what only other cantons have
	eaw    // England and Wales
	nir
	sct
	us

	de  = at - 1
	ch  = chBE | chBS | chGE | chVD | chZH | chRest
	gb  = eaw | nir | sct
	all = us<<1 - 1
)

// Of is the set that a region stands for: an ISO 3166-2 code such as DE-BY, or a country such as DE. What is not
// known stands for all that it could be.
func Of(region string) Set {
	for i, name := range regions {
		if name == region {
			return 1 << i
		}
	}
	switch country, part := split(region); country {
	case "DE":
		return de
	case "AT":
		return at
	case "CH":
		return ch
	case "GB", "UK":
		if part == "ENG" || part == "WLS" {
			return eaw
		}
		return gb
	case "US":
		return us
	}
	return all
}

func split(region string) (country, part string) {
	if len(region) > 3 && region[2] == '-' {
		return region[:2], region[3:]
	}
	return region, ""
}

// Is reports whether a date is a public holiday in the region; see Of for what it may be. It does not allocate.
func Is(region string, date engine.Date) bool { return Of(region).Has(date) }

// Has reports whether a date is a holiday in one of the regions.
func (s Set) Has(date engine.Date) bool {
	if i := date - firstDay; i >= 0 && int(i) < len(table) {
		return s&table[i] != 0
	}
	return s&on(date) != 0
}
