//! The work list, the change log, and what runs have claimed of it.

macro_rules! changes {
    () => {
        "SELECT json_group_array(json_array(period_id, everybody, participant_id)) FROM "
    };
}

/// What stands on the lists of runs that have ended, for these periods.
macro_rules! left_behind {
    () => {
        "workspace_id = ?1 AND run_id <> ?2 \
         AND period_id IN (SELECT value FROM json_each(?3)) \
         AND EXISTS (SELECT 1 FROM process_run r WHERE r.workspace_id = run_claim.workspace_id \
         AND r.run_id = run_claim.run_id AND r.status NOT IN ('queued', 'running'))"
    };
}

statements! {
    WORK_AFTER =
        "SELECT json_group_array(json_array(hex(work_item_id), stage, period_id, \
         hex(first_transaction_id), hex(last_transaction_id))) FROM (\
         SELECT * FROM work_item WHERE workspace_id = ?1 AND stage = ?2 \
         AND period_id IN (SELECT value FROM json_each(?3)) AND work_item_id > ?4 \
         ORDER BY work_item_id LIMIT ?5)";
    WORK_COUNT =
        "SELECT json_array(count(*)) FROM work_item WHERE workspace_id = ?1 AND stage = ?2 \
         AND period_id IN (SELECT value FROM json_each(?3))";
    CHANGES_AFTER = changes!(),
        "(SELECT * FROM change_log WHERE workspace_id = ?1 \
         AND period_id IN (SELECT value FROM json_each(?2)) \
         AND (period_id, everybody, participant_id) > (?3, ?4, ?5) \
         ORDER BY period_id, everybody, participant_id LIMIT ?6)";
    CLAIMED_AFTER = changes!(),
        "(SELECT * FROM run_claim WHERE workspace_id = ?1 AND run_id = ?2 \
         AND (period_id, everybody, participant_id) > (?3, ?4, ?5) \
         ORDER BY period_id, everybody, participant_id LIMIT ?6)";
    FINISH_WORK =
        "DELETE FROM work_item WHERE workspace_id = ?1 \
         AND work_item_id IN (SELECT unhex(value) FROM json_each(?2))";
    CLAIM_LOGGED =
        "INSERT INTO run_claim (workspace_id, run_id, period_id, everybody, participant_id) \
         SELECT workspace_id, ?2, period_id, everybody, participant_id FROM change_log \
         WHERE workspace_id = ?1 AND period_id IN (SELECT value FROM json_each(?3)) \
         ON CONFLICT DO NOTHING";
    UNLOG_CLAIMED =
        "DELETE FROM change_log WHERE workspace_id = ?1 \
         AND period_id IN (SELECT value FROM json_each(?2))";
    CLAIM_LEFT_BEHIND =
        "INSERT INTO run_claim (workspace_id, run_id, period_id, everybody, participant_id) \
         SELECT workspace_id, ?2, period_id, everybody, participant_id FROM run_claim WHERE ",
        left_behind!(), " ON CONFLICT DO NOTHING";
    DROP_LEFT_BEHIND = "DELETE FROM run_claim WHERE ", left_behind!();
}

bulks! {
    INSERT_WORK = 6,
        "INSERT INTO work_item (workspace_id, work_item_id, stage, period_id, \
         first_transaction_id, last_transaction_id) VALUES ",
        "";
    LOG_CHANGES = 4,
        "INSERT INTO change_log (workspace_id, period_id, everybody, participant_id) VALUES ",
        " ON CONFLICT DO NOTHING";
    STRIKE_CLAIMS = 5,
        "WITH gone (workspace_id, run_id, period_id, everybody, participant_id) AS (VALUES ",
        ") DELETE FROM run_claim \
         WHERE (workspace_id, run_id, period_id, everybody, participant_id) \
         IN (SELECT * FROM gone)";
}
