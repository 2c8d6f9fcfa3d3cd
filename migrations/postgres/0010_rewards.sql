-- Why: rewards are signed amounts that a paysheet shows beside earnings; those that are owed back
-- make a balance, which a clearing forgives and an undoing brings back. Of all of it a balance as of
-- any date is made, so nothing is ever deleted. A mark counts the commits that wrote any of somebody,
-- so that a change can rely on the whole of it. A paysheet keeps what payment plans made of it.
CREATE TABLE reward (
    workspace_id     text COLLATE "C" NOT NULL,
    reward_id        uuid NOT NULL,
    participant_id   text COLLATE "C" NOT NULL,
    amount           numeric NOT NULL,
    currency         text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    recoverable      boolean NOT NULL,
    kind             text COLLATE "C" NOT NULL CHECK (
        kind IN ('bonus', 'advance', 'repayment', 'adjustment')
    ),
    account_plan_id  text COLLATE "C",
    origin           text COLLATE "C" NOT NULL CHECK (
        origin IN ('by_hand', 'payment_plan', 'negative_sheet')
    ),
    origin_plan_id   text COLLATE "C",
    origin_batch_id  uuid,
    origin_step      text COLLATE "C" CHECK (
        origin_step IN ('draw', 'draw_taken_back', 'recovery', 'pay_cap')
    ),
    plan_id          text COLLATE "C",
    component_id     text COLLATE "C",
    reward_date      date NOT NULL,
    reason           text COLLATE "C" NOT NULL,
    payment          text COLLATE "C" NOT NULL CHECK (
        payment IN ('unpaid', 'on_paysheet', 'paid')
    ),
    batch_id         uuid,
    paysheet_id      uuid,
    currency_rate    numeric,
    pay_amount       numeric,
    pay_currency     text COLLATE "C" CHECK (pay_currency ~ '^[A-Z]{3}$'),
    held             boolean,
    paid_at          timestamptz,
    clear_id         uuid,
    cleared_at       timestamptz,
    cleared_by       text COLLATE "C",
    withdrawn_at     timestamptz,
    withdrawn_by     text COLLATE "C",
    withdrawn_reason text COLLATE "C",
    version          bigint NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    actor_id         text COLLATE "C" NOT NULL,
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
);

CREATE INDEX reward_participant ON reward (workspace_id, participant_id, reward_date, reward_id);
CREATE INDEX reward_payable ON reward (workspace_id, participant_id, reward_date, reward_id)
WHERE payment = 'unpaid' AND withdrawn_at IS NULL;
CREATE INDEX reward_paysheet ON reward (workspace_id, paysheet_id, reward_id)
WHERE paysheet_id IS NOT NULL;

ALTER TABLE reward ENABLE ROW LEVEL SECURITY;
CREATE POLICY reward_of_workspace ON reward
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON reward TO attain_app;

CREATE TABLE reward_clear (
    workspace_id    text COLLATE "C" NOT NULL,
    clear_id        uuid NOT NULL,
    participant_id  text COLLATE "C" NOT NULL,
    clear_date      date NOT NULL,
    cleared_at      timestamptz NOT NULL,
    cleared_by      text COLLATE "C" NOT NULL,
    reason          text COLLATE "C" NOT NULL,
    origin          text COLLATE "C" NOT NULL CHECK (origin IN ('by_hand', 'waived')),
    origin_plan_id  text COLLATE "C",
    origin_batch_id uuid,
    forgiven        numeric NOT NULL,
    currency        text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    rewards         json NOT NULL,
    undo_id         uuid,
    undone_date     date,
    undone_at       timestamptz,
    version         bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    actor_id        text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, clear_id),
    CONSTRAINT reward_clear_origin_whole CHECK (
        (origin = 'waived') = (origin_plan_id IS NOT NULL)
        AND (origin = 'waived') = (origin_batch_id IS NOT NULL)
    )
);

CREATE INDEX reward_clear_participant ON reward_clear (workspace_id, participant_id, clear_id);

ALTER TABLE reward_clear ENABLE ROW LEVEL SECURITY;
CREATE POLICY reward_clear_of_workspace ON reward_clear
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON reward_clear TO attain_app;

CREATE TABLE reward_clear_undo (
    workspace_id   text COLLATE "C" NOT NULL,
    undo_id        uuid NOT NULL,
    clear_id       uuid NOT NULL,
    participant_id text COLLATE "C" NOT NULL,
    undo_date      date NOT NULL,
    reason         text COLLATE "C" NOT NULL,
    restored       numeric NOT NULL,
    currency       text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, undo_id)
);

CREATE INDEX reward_clear_undo_clear ON reward_clear_undo (workspace_id, clear_id, undo_id);

ALTER TABLE reward_clear_undo ENABLE ROW LEVEL SECURITY;
CREATE POLICY reward_clear_undo_of_workspace ON reward_clear_undo
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON reward_clear_undo TO attain_app;

-- A row of 0 stands for none: a commit that relies on it has made one to lock.
CREATE TABLE rewards_mark (
    workspace_id   text COLLATE "C" NOT NULL,
    participant_id text COLLATE "C" NOT NULL,
    mark           bigint NOT NULL,
    PRIMARY KEY (workspace_id, participant_id)
) WITH (fillfactor = 70);

ALTER TABLE rewards_mark ENABLE ROW LEVEL SECURITY;
CREATE POLICY rewards_mark_of_workspace ON rewards_mark
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON rewards_mark TO attain_app;

ALTER TABLE paysheet ADD COLUMN settlement json;
CREATE INDEX paysheet_settled ON paysheet (workspace_id, participant_id, batch_id, paysheet_id)
WHERE settlement IS NOT NULL;
