package features

import "fmt"

// featureRow is a feature's row in README.md.
func featureRow(i int, f Feature) string {
	return fmt.Sprintf("| %d | %s | %s | %v … %v | %s |", i, f.Name, f.Unit, f.Min, f.Max, f.Doc)
}

// vectorOne is engine.KeyOf over the names of version 1.
const vectorOne = 0xd9922de0e64149e
