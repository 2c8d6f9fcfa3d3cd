//! Payment batches, paysheets and payment lines.

macro_rules! batches {
    () => {
        concat!(
            "SELECT json_group_array(json_array(hex(batch_id), pay_group_id, period_id, \
             pay_date, status, ",
            stamp!(),
            ")) FROM "
        )
    };
}

macro_rules! lines {
    () => {
        concat!(
            "SELECT json_group_array(json_array(hex(line_id), hex(paysheet_id), hex(batch_id), \
             participant_id, kind, hex(earning_id), instalment, plan_id, component_id, \
             period_id, earning_date, json_array(amount, currency), currency_rate, \
             json_array(pay_amount, pay_currency), held, ",
            stamp!(),
            ")) FROM "
        )
    };
}

statements! {
    BATCH = batches!(), "payment_batch WHERE workspace_id = ?1 AND batch_id = ?2";
    BATCHES_AFTER = batches!(),
        "(SELECT * FROM payment_batch WHERE workspace_id = ?1 AND batch_id > ?2 \
         ORDER BY batch_id LIMIT ?3)";
    PAYSHEETS_OF_BATCH = paysheets!(),
        "(SELECT * FROM paysheet INDEXED BY paysheet_batch WHERE workspace_id = ?1 \
         AND batch_id = ?2 AND (participant_id, paysheet_id) > (?3, ?4) \
         ORDER BY participant_id, paysheet_id LIMIT ?5)";
    PAYSHEET = paysheets!(), "paysheet WHERE workspace_id = ?1 AND paysheet_id = ?2";
    PAYSHEETS_OF_PARTICIPANT = paysheets!(),
        "(SELECT * FROM paysheet INDEXED BY paysheet_participant WHERE workspace_id = ?1 \
         AND participant_id = ?2 ORDER BY paysheet_id LIMIT -1)";
    LINES_OF_PAYSHEETS = lines!(),
        "(SELECT * FROM payment_line INDEXED BY payment_line_paysheet WHERE workspace_id = ?1 \
         AND paysheet_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY participant_id, earning_date, line_id LIMIT -1)";
    LINES_OF_EARNINGS = lines!(),
        "(SELECT * FROM payment_line INDEXED BY payment_line_earning WHERE workspace_id = ?1 \
         AND earning_id IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY line_id LIMIT -1)";
    LINES_BY_ID = lines!(),
        "(SELECT * FROM payment_line WHERE workspace_id = ?1 \
         AND line_id IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY line_id LIMIT -1)";
    HELD_LINES = lines!(),
        "(SELECT l.* FROM payment_line l INDEXED BY payment_line_held CROSS JOIN payment_batch b \
         ON b.workspace_id = l.workspace_id AND b.batch_id = l.batch_id AND b.status = 'paid' \
         WHERE l.workspace_id = ?1 AND l.held = 1 AND l.line_id > ?2 \
         ORDER BY l.line_id LIMIT ?3)";
    DELETE_LINES =
        "DELETE FROM payment_line WHERE workspace_id = ?1 \
         AND line_id IN (SELECT unhex(value) FROM json_each(?2))";
    DELETE_PAYSHEETS =
        "DELETE FROM paysheet WHERE workspace_id = ?1 \
         AND paysheet_id IN (SELECT unhex(value) FROM json_each(?2))";
    DELETE_BATCHES =
        "DELETE FROM payment_batch WHERE workspace_id = ?1 \
         AND batch_id IN (SELECT unhex(value) FROM json_each(?2))";
}

bulks! {
    PUT_BATCHES = 10,
        "INSERT INTO payment_batch (workspace_id, batch_id, pay_group_id, period_id, pay_date, \
         status, version, created_at, updated_at, actor_id) VALUES ",
        " ON CONFLICT (workspace_id, batch_id) DO UPDATE SET \
         pay_group_id = excluded.pay_group_id, period_id = excluded.period_id, \
         pay_date = excluded.pay_date, status = excluded.status, version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    PUT_PAYSHEETS = 14,
        "INSERT INTO paysheet (workspace_id, paysheet_id, batch_id, participant_id, status, \
         total, total_currency, held, held_currency, settlement, version, created_at, \
         updated_at, actor_id) VALUES ",
        " ON CONFLICT (workspace_id, paysheet_id) DO UPDATE SET \
         batch_id = excluded.batch_id, participant_id = excluded.participant_id, \
         status = excluded.status, total = excluded.total, \
         total_currency = excluded.total_currency, held = excluded.held, \
         held_currency = excluded.held_currency, settlement = excluded.settlement, \
         version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    PUT_LINES = 22,
        "INSERT INTO payment_line (workspace_id, line_id, paysheet_id, batch_id, participant_id, \
         kind, earning_id, instalment, plan_id, component_id, period_id, earning_date, amount, \
         currency, currency_rate, pay_amount, pay_currency, held, version, created_at, \
         updated_at, actor_id) VALUES ",
        " ON CONFLICT (workspace_id, line_id) DO UPDATE SET \
         paysheet_id = excluded.paysheet_id, batch_id = excluded.batch_id, \
         participant_id = excluded.participant_id, kind = excluded.kind, \
         earning_id = excluded.earning_id, instalment = excluded.instalment, \
         plan_id = excluded.plan_id, component_id = excluded.component_id, \
         period_id = excluded.period_id, earning_date = excluded.earning_date, \
         amount = excluded.amount, currency = excluded.currency, \
         currency_rate = excluded.currency_rate, pay_amount = excluded.pay_amount, \
         pay_currency = excluded.pay_currency, held = excluded.held, \
         version = excluded.version, created_at = excluded.created_at, \
         updated_at = excluded.updated_at, actor_id = excluded.actor_id";
}
