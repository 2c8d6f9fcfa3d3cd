//! The facts that guards are held against: one statement for each kind of record. They lock what
//! they find, in the order of the keys, so that it stays as it is until the commit.

// They are asked for in rising order, and looked up one by one: the planner cannot make a walk
// through the whole table of it.
macro_rules! versions {
    ($table:literal, $id:literal) => {
        concat!(
            "SELECT v.",
            $id,
            ", v.version FROM unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT ",
            $id,
            ", version FROM ",
            $table,
            " WHERE workspace_id = $1 AND ",
            $id,
            " = u.id FOR NO KEY UPDATE) v"
        )
    };
}

statements! {
    TRANSACTION_VERSIONS = versions!("base_transaction", "transaction_id");
    CREDIT_VERSIONS = versions!("credit", "credit_id");
    EARNING_VERSIONS = versions!("earning", "earning_id");
    BATCH_VERSIONS = versions!("payment_batch", "batch_id");
    PAYSHEET_VERSIONS = versions!("paysheet", "paysheet_id");
    LINE_VERSIONS = versions!("payment_line", "line_id");
    REWARD_VERSIONS = versions!("reward", "reward_id");
    CLEAR_VERSIONS = versions!("reward_clear", "clear_id");
    RUN_VERSIONS = versions!("process_run", "run_id");
    CHUNK_FACTS =
        "SELECT chunk_id, version, attempt, state = 'leased' FROM run_chunk \
         WHERE workspace_id = $1 AND chunk_id = ANY ($2::uuid[]) \
         ORDER BY chunk_id FOR NO KEY UPDATE";
    /// Runs that have not ended; asked by commits that are alone in their workspace.
    RUNS_AT_WORK =
        "SELECT run_id, range_from, range_to, lease_until FROM process_run \
         WHERE workspace_id = $1 AND status IN ('queued', 'running')";
    /// Those of these natural keys that were ever used, and whether a live transaction has them. A
    /// key that was not is taken by whoever inserts it first.
    KEYS_TAKEN =
        "SELECT k.source_number, k.transaction_type, k.live_id IS NOT NULL \
         FROM unnest($2::text[], $3::text[]) AS u (number, type) CROSS JOIN LATERAL \
         (SELECT source_number, transaction_type, live_id FROM transaction_key \
         WHERE workspace_id = $1 AND source_number = u.number AND transaction_type = u.type \
         FOR NO KEY UPDATE) k";
}
