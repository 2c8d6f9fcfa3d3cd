//! The facts that guards are held against: one statement for each kind of record.

macro_rules! versions {
    ($table:literal, $id:literal) => {
        concat!(
            "SELECT json_group_array(json_array(hex(",
            $id,
            "), version)) FROM ",
            $table,
            " WHERE workspace_id = ?1 AND ",
            $id,
            " IN (SELECT unhex(value) FROM json_each(?2))"
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
        "SELECT json_group_array(json_array(hex(chunk_id), version, attempt, state = 'leased')) \
         FROM run_chunk WHERE workspace_id = ?1 \
         AND chunk_id IN (SELECT unhex(value) FROM json_each(?2))";
    /// Runs that have not ended.
    RUNS_AT_WORK =
        "SELECT json_group_array(json_array(hex(run_id), range_from, range_to, lease_until)) \
         FROM process_run INDEXED BY process_run_at_work \
         WHERE workspace_id = ?1 AND status IN ('queued', 'running')";
    /// Those of these natural keys that a live transaction has.
    KEYS_TAKEN =
        "SELECT json_group_array(json_array(t.source_number, t.transaction_type)) \
         FROM json_each(?2) k CROSS JOIN base_transaction t \
         ON t.workspace_id = ?1 AND t.source_number = k.value ->> 0 \
         AND t.transaction_type = k.value ->> 1 \
         AND t.status NOT IN ('obsolete', 'cancelled')";
}

bulks! {}
