-- Why: an earning is a signed amount with the facts that it was derived from; a reversal takes one
-- back by its exact amount. Amounts never change; payment does, and the facts may.
CREATE TABLE calculation (
    workspace_id   TEXT    NOT NULL,
    calculation_id BLOB    NOT NULL,
    period_id      TEXT    NOT NULL,
    through_date   INTEGER NOT NULL,
    run_id         BLOB    NOT NULL,
    -- JSON.
    plan_versions  TEXT    NOT NULL,
    released       INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    actor_id       TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, calculation_id)
) STRICT;

CREATE TABLE earning (
    workspace_id      TEXT    NOT NULL,
    earning_id        BLOB    NOT NULL,
    participant_id    TEXT    NOT NULL,
    plan_id           TEXT    NOT NULL,
    component_id      TEXT    NOT NULL,
    interval_id       TEXT    NOT NULL,
    -- None for an earning per interval.
    lineage_id        BLOB,
    period_id         TEXT    NOT NULL,
    earning_date      INTEGER NOT NULL,
    credit_id         BLOB,
    transaction_id    BLOB,
    amount            TEXT,
    currency          TEXT,
    error_reason      TEXT,
    error_text        TEXT,
    instalments       INTEGER NOT NULL,
    instalments_taken INTEGER NOT NULL,
    instalments_paid  INTEGER NOT NULL,
    next_due          INTEGER NOT NULL,
    obsolete_at       INTEGER,
    obsolete_by       TEXT,
    obsolete_because  TEXT,
    reversal_of_id    BLOB,
    calculation_id    BLOB    NOT NULL,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    actor_id          TEXT    NOT NULL,
    -- JSON.
    trace             TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, earning_id),
    CHECK ((amount IS NULL) = (error_reason IS NOT NULL)),
    CHECK ((amount IS NULL) = (currency IS NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) STRICT;

-- At most one current earning has a key; no lineage is a lineage like any other here.
CREATE UNIQUE INDEX earning_current ON earning (
    workspace_id,
    ifnull(lineage_id, x''),
    participant_id,
    plan_id,
    component_id,
    interval_id
)
WHERE obsolete_at IS NULL AND reversal_of_id IS NULL;

CREATE INDEX earning_position ON earning (workspace_id, participant_id, earning_date, earning_id);

-- What a payment batch takes up; rows leave it once they are on a paysheet.
CREATE INDEX earning_payable ON earning (
    workspace_id,
    participant_id,
    earning_date,
    earning_id,
    next_due
)
WHERE amount IS NOT NULL AND obsolete_at IS NULL AND instalments_taken < instalments;

CREATE TABLE earning_history (
    workspace_id      TEXT    NOT NULL,
    earning_id        BLOB    NOT NULL,
    participant_id    TEXT    NOT NULL,
    plan_id           TEXT    NOT NULL,
    component_id      TEXT    NOT NULL,
    interval_id       TEXT    NOT NULL,
    lineage_id        BLOB,
    period_id         TEXT    NOT NULL,
    earning_date      INTEGER NOT NULL,
    credit_id         BLOB,
    transaction_id    BLOB,
    amount            TEXT,
    currency          TEXT,
    error_reason      TEXT,
    error_text        TEXT,
    instalments       INTEGER NOT NULL,
    instalments_taken INTEGER NOT NULL,
    instalments_paid  INTEGER NOT NULL,
    next_due          INTEGER NOT NULL,
    obsolete_at       INTEGER,
    obsolete_by       TEXT,
    obsolete_because  TEXT,
    reversal_of_id    BLOB,
    calculation_id    BLOB    NOT NULL,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    actor_id          TEXT    NOT NULL,
    trace             TEXT    NOT NULL,
    left_because      TEXT    NOT NULL,
    left_at           INTEGER NOT NULL,
    left_by           TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, earning_id)
) STRICT;
