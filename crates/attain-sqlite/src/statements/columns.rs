//! The columns of the tables that have a history, and their rows as JSON arrays: live rows and past
//! ones look the same.

/// A statement that gives one JSON array of these rows.
macro_rules! page_of {
    ($row:expr) => {
        concat!("SELECT json_group_array(", $row, ") FROM ")
    };
}

/// A row of a history: the row as it was, then why, when and by whom it left.
macro_rules! past {
    ($row:expr) => {
        concat!("json_array(", $row, ", left_because, left_at, left_by)")
    };
}

macro_rules! transaction_columns {
    () => {
        "transaction_id, source_number, transaction_type, event_date, period_id, status, \
         error_reason, error_text, category_id, preserve_credits, hold, do_not_classify, \
         do_not_roll_up, do_not_calculate, replaces_id, replaced_by_id, version, created_at, \
         updated_at, actor_id, amount, currency, operating_amount, operating_currency, \
         currency_rate, quantity, source_updated_at, attributes"
    };
}

macro_rules! transaction_row {
    () => {
        concat!(
            "json_array(hex(transaction_id), source_number, transaction_type, event_date, \
             period_id, status, ",
            row_error!(),
            ", category_id, json_array(preserve_credits, hold, do_not_classify, do_not_roll_up, \
             do_not_calculate), hex(replaces_id), hex(replaced_by_id), ",
            stamp!(),
            ", json_array(amount, currency), json_array(operating_amount, operating_currency), \
             currency_rate, quantity, source_updated_at, attributes)"
        )
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

macro_rules! credit_row {
    () => {
        concat!(
            "json_array(hex(credit_id), hex(lineage_id), hex(adjusted_from_id), \
             hex(transaction_id), source_number, transaction_type, participant_id, kind, origin, \
             rule_set_id, rule_id, hex(source_credit_id), through_id, \
             json_array(amount, currency), quantity, percent, revenue, rolls_up, calculates, \
             credit_date, roll_up_date, period_id, category_id, status, ",
            row_error!(),
            ", ",
            obsolete!(),
            ", ",
            stamp!(),
            ")"
        )
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

macro_rules! earning_row {
    () => {
        concat!(
            "json_array(hex(earning_id), participant_id, plan_id, component_id, interval_id, \
             hex(lineage_id), period_id, earning_date, hex(credit_id), hex(transaction_id), \
             iif(amount IS NULL, NULL, json_array(amount, currency)), ",
            row_error!(),
            ", json_array(instalments, instalments_taken, instalments_paid, next_due), ",
            obsolete!(),
            ", hex(reversal_of_id), awaits_calculation, hex(calculation_id), ",
            stamp!(),
            ", trace)"
        )
    };
}

/// Paysheets, as a JSON array.
macro_rules! paysheets {
    () => {
        concat!(
            "SELECT json_group_array(json_array(hex(paysheet_id), hex(batch_id), \
             participant_id, status, json_array(total, total_currency), \
             json_array(held, held_currency), settlement, ",
            stamp!(),
            ")) FROM "
        )
    };
}
