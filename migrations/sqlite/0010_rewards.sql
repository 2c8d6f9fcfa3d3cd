-- Why: rewards are signed amounts that a paysheet shows beside earnings; those that are owed back
-- make a balance, which a clearing forgives and an undoing brings back. Of all of it a balance as of
-- any date is made, so nothing is ever deleted. A mark counts the commits that wrote any of somebody,
-- so that a change can rely on the whole of it. A paysheet keeps what payment plans made of it.
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

ALTER TABLE paysheet ADD COLUMN settlement TEXT;
CREATE INDEX paysheet_settled ON paysheet (workspace_id, participant_id, batch_id, paysheet_id)
WHERE settlement IS NOT NULL;
