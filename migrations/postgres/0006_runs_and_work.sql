-- Why: a process run is a sequence of small commits over a durable work list, so that a run that
-- dies can be taken up where it stopped. What must be calculated again stands in the change log
-- until a run claims it.
CREATE TABLE process_run (
    workspace_id     text COLLATE "C" NOT NULL,
    run_id           uuid NOT NULL,
    process          text COLLATE "C" NOT NULL,
    -- First date, and first date after; none is open.
    range_from       date,
    range_to         date,
    status           text COLLATE "C" NOT NULL CHECK (
        status IN (
            'queued', 'running', 'succeeded', 'succeeded_with_errors', 'failed', 'cancelled'
        )
    ),
    stage            text COLLATE "C",
    units_done       bigint NOT NULL,
    units_total      bigint NOT NULL,
    counts           json NOT NULL,
    cancel_requested boolean NOT NULL,
    lease_until      timestamptz NOT NULL,
    ended_at         timestamptz,
    version          bigint NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    actor_id         text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, run_id)
);

CREATE INDEX process_run_at_work ON process_run (workspace_id, run_id)
WHERE status IN ('queued', 'running');

ALTER TABLE process_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY process_run_of_workspace ON process_run
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON process_run TO attain_app;

CREATE TABLE process_run_log (
    workspace_id text COLLATE "C" NOT NULL,
    run_id       uuid NOT NULL,
    entry_number bigint NOT NULL,
    logged_at    timestamptz NOT NULL,
    level        text COLLATE "C" NOT NULL CHECK (level IN ('info', 'error')),
    reason       text COLLATE "C",
    subject      text COLLATE "C" NOT NULL,
    entry_text   text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, run_id, entry_number)
);

ALTER TABLE process_run_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY process_run_log_of_workspace ON process_run_log
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON process_run_log TO attain_app;

CREATE TABLE work_item (
    workspace_id         text COLLATE "C" NOT NULL,
    work_item_id         uuid NOT NULL,
    stage                text COLLATE "C" NOT NULL,
    period_id            text COLLATE "C" NOT NULL,
    first_transaction_id uuid NOT NULL,
    last_transaction_id  uuid NOT NULL,
    PRIMARY KEY (workspace_id, work_item_id)
);

CREATE INDEX work_item_stage ON work_item (workspace_id, stage, period_id, work_item_id);

ALTER TABLE work_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY work_item_of_workspace ON work_item
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, DELETE ON work_item TO attain_app;

-- Everybody has no participant: an empty name, which no participant has, and sorts behind them.
CREATE TABLE change_log (
    workspace_id   text COLLATE "C" NOT NULL,
    period_id      text COLLATE "C" NOT NULL,
    everybody      boolean NOT NULL,
    participant_id text COLLATE "C" NOT NULL CHECK (everybody = (participant_id = '')),
    PRIMARY KEY (workspace_id, period_id, everybody, participant_id)
);

ALTER TABLE change_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY change_log_of_workspace ON change_log
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, DELETE ON change_log TO attain_app;

CREATE TABLE run_claim (
    workspace_id   text COLLATE "C" NOT NULL,
    run_id         uuid NOT NULL,
    period_id      text COLLATE "C" NOT NULL,
    everybody      boolean NOT NULL,
    participant_id text COLLATE "C" NOT NULL CHECK (everybody = (participant_id = '')),
    PRIMARY KEY (workspace_id, run_id, period_id, everybody, participant_id)
);

ALTER TABLE run_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY run_claim_of_workspace ON run_claim
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, DELETE ON run_claim TO attain_app;
