package export

import (
	"math"
	"time"

	"takt/features"
	"takt/features/columnar"
)

// cell is one column of the table: what it is called and what a row puts into it.
type cell struct {
	name string
	kind columnar.Kind
	fill func(c *columnar.Column, r *row)
}

// XPrefix begins the name of a column of the context: x_amount is feature amount.
const XPrefix = "x_"

// cells are the columns in order; README.md says what each one means.
func cells() []cell {
	list := []cell{
		text("decision_id", func(r *row) string { return r.d.ID.String() }),
		text("debtor_id", func(r *row) string { return r.d.Debtor }),
		text("case_id", func(r *row) string { return r.d.Case }),
		text("portfolio", func(r *row) string { return r.d.Portfolio }),
		{"issued_at", columnar.Instant, func(c *columnar.Column, r *row) { c.Ints = append(c.Ints, r.d.IssuedAt.UnixMicro()) }},
		text("kind", func(r *row) string { return r.d.Kind.String() }),
		text("reason", func(r *row) string { return r.d.Reason }),
		text("mode", func(r *row) string { return r.d.Mode.String() }),
		text("policy", func(r *row) string { return r.d.Policy }),
		text("version", func(r *row) string { return r.d.Version }),
		text("snapshot_id", func(r *row) string { return r.d.Snapshot }),
		text("ruleset", func(r *row) string { return r.d.Ruleset }),
		text("experiment", func(r *row) string { return r.d.Variant.Experiment }),
		text("arm", func(r *row) string { return r.d.Variant.Arm }),
		number("share", func(r *row) float64 { return r.d.Variant.Share }),
		integer("open_minor", func(r *row) int64 { return r.d.OpenMinor }),
		text("currency", func(r *row) string { return r.d.Currency }),
		number("epsilon", func(r *row) float64 { return r.d.Epsilon }),
		{"eligible", columnar.Integers, func(c *columnar.Column, r *row) {
			c.Indices = append(c.Indices, r.eligible...)
			c.Ends = append(c.Ends, len(c.Indices))
		}},
		{"propensities", columnar.Numbers, func(c *columnar.Column, r *row) {
			c.Numbers = append(c.Numbers, r.p...)
			c.Ends = append(c.Ends, len(c.Numbers))
		}},
		integer("action", func(r *row) int64 { return int64(r.action) }),
		text("channel", func(r *row) string { return r.levels.Channel }),
		text("tone", func(r *row) string { return r.levels.Tone }),
		text("slot", func(r *row) string { return r.levels.Slot }),
		text("offer", func(r *row) string { return r.levels.Offer }),
		number("propensity", func(r *row) float64 { return r.d.Propensity }),
		flag("executed", func(r *row) bool { return r.o.Executed }),
		text("label_state", func(r *row) string { return r.o.State.String() }),
		number("label_age_days", func(r *row) float64 { return days(r.o.Age) }),
		number("reward", func(r *row) float64 { return r.reward }),
		flag("resolved", func(r *row) bool { return r.o.Resolved }),
		number("resolve_days", func(r *row) float64 {
			if !r.o.Resolved {
				return math.NaN()
			}
			return days(r.o.ResolveIn)
		}),
		number("cash_minor", func(r *row) float64 { return r.o.CashMinor }),
		number("cost_minor", func(r *row) float64 { return r.cost }),
		flag("complaint", func(r *row) bool { return r.o.Complaint }),
		flag("churn", func(r *row) bool { return r.o.Churn }),
	}
	for i, f := range features.Vector {
		list = append(list, cell{XPrefix + f.Name, columnar.Single, func(c *columnar.Column, r *row) {
			v := float32(math.NaN())
			if i < len(r.d.X) {
				v = r.d.X[i]
			}
			c.Singles = append(c.Singles, v)
		}})
	}
	return list
}

func text(name string, of func(*row) string) cell {
	return cell{name, columnar.Text, func(c *columnar.Column, r *row) { c.Texts = append(c.Texts, of(r)) }}
}

func integer(name string, of func(*row) int64) cell {
	return cell{name, columnar.Integer, func(c *columnar.Column, r *row) { c.Ints = append(c.Ints, of(r)) }}
}

func number(name string, of func(*row) float64) cell {
	return cell{name, columnar.Number, func(c *columnar.Column, r *row) { c.Numbers = append(c.Numbers, of(r)) }}
}

func flag(name string, of func(*row) bool) cell {
	return cell{name, columnar.Flag, func(c *columnar.Column, r *row) { c.Flags = append(c.Flags, of(r)) }}
}

func days(d time.Duration) float64 { return d.Hours() / 24 }
