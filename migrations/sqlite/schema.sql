-- What all steps add up to. Written by a test, which compares it: run it with
-- ATTAIN_REWRITE_SCHEMA=1 to write it anew.

CREATE TABLE activity_log (
    workspace_id TEXT    NOT NULL,
    activity_id  BLOB    NOT NULL,
    logged_at    INTEGER NOT NULL,
    actor_id     TEXT    NOT NULL,
    request_id   TEXT,
    run_id       BLOB,
    action       TEXT    NOT NULL CHECK (action IN ('created', 'updated', 'deleted')),
    record_kind  TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    record_count INTEGER NOT NULL,
    was          TEXT,
    became       TEXT, reason TEXT,
    PRIMARY KEY (workspace_id, activity_id)
) STRICT;

CREATE TRIGGER activity_log_no_delete BEFORE DELETE ON activity_log
BEGIN
    SELECT raise(ABORT, 'the activity log is append-only');
END;

CREATE TRIGGER activity_log_no_update BEFORE UPDATE ON activity_log
BEGIN
    SELECT raise(ABORT, 'the activity log is append-only');
END;

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

CREATE UNIQUE INDEX base_transaction_key ON base_transaction (
    workspace_id,
    source_number,
    transaction_type,
    (CASE WHEN status IN ('obsolete', 'cancelled') THEN transaction_id ELSE x'' END)
);

CREATE INDEX base_transaction_period ON base_transaction (workspace_id, period_id, transaction_id);

CREATE INDEX base_transaction_replaced ON base_transaction (workspace_id, transaction_id)
WHERE replaced_by_id IS NOT NULL;

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

CREATE INDEX base_transaction_history_key ON base_transaction_history (
    workspace_id,
    source_number,
    transaction_type,
    transaction_id
);

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

CREATE TABLE change_log (
    workspace_id   TEXT    NOT NULL,
    period_id      TEXT    NOT NULL,
    everybody      INTEGER NOT NULL CHECK (everybody IN (0, 1)),
    participant_id TEXT    NOT NULL CHECK ((everybody = 1) = (participant_id = '')),
    PRIMARY KEY (workspace_id, period_id, everybody, participant_id)
) STRICT, WITHOUT ROWID;

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
    actor_id         TEXT    NOT NULL, adjusted_from_id BLOB, obsolete_reason TEXT CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
),
    PRIMARY KEY (workspace_id, credit_id),
    CHECK ((status = 'error') = (error_reason IS NOT NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) STRICT;

CREATE INDEX credit_adjusted_from ON credit (workspace_id, adjusted_from_id, credit_id)
WHERE adjusted_from_id IS NOT NULL;

CREATE INDEX credit_obsolete ON credit (workspace_id, credit_id) WHERE obsolete_at IS NOT NULL;

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

CREATE INDEX credit_summarised ON credit (
    workspace_id,
    through_id,
    participant_id,
    credit_date,
    credit_id
)
WHERE origin = 'from' AND source_credit_id IS NULL AND obsolete_at IS NULL;

CREATE INDEX credit_transaction ON credit (workspace_id, transaction_id, credit_id)
WHERE transaction_id IS NOT NULL;

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
    left_by          TEXT    NOT NULL, adjusted_from_id BLOB, obsolete_reason TEXT,
    PRIMARY KEY (workspace_id, credit_id)
) STRICT;

CREATE INDEX credit_history_key ON credit_history (
    workspace_id,
    source_number,
    transaction_type,
    credit_id
);

