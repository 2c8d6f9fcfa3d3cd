//! The facts that guards are held against: one statement for each kind of record. They lock what
//! they find, in the order of the keys, so that it stays as it is until the commit.

macro_rules! versions {
    ($table:literal, $id:literal) => {
        concat!(
            "SELECT ",
            $id,
            ", version FROM ",
            $table,
            " WHERE workspace_id = $1 AND ",
            $id,
            " = ANY ($2::uuid[]) ORDER BY ",
            $id,
            " FOR NO KEY UPDATE"
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
        "SELECT k.source_number, k.transaction_type, k.live_id IS NOT NULL FROM transaction_key k \
         WHERE k.workspace_id = $1 AND (k.source_number, k.transaction_type) IN \
         (SELECT * FROM unnest($2::text[], $3::text[])) \
         ORDER BY k.source_number, k.transaction_type FOR NO KEY UPDATE OF k";
}
