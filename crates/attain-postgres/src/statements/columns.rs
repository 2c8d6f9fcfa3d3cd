//! The columns of the tables that have a history: live rows and past ones look the same.

macro_rules! transaction_columns {
    () => {
        "transaction_id, source_number, transaction_type, event_date, period_id, status, \
         error_reason, error_text, category_id, preserve_credits, hold, do_not_classify, \
         do_not_roll_up, do_not_calculate, replaces_id, replaced_by_id, version, created_at, \
         updated_at, actor_id, amount, currency, operating_amount, operating_currency, \
         currency_rate, quantity, source_updated_at, attributes"
    };
}

macro_rules! credit_columns {
    () => {
        "credit_id, lineage_id, adjusted_from_id, transaction_id, source_number, \
         transaction_type, participant_id, kind, origin, rule_set_id, rule_id, source_credit_id, \
         through_id, amount, currency, quantity, percent, revenue, rolls_up, calculates, \
         credit_date, roll_up_date, period_id, category_id, status, error_reason, error_text, \
         obsolete_at, obsolete_by, obsolete_because, obsolete_reason, version, created_at, \
         updated_at, actor_id"
    };
}

macro_rules! earning_columns {
    () => {
        "earning_id, participant_id, plan_id, component_id, interval_id, lineage_id, period_id, \
         earning_date, credit_id, transaction_id, amount, currency, error_reason, error_text, \
         instalments, instalments_taken, instalments_paid, next_due, obsolete_at, obsolete_by, \
         obsolete_because, obsolete_reason, reversal_of_id, awaits_calculation, calculation_id, \
         version, created_at, updated_at, actor_id, trace"
    };
}

/// Rows of a live table.
macro_rules! select {
    ($columns:expr) => {
        concat!("SELECT ", $columns, " FROM ")
    };
}

/// Rows of a history: each as it was, then why, when and by whom it left.
macro_rules! select_past {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            ", left_because, left_at, left_by FROM "
        )
    };
}

/// The columns of paysheets.
macro_rules! paysheet_columns {
    () => {
        "paysheet_id, batch_id, participant_id, status, total, total_currency, held, \
         held_currency, settlement, version, created_at, updated_at, actor_id"
    };
}