CREATE TABLE definition (
    workspace_id  TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    definition_id TEXT    NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    live          INTEGER NOT NULL CHECK (live IN (0, 1)),
    -- JSON; none for a deletion.
    document      TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    actor_id      TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, kind, definition_id, version),
    CHECK (live = 0 OR document IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX definition_live ON definition (workspace_id, kind, definition_id)
WHERE live = 1;

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
    trace             TEXT    NOT NULL, obsolete_reason TEXT CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
), awaits_calculation INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, earning_id),
    CHECK ((amount IS NULL) = (error_reason IS NOT NULL)),
    CHECK ((amount IS NULL) = (currency IS NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) STRICT;

CREATE UNIQUE INDEX earning_current ON earning (
    workspace_id,
    ifnull(lineage_id, x''),
    participant_id,
    plan_id,
    component_id,
    interval_id
)
WHERE obsolete_at IS NULL AND reversal_of_id IS NULL;

CREATE INDEX earning_obsolete ON earning (workspace_id, earning_id) WHERE obsolete_at IS NOT NULL;

CREATE INDEX earning_obsolete_lineage ON earning (workspace_id, lineage_id, earning_id)
WHERE obsolete_at IS NOT NULL;

CREATE INDEX earning_payable ON earning (
    workspace_id,
    participant_id,
    earning_date,
    earning_id,
    next_due
)
WHERE amount IS NOT NULL AND obsolete_at IS NULL AND instalments_taken < instalments;

CREATE INDEX earning_position ON earning (workspace_id, participant_id, earning_date, earning_id);

CREATE INDEX earning_waiting ON earning (workspace_id, participant_id, earning_date, earning_id)
WHERE awaits_calculation = 1;

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
    left_by           TEXT    NOT NULL, obsolete_reason TEXT, awaits_calculation INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, earning_id)
) STRICT;

CREATE INDEX earning_history_participant ON earning_history (
    workspace_id,
    participant_id,
    earning_id
);

CREATE TABLE payment_batch (
    workspace_id TEXT    NOT NULL,
    batch_id     BLOB    NOT NULL,
    pay_group_id TEXT    NOT NULL,
    period_id    TEXT    NOT NULL,
    pay_date     INTEGER NOT NULL,
    status       TEXT    NOT NULL CHECK (
        status IN ('building', 'unpaid', 'frozen', 'paying', 'paid', 'deleting')
    ),
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    actor_id     TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, batch_id)
) STRICT;

CREATE TABLE payment_line (
    workspace_id    TEXT    NOT NULL,
    line_id         BLOB    NOT NULL,
    paysheet_id     BLOB    NOT NULL,
    batch_id        BLOB    NOT NULL,
    participant_id  TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('earning', 'reversal')),
    earning_id      BLOB    NOT NULL,
    instalment      INTEGER NOT NULL,
    plan_id         TEXT    NOT NULL,
    component_id    TEXT    NOT NULL,
    period_id       TEXT    NOT NULL,
    earning_date    INTEGER NOT NULL,
    amount          TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    currency_rate   TEXT    NOT NULL,
    pay_amount      TEXT    NOT NULL,
    pay_currency    TEXT    NOT NULL,
    held            INTEGER NOT NULL CHECK (held IN (0, 1)),
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    actor_id        TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, line_id)
) STRICT;

CREATE INDEX payment_line_earning ON payment_line (workspace_id, earning_id, line_id);

CREATE INDEX payment_line_held ON payment_line (workspace_id, line_id) WHERE held = 1;

CREATE INDEX payment_line_paysheet ON payment_line (workspace_id, paysheet_id);

CREATE TABLE paysheet (
    workspace_id   TEXT    NOT NULL,
    paysheet_id    BLOB    NOT NULL,
    batch_id       BLOB    NOT NULL,
    participant_id TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (
        status IN ('unpaid', 'locked', 'submitted', 'approved', 'paid')
    ),
    total          TEXT    NOT NULL,
    total_currency TEXT    NOT NULL,
    held           TEXT    NOT NULL,
    held_currency  TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    actor_id       TEXT    NOT NULL, settlement TEXT,
    PRIMARY KEY (workspace_id, paysheet_id)
) STRICT;

CREATE INDEX paysheet_batch ON paysheet (workspace_id, batch_id, participant_id, paysheet_id);

CREATE INDEX paysheet_participant ON paysheet (workspace_id, participant_id, paysheet_id);

CREATE INDEX paysheet_settled ON paysheet (workspace_id, participant_id, batch_id, paysheet_id)
WHERE settlement IS NOT NULL;

