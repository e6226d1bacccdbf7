package clickhouse

import (
	"context"
	"time"

	"takt/features/history"
)

// dueQuery applies the rule of history.Store.Due. An identity counts in its first event only, whatever
// type that has; such are few, so they are joined, not the events grouped. A retracted event counts for nothing. Copies of one event under two
// tokens are alike in everything and vanish in the set of payments.
const dueQuery = `
WITH
    repeated AS (
        SELECT identity, min(seq) AS first FROM events WHERE tenant = {tenant:String} GROUP BY identity HAVING count() > 1),
    told AS (
        SELECT e.case_id, e.type, e.at AS at, (e.at, e.id, e.source) AS place, e.debtor_id, e.portfolio, bitTest(e.has, 3) AS stated, e.open_minor, e.amount_minor
        FROM events AS e GLOBAL LEFT ANY JOIN repeated AS r ON e.identity = r.identity
        WHERE e.tenant = {tenant:String} AND e.case_id != ''
            AND e.type IN ('case_opened', 'case_updated', 'case_closed', 'payment_received', 'payment_reversed')
            AND (r.first = 0 OR r.first = e.seq)
            AND (e.source, e.id) GLOBAL NOT IN (
                SELECT source, event_id FROM events WHERE tenant = {tenant:String} AND type = 'event_retracted')),
    cases AS (
        SELECT case_id,
            maxIf(place, type = 'case_opened') AS opened,
            maxIf(place, type = 'case_closed') AS closed,
            countIf(type = 'case_opened') AS openings,
            countIf(type = 'case_closed') AS closings,
            argMaxIf(debtor_id, place, type = 'case_opened') AS opener,
            argMaxIf(portfolio, place, type IN ('case_opened', 'case_updated') AND portfolio != '') AS of_portfolio,
            countIf(stated AND type IN ('case_opened', 'case_updated')) AS statements,
            maxIf(at, stated AND type IN ('case_opened', 'case_updated')) AS stated_at,
            argMaxIf(open_minor, place, stated AND type IN ('case_opened', 'case_updated')) AS stated_minor,
            groupUniqArrayIf((place, if(type = 'payment_received', amount_minor, -amount_minor)), type IN ('payment_received', 'payment_reversed')) AS payments
        FROM told GROUP BY case_id),
    decided AS (
        SELECT case_id, argMax((debtor_id, review, id, portfolio, open_minor, issued_at), (issued_at, id)) AS last
        FROM (SELECT * FROM (SELECT tenant, id, seq, mode, case_id, debtor_id, review, portfolio, open_minor, issued_at FROM decisions WHERE tenant = {tenant:String}) ORDER BY seq LIMIT 1 BY id)
        WHERE mode = 'live' GROUP BY case_id),
    joined AS (
        SELECT if(d.case_id = '', c.case_id, d.case_id) AS case_id, d.case_id != '' AS is_decided,
            if(is_decided, d.last.1, c.opener) AS debtor_id,
            if(c.of_portfolio = '', d.last.4, c.of_portfolio) AS portfolio,
            if(is_decided, d.last.2, c.opened.1) AS since,
            d.last.3 AS decision_id,
            c.openings > 0 OR is_decided AS known,
            c.closings > 0 AND (c.openings = 0 OR c.closed > c.opened) AS is_closed,
            is_decided AND d.last.5 > 0 AND (c.statements = 0 OR d.last.6 > c.stated_at) AS by_decision,
            if(by_decision, d.last.6, c.stated_at) AS as_of,
            if(by_decision, d.last.5, c.stated_minor) AS open_minor,
            (by_decision OR c.statements > 0) AND open_minor <= arraySum(p -> if(p.1.1 > as_of, p.2, 0), c.payments) AS is_paid
        FROM cases AS c GLOBAL FULL JOIN decided AS d ON c.case_id = d.case_id)
SELECT case_id, debtor_id, portfolio, toUnixTimestamp64Micro(since), decision_id
FROM joined
WHERE known AND NOT is_closed AND NOT is_paid
    AND toUnixTimestamp64Micro(since) != 0 AND toUnixTimestamp64Micro(since) <= {at:Int64}
ORDER BY since, case_id LIMIT {n:UInt32}
SETTINGS join_use_nulls = 0`

// Due are the open cases to look at again at the instant, the longest due first. It reads the case and
// payment events and the decisions of the whole tenant: a job for lists, not for every request.
func (s *Store) Due(ctx context.Context, tenant string, at time.Time, limit int) ([]history.DueCase, error) {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	args := []any{named("tenant", tenant), named("at", clamped(at).UnixMicro()), named("n", max(limit, 0))}
	due, err := query(c, s.short, dueQuery, args, func(row func(...any) error) (d history.DueCase, err error) {
		var since int64
		var id string
		err = row(&d.Case, &d.Debtor, &d.Portfolio, &since, &id)
		d.Since, d.Decision = micros(since), parseID(id)
		return d, err
	})
	return due, s.fault(ctx, "list due cases", err)
}
