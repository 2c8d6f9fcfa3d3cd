//! The activity log.

statements! {
    ACTIVITIES_AFTER =
        "SELECT activity_id, logged_at, actor_id, request_id, run_id, action, record_kind, \
         subject, record_count, was, became, reason FROM activity_log \
         WHERE workspace_id = $1 AND activity_id > $2 ORDER BY activity_id LIMIT $3";
    INSERT_ACTIVITIES =
        "INSERT INTO activity_log (workspace_id, activity_id, logged_at, actor_id, request_id, \
         run_id, action, record_kind, subject, record_count, was, became, reason) \
         SELECT $1::text, u.* FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], \
         $6::uuid[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], \
         $12::text[], $13::text[]) u";
}
