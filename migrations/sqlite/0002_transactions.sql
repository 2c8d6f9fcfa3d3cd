-- Why: transactions are what the source systems say happened. A correction is a new row that names
-- what it replaces; of a row only what processes do with it changes. Amounts are exact decimals as
-- text, dates are days since 1970.
CREATE TABLE base_transaction (
    workspace_id       TEXT    NOT NULL,
    transaction_id     BLOB    NOT NULL,
    source_number      TEXT    NOT NULL,
    transaction_type   TEXT    NOT NULL,
    event_date         INTEGER NOT NULL,
    period_id          TEXT    NOT NULL,
    status             TEXT    NOT NULL CHECK (
        status IN ('new', 'classified', 'credited', 'error', 'obsolete', 'cancelled')
    ),
    error_reason       TEXT,
    error_text         TEXT,
    category_id        TEXT,
    preserve_credits   INTEGER NOT NULL,
    hold               INTEGER NOT NULL,
    do_not_classify    INTEGER NOT NULL,
    do_not_roll_up     INTEGER NOT NULL,
    do_not_calculate   INTEGER NOT NULL,
    replaces_id        BLOB,
    replaced_by_id     BLOB,
    version            INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    actor_id           TEXT    NOT NULL,
    amount             TEXT    NOT NULL,
    currency           TEXT    NOT NULL,
    operating_amount   TEXT    NOT NULL,
    operating_currency TEXT    NOT NULL,
    currency_rate      TEXT    NOT NULL,
    quantity           TEXT    NOT NULL,
    source_updated_at  INTEGER,
    -- JSON.
    attributes         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, transaction_id),
    CHECK ((status = 'error') = (error_reason IS NOT NULL))
) STRICT;

-- All versions of a natural key, of which at most one is live: versions that are not differ by id.
CREATE UNIQUE INDEX base_transaction_key ON base_transaction (
    workspace_id,
    source_number,
    transaction_type,
    (CASE WHEN status IN ('obsolete', 'cancelled') THEN transaction_id ELSE x'' END)
);

-- The work list names transactions by their period and a span of ids.
CREATE INDEX base_transaction_period ON base_transaction (workspace_id, period_id, transaction_id);
