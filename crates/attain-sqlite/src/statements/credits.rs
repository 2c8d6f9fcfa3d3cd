//! Credits: the live table and its history.

macro_rules! page {
    () => {
        page_of!(credit_row!())
    };
}

/// Which row a change is about. As a plain join the planner would walk the whole table for every
/// 500 changes: it knows how many they are, but not how many rows there are.
macro_rules! place {
    () => {
        "FROM change WHERE credit.rowid = (SELECT f.rowid FROM credit f \
         WHERE f.workspace_id = change.workspace_id AND f.credit_id = change.credit_id)"
    };
}

statements! {
    CREDITS_OF_TRANSACTIONS = page!(),
        "(SELECT * FROM credit INDEXED BY credit_transaction WHERE workspace_id = ?1 \
         AND transaction_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY transaction_id, credit_id LIMIT -1)";
    CREDITS_BY_ID = page!(),
        "(SELECT * FROM credit WHERE workspace_id = ?1 \
         AND credit_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY credit_id LIMIT -1)";
    CREDITS_OF_PARTICIPANTS = page!(),
        "(SELECT * FROM credit INDEXED BY credit_position WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         AND credit_date >= ?3 AND credit_date < ?4 AND obsolete_at IS NULL \
         AND (+participant_id, +credit_date, source_number, transaction_type, kind, lineage_id) \
         > (?5, ?6, ?7, ?8, ?9, ?10) \
         ORDER BY participant_id, credit_date, source_number, transaction_type, kind, lineage_id \
         LIMIT ?11)";
    SUMMARISED_CREDITS_THROUGH = page!(),
        "(SELECT * FROM credit INDEXED BY credit_summarised WHERE workspace_id = ?1 \
         AND through_id = ?2 AND origin = 'from' AND source_credit_id IS NULL \
         AND obsolete_at IS NULL AND credit_date >= ?3 AND credit_date < ?4 \
         ORDER BY participant_id, credit_date, credit_id LIMIT -1)";
    REMOVE_CREDITS =
        "DELETE FROM credit WHERE workspace_id = ?1 \
         AND credit_id IN (SELECT unhex(value) FROM json_each(?2))";
}

bulks! {
    INSERT_CREDITS = 36,
        concat!("INSERT INTO credit (workspace_id, ", credit_columns!(), ") VALUES "),
        "";
    ARCHIVE_CREDITS = 5,
        "WITH gone (workspace_id, credit_id, left_because, left_at, left_by) AS (VALUES ",
        concat!(
            ") INSERT INTO credit_history (workspace_id, ", credit_columns!(),
            ", left_because, left_at, left_by) SELECT workspace_id, ", credit_columns!(),
            ", left_because, left_at, left_by FROM gone CROSS JOIN credit \
             USING (workspace_id, credit_id)"
        );
    OBSOLETE_CREDITS = 10,
        "WITH change (workspace_id, credit_id, obsolete_at, obsolete_by, obsolete_because, \
         obsolete_reason, version, created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE credit SET obsolete_at = change.obsolete_at, \
             obsolete_by = change.obsolete_by, obsolete_because = change.obsolete_because, \
             obsolete_reason = change.obsolete_reason, version = change.version, \
             created_at = change.created_at, updated_at = change.updated_at, \
             actor_id = change.actor_id ",
            place!()
        );
    JUDGE_CREDITS = 9,
        "WITH change (workspace_id, credit_id, status, error_reason, error_text, version, \
         created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE credit SET status = change.status, error_reason = change.error_reason, \
             error_text = change.error_text, version = change.version, \
             created_at = change.created_at, updated_at = change.updated_at, \
             actor_id = change.actor_id ",
            place!()
        );
}
