-- Why: auditors ask who did what. Nobody changes or deletes an entry of the activity log: no role of
-- the program has the right to. A request's record lets a repeat get the first answer.
CREATE TABLE activity_log (
    workspace_id text COLLATE "C" NOT NULL,
    activity_id  uuid NOT NULL,
    logged_at    timestamptz NOT NULL,
    actor_id     text COLLATE "C" NOT NULL,
    request_id   text COLLATE "C",
    run_id       uuid,
    action       text COLLATE "C" NOT NULL CHECK (
        action IN (
            'created', 'updated', 'deleted'
        )
    ),
    record_kind  text COLLATE "C" NOT NULL,
    subject      text COLLATE "C" NOT NULL,
    record_count bigint NOT NULL,
    was          text COLLATE "C",
    became       text COLLATE "C",
    PRIMARY KEY (workspace_id, activity_id)
);

ALTER TABLE activity_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY activity_log_of_workspace ON activity_log
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON activity_log TO attain_app;

CREATE TABLE request (
    workspace_id   text COLLATE "C" NOT NULL,
    request_id     text COLLATE "C" NOT NULL,
    digest         text COLLATE "C" NOT NULL,
    answer         text COLLATE "C" NOT NULL,
    carried_out_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, request_id)
);

ALTER TABLE request ENABLE ROW LEVEL SECURITY;
CREATE POLICY request_of_workspace ON request
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON request TO attain_app;
