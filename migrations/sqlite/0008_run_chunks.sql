-- Why: a run is worked on by any number of workers, in any number of processes. Each takes up one
-- chunk at a time and keeps it for as long as its lease holds; a chunk says what is left of it.
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

CREATE UNIQUE INDEX run_chunk_number ON run_chunk (workspace_id, run_id, chunk_number);

CREATE INDEX run_chunk_at_work ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('waiting', 'leased');

CREATE INDEX run_chunk_ended ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('done', 'failed');

-- A run that has not ended yet is for any worker to take up.
INSERT INTO run_chunk (
    workspace_id, chunk_id, run_id, chunk_number, actor_id, task, state, attempt, version, counts,
    units, failures
)
SELECT
    workspace_id,
    run_id,
    run_id,
    0,
    actor_id,
    '"coordinate"',
    'waiting',
    0,
    1,
    '{"taken":0,"done":0,"skipped":0,"failed":0}',
    0,
    '[]'
FROM process_run
WHERE status IN ('queued', 'running');
