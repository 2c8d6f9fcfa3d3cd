//! Transactions and their natural keys.

macro_rules! progress {
    () => {
        "UPDATE base_transaction t SET status = u.status, error_reason = u.error_reason, \
         error_text = u.error_text, category_id = u.category_id, \
         preserve_credits = u.preserve_credits, hold = u.hold, \
         do_not_classify = u.do_not_classify, do_not_roll_up = u.do_not_roll_up, \
         do_not_calculate = u.do_not_calculate, replaced_by_id = u.replaced_by_id, \
         version = u.version, created_at = u.created_at, updated_at = u.updated_at, \
         actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], \
         $8::boolean[], $9::boolean[], $10::boolean[], $11::boolean[], $12::uuid[], \
         $13::bigint[], $14::timestamptz[], $15::timestamptz[], $16::text[]) \
         AS u (transaction_id, status, error_reason, error_text, category_id, preserve_credits, \
         hold, do_not_classify, do_not_roll_up, do_not_calculate, replaced_by_id, version, \
         created_at, updated_at, actor_id) \
         WHERE t.workspace_id = $1 AND t.transaction_id = u.transaction_id"
    };
}

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it.
statements! {
    TRANSACTIONS_BY_KEY = select!(transaction_columns!()),
        "unnest($2::text[], $3::text[]) AS u (number, type) \
         CROSS JOIN LATERAL (SELECT newest_id, newest_date FROM transaction_key \
         WHERE workspace_id = $1 AND source_number = u.number AND transaction_type = u.type \
         OFFSET 0) k \
         CROSS JOIN LATERAL (SELECT * FROM base_transaction \
         WHERE workspace_id = $1 AND transaction_id = k.newest_id \
         AND event_date = k.newest_date OFFSET 0) t \
         ORDER BY source_number, transaction_type";
    TRANSACTIONS_BY_ID = select!(transaction_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM base_transaction \
         WHERE workspace_id = $1 AND transaction_id = u.id OFFSET 0) t \
         ORDER BY transaction_id";
    TRANSACTIONS_OF_WORK = select!(transaction_columns!()),
        "base_transaction WHERE workspace_id = $1 AND period_id = $2 AND transaction_id >= $3 \
         AND transaction_id <= $4 AND transaction_id > $5 ORDER BY transaction_id LIMIT $6";
    SPANS_OF_WORK =
        "SELECT transaction_id FROM (SELECT transaction_id, \
         row_number() OVER (ORDER BY transaction_id) AS place FROM base_transaction \
         WHERE workspace_id = $1 AND period_id = $2 AND transaction_id >= $3 \
         AND transaction_id <= $4) AS placed WHERE (place - 1) % $5 = 0 ORDER BY transaction_id";
    TRANSACTIONS_AFTER = select!(transaction_columns!()),
        "base_transaction WHERE workspace_id = $1 AND event_date >= $2 AND event_date < $3 \
         AND transaction_id > $4 ORDER BY transaction_id LIMIT $5";
    /// Whether one of these ids is there already, on any date. Between the first and the last new
    /// id there are next to no others, so that is where to look.
    TRANSACTIONS_THERE =
        "SELECT EXISTS (SELECT 1 FROM base_transaction WHERE workspace_id = $1 \
         AND transaction_id >= $3 AND transaction_id <= $4 \
         AND (transaction_id = ANY ($2::uuid[])) IS NOT FALSE)";
    COPY_TRANSACTIONS =
        "COPY base_transaction (workspace_id, ", transaction_columns!(),
        ") FROM STDIN (FORMAT binary)";
    INSERT_TRANSACTIONS =
        "INSERT INTO base_transaction (workspace_id, ", transaction_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[], \
         $8::text[], $9::text[], $10::text[], $11::boolean[], $12::boolean[], $13::boolean[], \
         $14::boolean[], $15::boolean[], $16::uuid[], $17::uuid[], $18::bigint[], \
         $19::timestamptz[], $20::timestamptz[], $21::text[], $22::numeric[], $23::text[], \
         $24::numeric[], $25::text[], $26::numeric[], $27::numeric[], $28::timestamptz[], \
         $29::json[]) u";
    /// Their keys stay as they are: what leaves is neither live nor the newest.
    DEPART_TRANSACTIONS =
        "WITH gone AS (DELETE FROM base_transaction t \
         USING unnest($2::uuid[], $3::boolean[], $4::text[], $5::timestamptz[], $6::text[]) \
         AS u (id, archive, left_because, left_at, left_by) \
         WHERE t.workspace_id = $1 AND t.transaction_id = u.id RETURNING t.*, \
         u.archive, u.left_because, u.left_at, u.left_by), \
         kept AS (INSERT INTO base_transaction_history (workspace_id, ", transaction_columns!(),
        ", left_because, left_at, left_by) SELECT workspace_id, ", transaction_columns!(),
        ", left_because, left_at, left_by FROM gone WHERE archive RETURNING 1) \
         SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept)";
    /// A key that has a live version takes no other one: then fewer rows are touched.
    PUT_KEYS =
        "INSERT INTO transaction_key AS k (workspace_id, source_number, transaction_type, \
         newest_id, newest_date, live_id) SELECT $1, u.* \
         FROM unnest($2::text[], $3::text[], $4::uuid[], $5::date[], $6::uuid[]) u \
         ON CONFLICT (workspace_id, source_number, transaction_type) DO UPDATE SET \
         newest_id = greatest(k.newest_id, excluded.newest_id), \
         newest_date = CASE WHEN excluded.newest_id > k.newest_id \
         THEN excluded.newest_date ELSE k.newest_date END, \
         live_id = coalesce(excluded.live_id, k.live_id) \
         WHERE k.live_id IS NULL OR excluded.live_id IS NULL";
    /// Keys that nobody has ever used.
    COPY_KEYS =
        "COPY transaction_key (workspace_id, source_number, transaction_type, newest_id, \
         newest_date, live_id) FROM STDIN (FORMAT binary)";
    INSERT_KEYS =
        "INSERT INTO transaction_key (workspace_id, source_number, transaction_type, newest_id, \
         newest_date, live_id) SELECT $1, u.* \
         FROM unnest($2::text[], $3::text[], $4::uuid[], $5::date[], $6::uuid[]) u";
    /// Those that end; their keys are free then.
    END_TRANSACTIONS = "WITH ended AS (", progress!(),
        " RETURNING t.source_number, t.transaction_type, t.transaction_id), \
         freed AS (UPDATE transaction_key k SET live_id = NULL FROM ended \
         WHERE k.workspace_id = $1 AND k.source_number = ended.source_number \
         AND k.transaction_type = ended.transaction_type \
         AND k.live_id = ended.transaction_id RETURNING 1) \
         SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM freed)";
    /// Those that stay live.
    PROGRESS_TRANSACTIONS = progress!(), " AND t.status NOT IN ('obsolete', 'cancelled')";
    /// Those that had ended and are live again, where their keys are free.
    REVIVE_TRANSACTIONS = "WITH revived AS (", progress!(),
        " AND t.status IN ('obsolete', 'cancelled') \
         RETURNING t.source_number, t.transaction_type, t.transaction_id), \
         taken AS (UPDATE transaction_key k SET live_id = revived.transaction_id FROM revived \
         WHERE k.workspace_id = $1 AND k.source_number = revived.source_number \
         AND k.transaction_type = revived.transaction_type AND k.live_id IS NULL RETURNING 1) \
         SELECT (SELECT count(*) FROM taken)";
}
