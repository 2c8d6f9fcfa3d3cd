//! Credits: the live table and its history.

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it.
statements! {
    CREDITS_OF_TRANSACTIONS = select!(credit_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM credit \
         WHERE workspace_id = $1 AND transaction_id = u.id OFFSET 0) c \
         ORDER BY transaction_id, credit_id";
    CREDITS_BY_ID = select!(credit_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM credit \
         WHERE workspace_id = $1 AND credit_id = u.id OFFSET 0) c \
         ORDER BY credit_id";
    /// One participant after the other, each from the index in order, so that a page reads little
    /// more than it gives, however many participants are named.
    CREDITS_OF_PARTICIPANTS = select!(credit_columns!()),
        "unnest($2::text[], $3::date[]) WITH ORDINALITY AS u (participant, first_date, place) \
         CROSS JOIN LATERAL (SELECT * FROM credit \
         WHERE workspace_id = $1 AND participant_id = u.participant \
         AND credit_date >= u.first_date AND credit_date < $4 AND obsolete_at IS NULL \
         AND (u.place > 1 OR (credit_date, source_number, transaction_type, kind, lineage_id) \
         > ($5, $6, $7, $8, $9)) \
         ORDER BY credit_date, source_number, transaction_type, kind, lineage_id LIMIT $10) c \
         ORDER BY u.place, c.credit_date, c.source_number, c.transaction_type, c.kind, \
         c.lineage_id LIMIT $10";
    SUMMARISED_CREDITS_THROUGH = select!(credit_columns!()),
        "credit WHERE workspace_id = $1 \
         AND through_id = $2 AND origin = 'from' AND source_credit_id IS NULL \
         AND obsolete_at IS NULL AND credit_date >= $3 AND credit_date < $4 \
         ORDER BY participant_id, credit_date, credit_id";
    /// Whether one of these ids is there already, on any date. Between the first and the last new
    /// id there are next to no others, so that is where to look.
    CREDITS_THERE =
        "SELECT EXISTS (SELECT 1 FROM credit WHERE workspace_id = $1 \
         AND credit_id >= $3 AND credit_id <= $4 \
         AND (credit_id = ANY ($2::uuid[])) IS NOT FALSE)";
    COPY_CREDITS = "COPY credit (workspace_id, ", credit_columns!(), ") FROM STDIN (FORMAT binary)";
    INSERT_CREDITS =
        "INSERT INTO credit (workspace_id, ", credit_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], \
         $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::text[], \
         $15::numeric[], $16::text[], $17::numeric[], $18::numeric[], $19::boolean[], \
         $20::boolean[], $21::boolean[], $22::date[], $23::date[], $24::text[], $25::text[], \
         $26::text[], $27::text[], $28::text[], $29::timestamptz[], $30::text[], $31::text[], \
         $32::text[], $33::bigint[], $34::timestamptz[], $35::timestamptz[], $36::text[]) u";
    DEPART_CREDITS =
        "WITH gone AS (DELETE FROM credit c \
         USING unnest($2::uuid[], $3::boolean[], $4::text[], $5::timestamptz[], $6::text[]) \
         AS u (id, archive, left_because, left_at, left_by) \
         WHERE c.workspace_id = $1 AND c.credit_id = u.id RETURNING c.*, \
         u.archive, u.left_because, u.left_at, u.left_by), \
         kept AS (INSERT INTO credit_history (workspace_id, ", credit_columns!(),
        ", left_because, left_at, left_by) SELECT workspace_id, ", credit_columns!(),
        ", left_because, left_at, left_by FROM gone WHERE archive RETURNING 1) \
         SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept)";
    OBSOLETE_CREDITS =
        "UPDATE credit c SET obsolete_at = u.obsolete_at, obsolete_by = u.obsolete_by, \
         obsolete_because = u.obsolete_because, obsolete_reason = u.obsolete_reason, \
         version = u.version, created_at = u.created_at, updated_at = u.updated_at, \
         actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], \
         $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::text[]) AS u (credit_id, \
         obsolete_at, obsolete_by, obsolete_because, obsolete_reason, version, created_at, \
         updated_at, actor_id) \
         WHERE c.workspace_id = $1 AND c.credit_id = u.credit_id";
    JUDGE_CREDITS =
        "UPDATE credit c SET status = u.status, error_reason = u.error_reason, \
         error_text = u.error_text, version = u.version, created_at = u.created_at, \
         updated_at = u.updated_at, actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], \
         $7::timestamptz[], $8::timestamptz[], $9::text[]) AS u (credit_id, status, \
         error_reason, error_text, version, created_at, updated_at, actor_id) \
         WHERE c.workspace_id = $1 AND c.credit_id = u.credit_id";
}
