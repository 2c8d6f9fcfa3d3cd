-- Why: a payment batch is one pay run, a paysheet one person's part of it, a payment line one
-- earning or reversal on it, kept as it was when it was taken up.
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
    actor_id       TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, paysheet_id)
) STRICT;

CREATE INDEX paysheet_batch ON paysheet (workspace_id, batch_id, participant_id, paysheet_id);
CREATE INDEX paysheet_participant ON paysheet (workspace_id, participant_id, paysheet_id);

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

CREATE INDEX payment_line_paysheet ON payment_line (workspace_id, paysheet_id);
CREATE INDEX payment_line_earning ON payment_line (workspace_id, earning_id, line_id);
CREATE INDEX payment_line_held ON payment_line (workspace_id, line_id) WHERE held = 1;
