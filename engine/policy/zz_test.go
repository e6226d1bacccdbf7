package policy
import ("testing";"fmt")
func TestZ(t *testing.T) {
	for range 3 {
	for _, c := range [][2]int{{4,7},{5,50}} {
	in, ballot, p := standard(t, 8, c[0], c[1], 64)
	p.Vote(ballot,in)
	a,_ := minimum(func(){ballot.Propensities(&in.Tenant.Grid)}, func(){})
	b,_ := minimum(func(){p.Vote(ballot,in)}, func(){})
	fmt.Println(c, int(a), int(b))
	}}
}
