CREATE TABLE IF NOT EXISTS migrations ON CLUSTER `main` (
    version UInt32,
    name    String,
    sha256  String,
    applied DateTime64(6, 'UTC')
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{database}/migrations', '{shard}-{replica}')
ORDER BY version;

-- Everything a tenant reported. Takt reads column record, which holds the whole event in the form of package
-- features/record: one column is read many times faster than fifty. The other columns are for SQL; a column
-- whose field the event lacks holds its default. Identity is (tenant, source, id); reads let the lowest seq of equal ones count.
-- One debtor's history is one short read of the primary key, so there are no partitions.
CREATE TABLE IF NOT EXISTS events_local ON CLUSTER `main` (
    tenant        LowCardinality(String),
    debtor_id     String,
    at            DateTime64(6, 'UTC'),
    id            String,
    source        LowCardinality(String),
    type          Enum8('case_opened' = 1, 'case_updated' = 2, 'case_closed' = 3, 'debtor_updated' = 4, 'consent_changed' = 5,
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
                        'moratorium_claimed' = 46, 'handed_over' = 47, 'written_off' = 48),
    seq           UInt64,
    received      DateTime64(6, 'UTC'),
    record        String,
    has           UInt64 COMMENT 'bit set of the data fields that were given, engine.Fields',
    case_id       String,
    portfolio     LowCardinality(String),
    stage         LowCardinality(String),
    fulfilment    LowCardinality(String),
    reason        LowCardinality(String),
    open_minor    Int64,
    open_currency LowCardinality(String),
    oldest_due    Date32 DEFAULT '1970-01-01',
    contract_date Date32 DEFAULT '1970-01-01',
    dunning_level Int32,
    kind          LowCardinality(String),
    tz            LowCardinality(String),
    region        LowCardinality(String),
    language      LowCardinality(String),
    birth_year    Int32,
    flags         UInt32,
    channel       Enum8('' = 0, 'email' = 1, 'sms' = 2, 'letter' = 3, 'phone' = 4, 'messenger' = 5, 'push' = 6, 'portal' = 7, 'chat' = 8),
    tone          Enum8('' = 0, 'friendly' = 1, 'neutral' = 2, 'empathetic' = 3, 'loss_framed' = 4, 'firm' = 5, 'formal' = 6),
    address_ref   String,
    purpose       LowCardinality(String),
    state         LowCardinality(String),
    basis         LowCardinality(String),
    template      LowCardinality(String),
    validity      Float64,
    decision_id   String,
    acted_at      DateTime64(6, 'UTC'),
    cost_micro    Int64,
    action        LowCardinality(String),
    amount_minor  Int64,
    currency      LowCardinality(String),
    unmatched     Bool,
    event_id      String,
    other         String,
    name          LowCardinality(String),
    value         Float64,
    expires       DateTime64(6, 'UTC'),
    due           Date32 DEFAULT '1970-01-01',
    instalments   Int32,
    made_to       LowCardinality(String),
    scope         LowCardinality(String),
    reference     String,
    until         DateTime64(6, 'UTC'),
    date          Date32 DEFAULT '1970-01-01',
    identity      UInt64 MATERIALIZED cityHash64(tenant, source, id),
    INDEX by_case case_id TYPE bloom_filter(0.01) GRANULARITY 1,
    -- Finds an identity whoever it was reported for: a duplicate may name another debtor.
    PROJECTION by_identity (SELECT identity, tenant, debtor_id, seq ORDER BY identity)
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/events', '{replica}')
ORDER BY (tenant, debtor_id, at, id, source)
SETTINGS index_granularity = 1024, replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS events ON CLUSTER `main` AS events_local ENGINE = Distributed(`main`, `takt`, events_local, cityHash64(tenant, debtor_id));

-- Every decision, whole: learner and evaluators read this row and rebuild nothing. Takt reads record (all but
-- the reply, as features/record writes it) and reply; the other columns are for SQL.
-- p(action) = (1 - epsilon) * its vote weight / sum(vote_weights) + epsilon * floor over eligible.
CREATE TABLE IF NOT EXISTS decisions_local ON CLUSTER `main` (
    tenant          LowCardinality(String),
    debtor_id       String,
    issued_at       DateTime64(6, 'UTC'),
    id              String COMMENT 'ULID',
    case_id         String,
    seq             UInt64,
    record          String CODEC(ZSTD(1)),
    kind            Enum8('' = 0, 'contact' = 1, 'hold' = 2, 'no_contact' = 3, 'agent_review' = 4, 'handover' = 5, 'route' = 6),
    mode            Enum8('live' = 0, 'shadow' = 1, 'dry_run' = 2),
    recorded        DateTime64(6, 'UTC'),
    expires         DateTime64(6, 'UTC'),
    review          DateTime64(6, 'UTC'),
    profile_as_of   DateTime64(6, 'UTC'),
    schema          Int32,
    x               Array(Float32) CODEC(ZSTD(1)),
    portfolio       LowCardinality(String),
    segment         LowCardinality(String),
    open_minor      Int64,
    currency        LowCardinality(String),
    policy          LowCardinality(String),
    version         LowCardinality(String),
    snapshot        LowCardinality(String),
    ruleset         LowCardinality(String),
    experiment      LowCardinality(String),
    arm             LowCardinality(String),
    share           Float64,
    grid            LowCardinality(String) COMMENT 'channels|tones|slots|offers: what the action numbers mean',
    eligible        Array(UInt16) CODEC(ZSTD(1)),
    vote_actions    Array(UInt16),
    vote_weights    Array(Float64),
    epsilon         Float64,
    draw            Float64,
    chosen          Int32,
    propensity      Float64,
    channel         Enum8('' = 0, 'email' = 1, 'sms' = 2, 'letter' = 3, 'phone' = 4, 'messenger' = 5, 'push' = 6, 'portal' = 7, 'chat' = 8),
    tone            Enum8('' = 0, 'friendly' = 1, 'neutral' = 2, 'empathetic' = 3, 'loss_framed' = 4, 'firm' = 5, 'formal' = 6),
    offer           Enum8('' = 0, 'none' = 1, 'payment_link' = 2, 'instalments' = 3, 'deferral' = 4),
    address_ref     String,
    template        LowCardinality(String),
    language        LowCardinality(String),
    not_before      DateTime64(6, 'UTC'),
    not_after       DateTime64(6, 'UTC'),
    tz              LowCardinality(String),
    until           DateTime64(6, 'UTC'),
    reason          LowCardinality(String),
    queue           LowCardinality(String),
    cost_micro      Int64,
    request_hash    UInt64,
    idempotency_key String,
    body_hash       FixedString(16),
    reply           String CODEC(ZSTD(1)),
    INDEX by_case case_id TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_id (SELECT tenant, id, debtor_id, issued_at, seq ORDER BY tenant, id)
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/decisions', '{replica}')
ORDER BY (tenant, debtor_id, issued_at, id)
SETTINGS index_granularity = 1024, replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS decisions ON CLUSTER `main` AS decisions_local ENGINE = Distributed(`main`, `takt`, decisions_local, cityHash64(tenant, debtor_id));

-- Facts that change a decision's state, in the order they were written: the decision itself and each report about it.
CREATE TABLE IF NOT EXISTS changes_local ON CLUSTER `main` (
    tenant      LowCardinality(String),
    seq         UInt64,
    decision_id String,
    debtor_id   String COMMENT 'of the fact',
    state       Enum8('issued' = 0, 'executed' = 8, 'skipped' = 9, 'overridden' = 10),
    at          DateTime64(6, 'UTC'),
    source      LowCardinality(String) COMMENT 'with id: identity of the event that reports; empty for the decision itself',
    id          String,
    PROJECTION by_decision (SELECT tenant, decision_id, seq, state, at, source, id ORDER BY tenant, decision_id)
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/changes', '{replica}')
ORDER BY (tenant, seq)
SETTINGS index_granularity = 1024, replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS changes ON CLUSTER `main` AS changes_local ENGINE = Distributed(`main`, `takt`, changes_local, cityHash64(tenant, decision_id));

-- What an idempotency key was answered with. The decisions keep their own keys for good.
CREATE TABLE IF NOT EXISTS answers_local ON CLUSTER `main` (
    tenant      LowCardinality(String),
    key         String,
    at          DateTime64(6, 'UTC'),
    body_hash   FixedString(16),
    decision_id String,
    seq         UInt64
) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/answers', '{replica}')
ORDER BY (tenant, key, at)
TTL toDateTime(at) + INTERVAL 7 DAY
SETTINGS replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS answers ON CLUSTER `main` AS answers_local ENGINE = Distributed(`main`, `takt`, answers_local, cityHash64(tenant, key));

-- Snapshots, models and pointers to the live ones; the row put last counts. Every shard has all of them.
CREATE TABLE IF NOT EXISTS artefacts ON CLUSTER `main` (
    tenant  LowCardinality(String),
    kind    LowCardinality(String),
    name    String,
    version String,
    put     UInt64,
    created DateTime64(6, 'UTC'),
    meta    String,
    data    String CODEC(ZSTD(1))
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/artefacts', '{shard}-{replica}', put)
ORDER BY (tenant, kind, name, version)
SETTINGS index_granularity = 64, replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Wishes of a debtor: the event type wish_stated and its fields.
ALTER TABLE events_local ON CLUSTER `main`
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

ALTER TABLE events ON CLUSTER `main`
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
