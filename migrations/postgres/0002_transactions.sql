-- Why: transactions are what the source systems say happened. A correction is a new row that names
-- what it replaces; of a row only what processes do with it changes, and no index holds any of that.
-- One partition for each year of the event date: attain_open_partitions makes them.
CREATE TABLE base_transaction (
    workspace_id       text COLLATE "C" NOT NULL,
    transaction_id     uuid NOT NULL,
    source_number      text COLLATE "C" NOT NULL,
    transaction_type   text COLLATE "C" NOT NULL,
    event_date         date NOT NULL,
    period_id          text COLLATE "C" NOT NULL,
    status             text COLLATE "C" NOT NULL CHECK (
        status IN (
            'new', 'classified', 'credited', 'error', 'obsolete', 'cancelled'
        )
    ),
    error_reason       text COLLATE "C",
    error_text         text COLLATE "C",
    category_id        text COLLATE "C",
    preserve_credits   boolean NOT NULL,
    hold               boolean NOT NULL,
    do_not_classify    boolean NOT NULL,
    do_not_roll_up     boolean NOT NULL,
    do_not_calculate   boolean NOT NULL,
    replaces_id        uuid,
    replaced_by_id     uuid,
    version            bigint NOT NULL,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    actor_id           text COLLATE "C" NOT NULL,
    amount             numeric NOT NULL,
    currency           text COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    operating_amount   numeric NOT NULL,
    operating_currency text COLLATE "C" NOT NULL CHECK (operating_currency ~ '^[A-Z]{3}$'),
    currency_rate      numeric NOT NULL,
    quantity           numeric NOT NULL,
    source_updated_at  timestamptz,
    attributes         json NOT NULL,
    PRIMARY KEY (workspace_id, transaction_id, event_date),
    CHECK ((status = 'error') = (error_reason IS NOT NULL))
) PARTITION BY RANGE (event_date);

-- The work list names transactions by their period and a span of ids.
CREATE INDEX base_transaction_period ON base_transaction (workspace_id, period_id, transaction_id);

ALTER TABLE base_transaction ENABLE ROW LEVEL SECURITY;
CREATE POLICY base_transaction_of_workspace ON base_transaction
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON base_transaction TO attain_app;
GRANT INSERT ON base_transaction TO attain_writer;

-- The natural keys, since no index over partitions by date can be unique without the date: for each,
-- its newest version (the one of the highest id), and the one that is live, if any is.
CREATE TABLE transaction_key (
    workspace_id     text COLLATE "C" NOT NULL,
    source_number    text COLLATE "C" NOT NULL,
    transaction_type text COLLATE "C" NOT NULL,
    newest_id        uuid NOT NULL,
    newest_date      date NOT NULL,
    -- Neither obsolete nor cancelled; at most one version of a key.
    live_id          uuid,
    PRIMARY KEY (workspace_id, source_number, transaction_type)
);

ALTER TABLE transaction_key SET (fillfactor = 85);
-- As for the partitions: see attain_open_partitions.
ALTER TABLE transaction_key ALTER COLUMN workspace_id SET STATISTICS 0;

ALTER TABLE transaction_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY transaction_key_of_workspace ON transaction_key
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON transaction_key TO attain_app;
GRANT INSERT ON transaction_key TO attain_writer;
