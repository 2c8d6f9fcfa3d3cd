//! The schema itself: its steps, its partitions, and what the server lets us do. Of no workspace.

statements! {
    /// The clock of the server that is talked to.
    NOW = "SELECT clock_timestamp()";
    /// Whether there is a schema, and whether the server has Citus.
    LOOK =
        "SELECT to_regclass('public.schema_step') IS NOT NULL, \
         EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus')";
    /// The steps of the schema that were taken; made with the first of them.
    CREATE_STEPS =
        "CREATE TABLE IF NOT EXISTS public.schema_step (\
         number integer PRIMARY KEY, name text COLLATE \"C\" NOT NULL, \
         checksum text COLLATE \"C\" NOT NULL)";
    STEPS_TAKEN = "SELECT number, checksum FROM public.schema_step ORDER BY number";
    RECORD_STEP =
        "INSERT INTO public.schema_step (number, name, checksum) VALUES ($1, $2, $3)";
    /// One migration at a time.
    LOCK_SCHEMA = "SELECT pg_catalog.pg_advisory_xact_lock(7094703151906153316)";
    /// Whether a role passes by policies, and this login may work as it.
    MAY_COPY =
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_roles \
         WHERE rolname = $1 AND rolbypassrls AND pg_has_role(session_user, oid, 'MEMBER'))";
    /// The years of which every partitioned table has its partition.
    KNOWN_YEARS =
        "SELECT substring(c.relname FROM '_y([0-9]{4})$')::integer AS part_year \
         FROM pg_catalog.pg_inherits i \
         JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid \
         JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = i.inhparent \
         WHERE i.inhparent = ANY (ARRAY['public.base_transaction', \
         'public.base_transaction_history', 'public.credit', 'public.credit_history', \
         'public.earning', 'public.earning_history']::regclass[]) \
         GROUP BY part_year HAVING count(*) = 6";
    /// Looks at tables that have grown much since the server last looked, or that it never did.
    KNOW_SIZES = "SELECT attain_know_sizes()";
    OPEN_PARTITIONS = "SELECT attain_open_partitions($1::date, $2::date)";
}
