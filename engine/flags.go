package engine

import "fmt"

// Flags are standing facts about a debtor that a rule may ask for.
type Flags uint32

// The flags; the bits are stored: append only.
const (
	Deceased Flags = 1 << iota
	Insolvent
	Represented
	Minor
	Vulnerable
	Guardian
	Employee
	Hardship
	Objection  // to profiling: the ladder decides, no model
	Erasure    // asked to be erased
	Moratorium // claimed
	Agency     // handed over
	WrittenOffFlag
)

var flagNames = [...]string{"deceased", "insolvent", "represented", "minor", "vulnerable", "guardian", "employee", "hardship",
	"objection", "erasure", "moratorium", "agency", "written_off"}

// FlagNamed reads one flag; an unknown one is a FieldError that lists the known ones.
func FlagNamed(name string) (Flags, error) {
	for i, n := range flagNames {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, &FieldError{"", fmt.Sprintf("%q is no flag; use some of %v", name, flagNames)}
}

// Names are the set flags in the fixed order; never nil.
func (f Flags) Names() []string {
	names := []string{}
	for i, n := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

// MarshalJSON gives a list of names.
func (f Flags) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, n := range f.Names() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), n...), '"')
	}
	return append(b, ']'), nil
}
