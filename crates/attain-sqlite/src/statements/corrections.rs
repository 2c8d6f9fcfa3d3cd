//! What waits for Revert or for the calculation, and what went to history.

/// A transaction that Revert takes. By what replaced it, because the index knows that.
macro_rules! obsolete_transaction {
    () => {
        "replaced_by_id IS NOT NULL AND status = 'obsolete'"
    };
}

/// An earning that Revert takes: it stands on no unpaid sheet.
macro_rules! obsolete_earning {
    () => {
        "obsolete_at IS NOT NULL AND instalments_taken = instalments_paid"
    };
}

/// How many rows of a kind wait, in its place, and their first and last date.
macro_rules! waiting {
    ($place:literal, $from:literal, $date:literal, $condition:expr) => {
        concat!(
            "SELECT ",
            $place,
            " AS place, count(*) AS waiting, min(",
            $date,
            ") AS first_date, max(",
            $date,
            ") AS last_date FROM ",
            $from,
            " WHERE workspace_id = ?1 AND ",
            $date,
            " >= ?2 AND ",
            $date,
            " < ?3 AND ",
            $condition
        )
    };
}

statements! {
    /// Transactions, credits, earnings.
    PENDING =
        "SELECT json_group_array(json_array(waiting, first_date, last_date)) FROM (",
        waiting!(
            1,
            "base_transaction INDEXED BY base_transaction_replaced",
            "event_date",
            obsolete_transaction!()
        ), " UNION ALL ",
        waiting!(
            2,
            "credit INDEXED BY credit_obsolete",
            "credit_date",
            "obsolete_at IS NOT NULL"
        ), " UNION ALL ",
        waiting!(
            3,
            "earning INDEXED BY earning_obsolete",
            "earning_date",
            obsolete_earning!()
        ), " ORDER BY place LIMIT -1)";
    OBSOLETE_TRANSACTIONS = page_of!(transaction_row!()),
        "(SELECT * FROM base_transaction INDEXED BY base_transaction_replaced \
         WHERE workspace_id = ?1 AND event_date >= ?2 AND event_date < ?3 \
         AND transaction_id > ?4 AND ", obsolete_transaction!(),
        " ORDER BY transaction_id LIMIT ?5)";
    OBSOLETE_CREDITS = page_of!(credit_row!()),
        "(SELECT * FROM credit INDEXED BY credit_obsolete WHERE workspace_id = ?1 \
         AND credit_date >= ?2 AND credit_date < ?3 AND credit_id > ?4 \
         AND obsolete_at IS NOT NULL ORDER BY credit_id LIMIT ?5)";
    OBSOLETE_EARNINGS = page_of!(earning_row!()),
        "(SELECT * FROM earning INDEXED BY earning_obsolete WHERE workspace_id = ?1 \
         AND earning_date >= ?2 AND earning_date < ?3 AND earning_id > ?4 AND ",
        obsolete_earning!(), " ORDER BY earning_id LIMIT ?5)";
    CREDITS_ADJUSTED_FROM = page_of!(credit_row!()),
        "(SELECT * FROM credit INDEXED BY credit_adjusted_from WHERE workspace_id = ?1 \
         AND adjusted_from_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY credit_id LIMIT -1)";
    /// The current ones, and the obsolete ones.
    EARNINGS_FOR_LINEAGES = page_of!(earning_row!()),
        "(SELECT * FROM earning INDEXED BY earning_current WHERE workspace_id = ?1 \
         AND ifnull(lineage_id, x'') IN (SELECT unhex(value) FROM json_each(?2)) \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL UNION ALL \
         SELECT * FROM earning INDEXED BY earning_obsolete_lineage WHERE workspace_id = ?1 \
         AND lineage_id IN (SELECT unhex(value) FROM json_each(?2)) \
         AND obsolete_at IS NOT NULL AND reversal_of_id IS NULL ORDER BY earning_id LIMIT -1)";
    WAITING_REVERSALS = page_of!(earning_row!()),
        "(SELECT * FROM earning INDEXED BY earning_waiting WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         AND earning_date >= ?3 AND earning_date < ?4 AND awaits_calculation = 1 \
         ORDER BY earning_id LIMIT -1)";
    WAITING_REVERSAL_COUNT =
        "SELECT json_array(count(*)) FROM earning INDEXED BY earning_waiting \
         WHERE workspace_id = ?1 AND earning_date >= ?2 AND earning_date < ?3 \
         AND awaits_calculation = 1";
    PAST_TRANSACTIONS_OF_KEYS = page_of!(past!(transaction_row!())),
        "(SELECT h.* \
         FROM (SELECT DISTINCT value ->> 0 AS number, value ->> 1 AS type FROM json_each(?2)) k \
         CROSS JOIN base_transaction_history h INDEXED BY base_transaction_history_key \
         ON h.workspace_id = ?1 AND h.source_number = k.number AND h.transaction_type = k.type \
         ORDER BY h.transaction_id LIMIT -1)";
    PAST_CREDITS_OF_KEYS = page_of!(past!(credit_row!())),
        "(SELECT h.* \
         FROM (SELECT DISTINCT value ->> 0 AS number, value ->> 1 AS type FROM json_each(?2)) k \
         CROSS JOIN credit_history h INDEXED BY credit_history_key \
         ON h.workspace_id = ?1 AND h.source_number = k.number AND h.transaction_type = k.type \
         ORDER BY h.credit_id LIMIT -1)";
    PAST_CREDITS = page_of!(past!(credit_row!())),
        "(SELECT * FROM credit_history WHERE workspace_id = ?1 \
         AND credit_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY credit_id LIMIT -1)";
    PAST_EARNINGS_OF_PARTICIPANT = page_of!(past!(earning_row!())),
        "(SELECT * FROM earning_history INDEXED BY earning_history_participant \
         WHERE workspace_id = ?1 AND participant_id = ?2 AND earning_date >= ?3 \
         AND earning_date < ?4 AND earning_id > ?5 ORDER BY earning_id LIMIT ?6)";
}

bulks! {}
