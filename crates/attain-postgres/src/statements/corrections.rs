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
    ($place:literal, $table:literal, $date:literal, $condition:expr) => {
        concat!(
            "SELECT ",
            $place,
            " AS place, count(*) AS waiting, min(",
            $date,
            ") AS first_date, max(",
            $date,
            ") AS last_date FROM ",
            $table,
            " WHERE workspace_id = $1 AND ",
            $date,
            " >= $2 AND ",
            $date,
            " < $3 AND ",
            $condition
        )
    };
}

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it. And a limit that it does not see keeps a page one that is read in
// order from the index: of a workspace it expects few rows, which it would read all and sort.
statements! {
    /// Transactions, credits, earnings.
    PENDING = "SELECT waiting, first_date, last_date FROM (",
        waiting!(1, "base_transaction", "event_date", obsolete_transaction!()),
        " UNION ALL ",
        waiting!(2, "credit", "credit_date", "obsolete_at IS NOT NULL"),
        " UNION ALL ",
        waiting!(3, "earning", "earning_date", obsolete_earning!()),
        ") AS counted ORDER BY place";
    OBSOLETE_TRANSACTIONS = select!(transaction_columns!()),
        "base_transaction WHERE workspace_id = $1 AND event_date >= $2 AND event_date < $3 \
         AND transaction_id > $4 AND ", obsolete_transaction!(),
        " ORDER BY transaction_id LIMIT (SELECT $5::bigint)";
    OBSOLETE_CREDITS = select!(credit_columns!()),
        "credit WHERE workspace_id = $1 AND credit_date >= $2 AND credit_date < $3 \
         AND credit_id > $4 AND obsolete_at IS NOT NULL ORDER BY credit_id \
         LIMIT (SELECT $5::bigint)";
    OBSOLETE_EARNINGS = select!(earning_columns!()),
        "earning WHERE workspace_id = $1 AND earning_date >= $2 AND earning_date < $3 \
         AND earning_id > $4 AND ", obsolete_earning!(), " ORDER BY earning_id \
         LIMIT (SELECT $5::bigint)";
    CREDITS_ADJUSTED_FROM = select!(credit_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM credit \
         WHERE workspace_id = $1 AND adjusted_from_id = u.id OFFSET 0) c ORDER BY credit_id";
    /// The current ones, and the obsolete ones.
    EARNINGS_FOR_LINEAGES = select!(earning_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND lineage_id = u.id \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL UNION ALL \
         SELECT * FROM earning WHERE workspace_id = $1 AND lineage_id = u.id \
         AND obsolete_at IS NOT NULL AND reversal_of_id IS NULL OFFSET 0) e ORDER BY earning_id";
    WAITING_REVERSALS = select!(earning_columns!()),
        "unnest($2::text[]) AS u (participant) CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND participant_id = u.participant \
         AND earning_date >= $3 AND earning_date < $4 AND awaits_calculation OFFSET 0) e \
         ORDER BY earning_id";
    WAITING_REVERSAL_COUNT =
        "SELECT count(*) FROM earning WHERE workspace_id = $1 \
         AND earning_date >= $2 AND earning_date < $3 AND awaits_calculation";
    PAST_TRANSACTIONS_OF_KEYS = select_past!(transaction_columns!()),
        "unnest($2::text[], $3::text[]) AS u (number, type) \
         CROSS JOIN LATERAL (SELECT * FROM base_transaction_history \
         WHERE workspace_id = $1 AND source_number = u.number AND transaction_type = u.type \
         OFFSET 0) h ORDER BY transaction_id";
    PAST_CREDITS_OF_KEYS = select_past!(credit_columns!()),
        "unnest($2::text[], $3::text[]) AS u (number, type) \
         CROSS JOIN LATERAL (SELECT * FROM credit_history \
         WHERE workspace_id = $1 AND source_number = u.number AND transaction_type = u.type \
         OFFSET 0) h ORDER BY credit_id";
    PAST_CREDITS = select_past!(credit_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM credit_history \
         WHERE workspace_id = $1 AND credit_id = u.id OFFSET 0) h ORDER BY credit_id";
    PAST_EARNINGS_OF_PARTICIPANT = select_past!(earning_columns!()),
        "earning_history WHERE workspace_id = $1 AND participant_id = $2 \
         AND earning_date >= $3 AND earning_date < $4 AND earning_id > $5 \
         ORDER BY earning_id LIMIT (SELECT $6::bigint)";
}
