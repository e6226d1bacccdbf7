-- Wishes of a debtor: the event type wish_stated and its fields.
{{range tables "events"}}ALTER TABLE {{.}}{{onCluster}}
    MODIFY COLUMN type Enum8('case_opened' = 1, 'case_updated' = 2, 'case_closed' = 3, 'debtor_updated' = 4, 'consent_changed' = 5,
    'address_changed' = 6, 'address_returned' = 7, 'decision_executed' = 8, 'decision_skipped' = 9,
    'decision_overridden' = 10, 'contact_sent' = 11, 'contact_delivered' = 12, 'contact_failed' = 13,
    'contact_opened' = 14, 'contact_clicked' = 15, 'contact_replied' = 16, 'contact_attempted' = 17,
    'contact_connected' = 18, 'portal_visited' = 19, 'payment_started' = 20, 'document_uploaded' = 21,
    'payment_received' = 22, 'payment_reversed' = 23, 'event_retracted' = 24, 'debtor_merged' = 25,
    'score_set' = 26, 'promise_made' = 27, 'promise_kept' = 28, 'promise_broken' = 29, 'plan_agreed' = 30,
    'plan_paid' = 31, 'plan_missed' = 32, 'dispute_opened' = 33, 'dispute_resolved' = 34,
    'hardship_declared' = 35, 'hold_set' = 36, 'hold_lifted' = 37, 'complaint_received' = 38,
    'contract_cancelled' = 39, 'stop_received' = 40, 'objection_raised' = 41, 'erasure_requested' = 42,
    'insolvency_opened' = 43, 'debtor_deceased' = 44, 'representative_named' = 45,
    'moratorium_claimed' = 46, 'handed_over' = 47, 'written_off' = 48, 'wish_stated' = 49),
    ADD COLUMN IF NOT EXISTS hour_from Int32 COMMENT 'local minutes of the day',
    ADD COLUMN IF NOT EXISTS hour_to Int32,
    ADD COLUMN IF NOT EXISTS weekdays UInt32 COMMENT 'bit set, 1 << 1 is Sunday, engine.Set[engine.Weekday]';
{{end}}