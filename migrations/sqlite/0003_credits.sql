-- Why: credits are what part of a transaction counts for whom. The live table holds obsolete ones
-- too until they are reverted; then the whole row moves to the history, with why it left.
CREATE TABLE credit (
    workspace_id     TEXT    NOT NULL,
    credit_id        BLOB    NOT NULL,
    lineage_id       BLOB    NOT NULL,
    -- None for a summarised roll-up.
    transaction_id   BLOB,
    source_number    TEXT    NOT NULL,
    transaction_type TEXT    NOT NULL,
    participant_id   TEXT    NOT NULL,
    -- In the order in which credits of one transaction are calculated.
    kind             TEXT    NOT NULL CHECK (kind IN ('direct', 'indirect', 'team')),
    origin           TEXT    NOT NULL CHECK (origin IN ('rule', 'given', 'from')),
    rule_set_id      TEXT,
    rule_id          TEXT,
    source_credit_id BLOB,
    through_id       TEXT,
    amount           TEXT    NOT NULL,
    currency         TEXT    NOT NULL,
    quantity         TEXT    NOT NULL,
    percent          TEXT    NOT NULL,
    revenue          INTEGER NOT NULL,
    rolls_up         INTEGER NOT NULL,
    calculates       INTEGER NOT NULL,
    credit_date      INTEGER NOT NULL,
    roll_up_date     INTEGER NOT NULL,
    period_id        TEXT    NOT NULL,
    category_id      TEXT,
    status           TEXT    NOT NULL CHECK (status IN ('credited', 'eligible', 'error')),
    error_reason     TEXT,
    error_text       TEXT,
    obsolete_at      INTEGER,
    obsolete_by      TEXT,
    obsolete_because TEXT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    actor_id         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, credit_id),
    CHECK ((status = 'error') = (error_reason IS NOT NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) STRICT;

CREATE INDEX credit_transaction ON credit (workspace_id, transaction_id, credit_id)
WHERE transaction_id IS NOT NULL;

-- The order in which a participant's credits are calculated; it never depends on arrival.
CREATE INDEX credit_position ON credit (
    workspace_id,
    participant_id,
    credit_date,
    source_number,
    transaction_type,
    kind,
    lineage_id
)
WHERE obsolete_at IS NULL;

-- Summarised roll-ups, by the report through whom they came.
CREATE INDEX credit_summarised ON credit (
    workspace_id,
    through_id,
    participant_id,
    credit_date,
    credit_id
)
WHERE origin = 'from' AND source_credit_id IS NULL AND obsolete_at IS NULL;

CREATE TABLE credit_history (
    workspace_id     TEXT    NOT NULL,
    credit_id        BLOB    NOT NULL,
    lineage_id       BLOB    NOT NULL,
    transaction_id   BLOB,
    source_number    TEXT    NOT NULL,
    transaction_type TEXT    NOT NULL,
    participant_id   TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    origin           TEXT    NOT NULL,
    rule_set_id      TEXT,
    rule_id          TEXT,
    source_credit_id BLOB,
    through_id       TEXT,
    amount           TEXT    NOT NULL,
    currency         TEXT    NOT NULL,
    quantity         TEXT    NOT NULL,
    percent          TEXT    NOT NULL,
    revenue          INTEGER NOT NULL,
    rolls_up         INTEGER NOT NULL,
    calculates       INTEGER NOT NULL,
    credit_date      INTEGER NOT NULL,
    roll_up_date     INTEGER NOT NULL,
    period_id        TEXT    NOT NULL,
    category_id      TEXT,
    status           TEXT    NOT NULL,
    error_reason     TEXT,
    error_text       TEXT,
    obsolete_at      INTEGER,
    obsolete_by      TEXT,
    obsolete_because TEXT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    actor_id         TEXT    NOT NULL,
    left_because     TEXT    NOT NULL,
    left_at          INTEGER NOT NULL,
    left_by          TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, credit_id)
) STRICT;
