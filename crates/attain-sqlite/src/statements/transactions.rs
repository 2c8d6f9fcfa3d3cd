//! Transactions.

macro_rules! page {
    () => {
        page_of!(transaction_row!())
    };
}

/// Which row a change is about. As a plain join the planner would walk the whole table for every
/// 500 changes: it knows how many they are, but not how many rows there are.
macro_rules! place {
    () => {
        "FROM change WHERE base_transaction.rowid = (SELECT f.rowid FROM base_transaction f \
         WHERE f.workspace_id = change.workspace_id AND f.transaction_id = change.transaction_id)"
    };
}

statements! {
    TRANSACTIONS_BY_KEY = page!(),
        "(SELECT t.* \
         FROM (SELECT DISTINCT value ->> 0 AS number, value ->> 1 AS type FROM json_each(?2)) k \
         CROSS JOIN base_transaction t \
         ON t.workspace_id = ?1 AND t.transaction_id = (\
         SELECT max(n.transaction_id) FROM base_transaction n INDEXED BY base_transaction_key \
         WHERE n.workspace_id = ?1 AND n.source_number = k.number \
         AND n.transaction_type = k.type) \
         ORDER BY t.source_number, t.transaction_type LIMIT -1)";
    TRANSACTIONS_BY_ID = page!(),
        "(SELECT * FROM base_transaction WHERE workspace_id = ?1 \
         AND transaction_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY transaction_id LIMIT -1)";
    TRANSACTIONS_OF_WORK = page!(),
        "(SELECT * FROM base_transaction INDEXED BY base_transaction_period \
         WHERE workspace_id = ?1 AND period_id = ?2 AND transaction_id >= ?3 \
         AND transaction_id <= ?4 AND transaction_id > ?5 ORDER BY transaction_id LIMIT ?6)";
    SPANS_OF_WORK =
        "SELECT json_group_array(hex(transaction_id)) FROM (\
         SELECT transaction_id FROM (SELECT transaction_id, \
         row_number() OVER (ORDER BY transaction_id) AS place \
         FROM base_transaction INDEXED BY base_transaction_period \
         WHERE workspace_id = ?1 AND period_id = ?2 AND transaction_id >= ?3 \
         AND transaction_id <= ?4) WHERE (place - 1) % ?5 = 0 ORDER BY transaction_id LIMIT -1)";
    TRANSACTIONS_AFTER = page!(),
        "(SELECT * FROM base_transaction WHERE workspace_id = ?1 AND event_date >= ?2 \
         AND event_date < ?3 AND transaction_id > ?4 ORDER BY transaction_id LIMIT ?5)";
    REMOVE_TRANSACTIONS =
        "DELETE FROM base_transaction WHERE workspace_id = ?1 \
         AND transaction_id IN (SELECT unhex(value) FROM json_each(?2))";
}

bulks! {
    INSERT_TRANSACTIONS = 29,
        concat!(
            "INSERT INTO base_transaction (workspace_id, ", transaction_columns!(), ") VALUES "
        ),
        "";
    ARCHIVE_TRANSACTIONS = 5,
        "WITH gone (workspace_id, transaction_id, left_because, left_at, left_by) AS (VALUES ",
        concat!(
            ") INSERT INTO base_transaction_history (workspace_id, ", transaction_columns!(),
            ", left_because, left_at, left_by) SELECT workspace_id, ", transaction_columns!(),
            ", left_because, left_at, left_by FROM gone CROSS JOIN base_transaction \
             USING (workspace_id, transaction_id)"
        );
    PROGRESS_TRANSACTIONS = 16,
        "WITH change (workspace_id, transaction_id, status, error_reason, error_text, category_id, \
         preserve_credits, hold, do_not_classify, do_not_roll_up, do_not_calculate, \
         replaced_by_id, version, created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE base_transaction SET status = change.status, \
             error_reason = change.error_reason, error_text = change.error_text, \
             category_id = change.category_id, preserve_credits = change.preserve_credits, \
             hold = change.hold, do_not_classify = change.do_not_classify, \
             do_not_roll_up = change.do_not_roll_up, do_not_calculate = change.do_not_calculate, \
             replaced_by_id = change.replaced_by_id, version = change.version, \
             created_at = change.created_at, updated_at = change.updated_at, \
             actor_id = change.actor_id ",
            place!()
        );
}
