-- Why: on Citus every table is spread over the nodes by workspace, and all rows of a workspace lie
-- together, so that every statement of the program goes to one node. Run by `attain migrate` on a
-- migrated database that has the extension; what is spread already stays as it is.

-- The program's settings of a transaction reach the workers under the names of its roles.
ALTER ROLE attain_app LOGIN;
ALTER ROLE attain_writer LOGIN;

-- Read in transactions that also change the tables: so it has to be known to all nodes.
SELECT citus_add_local_table_to_metadata('public.schema_step')
WHERE NOT EXISTS (
    SELECT 1 FROM pg_dist_partition WHERE logicalrel = 'public.schema_step'::regclass
);

SELECT create_distributed_table('public.workspace', 'workspace_id', colocate_with => 'none')
WHERE NOT EXISTS (
    SELECT 1 FROM pg_dist_partition WHERE logicalrel = 'public.workspace'::regclass
);

SELECT create_distributed_table(t.name, 'workspace_id', colocate_with => 'public.workspace')
FROM (
    VALUES
    ('public.definition'),
    ('public.base_transaction'),
    ('public.base_transaction_history'),
    ('public.transaction_key'),
    ('public.credit'),
    ('public.credit_history'),
    ('public.calculation'),
    ('public.earning'),
    ('public.earning_history'),
    ('public.payment_batch'),
    ('public.paysheet'),
    ('public.payment_line'),
    ('public.reward'),
    ('public.reward_clear'),
    ('public.reward_clear_undo'),
    ('public.rewards_mark'),
    ('public.process_run'),
    ('public.process_run_log'),
    ('public.run_chunk'),
    ('public.work_item'),
    ('public.change_log'),
    ('public.run_claim'),
    ('public.activity_log'),
    ('public.request')
) t (name)
WHERE NOT EXISTS (SELECT 1 FROM pg_dist_partition p WHERE p.logicalrel = t.name::regclass);
