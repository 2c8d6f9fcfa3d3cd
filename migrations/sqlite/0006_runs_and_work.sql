-- Why: a process run is a sequence of small commits over a durable work list, so that a run that
-- dies can be taken up where it stopped. What must be calculated again stands in the change log
-- until a run claims it.
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

-- Everybody has no participant: an empty name, which no participant has, and sorts behind them.
CREATE TABLE change_log (
    workspace_id   TEXT    NOT NULL,
    period_id      TEXT    NOT NULL,
    everybody      INTEGER NOT NULL CHECK (everybody IN (0, 1)),
    participant_id TEXT    NOT NULL CHECK ((everybody = 1) = (participant_id = '')),
    PRIMARY KEY (workspace_id, period_id, everybody, participant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_claim (
    workspace_id   TEXT    NOT NULL,
    run_id         BLOB    NOT NULL,
    period_id      TEXT    NOT NULL,
    everybody      INTEGER NOT NULL CHECK (everybody IN (0, 1)),
    participant_id TEXT    NOT NULL CHECK ((everybody = 1) = (participant_id = '')),
    PRIMARY KEY (workspace_id, run_id, period_id, everybody, participant_id)
) STRICT, WITHOUT ROWID;
