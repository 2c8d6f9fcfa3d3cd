-- Why: a payment batch is one pay run, a paysheet one person's part of it, a payment line one
-- earning or reversal on it, kept as it was when it was taken up.
CREATE TABLE payment_batch (
    workspace_id text COLLATE "C" NOT NULL,
    batch_id     uuid NOT NULL,
    pay_group_id text COLLATE "C" NOT NULL,
    period_id    text COLLATE "C" NOT NULL,
    pay_date     date NOT NULL,
    status       text COLLATE "C" NOT NULL CHECK (
        status IN (
            'building', 'unpaid', 'frozen', 'paying', 'paid', 'deleting'
        )
    ),
    version      bigint NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    actor_id     text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, batch_id)
);

ALTER TABLE payment_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY payment_batch_of_workspace ON payment_batch
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON payment_batch TO attain_app;

CREATE TABLE paysheet (
    workspace_id   text COLLATE "C" NOT NULL,
    paysheet_id    uuid NOT NULL,
    batch_id       uuid NOT NULL,
    participant_id text COLLATE "C" NOT NULL,
    status         text COLLATE "C" NOT NULL CHECK (
        status IN (
            'unpaid', 'locked', 'submitted', 'approved', 'paid'
        )
    ),
    total          numeric NOT NULL,
    total_currency text COLLATE "C" NOT NULL CHECK (total_currency ~ '^[A-Z]{3}$'),
    held           numeric NOT NULL,
    held_currency  text COLLATE "C" NOT NULL CHECK (held_currency ~ '^[A-Z]{3}$'),
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, paysheet_id)
);

CREATE INDEX paysheet_batch ON paysheet (workspace_id, batch_id, participant_id, paysheet_id);
CREATE INDEX paysheet_participant ON paysheet (workspace_id, participant_id, paysheet_id);

ALTER TABLE paysheet ENABLE ROW LEVEL SECURITY;
CREATE POLICY paysheet_of_workspace ON paysheet
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON paysheet TO attain_app;

CREATE TABLE payment_line (
    workspace_id   text COLLATE "C" NOT NULL,
    line_id        uuid NOT NULL,
    paysheet_id    uuid NOT NULL,
    batch_id       uuid NOT NULL,
    participant_id text COLLATE "C" NOT NULL,
    kind           text COLLATE "C" NOT NULL CHECK (kind IN ('earning', 'reversal')),
    earning_id     uuid NOT NULL,
    instalment     integer NOT NULL,
    plan_id        text COLLATE "C" NOT NULL,
    component_id   text COLLATE "C" NOT NULL,
    period_id      text COLLATE "C" NOT NULL,
    earning_date   date NOT NULL,
    amount         numeric NOT NULL,
    currency       text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    currency_rate  numeric NOT NULL,
    pay_amount     numeric NOT NULL,
    pay_currency   text COLLATE "C" NOT NULL CHECK (pay_currency ~ '^[A-Z]{3}$'),
    held           boolean NOT NULL,
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, line_id)
);

CREATE INDEX payment_line_paysheet ON payment_line (workspace_id, paysheet_id);
CREATE INDEX payment_line_earning ON payment_line (workspace_id, earning_id, line_id);
CREATE INDEX payment_line_held ON payment_line (workspace_id, line_id) WHERE held;

ALTER TABLE payment_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY payment_line_of_workspace ON payment_line
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON payment_line TO attain_app;
GRANT INSERT ON payment_line TO attain_writer;
