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

macro_rules! rewards {
    () => {
        page_of!(concat!(
            "json_array(hex(reward_id), participant_id, json_array(amount, currency), \
             recoverable, kind, account_plan_id, iif(origin = 'by_hand', NULL, \
             json_array(origin_plan_id, hex(origin_batch_id), origin_step)), plan_id, \
             component_id, reward_date, reason, iif(paysheet_id IS NULL, NULL, \
             json_array(hex(batch_id), hex(paysheet_id), currency_rate, \
             json_array(pay_amount, pay_currency), held)), paid_at, \
             iif(clear_id IS NULL, NULL, json_array(hex(clear_id), cleared_at, cleared_by)), \
             iif(withdrawn_at IS NULL, NULL, \
             json_array(withdrawn_at, withdrawn_by, withdrawn_reason)), ",
            stamp!(),
            ")"
        ))
    };
}

macro_rules! clears {
    () => {
        page_of!(concat!(
            "json_array(hex(clear_id), participant_id, clear_date, cleared_at, cleared_by, \
             reason, iif(origin = 'by_hand', NULL, \
             json_array(origin_plan_id, hex(origin_batch_id))), json_array(forgiven, currency), \
             rewards, iif(undo_id IS NULL, NULL, \
             json_array(hex(undo_id), undone_date, undone_at)), ",
            stamp!(),
            ")"
        ))
    };
}

macro_rules! undos {
    () => {
        page_of!(concat!(
            "json_array(hex(undo_id), hex(clear_id), participant_id, undo_date, reason, \
             json_array(restored, currency), ",
            stamp!(),
            ")"
        ))
    };
}

statements! {
    REWARDS_BY_ID = rewards!(),
        "(SELECT * FROM reward WHERE workspace_id = ?1 \
         AND reward_id IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY reward_id LIMIT -1)";
    REWARDS_OF_PARTICIPANTS = rewards!(),
        "(SELECT * FROM reward INDEXED BY reward_participant WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         AND (+participant_id, +reward_date, reward_id) > (?3, ?4, ?5) \
         ORDER BY participant_id, reward_date, reward_id LIMIT ?6)";
    PAYABLE_REWARDS = rewards!(),
        "(SELECT * FROM reward INDEXED BY reward_payable WHERE workspace_id = ?1 \
         AND payment = 'unpaid' AND withdrawn_at IS NULL AND reward_date <= ?2 \
         AND (participant_id, reward_date, reward_id) > (?3, ?4, ?5) \
         ORDER BY participant_id, reward_date, reward_id LIMIT ?6)";
    REWARDS_OF_PAYSHEETS = rewards!(),
        "(SELECT * FROM reward INDEXED BY reward_paysheet WHERE workspace_id = ?1 \
         AND paysheet_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY participant_id, reward_date, reward_id LIMIT -1)";
    CLEARS_OF_PARTICIPANTS = clears!(),
        "(SELECT * FROM reward_clear INDEXED BY reward_clear_participant WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         ORDER BY participant_id, clear_id LIMIT -1)";
    CLEARS_BY_ID = clears!(),
        "(SELECT * FROM reward_clear WHERE workspace_id = ?1 \
         AND clear_id IN (SELECT unhex(value) FROM json_each(?2)) ORDER BY clear_id LIMIT -1)";
    UNDOS_OF_CLEARS = undos!(),
        "(SELECT * FROM reward_clear_undo INDEXED BY reward_clear_undo_clear \
         WHERE workspace_id = ?1 AND clear_id IN (SELECT unhex(value) FROM json_each(?2)) \
         ORDER BY undo_id LIMIT -1)";
    REWARDS_MARKS =
        "SELECT json_group_array(json_array(participant_id, mark)) FROM \
         (SELECT * FROM rewards_mark WHERE workspace_id = ?1 \
         AND participant_id IN (SELECT value FROM json_each(?2)) \
         ORDER BY participant_id LIMIT -1)";
    SETTLED_BEFORE = paysheets!(),
        "(SELECT p.* FROM json_each(?2) n CROSS JOIN paysheet p ON p.rowid = \
         (SELECT s.rowid FROM paysheet s INDEXED BY paysheet_settled WHERE s.workspace_id = ?1 \
         AND s.participant_id = n.value AND s.settlement IS NOT NULL AND s.batch_id < ?3 \
         ORDER BY s.batch_id DESC, s.paysheet_id DESC LIMIT 1) \
         ORDER BY p.participant_id LIMIT -1)";
}

bulks! {
    PUT_REWARDS = 34,
        concat!("INSERT INTO reward (workspace_id, ", reward_columns!(), ") VALUES "),
        " ON CONFLICT (workspace_id, reward_id) DO UPDATE SET \
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
    PUT_CLEARS = 20,
        "INSERT INTO reward_clear (workspace_id, clear_id, participant_id, clear_date, \
         cleared_at, cleared_by, reason, origin, origin_plan_id, origin_batch_id, forgiven, \
         currency, rewards, undo_id, undone_date, undone_at, version, created_at, updated_at, \
         actor_id) VALUES ",
        " ON CONFLICT (workspace_id, clear_id) DO UPDATE SET \
         participant_id = excluded.participant_id, clear_date = excluded.clear_date, \
         cleared_at = excluded.cleared_at, cleared_by = excluded.cleared_by, \
         reason = excluded.reason, origin = excluded.origin, \
         origin_plan_id = excluded.origin_plan_id, origin_batch_id = excluded.origin_batch_id, \
         forgiven = excluded.forgiven, currency = excluded.currency, \
         rewards = excluded.rewards, undo_id = excluded.undo_id, \
         undone_date = excluded.undone_date, undone_at = excluded.undone_at, \
         version = excluded.version, created_at = excluded.created_at, \
         updated_at = excluded.updated_at, actor_id = excluded.actor_id";
    INSERT_UNDOS = 12,
        "INSERT INTO reward_clear_undo (workspace_id, undo_id, clear_id, participant_id, \
         undo_date, reason, restored, currency, version, created_at, updated_at, actor_id) \
         VALUES ",
        "";
    RAISE_REWARDS_MARKS = 3,
        "INSERT INTO rewards_mark (workspace_id, participant_id, mark) VALUES ",
        " ON CONFLICT (workspace_id, participant_id) DO UPDATE SET mark = mark + 1";
}
