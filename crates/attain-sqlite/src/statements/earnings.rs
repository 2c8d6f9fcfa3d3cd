//! Earnings, reversals, their history, and calculations.

macro_rules! page {
    () => {
        page_of!(earning_row!())
    };
}

/// What an earning keeps when it comes back from history.
macro_rules! kept {
    () => {
        "earning_id, participant_id, plan_id, component_id, interval_id, lineage_id, amount, \
         currency, error_reason, error_text, instalments, instalments_taken, instalments_paid, \
         next_due, reversal_of_id, awaits_calculation"
    };
}

macro_rules! calculations {
    () => {
        concat!(
            "SELECT json_group_array(json_array(hex(calculation_id), period_id, through_date, \
             hex(run_id), plan_versions, released, ",
            stamp!(),
            ")) FROM "
        )
    };
}

/// Which row a change is about. As a plain join the planner would walk the whole table for every
/// 500 changes: it knows how many they are, but not how many rows there are.
macro_rules! place {
    () => {
        "FROM change WHERE earning.rowid = (SELECT f.rowid FROM earning f \
         WHERE f.workspace_id = change.workspace_id AND f.earning_id = change.earning_id)"
    };
}

statements! {
    /// By credit alone: by credit and participant would look up every pair of them.
    EARNINGS_OF_LINEAGES = page!(),
        "(SELECT * FROM earning INDEXED BY earning_current WHERE workspace_id = ?1 \
         AND ifnull(lineage_id, x'') IN (SELECT unhex(value) FROM json_each(?3)) \
         AND +participant_id IN (SELECT value FROM json_each(?2)) \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL \
         ORDER BY participant_id, earning_id LIMIT -1)";
    CURRENT_EARNINGS = page!(),
        "(SELECT * FROM earning INDEXED BY earning_position WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         AND earning_date >= ?3 AND earning_date < ?4 \
         AND obsolete_at IS NULL AND reversal_of_id IS NULL \
         AND (+participant_id, +earning_date, earning_id) > (?5, ?6, ?7) \
         ORDER BY participant_id, earning_date, earning_id LIMIT ?8)";
    EARNINGS_OF_PARTICIPANT_AFTER = page!(),
        "(SELECT * FROM earning INDEXED BY earning_position WHERE workspace_id = ?1 \
         AND participant_id = ?2 AND earning_date >= ?3 AND earning_date < ?4 \
         AND (+participant_id, +earning_date, earning_id) > (?5, ?6, ?7) \
         ORDER BY participant_id, earning_date, earning_id LIMIT ?8)";
    EARNINGS_AFTER = page!(),
        "(SELECT * FROM earning INDEXED BY earning_position WHERE workspace_id = ?1 \
         AND earning_date >= ?2 AND earning_date < ?3 \
         AND (participant_id, earning_date, earning_id) > (?4, ?5, ?6) \
         ORDER BY participant_id, earning_date, earning_id LIMIT ?7)";
    PAYABLE_EARNINGS = page!(),
        "(SELECT * FROM earning INDEXED BY earning_payable WHERE workspace_id = ?1 \
         AND amount IS NOT NULL AND obsolete_at IS NULL AND instalments_taken < instalments \
         AND awaits_calculation = 0 AND next_due <= ?2 \
         AND (participant_id, earning_date, earning_id) > (?3, ?4, ?5) \
         ORDER BY participant_id, earning_date, earning_id LIMIT ?6)";
    EARNINGS_BY_ID = page!(),
        "(SELECT * FROM earning WHERE workspace_id = ?1 \
         AND earning_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY earning_id LIMIT -1)";
    PAST_EARNINGS = page_of!(past!(earning_row!())),
        "(SELECT * FROM earning_history WHERE workspace_id = ?1 \
         AND earning_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY earning_id LIMIT -1)";
    REMOVE_EARNINGS =
        "DELETE FROM earning WHERE workspace_id = ?1 \
         AND earning_id IN (SELECT unhex(value) FROM json_each(?2))";
    FORGET_EARNINGS =
        "DELETE FROM earning_history WHERE workspace_id = ?1 \
         AND earning_id IN (SELECT unhex(value) FROM json_each(?2))";
    CALCULATIONS = calculations!(),
        "(SELECT * FROM calculation WHERE workspace_id = ?1 ORDER BY calculation_id LIMIT -1)";
    CALCULATION = calculations!(),
        "calculation WHERE workspace_id = ?1 AND calculation_id = ?2";
    DELETE_CALCULATIONS =
        "DELETE FROM calculation WHERE workspace_id = ?1 \
         AND calculation_id IN (SELECT unhex(value) FROM json_each(?2))";
}

