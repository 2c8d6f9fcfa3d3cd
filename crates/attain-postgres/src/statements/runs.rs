//! Process runs and their logs.

macro_rules! page {
    () => {
        concat!(
            "SELECT run_id, process, range_from, range_to, status, stage, units_done, units_total, \
             counts, cancel_requested, lease_until, ended_at, ",
            stamp!(),
            " FROM process_run "
        )
    };
}

statements! {
    RUN = page!(), "WHERE workspace_id = $1 AND run_id = $2";
    RUNS_BEFORE = page!(),
        "WHERE workspace_id = $1 AND run_id < $2 ORDER BY run_id DESC LIMIT $3";
    RUNS_NEWEST = page!(), "WHERE workspace_id = $1 ORDER BY run_id DESC LIMIT $2";
    RUNS_OPEN = page!(),
        "WHERE workspace_id = $1 AND status IN ('queued', 'running') ORDER BY run_id";
    RUN_LOG_AFTER =
        "SELECT run_id, entry_number, logged_at, level, reason, subject, entry_text \
         FROM process_run_log WHERE workspace_id = $1 AND run_id = $2 AND entry_number > $3 \
         ORDER BY entry_number LIMIT $4";
    PUT_RUNS =
        "INSERT INTO process_run (workspace_id, run_id, process, range_from, range_to, status, \
         stage, units_done, units_total, counts, cancel_requested, lease_until, ended_at, \
         version, created_at, updated_at, actor_id) \
         SELECT $1::text, u.* FROM unnest($2::uuid[], $3::text[], $4::date[], $5::date[], \
         $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::json[], $11::boolean[], \
         $12::timestamptz[], $13::timestamptz[], $14::bigint[], $15::timestamptz[], \
         $16::timestamptz[], $17::text[]) u \
         ON CONFLICT (workspace_id, run_id) DO UPDATE SET \
         process = excluded.process, range_from = excluded.range_from, \
         range_to = excluded.range_to, status = excluded.status, stage = excluded.stage, \
         units_done = excluded.units_done, units_total = excluded.units_total, \
         counts = excluded.counts, cancel_requested = excluded.cancel_requested, \
         lease_until = excluded.lease_until, ended_at = excluded.ended_at, \
         version = excluded.version, created_at = excluded.created_at, \
         updated_at = excluded.updated_at, actor_id = excluded.actor_id";
    INSERT_RUN_LOG =
        "INSERT INTO process_run_log (workspace_id, run_id, entry_number, logged_at, level, \
         reason, subject, entry_text) \
         SELECT $1::text, u.* FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], \
         $5::text[], $6::text[], $7::text[], $8::text[]) u";
}
