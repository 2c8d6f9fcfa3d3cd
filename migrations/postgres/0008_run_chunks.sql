-- Why: a run is worked on by any number of workers, in any number of processes. Each takes up one
-- chunk at a time and keeps it for as long as its lease holds; a chunk says what is left of it.
CREATE TABLE run_chunk (
    workspace_id  text COLLATE "C" NOT NULL,
    chunk_id      uuid NOT NULL,
    run_id        uuid NOT NULL,
    chunk_number  bigint NOT NULL,
    actor_id      text COLLATE "C" NOT NULL,
    request_id    text COLLATE "C",
    -- What is left to do.
    task          json NOT NULL,
    state         text COLLATE "C" NOT NULL CHECK (
        state IN ('waiting', 'leased', 'done', 'failed')
    ),
    worker_id     text COLLATE "C",
    -- By the clock of this server.
    lease_until   timestamptz,
    error_reason  text COLLATE "C",
    error_text    text COLLATE "C",
    attempt       bigint NOT NULL,
    version       bigint NOT NULL,
    counts        json NOT NULL,
    units         bigint NOT NULL,
    -- Rows in error.
    failures      json NOT NULL,
    PRIMARY KEY (workspace_id, chunk_id),
    CHECK ((state = 'leased') = (worker_id IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
    CHECK ((state = 'failed') = (error_reason IS NOT NULL)),
    CHECK ((state = 'failed') = (error_text IS NOT NULL))
);

CREATE UNIQUE INDEX run_chunk_number ON run_chunk (workspace_id, run_id, chunk_number);

CREATE INDEX run_chunk_at_work ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('waiting', 'leased');

CREATE INDEX run_chunk_ended ON run_chunk (workspace_id, run_id, chunk_number)
WHERE state IN ('done', 'failed');

ALTER TABLE run_chunk ENABLE ROW LEVEL SECURITY;
CREATE POLICY run_chunk_of_workspace ON run_chunk
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON run_chunk TO attain_app;

-- For workers of all workspaces: where there is something to take up. Not what.
CREATE FUNCTION attain_workspaces_at_work(at_time timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT DISTINCT workspace_id FROM run_chunk
    WHERE state IN ('waiting', 'leased') AND (state = 'waiting' OR lease_until <= at_time)
    ORDER BY workspace_id
$$;

REVOKE ALL ON FUNCTION attain_workspaces_at_work(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attain_workspaces_at_work(timestamptz) TO attain_app;