CREATE TABLE process_run (
    workspace_id     TEXT    NOT NULL,
    run_id           BLOB    NOT NULL,
    process          TEXT    NOT NULL,
    -- First date, and first date after; none is open.
    range_from       INTEGER,
    range_to         INTEGER,
    status           TEXT    NOT NULL CHECK (
        status IN (
            'queued', 'running', 'succeeded', 'succeeded_with_errors', 'failed', 'cancelled'
        )
    ),
    stage            TEXT,
    units_done       INTEGER NOT NULL,
    units_total      INTEGER NOT NULL,
    -- JSON.
    counts           TEXT    NOT NULL,
    cancel_requested INTEGER NOT NULL,
    lease_until      INTEGER NOT NULL,
    ended_at         INTEGER,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    actor_id         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, run_id)
) STRICT;

CREATE INDEX process_run_at_work ON process_run (workspace_id, run_id)
WHERE status IN ('queued', 'running');

CREATE TABLE process_run_log (
    workspace_id TEXT    NOT NULL,
    run_id       BLOB    NOT NULL,
    entry_number INTEGER NOT NULL,
    logged_at    INTEGER NOT NULL,
    level        TEXT    NOT NULL CHECK (level IN ('info', 'error')),
    reason       TEXT,
    subject      TEXT    NOT NULL,
    entry_text   TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, run_id, entry_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    workspace_id   TEXT    NOT NULL,
    request_id     TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    answer         TEXT    NOT NULL,
    carried_out_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reward (
    workspace_id     TEXT    NOT NULL,
    reward_id        BLOB    NOT NULL,
    participant_id   TEXT    NOT NULL,
    amount           TEXT    NOT NULL,
    currency         TEXT    NOT NULL,
    recoverable      INTEGER NOT NULL,
    kind             TEXT    NOT NULL CHECK (
        kind IN ('bonus', 'advance', 'repayment', 'adjustment')
    ),
    account_plan_id  TEXT,
    origin           TEXT    NOT NULL CHECK (
        origin IN ('by_hand', 'payment_plan', 'negative_sheet')
    ),
    origin_plan_id   TEXT,
    origin_batch_id  BLOB,
    origin_step      TEXT CHECK (
        origin_step IN ('draw', 'draw_taken_back', 'recovery', 'pay_cap')
    ),
    plan_id          TEXT,
    component_id     TEXT,
    reward_date      INTEGER NOT NULL,
    reason           TEXT    NOT NULL,
    payment          TEXT    NOT NULL CHECK (
        payment IN ('unpaid', 'on_paysheet', 'paid')
    ),
    batch_id         BLOB,
    paysheet_id      BLOB,
    currency_rate    TEXT,
    pay_amount       TEXT,
    pay_currency     TEXT,
    held             INTEGER,
    paid_at          INTEGER,
    clear_id         BLOB,
    cleared_at       INTEGER,
    cleared_by       TEXT,
    withdrawn_at     INTEGER,
    withdrawn_by     TEXT,
    withdrawn_reason TEXT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    actor_id         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, reward_id),
    CONSTRAINT reward_origin_whole CHECK (
        (origin = 'payment_plan') = (origin_plan_id IS NOT NULL)
        AND (origin = 'by_hand') = (origin_batch_id IS NULL)
        AND (origin = 'by_hand') = (origin_step IS NULL)
    ),
    CONSTRAINT reward_payment_whole CHECK (
        (payment = 'unpaid') = (paysheet_id IS NULL)
        AND (payment = 'paid') = (paid_at IS NOT NULL)
    )
) STRICT;

CREATE INDEX reward_participant ON reward (workspace_id, participant_id, reward_date, reward_id);

CREATE INDEX reward_payable ON reward (workspace_id, participant_id, reward_date, reward_id)
WHERE payment = 'unpaid' AND withdrawn_at IS NULL;

CREATE INDEX reward_paysheet ON reward (workspace_id, paysheet_id, reward_id)
WHERE paysheet_id IS NOT NULL;

