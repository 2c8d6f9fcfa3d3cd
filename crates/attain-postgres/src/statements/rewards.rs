//! Rewards, clearings, their undoings, the marks of all of it, and settled paysheets.

macro_rules! reward_columns {
    () => {
        "reward_id, participant_id, amount, currency, recoverable, kind, account_plan_id, origin, \
         origin_plan_id, origin_batch_id, origin_step, plan_id, component_id, reward_date, reason, \
         payment, batch_id, paysheet_id, currency_rate, pay_amount, pay_currency, held, paid_at, \
         clear_id, cleared_at, cleared_by, withdrawn_at, withdrawn_by, withdrawn_reason, version, \
         created_at, updated_at, actor_id"
    };
}

macro_rules! clear_columns {
    () => {
        "clear_id, participant_id, clear_date, cleared_at, cleared_by, reason, origin, \
         origin_plan_id, origin_batch_id, forgiven, currency, rewards, undo_id, undone_date, \
         undone_at, version, created_at, updated_at, actor_id"
    };
}

macro_rules! undo_columns {
    () => {
        "undo_id, clear_id, participant_id, undo_date, reason, restored, currency, version, \
         created_at, updated_at, actor_id"
    };
}

// OFFSET 0 keeps a lookup a lookup: whatever the statistics say, the planner cannot make a walk
// through the whole table of it.
statements! {
    REWARDS_BY_ID = select!(reward_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM reward \
         WHERE workspace_id = $1 AND reward_id = u.id OFFSET 0) r ORDER BY reward_id";
    /// One participant after the other, each from the index in order, so that a page reads little
    /// more than it gives, however many participants are named.
    REWARDS_OF_PARTICIPANTS = select!(reward_columns!()),
        "unnest($2::text[]) WITH ORDINALITY AS u (participant, place) \
         CROSS JOIN LATERAL (SELECT * FROM reward \
         WHERE workspace_id = $1 AND participant_id = u.participant \
         AND (u.place > 1 OR (reward_date, reward_id) > ($3, $4)) \
         ORDER BY reward_date, reward_id LIMIT $5) r \
         ORDER BY u.place, r.reward_date, r.reward_id LIMIT $5";
    PAYABLE_REWARDS = select!(reward_columns!()),
        "reward WHERE workspace_id = $1 AND payment = 'unpaid' AND withdrawn_at IS NULL \
         AND reward_date <= $2 AND (participant_id, reward_date, reward_id) > ($3, $4, $5) \
         ORDER BY participant_id, reward_date, reward_id LIMIT $6";
    REWARDS_OF_PAYSHEETS = select!(reward_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM reward \
         WHERE workspace_id = $1 AND paysheet_id = u.id OFFSET 0) r \
         ORDER BY participant_id, reward_date, reward_id";
    CLEARS_OF_PARTICIPANTS = select!(clear_columns!()),
        "unnest($2::text[]) AS u (participant) CROSS JOIN LATERAL (SELECT * FROM reward_clear \
         WHERE workspace_id = $1 AND participant_id = u.participant OFFSET 0) c \
         ORDER BY participant_id, clear_id";
    CLEARS_BY_ID = select!(clear_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM reward_clear \
         WHERE workspace_id = $1 AND clear_id = u.id OFFSET 0) c ORDER BY clear_id";
    UNDOS_OF_CLEARS = select!(undo_columns!()),
        "unnest($2::uuid[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM reward_clear_undo \
         WHERE workspace_id = $1 AND clear_id = u.id OFFSET 0) c ORDER BY undo_id";
    REWARDS_MARKS =
        "SELECT participant_id, mark FROM unnest($2::text[]) AS u (participant) \
         CROSS JOIN LATERAL (SELECT * FROM rewards_mark \
         WHERE workspace_id = $1 AND participant_id = u.participant AND mark > 0 OFFSET 0) m \
         ORDER BY participant_id";
    /// Makes the marks that are missing, of 0, and locks those that are there: somebody without one
    /// has nothing else to lock.
    LOCK_REWARDS_MARKS =
        "INSERT INTO rewards_mark (workspace_id, participant_id, mark) \
         SELECT $1, u.participant, 0 FROM unnest($2::text[]) AS u (participant) \
         ON CONFLICT (workspace_id, participant_id) DO UPDATE SET mark = rewards_mark.mark \
         WHERE rewards_mark.mark < 0";
    RAISE_REWARDS_MARKS =
        "INSERT INTO rewards_mark (workspace_id, participant_id, mark) \
         SELECT $1, u.participant, 1 FROM unnest($2::text[]) AS u (participant) \
         ON CONFLICT (workspace_id, participant_id) DO UPDATE SET mark = rewards_mark.mark + 1";
    PUT_REWARDS =
        "INSERT INTO reward (workspace_id, ", reward_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::numeric[], $5::text[], $6::boolean[], $7::text[], \
         $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::text[], \
         $14::text[], $15::date[], $16::text[], $17::text[], $18::uuid[], $19::uuid[], \
         $20::numeric[], $21::numeric[], $22::text[], $23::boolean[], $24::timestamptz[], \
         $25::uuid[], $26::timestamptz[], $27::text[], $28::timestamptz[], $29::text[], \
         $30::text[], $31::bigint[], $32::timestamptz[], $33::timestamptz[], $34::text[]) u \
         ON CONFLICT (workspace_id, reward_id) DO UPDATE SET \
         participant_id = excluded.participant_id, amount = excluded.amount, \
         currency = excluded.currency, recoverable = excluded.recoverable, \
         kind = excluded.kind, account_plan_id = excluded.account_plan_id, \
         origin = excluded.origin, origin_plan_id = excluded.origin_plan_id, \
         origin_batch_id = excluded.origin_batch_id, origin_step = excluded.origin_step, \
         plan_id = excluded.plan_id, component_id = excluded.component_id, \
         reward_date = excluded.reward_date, reason = excluded.reason, \
         payment = excluded.payment, batch_id = excluded.batch_id, \
         paysheet_id = excluded.paysheet_id, currency_rate = excluded.currency_rate, \
         pay_amount = excluded.pay_amount, pay_currency = excluded.pay_currency, \
         held = excluded.held, paid_at = excluded.paid_at, clear_id = excluded.clear_id, \
         cleared_at = excluded.cleared_at, cleared_by = excluded.cleared_by, \
         withdrawn_at = excluded.withdrawn_at, withdrawn_by = excluded.withdrawn_by, \
         withdrawn_reason = excluded.withdrawn_reason, version = excluded.version, \
         created_at = excluded.created_at, updated_at = excluded.updated_at, \
         actor_id = excluded.actor_id";
    PUT_CLEARS =
        "INSERT INTO reward_clear (workspace_id, ", clear_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::text[], $4::date[], $5::timestamptz[], $6::text[], \
         $7::text[], $8::text[], $9::text[], $10::uuid[], $11::numeric[], $12::text[], \
         $13::json[], $14::uuid[], $15::date[], $16::timestamptz[], $17::bigint[], \
         $18::timestamptz[], $19::timestamptz[], $20::text[]) u \
         ON CONFLICT (workspace_id, clear_id) DO UPDATE SET \
         participant_id = excluded.participant_id, clear_date = excluded.clear_date, \
         cleared_at = excluded.cleared_at, cleared_by = excluded.cleared_by, \
         reason = excluded.reason, origin = excluded.origin, \
         origin_plan_id = excluded.origin_plan_id, origin_batch_id = excluded.origin_batch_id, \
         forgiven = excluded.forgiven, currency = excluded.currency, \
         rewards = excluded.rewards, undo_id = excluded.undo_id, \
         undone_date = excluded.undone_date, undone_at = excluded.undone_at, \
         version = excluded.version, created_at = excluded.created_at, \
         updated_at = excluded.updated_at, actor_id = excluded.actor_id";
    INSERT_UNDOS =
        "INSERT INTO reward_clear_undo (workspace_id, ", undo_columns!(), ") SELECT $1, u.* \
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::numeric[], \
         $8::text[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[]) u";
    SETTLED_BEFORE = select!(paysheet_columns!()),
        "unnest($2::text[]) AS u (participant) CROSS JOIN LATERAL (SELECT * FROM paysheet \
         WHERE workspace_id = $1 AND participant_id = u.participant AND settlement IS NOT NULL \
         AND batch_id < $3 ORDER BY batch_id DESC, paysheet_id DESC LIMIT 1) s \
         ORDER BY participant_id";
}
