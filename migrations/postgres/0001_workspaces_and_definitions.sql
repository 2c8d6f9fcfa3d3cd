-- Why: a workspace is the tenant, and everything else belongs to one, so its name begins every key.
-- A definition keeps all its versions; the end of one is a version without a document. Ids are
-- texts compared byte by byte.
--
-- All tables lie in the schema public. The program works as attain_app, which owns nothing: every
-- table lets it see the rows of one workspace only, the one that its transaction names in
-- attain.workspace_id. attain_writer is for COPY alone, which the server refuses where policies
-- hold; it may add rows, and neither read nor change any. A server where this login may not make a
-- role that passes by policies gets one that does not, and the program writes without COPY there.
DO $$
BEGIN
    CREATE ROLE attain_app NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
DO $$
BEGIN
    BEGIN
        CREATE ROLE attain_writer NOLOGIN BYPASSRLS;
    EXCEPTION
        WHEN insufficient_privilege THEN CREATE ROLE attain_writer NOLOGIN;
    END;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
-- Who migrates may work as both, if this server lets them grant that.
DO $$
BEGIN
    GRANT attain_app, attain_writer TO CURRENT_USER;
EXCEPTION
    -- Others of the server may be at it in their databases.
    WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL;
END
$$;

CREATE TABLE workspace (
    workspace_id     text COLLATE "C" NOT NULL PRIMARY KEY,
    created_at       timestamptz NOT NULL,
    -- Counts the writes and deletions of definitions.
    definitions_mark bigint NOT NULL
);

ALTER TABLE workspace ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace_of_workspace ON workspace
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, UPDATE ON workspace TO attain_app;

CREATE TABLE definition (
    workspace_id  text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    definition_id text COLLATE "C" NOT NULL,
    version       bigint NOT NULL CHECK (version > 0),
    live          boolean NOT NULL,
    -- None for a deletion.
    document      json,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    actor_id      text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, kind, definition_id, version),
    CHECK (NOT live OR document IS NOT NULL)
);

-- At most one version of a definition is live.
CREATE UNIQUE INDEX definition_live ON definition (workspace_id, kind, definition_id) WHERE live;

ALTER TABLE definition ENABLE ROW LEVEL SECURITY;
CREATE POLICY definition_of_workspace ON definition
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE ON definition TO attain_app;

-- Which versions of the schema there are, for the program to look at when it starts.
GRANT SELECT ON schema_step TO attain_app;

-- What is not of one workspace goes through functions that do one thing each.
CREATE FUNCTION attain_workspaces() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT workspace_id FROM workspace ORDER BY workspace_id $$;

CREATE FUNCTION attain_create_workspace(new_workspace text, made_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO workspace (workspace_id, created_at, definitions_mark)
    VALUES (new_workspace, made_at, 0)
    ON CONFLICT (workspace_id) DO NOTHING;
    RETURN FOUND;
END
$$;

-- Makes the partitions of the years of these dates that are not there. A partition is made beside
-- its table and then attached: that waits for no reader and no writer. What is unique in the whole
-- table but for its date is made unique in each partition here.
CREATE FUNCTION attain_open_partitions(first_date date, last_date date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
    part_year integer;
    parent text;
    part text;
    whole record;
BEGIN
    PERFORM pg_advisory_xact_lock(7094703151906153315);
    FOR part_year IN extract(year FROM first_date)::integer .. extract(year FROM last_date)::integer
    LOOP
        IF part_year NOT BETWEEN 1 AND 9999 THEN
            RAISE EXCEPTION 'the year % has no partitions', part_year
            USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOREACH parent IN ARRAY ARRAY[
            'base_transaction', 'credit', 'credit_history', 'earning', 'earning_history'
        ]
        LOOP
            part := parent || '_y' || lpad(part_year::text, 4, '0');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            -- Room for the status changes of a row, which then touch no index. Of transactions a
            -- commit changes all that are on a page, so there is room for each of them.
            EXECUTE format(
                'CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS) WITH (fillfactor = %s)',
                part, parent, CASE
                    WHEN parent = 'base_transaction' THEN 45
                    WHEN parent LIKE '%history' THEN 100
                    ELSE 85
                END
            );
            -- Named here: the server's own names leave no room for the number of a shard.
            FOR whole IN
                SELECT c.relname AS name, pg_get_indexdef(c.oid) AS text
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = parent::regclass AND NOT i.indisprimary
                ORDER BY c.relname
            LOOP
                EXECUTE regexp_replace(
                    whole.text,
                    '^CREATE INDEX \S+ ON ONLY \S+ ',
                    format('CREATE INDEX %I ON %I ', replace(whole.name, parent, part), part)
                );
            END LOOP;
            -- Which workspaces there are today says nothing about the next one: with statistics the
            -- planner would take a new one for empty, and walk through all of it for every row.
            EXECUTE format('ALTER TABLE %I ALTER COLUMN workspace_id SET STATISTICS 0', part);
            IF parent = 'earning' THEN
                -- At most one current earning has a key.
                EXECUTE format(
                    'CREATE UNIQUE INDEX %I ON %I (workspace_id, lineage_id, participant_id, '
                    'plan_id, component_id, interval_id) NULLS NOT DISTINCT '
                    'WHERE obsolete_at IS NULL AND reversal_of_id IS NULL',
                    part || '_current', part
                );
            END IF;
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, part, make_date(part_year, 1, 1), make_date(part_year + 1, 1, 1)
            );
        END LOOP;
    END LOOP;
END
$$;

-- Has the server look at tables of more than a megabyte that have grown to more than eight times what
-- it knew, or that it never looked at. On Citus the nodes do so by themselves.
CREATE FUNCTION attain_know_sizes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN
        SELECT c.oid::regclass FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND pg_relation_size(c.oid) > 1000000
        AND (c.reltuples < 0 OR pg_relation_size(c.oid) / 8192 > 8 * c.relpages)
    LOOP
        EXECUTE format('ANALYZE %s', grown);
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION attain_know_sizes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attain_know_sizes() TO attain_app;
REVOKE ALL ON FUNCTION attain_workspaces() FROM PUBLIC;
REVOKE ALL ON FUNCTION attain_create_workspace(text, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION attain_open_partitions(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attain_workspaces() TO attain_app;
GRANT EXECUTE ON FUNCTION attain_create_workspace(text, timestamptz) TO attain_app;
GRANT EXECUTE ON FUNCTION attain_open_partitions(date, date) TO attain_app;
