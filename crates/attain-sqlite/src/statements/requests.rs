//! Requests that were carried out.

statements! {
    REQUEST =
        "SELECT json_group_array(json_array(request_id, digest, answer, carried_out_at)) \
         FROM request WHERE workspace_id = ?1 AND request_id = ?2";
}

bulks! {
    INSERT_REQUESTS = 5,
        "INSERT INTO request (workspace_id, request_id, digest, answer, carried_out_at) VALUES ",
        "";
}
