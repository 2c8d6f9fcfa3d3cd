//! The activity log.

statements! {
    ACTIVITIES_AFTER =
        "SELECT json_group_array(json_array(hex(activity_id), logged_at, actor_id, request_id, \
         hex(run_id), action, record_kind, subject, record_count, was, became, reason)) \
         FROM (SELECT * FROM activity_log WHERE workspace_id = ?1 AND activity_id > ?2 \
         ORDER BY activity_id LIMIT ?3)";
}

bulks! {
    INSERT_ACTIVITIES = 13,
        "INSERT INTO activity_log (workspace_id, activity_id, logged_at, actor_id, request_id, \
         run_id, action, record_kind, subject, record_count, was, became, reason) VALUES ",
        "";
}
