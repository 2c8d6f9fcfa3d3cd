//! Requests that were carried out.

statements! {
    REQUEST =
        "SELECT request_id, digest, answer, carried_out_at FROM request \
         WHERE workspace_id = $1 AND request_id = $2";
    /// No row: it was carried out before. Waits for one that is being carried out.
    INSERT_REQUEST =
        "INSERT INTO request (workspace_id, request_id, digest, answer, carried_out_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, request_id) DO NOTHING";
}
