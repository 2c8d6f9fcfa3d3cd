//! Earnings, reversals, their history, and calculations.

macro_rules! key {
    () => {
        "earning_id, participant_id, plan_id, component_id, interval_id, lineage_id"
    };
}

/// What an earning keeps when it comes back from history.
macro_rules! kept {
    () => {
        concat!(
            key!(),
            ", amount, currency, error_reason, error_text, instalments, instalments_taken, \
             instalments_paid, next_due, reversal_of_id, awaits_calculation"
        )
    };
}

macro_rules! calculations {
    () => {
        concat!(
            "SELECT calculation_id, period_id, through_date, run_id, plan_versions, released, ",
            stamp!(),
            " FROM calculation WHERE workspace_id = $1"
        )
    };
}

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it.
statements! {
    /// By credit alone: by credit and participant would look up every pair of them.
    EARNINGS_OF_LINEAGES = select!(earning_columns!()),
        "unnest($3::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND lineage_id = u.id \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL OFFSET 0) e \
         WHERE participant_id = ANY ($2::text[]) ORDER BY participant_id, earning_id";
    /// One participant after the other, each from the index in order, so that a page reads little
    /// more than it gives, however many participants are named.
    CURRENT_EARNINGS = select!(earning_columns!()),
        "unnest($2::text[], $3::date[]) WITH ORDINALITY AS u (participant, first_date, place) \
         CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND participant_id = u.participant \
         AND earning_date >= u.first_date AND earning_date < $4 \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL \
         AND (u.place > 1 OR (earning_date, earning_id) > ($5, $6)) \
         ORDER BY earning_date, earning_id LIMIT $7) e \
         ORDER BY u.place, e.earning_date, e.earning_id LIMIT $7";
    EARNINGS_OF_PARTICIPANT_AFTER = select!(earning_columns!()),
        "earning WHERE workspace_id = $1 AND participant_id = $2 AND earning_date >= $3 \
         AND earning_date < $4 AND (participant_id, earning_date, earning_id) > ($5, $6, $7) \
         ORDER BY participant_id, earning_date, earning_id LIMIT $8";
    EARNINGS_AFTER = select!(earning_columns!()),
        "earning WHERE workspace_id = $1 AND earning_date >= $2 AND earning_date < $3 \
         AND (participant_id, earning_date, earning_id) > ($4, $5, $6) \
         ORDER BY participant_id, earning_date, earning_id LIMIT $7";
    PAYABLE_EARNINGS = select!(earning_columns!()),
        "earning WHERE workspace_id = $1 \
         AND amount IS NOT NULL AND obsolete_at IS NULL AND instalments_taken < instalments \
         AND NOT awaits_calculation AND next_due <= $2 \
         AND (participant_id, earning_date, earning_id) > ($3, $4, $5) \
         ORDER BY participant_id, earning_date, earning_id LIMIT $6";
    EARNINGS_BY_ID = select!(earning_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND earning_id = u.id OFFSET 0) e ORDER BY earning_id";
    PAST_EARNINGS = select_past!(earning_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM earning_history \
         WHERE workspace_id = $1 AND earning_id = u.id OFFSET 0) e ORDER BY earning_id";
    /// Whether one of these ids is there already, on any date. Between the first and the last new
    /// id there are next to no others, so that is where to look.
    EARNINGS_THERE =
        "SELECT EXISTS (SELECT 1 FROM earning WHERE workspace_id = $1 \
         AND earning_id >= $3 AND earning_id <= $4 \
         AND (earning_id = ANY ($2::uuid[])) IS NOT FALSE)";
    /// The current earnings of these credits outside a span of dates.
    CURRENT_OF_CREDITS_OUTSIDE = "SELECT ", key!(),
        " FROM unnest($4::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND lineage_id = u.id \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL \
         AND (earning_date < $2 OR earning_date >= $3) OFFSET 0) e";
    /// The current earnings of these intervals, and of no credit, outside a span of dates.
    CURRENT_OF_INTERVALS_OUTSIDE = "SELECT ", key!(),
        " FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) \
         AS u (participant, plan, component, pay_interval) \
         CROSS JOIN LATERAL (SELECT * FROM earning \
         WHERE workspace_id = $1 AND lineage_id IS NULL AND participant_id = u.participant \
         AND plan_id = u.plan AND component_id = u.component AND interval_id = u.pay_interval \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL \
         AND (earning_date < $2 OR earning_date >= $3) OFFSET 0) e";
    COPY_EARNINGS =
        "COPY earning (workspace_id, ", earning_columns!(), ") FROM STDIN (FORMAT binary)";
    INSERT_EARNINGS =
        "INSERT INTO earning (workspace_id, ", earning_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], \
         $8::text[], $9::date[], $10::uuid[], $11::uuid[], $12::numeric[], $13::text[], \
         $14::text[], $15::text[], $16::integer[], $17::integer[], $18::integer[], $19::date[], \
         $20::timestamptz[], $21::text[], $22::text[], $23::text[], $24::uuid[], $25::boolean[], \
         $26::uuid[], $27::bigint[], $28::timestamptz[], $29::timestamptz[], $30::text[], \
         $31::json[]) u";
    DEPART_EARNINGS =
        "WITH gone AS (DELETE FROM earning e \
         USING unnest($2::uuid[], $3::boolean[], $4::text[], $5::timestamptz[], $6::text[]) \
         AS u (id, archive, left_because, left_at, left_by) \
         WHERE e.workspace_id = $1 AND e.earning_id = u.id RETURNING e.*, \
         u.archive, u.left_because, u.left_at, u.left_by), \
         kept AS (INSERT INTO earning_history (workspace_id, ", earning_columns!(),
        ", left_because, left_at, left_by) SELECT workspace_id, ", earning_columns!(),
        ", left_because, left_at, left_by FROM gone WHERE archive RETURNING 1) \
         SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept)";
    /// Whether one of these ids is live, on any date. Unlike new ids they lie anywhere.
    EARNINGS_LIVE =
        "SELECT EXISTS (SELECT 1 FROM unnest($2::uuid[]) AS u (id) \
         CROSS JOIN LATERAL (SELECT 1 FROM earning \
         WHERE workspace_id = $1 AND earning_id = u.id OFFSET 0) e)";
    /// Gives what came back, and whether it is current.
    RETURN_EARNINGS =
        "WITH back AS (DELETE FROM earning_history h \
         USING unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::date[], \
         $8::json[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[]) \
         AS u (id, new_credit_id, new_transaction_id, new_calculation_id, new_period_id, \
         new_earning_date, new_trace, new_version, new_created_at, new_updated_at, \
         new_actor_id) \
         WHERE h.workspace_id = $1 AND h.earning_id = u.id RETURNING h.*, u.new_credit_id, \
         u.new_transaction_id, u.new_calculation_id, u.new_period_id, u.new_earning_date, \
         u.new_trace, u.new_version, u.new_created_at, u.new_updated_at, \
         u.new_actor_id) INSERT INTO earning (workspace_id, ", kept!(), ", credit_id, \
         transaction_id, calculation_id, period_id, earning_date, trace, version, created_at, \
         updated_at, actor_id) SELECT workspace_id, ", kept!(), ", new_credit_id, \
         new_transaction_id, new_calculation_id, new_period_id, new_earning_date, new_trace, \
         new_version, new_created_at, new_updated_at, new_actor_id FROM back \
         RETURNING ", key!(), ", earning_date, reversal_of_id IS NULL";
    OBSOLETE_EARNINGS =
        "UPDATE earning e SET obsolete_at = u.obsolete_at, obsolete_by = u.obsolete_by, \
         obsolete_because = u.obsolete_because, obsolete_reason = u.obsolete_reason, \
         version = u.version, created_at = u.created_at, updated_at = u.updated_at, \
         actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], \
         $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::text[]) AS u (earning_id, \
         obsolete_at, obsolete_by, obsolete_because, obsolete_reason, version, created_at, \
         updated_at, actor_id) \
         WHERE e.workspace_id = $1 AND e.earning_id = u.earning_id";
    EXPLAIN_EARNINGS =
        "UPDATE earning e SET credit_id = u.credit_id, transaction_id = u.transaction_id, \
         calculation_id = u.calculation_id, period_id = u.period_id, \
         earning_date = u.earning_date, trace = u.trace, version = u.version, \
         created_at = u.created_at, updated_at = u.updated_at, actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::date[], \
         $8::json[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[]) \
         AS u (earning_id, credit_id, transaction_id, calculation_id, period_id, earning_date, \
         trace, version, created_at, updated_at, actor_id) \
         WHERE e.workspace_id = $1 AND e.earning_id = u.earning_id";
    PAY_EARNINGS =
        "UPDATE earning e SET instalments = u.instalments, \
         instalments_taken = u.instalments_taken, instalments_paid = u.instalments_paid, \
         next_due = u.next_due, version = u.version, created_at = u.created_at, \
         updated_at = u.updated_at, actor_id = u.actor_id \
         FROM unnest($2::uuid[], $3::integer[], $4::integer[], $5::integer[], $6::date[], \
         $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::text[]) AS u (earning_id, \
         instalments, instalments_taken, instalments_paid, next_due, version, created_at, \
         updated_at, actor_id) \
         WHERE e.workspace_id = $1 AND e.earning_id = u.earning_id";
    CALCULATIONS = calculations!(), " ORDER BY calculation_id";
    CALCULATION = calculations!(), " AND calculation_id = $2";
    PUT_CALCULATIONS =
        "INSERT INTO calculation (workspace_id, calculation_id, period_id, through_date, run_id, \
         plan_versions, released, version, created_at, updated_at, actor_id) SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::date[], $5::uuid[], $6::json[], $7::boolean[], \
         $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::text[]) u \
         ON CONFLICT (workspace_id, calculation_id) DO UPDATE SET \
         period_id = excluded.period_id, through_date = excluded.through_date, \
         run_id = excluded.run_id, plan_versions = excluded.plan_versions, \
         released = excluded.released, version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    DELETE_CALCULATIONS =
        "DELETE FROM calculation WHERE workspace_id = $1 AND calculation_id = ANY ($2::uuid[])";
}
