-- Why: what people and sources correct is obsolete until it is reverted; then it leaves the live
-- tables, transactions as well. What comes in its place says what it was made from, and an obsolete
-- mark may have a reason in somebody's words. A reversal that Revert wrote waits for the next
-- calculation; an earning that was taken back may come back from history.
ALTER TABLE credit ADD COLUMN adjusted_from_id uuid, ADD COLUMN obsolete_reason text COLLATE "C";
ALTER TABLE credit ADD CONSTRAINT credit_obsolete_reason_check CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
);
ALTER TABLE credit_history
ADD COLUMN adjusted_from_id uuid,
ADD COLUMN obsolete_reason text COLLATE "C";

ALTER TABLE earning
ADD COLUMN obsolete_reason text COLLATE "C",
ADD COLUMN awaits_calculation boolean NOT NULL DEFAULT false;
ALTER TABLE earning ADD CONSTRAINT earning_obsolete_reason_check CHECK (
    obsolete_reason IS NULL OR obsolete_at IS NOT NULL
);
ALTER TABLE earning_history
ADD COLUMN obsolete_reason text COLLATE "C",
ADD COLUMN awaits_calculation boolean NOT NULL DEFAULT false;
GRANT DELETE ON earning_history TO attain_app;

ALTER TABLE activity_log ADD COLUMN reason text COLLATE "C";

GRANT DELETE ON base_transaction TO attain_app;

CREATE TABLE base_transaction_history (
    workspace_id       text COLLATE "C" NOT NULL,
    transaction_id     uuid NOT NULL,
    source_number      text COLLATE "C" NOT NULL,
    transaction_type   text COLLATE "C" NOT NULL,
    event_date         date NOT NULL,
    period_id          text COLLATE "C" NOT NULL,
    status             text COLLATE "C" NOT NULL,
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
    currency           text COLLATE "C" NOT NULL,
    operating_amount   numeric NOT NULL,
    operating_currency text COLLATE "C" NOT NULL,
    currency_rate      numeric NOT NULL,
    quantity           numeric NOT NULL,
    source_updated_at  timestamptz,
    attributes         json NOT NULL,
    left_because       text COLLATE "C" NOT NULL,
    left_at            timestamptz NOT NULL,
    left_by            text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, transaction_id, event_date)
) PARTITION BY RANGE (event_date);

ALTER TABLE base_transaction_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY base_transaction_history_of_workspace ON base_transaction_history
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON base_transaction_history TO attain_app;

-- What a table is looked through for. Of the live tables each index holds but the rows that are
-- being corrected. An obsolete transaction names what replaced it; its status is in no index,
-- because it changes with every process.
--
-- They are made on the partitions first, under the names that attain_open_partitions gives: the
-- server's own leave no room for the number of a shard. That of the whole table takes them over.
DO $$
DECLARE
    wanted record;
    part text;
BEGIN
    FOR wanted IN
        SELECT * FROM (
            VALUES
            (
                'base_transaction', 'base_transaction_replaced',
                '(workspace_id, transaction_id) WHERE replaced_by_id IS NOT NULL'
            ),
            (
                'base_transaction_history', 'base_transaction_history_key',
                '(workspace_id, source_number, transaction_type, transaction_id)'
            ),
            (
                'credit', 'credit_adjusted_from',
                '(workspace_id, adjusted_from_id, credit_id) WHERE adjusted_from_id IS NOT NULL'
            ),
            (
                'credit', 'credit_obsolete',
                '(workspace_id, credit_id) WHERE obsolete_at IS NOT NULL'
            ),
            (
                'credit_history', 'credit_history_key',
                '(workspace_id, source_number, transaction_type, credit_id)'
            ),
            (
                'earning', 'earning_obsolete',
                '(workspace_id, earning_id) WHERE obsolete_at IS NOT NULL'
            ),
            (
                'earning', 'earning_obsolete_lineage',
                '(workspace_id, lineage_id, earning_id) WHERE obsolete_at IS NOT NULL'
            ),
            (
                'earning', 'earning_waiting',
                '(workspace_id, participant_id, earning_date, earning_id) WHERE awaits_calculation'
            ),
            (
                'earning_history', 'earning_history_participant',
                '(workspace_id, participant_id, earning_id)'
            )
        ) AS w (parent, name, rest)
    LOOP
        FOR part IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = wanted.parent::regclass
            ORDER BY c.relname
        LOOP
            EXECUTE format(
                'CREATE INDEX %I ON %I %s',
                replace(wanted.name, wanted.parent, part), part, wanted.rest
            );
        END LOOP;
        EXECUTE format('CREATE INDEX %I ON %I %s', wanted.name, wanted.parent, wanted.rest);
    END LOOP;
END
$$;

-- As it was, and for one table more.
CREATE OR REPLACE FUNCTION attain_open_partitions(first_date date, last_date date) RETURNS void
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
            'base_transaction', 'base_transaction_history', 'credit', 'credit_history', 'earning',
            'earning_history'
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

-- The years that have partitions get those of the new table.
DO $$
DECLARE
    part_year integer;
BEGIN
    FOR part_year IN
        SELECT substring(c.relname FROM '_y([0-9]{4})$')::integer
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'base_transaction'::regclass
        ORDER BY c.relname
    LOOP
        PERFORM attain_open_partitions(make_date(part_year, 1, 1), make_date(part_year, 1, 1));
    END LOOP;
END
$$;
