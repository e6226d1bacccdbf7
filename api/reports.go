package api

import (
	"context"
	"time"

	"takt/experiments/fairness"
	"takt/features/wire"
)

// Reports compare groups of a tenant's debtors. Of the options From, To and By count.
type Reports interface {
	Intensity(ctx context.Context, tenant string, o fairness.Options) (*fairness.Report, error)
	Proxies(ctx context.Context, tenant string, o fairness.Options) (*fairness.ProxyReport, error)
}

// intensity reports on how groups of debtors are worked.
func (s *Server) intensity(x *call) error {
	return report(s, x, func(o fairness.Options) (*fairness.Report, error) {
		return s.Options.Reports.Intensity(x.r.Context(), x.tenant.Config.ID, o)
	})
}

// proxies reports on how well the features in use tell what is denied.
func (s *Server) proxies(x *call) error {
	return report(s, x, func(o fairness.Options) (*fairness.ProxyReport, error) {
		return s.Options.Reports.Proxies(x.r.Context(), x.tenant.Config.ID, o)
	})
}

// report answers with what f makes of the query.
func report[R any](s *Server, x *call, f func(fairness.Options) (R, error)) error {
	o, err := x.groups()
	if err != nil {
		return err
	}
	if s.Options.Reports == nil {
		return newProblem(notFound, "this server reports on no groups")
	}
	r, err := f(o)
	if err != nil {
		return err
	}
	return x.json(r, nil)
}

// groups reads from, to and by.
func (x *call) groups() (o fairness.Options, err error) {
	q := x.r.URL.Query()
	for _, t := range []struct {
		name string
		at   *time.Time
	}{{"from", &o.From}, {"to", &o.To}} {
		if text := q.Get(t.name); text != "" {
			if *t.at, err = wire.ParseTime(text); err != nil {
				return o, badParameter(t.name, notTime)
			}
		}
	}
	if o.By, err = fairness.ParseBy(q.Get("by")); err != nil {
		return o, badParameter("by", err.Error())
	}
	return o, nil
}
