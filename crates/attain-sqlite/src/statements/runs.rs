//! Process runs and their logs.

macro_rules! page {
    () => {
        concat!(
            "SELECT json_group_array(json_array(hex(run_id), process, range_from, range_to, \
             status, stage, units_done, units_total, counts, cancel_requested, lease_until, \
             ended_at, ",
            stamp!(),
            ")) FROM "
        )
    };
}

statements! {
    RUN = page!(), "process_run WHERE workspace_id = ?1 AND run_id = ?2";
    RUNS_BEFORE = page!(),
        "(SELECT * FROM process_run WHERE workspace_id = ?1 AND run_id < ?2 \
         ORDER BY run_id DESC LIMIT ?3)";
    RUNS_NEWEST = page!(),
        "(SELECT * FROM process_run WHERE workspace_id = ?1 ORDER BY run_id DESC LIMIT ?2)";
    RUNS_OPEN = page!(),
        "(SELECT * FROM process_run INDEXED BY process_run_at_work \
         WHERE workspace_id = ?1 AND status IN ('queued', 'running') ORDER BY run_id LIMIT -1)";
    RUN_LOG_AFTER =
        "SELECT json_group_array(json_array(hex(run_id), entry_number, logged_at, level, reason, \
         subject, entry_text)) FROM (SELECT * FROM process_run_log WHERE workspace_id = ?1 \
         AND run_id = ?2 AND entry_number > ?3 ORDER BY entry_number LIMIT ?4)";
}

bulks! {
    PUT_RUNS = 17,
        "INSERT INTO process_run (workspace_id, run_id, process, range_from, range_to, status, \
         stage, units_done, units_total, counts, cancel_requested, lease_until, ended_at, \
         version, created_at, updated_at, actor_id) VALUES ",
        " ON CONFLICT (workspace_id, run_id) DO UPDATE SET \
         process = excluded.process, range_from = excluded.range_from, \
         range_to = excluded.range_to, status = excluded.status, stage = excluded.stage, \
         units_done = excluded.units_done, units_total = excluded.units_total, \
         counts = excluded.counts, cancel_requested = excluded.cancel_requested, \
         lease_until = excluded.lease_until, ended_at = excluded.ended_at, \
         version = excluded.version, created_at = excluded.created_at, \
         updated_at = excluded.updated_at, actor_id = excluded.actor_id";
    INSERT_RUN_LOG = 8,
        "INSERT INTO process_run_log (workspace_id, run_id, entry_number, logged_at, level, \
         reason, subject, entry_text) VALUES ",
        "";
}
