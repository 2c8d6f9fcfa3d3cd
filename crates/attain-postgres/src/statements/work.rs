//! The work list, the change log, and what runs have claimed of it.

macro_rules! entry {
    () => {
        "period_id, everybody, participant_id"
    };
}

statements! {
    WORK_AFTER =
        "SELECT work_item_id, stage, period_id, first_transaction_id, last_transaction_id \
         FROM work_item WHERE workspace_id = $1 AND stage = $2 AND period_id = ANY ($3::text[]) \
         AND work_item_id > $4 ORDER BY work_item_id LIMIT $5";
    WORK_COUNT =
        "SELECT count(*) FROM work_item \
         WHERE workspace_id = $1 AND stage = $2 AND period_id = ANY ($3::text[])";
    CHANGES_AFTER =
        "SELECT ", entry!(), " FROM change_log \
         WHERE workspace_id = $1 AND period_id = ANY ($2::text[]) \
         AND (", entry!(), ") > ($3::text, $4::boolean, $5::text) \
         ORDER BY ", entry!(), " LIMIT $6";
    CLAIMED_AFTER =
        "SELECT ", entry!(), " FROM run_claim WHERE workspace_id = $1 AND run_id = $2 \
         AND (", entry!(), ") > ($3::text, $4::boolean, $5::text) \
         ORDER BY ", entry!(), " LIMIT $6";
    INSERT_WORK =
        "INSERT INTO work_item (workspace_id, work_item_id, stage, period_id, \
         first_transaction_id, last_transaction_id) \
         SELECT $1::text, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[]) u";
    FINISH_WORK =
        "DELETE FROM work_item WHERE workspace_id = $1 AND work_item_id = ANY ($2::uuid[])";
    /// The entries come in rising order: two commits that log the same ones wait, and do not block
    /// each other.
    LOG_CHANGES =
        "INSERT INTO change_log (workspace_id, ", entry!(), ") \
         SELECT $1::text, u.* FROM unnest($2::text[], $3::boolean[], $4::text[]) u \
         ON CONFLICT DO NOTHING";
    STRIKE_CLAIMS =
        "DELETE FROM run_claim WHERE workspace_id = $1 AND (run_id, ", entry!(), ") IN \
         (SELECT * FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::text[]))";
    CLAIM_LOGGED =
        "WITH gone AS (DELETE FROM change_log \
         WHERE workspace_id = $1 AND period_id = ANY ($3::text[]) RETURNING ", entry!(), ") \
         INSERT INTO run_claim (workspace_id, run_id, ", entry!(), ") \
         SELECT $1::text, $2::uuid, ", entry!(), " FROM gone ON CONFLICT DO NOTHING";
    /// What stands on the lists of runs that have ended.
    CLAIM_LEFT_BEHIND =
        "WITH gone AS (DELETE FROM run_claim c USING process_run r \
         WHERE c.workspace_id = $1 AND r.workspace_id = $1 AND c.run_id <> $2 \
         AND c.period_id = ANY ($3::text[]) AND r.run_id = c.run_id \
         AND r.status NOT IN ('queued', 'running') \
         RETURNING c.period_id, c.everybody, c.participant_id) \
         INSERT INTO run_claim (workspace_id, run_id, ", entry!(), ") \
         SELECT $1::text, $2::uuid, ", entry!(), " FROM gone ON CONFLICT DO NOTHING";
}
