-- Why: what people and sources correct is obsolete until it is reverted; then it leaves the live
-- tables, transactions as well. What comes in its place says what it was made from, and an obsolete
-- mark may have a reason in somebody's words. A reversal that Revert wrote waits for the next
-- calculation; an earning that was taken back may come back from history.
ALTER TABLE credit ADD COLUMN adjusted_from_id BLOB;
ALTER TABLE credit ADD COLUMN obsolete_reason TEXT CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
);
ALTER TABLE credit_history ADD COLUMN adjusted_from_id BLOB;
ALTER TABLE credit_history ADD COLUMN obsolete_reason TEXT;

ALTER TABLE earning ADD COLUMN obsolete_reason TEXT CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
);
ALTER TABLE earning ADD COLUMN awaits_calculation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE earning_history ADD COLUMN obsolete_reason TEXT;
ALTER TABLE earning_history ADD COLUMN awaits_calculation INTEGER NOT NULL DEFAULT 0;

ALTER TABLE activity_log ADD COLUMN reason TEXT;

CREATE TABLE base_transaction_history (
    workspace_id       TEXT    NOT NULL,
    transaction_id     BLOB    NOT NULL,
    source_number      TEXT    NOT NULL,
    transaction_type   TEXT    NOT NULL,
    event_date         INTEGER NOT NULL,
    period_id          TEXT    NOT NULL,
    status             TEXT    NOT NULL,
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
    attributes         TEXT    NOT NULL,
    left_because       TEXT    NOT NULL,
    left_at            INTEGER NOT NULL,
    left_by            TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, transaction_id)
) STRICT;

-- Of the live tables each index holds but the rows that are being corrected. An obsolete
-- transaction names what replaced it.
CREATE INDEX base_transaction_replaced ON base_transaction (workspace_id, transaction_id)
WHERE replaced_by_id IS NOT NULL;

CREATE INDEX credit_adjusted_from ON credit (workspace_id, adjusted_from_id, credit_id)
WHERE adjusted_from_id IS NOT NULL;
CREATE INDEX credit_obsolete ON credit (workspace_id, credit_id) WHERE obsolete_at IS NOT NULL;

CREATE INDEX earning_obsolete ON earning (workspace_id, earning_id) WHERE obsolete_at IS NOT NULL;
CREATE INDEX earning_obsolete_lineage ON earning (workspace_id, lineage_id, earning_id)
WHERE obsolete_at IS NOT NULL;
CREATE INDEX earning_waiting ON earning (workspace_id, participant_id, earning_date, earning_id)
WHERE awaits_calculation = 1;

-- What became of a transaction and its credits, and of somebody's earnings.
CREATE INDEX base_transaction_history_key ON base_transaction_history (
    workspace_id,
    source_number,
    transaction_type,
    transaction_id
);
CREATE INDEX credit_history_key ON credit_history (
    workspace_id,
    source_number,
    transaction_type,
    credit_id
);
CREATE INDEX earning_history_participant ON earning_history (
    workspace_id,
    participant_id,
    earning_id
);
