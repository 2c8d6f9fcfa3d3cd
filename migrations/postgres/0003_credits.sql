-- Why: credits are what part of a transaction counts for whom. The live table holds obsolete ones
-- too until they are reverted; then the whole row moves to the history, with why it left. One
-- partition for each year of the credit date.
CREATE TABLE credit (
    workspace_id     text COLLATE "C" NOT NULL,
    credit_id        uuid NOT NULL,
    lineage_id       uuid NOT NULL,
    -- None for a summarised roll-up.
    transaction_id   uuid,
    source_number    text COLLATE "C" NOT NULL,
    transaction_type text COLLATE "C" NOT NULL,
    participant_id   text COLLATE "C" NOT NULL,
    -- In the order in which credits of one transaction are calculated.
    kind             text COLLATE "C" NOT NULL CHECK (kind IN ('direct', 'indirect', 'team')),
    origin           text COLLATE "C" NOT NULL CHECK (origin IN ('rule', 'given', 'from')),
    rule_set_id      text COLLATE "C",
    rule_id          text COLLATE "C",
    source_credit_id uuid,
    through_id       text COLLATE "C",
    amount           numeric NOT NULL,
    currency         text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    quantity         numeric NOT NULL,
    percent          numeric NOT NULL,
    revenue          boolean NOT NULL,
    rolls_up         boolean NOT NULL,
    calculates       boolean NOT NULL,
    credit_date      date NOT NULL,
    roll_up_date     date NOT NULL,
    period_id        text COLLATE "C" NOT NULL,
    category_id      text COLLATE "C",
    status           text COLLATE "C" NOT NULL CHECK (
        status IN (
            'credited', 'eligible', 'error'
        )
    ),
    error_reason     text COLLATE "C",
    error_text       text COLLATE "C",
    obsolete_at      timestamptz,
    obsolete_by      text COLLATE "C",
    obsolete_because text COLLATE "C",
    version          bigint NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    actor_id         text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, credit_id, credit_date),
    CHECK ((status = 'error') = (error_reason IS NOT NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) PARTITION BY RANGE (credit_date);

-- The order of calculation. The kinds are stored under words that sort as the kinds do.
CREATE INDEX credit_position ON credit (
    workspace_id, participant_id, credit_date, source_number, transaction_type, kind, lineage_id
)
WHERE obsolete_at IS NULL;
CREATE INDEX credit_transaction ON credit (workspace_id, transaction_id, credit_id)
WHERE transaction_id IS NOT NULL;
-- Summarised roll-ups, which are no single transaction's and come from no single credit.
CREATE INDEX credit_summarised ON credit (
    workspace_id, through_id, participant_id, credit_date, credit_id
)
WHERE origin = 'from' AND source_credit_id IS NULL AND obsolete_at IS NULL;

ALTER TABLE credit ENABLE ROW LEVEL SECURITY;
CREATE POLICY credit_of_workspace ON credit
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON credit TO attain_app;
GRANT INSERT ON credit TO attain_writer;

CREATE TABLE credit_history (
    workspace_id     text COLLATE "C" NOT NULL,
    credit_id        uuid NOT NULL,
    lineage_id       uuid NOT NULL,
    transaction_id   uuid,
    source_number    text COLLATE "C" NOT NULL,
    transaction_type text COLLATE "C" NOT NULL,
    participant_id   text COLLATE "C" NOT NULL,
    kind             text COLLATE "C" NOT NULL,
    origin           text COLLATE "C" NOT NULL,
    rule_set_id      text COLLATE "C",
    rule_id          text COLLATE "C",
    source_credit_id uuid,
    through_id       text COLLATE "C",
    amount           numeric NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    quantity         numeric NOT NULL,
    percent          numeric NOT NULL,
    revenue          boolean NOT NULL,
    rolls_up         boolean NOT NULL,
    calculates       boolean NOT NULL,
    credit_date      date NOT NULL,
    roll_up_date     date NOT NULL,
    period_id        text COLLATE "C" NOT NULL,
    category_id      text COLLATE "C",
    status           text COLLATE "C" NOT NULL,
    error_reason     text COLLATE "C",
    error_text       text COLLATE "C",
    obsolete_at      timestamptz,
    obsolete_by      text COLLATE "C",
    obsolete_because text COLLATE "C",
    version          bigint NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    actor_id         text COLLATE "C" NOT NULL,
    left_because     text COLLATE "C" NOT NULL,
    left_at          timestamptz NOT NULL,
    left_by          text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, credit_id, credit_date)
) PARTITION BY RANGE (credit_date);

ALTER TABLE credit_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY credit_history_of_workspace ON credit_history
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON credit_history TO attain_app;
