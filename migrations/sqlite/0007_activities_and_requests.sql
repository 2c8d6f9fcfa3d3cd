-- Why: auditors ask who did what. Nobody changes or deletes an entry of the activity log, and the
-- database itself refuses to. A request's record lets a repeat get the first answer.
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
    became       TEXT,
    PRIMARY KEY (workspace_id, activity_id)
) STRICT;

CREATE TRIGGER activity_log_no_update BEFORE UPDATE ON activity_log
BEGIN
    SELECT raise(ABORT, 'the activity log is append-only');
END;

CREATE TRIGGER activity_log_no_delete BEFORE DELETE ON activity_log
BEGIN
    SELECT raise(ABORT, 'the activity log is append-only');
END;

CREATE TABLE request (
    workspace_id   TEXT    NOT NULL,
    request_id     TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    answer         TEXT    NOT NULL,
    carried_out_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, request_id)
) STRICT, WITHOUT ROWID;