bulks! {
    INSERT_EARNINGS = 31,
        concat!("INSERT INTO earning (workspace_id, ", earning_columns!(), ") VALUES "),
        "";
    ARCHIVE_EARNINGS = 5,
        "WITH gone (workspace_id, earning_id, left_because, left_at, left_by) AS (VALUES ",
        concat!(
            ") INSERT INTO earning_history (workspace_id, ", earning_columns!(),
            ", left_because, left_at, left_by) SELECT workspace_id, ", earning_columns!(),
            ", left_because, left_at, left_by FROM gone CROSS JOIN earning \
             USING (workspace_id, earning_id)"
        );
    RETURN_EARNINGS = 12,
        "WITH back (workspace_id, earning_id, new_credit_id, new_transaction_id, \
         new_calculation_id, new_period_id, new_earning_date, new_trace, new_version, \
         new_created_at, new_updated_at, new_actor_id) AS (VALUES ",
        concat!(
            ") INSERT INTO earning (workspace_id, ", kept!(),
            ", credit_id, transaction_id, calculation_id, period_id, earning_date, trace, version, \
             created_at, updated_at, actor_id) \
             SELECT workspace_id, ", kept!(),
            ", new_credit_id, new_transaction_id, new_calculation_id, new_period_id, \
             new_earning_date, new_trace, new_version, new_created_at, \
             new_updated_at, new_actor_id FROM back CROSS JOIN earning_history \
             USING (workspace_id, earning_id)"
        );
    OBSOLETE_EARNINGS = 10,
        "WITH change (workspace_id, earning_id, obsolete_at, obsolete_by, obsolete_because, \
         obsolete_reason, version, created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE earning SET obsolete_at = change.obsolete_at, \
             obsolete_by = change.obsolete_by, obsolete_because = change.obsolete_because, \
             obsolete_reason = change.obsolete_reason, version = change.version, \
             created_at = change.created_at, updated_at = change.updated_at, \
             actor_id = change.actor_id ",
            place!()
        );
    EXPLAIN_EARNINGS = 12,
        "WITH change (workspace_id, earning_id, credit_id, transaction_id, calculation_id, \
         period_id, earning_date, trace, version, created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE earning SET credit_id = change.credit_id, \
             transaction_id = change.transaction_id, \
             calculation_id = change.calculation_id, period_id = change.period_id, \
             earning_date = change.earning_date, trace = change.trace, \
             version = change.version, created_at = change.created_at, \
             updated_at = change.updated_at, actor_id = change.actor_id ",
            place!()
        );
    PAY_EARNINGS = 10,
        "WITH change (workspace_id, earning_id, instalments, instalments_taken, instalments_paid, \
         next_due, version, created_at, updated_at, actor_id) AS (VALUES ",
        concat!(
            ") UPDATE earning SET instalments = change.instalments, \
             instalments_taken = change.instalments_taken, \
             instalments_paid = change.instalments_paid, next_due = change.next_due, \
             version = change.version, created_at = change.created_at, \
             updated_at = change.updated_at, actor_id = change.actor_id ",
            place!()
        );
    PUT_CALCULATIONS = 11,
        "INSERT INTO calculation (workspace_id, calculation_id, period_id, through_date, run_id, \
         plan_versions, released, version, created_at, updated_at, actor_id) VALUES ",
        " ON CONFLICT (workspace_id, calculation_id) DO UPDATE SET \
         period_id = excluded.period_id, through_date = excluded.through_date, \
         run_id = excluded.run_id, plan_versions = excluded.plan_versions, \
         released = excluded.released, version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
}
