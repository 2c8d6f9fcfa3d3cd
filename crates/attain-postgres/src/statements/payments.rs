//! Payment batches, paysheets and payment lines.

macro_rules! batches {
    () => {
        concat!(
            "SELECT batch_id, pay_group_id, period_id, pay_date, status, ",
            stamp!(),
            " FROM payment_batch WHERE workspace_id = $1"
        )
    };
}

macro_rules! paysheets {
    () => {
        concat!(
            select!(paysheet_columns!()),
            "paysheet WHERE workspace_id = $1"
        )
    };
}

macro_rules! line_columns {
    () => {
        "line_id, paysheet_id, batch_id, participant_id, kind, earning_id, instalment, plan_id, \
         component_id, period_id, earning_date, amount, currency, currency_rate, pay_amount, \
         pay_currency, held, version, created_at, updated_at, actor_id"
    };
}

macro_rules! lines {
    () => {
        concat!("SELECT ", line_columns!(), " FROM ")
    };
}

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it.
statements! {
    BATCH = batches!(), " AND batch_id = $2";
    BATCHES_AFTER = batches!(), " AND batch_id > $2 ORDER BY batch_id LIMIT $3";
    PAYSHEETS_OF_BATCH = paysheets!(),
        " AND batch_id = $2 AND (participant_id, paysheet_id) > ($3, $4) \
         ORDER BY participant_id, paysheet_id LIMIT $5";
    PAYSHEET = paysheets!(), " AND paysheet_id = $2";
    PAYSHEETS_OF_PARTICIPANT = paysheets!(), " AND participant_id = $2 ORDER BY paysheet_id";
    LINES_OF_PAYSHEETS = lines!(),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM payment_line \
         WHERE workspace_id = $1 AND paysheet_id = u.id OFFSET 0) l \
         ORDER BY participant_id, earning_date, line_id";
    LINES_OF_EARNINGS = lines!(),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM payment_line \
         WHERE workspace_id = $1 AND earning_id = u.id OFFSET 0) l ORDER BY line_id";
    LINES_BY_ID = lines!(),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM payment_line \
         WHERE workspace_id = $1 AND line_id = u.id OFFSET 0) l ORDER BY line_id";
    HELD_LINES = lines!(),
        "payment_line l WHERE l.workspace_id = $1 AND l.held AND l.line_id > $2 \
         AND EXISTS (SELECT 1 FROM payment_batch b WHERE b.workspace_id = $1 \
         AND b.batch_id = l.batch_id AND b.status = 'paid') ORDER BY line_id LIMIT $3";
    DELETE_LINES =
        "DELETE FROM payment_line WHERE workspace_id = $1 AND line_id = ANY ($2::uuid[])";
    DELETE_PAYSHEETS =
        "DELETE FROM paysheet WHERE workspace_id = $1 AND paysheet_id = ANY ($2::uuid[])";
    DELETE_BATCHES =
        "DELETE FROM payment_batch WHERE workspace_id = $1 AND batch_id = ANY ($2::uuid[])";
    PUT_BATCHES =
        "INSERT INTO payment_batch (workspace_id, batch_id, pay_group_id, period_id, pay_date, \
         status, version, created_at, updated_at, actor_id) SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::bigint[], \
         $8::timestamptz[], $9::timestamptz[], $10::text[]) u \
         ON CONFLICT (workspace_id, batch_id) DO UPDATE SET \
         pay_group_id = excluded.pay_group_id, period_id = excluded.period_id, \
         pay_date = excluded.pay_date, status = excluded.status, version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    PUT_PAYSHEETS =
        "INSERT INTO paysheet (workspace_id, ", paysheet_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::text[], \
         $8::numeric[], $9::text[], $10::json[], $11::bigint[], $12::timestamptz[], \
         $13::timestamptz[], $14::text[]) u \
         ON CONFLICT (workspace_id, paysheet_id) DO UPDATE SET \
         batch_id = excluded.batch_id, participant_id = excluded.participant_id, \
         status = excluded.status, total = excluded.total, \
         total_currency = excluded.total_currency, held = excluded.held, \
         held_currency = excluded.held_currency, settlement = excluded.settlement, \
         version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    /// Lines that are there are taken out and added anew, since COPY only adds.
    REPLACE_LINES =
        "DELETE FROM payment_line l USING unnest($2::uuid[]) AS u (id) \
         WHERE l.workspace_id = $1 AND l.line_id = u.id";
    COPY_LINES =
        "COPY payment_line (workspace_id, ", line_columns!(), ") FROM STDIN (FORMAT binary)";
    INSERT_LINES =
        "INSERT INTO payment_line (workspace_id, ", line_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], \
         $8::integer[], $9::text[], $10::text[], $11::text[], $12::date[], $13::numeric[], \
         $14::text[], $15::numeric[], $16::numeric[], $17::text[], $18::boolean[], \
         $19::bigint[], $20::timestamptz[], $21::timestamptz[], $22::text[]) u";
}