CREATE TABLE reward_clear (
    workspace_id    TEXT    NOT NULL,
    clear_id        BLOB    NOT NULL,
    participant_id  TEXT    NOT NULL,
    clear_date      INTEGER NOT NULL,
    cleared_at      INTEGER NOT NULL,
    cleared_by      TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    origin          TEXT    NOT NULL CHECK (origin IN ('by_hand', 'waived')),
    origin_plan_id  TEXT,
    origin_batch_id BLOB,
    forgiven        TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    rewards         TEXT    NOT NULL,
    undo_id         BLOB,
    undone_date     INTEGER,
    undone_at       INTEGER,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    actor_id        TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, clear_id),
    CONSTRAINT reward_clear_origin_whole CHECK (
        (origin = 'waived') = (origin_plan_id IS NOT NULL)
        AND (origin = 'waived') = (origin_batch_id IS NOT NULL)
    )
) STRICT;

CREATE INDEX reward_clear_participant ON reward_clear (workspace_id, participant_id, clear_id);

CREATE TABLE reward_clear_undo (
    workspace_id   TEXT    NOT NULL,
    undo_id        BLOB    NOT NULL,
    clear_id       BLOB    NOT NULL,
    participant_id TEXT    NOT NULL,
    undo_date      INTEGER NOT NULL,
    reason         TEXT    NOT NULL,
    restored       TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    actor_id       TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, undo_id)
) STRICT;

CREATE INDEX reward_clear_undo_clear ON reward_clear_undo (workspace_id, clear_id, undo_id);

CREATE TABLE rewards_mark (
    workspace_id   TEXT    NOT NULL,
    participant_id TEXT    NOT NULL,
    mark           INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, participant_id)
) STRICT;

CREATE TABLE run_chunk (
    workspace_id  TEXT    NOT NULL,
    chunk_id      BLOB    NOT NULL,
    run_id        BLOB    NOT NULL,
    chunk_number  INTEGER NOT NULL,
    actor_id      TEXT    NOT NULL,
    request_id    TEXT,
    -- JSON: what is left to do.
    task          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    worker_id     TEXT,
    -- By the clock of the machine that holds this file.
    lease_until   INTEGER,
    error_reason  TEXT,
    error_text    TEXT,
    attempt       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    -- JSON.
    counts        TEXT    NOT NULL,
    units         INTEGER NOT NULL,
    -- JSON: rows in error.
    failures      TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, chunk_id),
    CHECK ((state = 'leased') = (worker_id IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
    CHECK ((state = 'failed') = (error_reason IS NOT NULL)),
    CHECK ((state = 'failed') = (error_text IS NOT NULL))
) STRICT;

CREATE INDEX run_chunk_at_work ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('waiting', 'leased');

CREATE INDEX run_chunk_ended ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('done', 'failed');

CREATE UNIQUE INDEX run_chunk_number ON run_chunk (workspace_id, run_id, chunk_number);

CREATE TABLE run_claim (
    workspace_id   TEXT    NOT NULL,
    run_id         BLOB    NOT NULL,
    period_id      TEXT    NOT NULL,
    everybody      INTEGER NOT NULL CHECK (everybody IN (0, 1)),
    participant_id TEXT    NOT NULL CHECK ((everybody = 1) = (participant_id = '')),
    PRIMARY KEY (workspace_id, run_id, period_id, everybody, participant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE schema_step (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;

CREATE TABLE work_item (
    workspace_id         TEXT NOT NULL,
    work_item_id         BLOB NOT NULL,
    stage                TEXT NOT NULL,
    period_id            TEXT NOT NULL,
    first_transaction_id BLOB NOT NULL,
    last_transaction_id  BLOB NOT NULL,
    PRIMARY KEY (workspace_id, work_item_id)
) STRICT;

CREATE INDEX work_item_stage ON work_item (workspace_id, stage, period_id, work_item_id);

CREATE TABLE workspace (
    workspace_id     TEXT    NOT NULL PRIMARY KEY,
    created_at       INTEGER NOT NULL,
    -- Counts the writes and deletions of definitions.
    definitions_mark INTEGER NOT NULL
) STRICT;
