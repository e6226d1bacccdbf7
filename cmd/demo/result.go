package demo

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Row is what one arm earned.
type Row struct {
	Label        string  `json:"label"`
	Cases        int     `json:"cases"`
	Recovered    float64 `json:"recovered"`   // share of cases paid
	MedianDays   int     `json:"median_days"` // from opening to payment, of the paid ones
	Contacts     float64 `json:"contacts_per_case"`
	CostMinor    float64 `json:"cost_per_case_minor"`
	Complaints   float64 `json:"complaint_rate"`
	NetMinor     float64 `json:"net_per_case_minor"` // cash − contact cost − complaint cost
	Learned      bool    `json:"learned"`
	SampleReply  string  `json:"-"`
	SampleTenant string  `json:"-"`
}

// Result is the table of all arms.
type Result struct{ Rows []Row }

const complaintMinor = 2500

func newResult(runs []*run) *Result {
	res := &Result{}
	for _, r := range runs {
		row := Row{Label: r.arm.Label, Cases: len(r.order), Learned: r.arm.Learns, SampleReply: string(r.sample), SampleTenant: r.arm.Tenant}
		var days []int
		n := float64(max(1, len(r.order)))
		for _, p := range r.order {
			row.Contacts += float64(p.contacts) / n
			row.CostMinor += float64(p.costMicro) / 1e4 / n
			net := -float64(p.costMicro) / 1e4
			if p.complaint {
				row.Complaints += 1 / n
				net -= complaintMinor
			}
			if p.paidOn >= 0 {
				days = append(days, p.paidOn-p.opened)
				row.Recovered += 1 / n
				net += float64(p.amount)
			}
			row.NetMinor += net / n
		}
		if slices.Sort(days); len(days) > 0 {
			row.MedianDays = days[len(days)/2]
		}
		res.Rows = append(res.Rows, row)
	}
	return res
}

// Print writes the table.
func (res *Result) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\tcases\trecovered\tmedian days\tcontacts/case\tcost/case\tcomplaints\tnet/case\t")
	for _, r := range res.Rows {
		fmt.Fprintf(t, "%s\t%d\t%.1f %%\t%d\t%.2f\t%.2f EUR\t%.2f %%\t%.2f EUR\t\n", r.Label, r.Cases, 100*r.Recovered, r.MedianDays, r.Contacts, r.CostMinor/100, 100*r.Complaints, r.NetMinor/100)
	}
	return t.Flush()
}
