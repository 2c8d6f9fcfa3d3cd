//! Chunks of runs, and who has taken them up.

macro_rules! row {
    () => {
        concat!(
            "json_array(hex(chunk_id), hex(run_id), chunk_number, actor_id, request_id, task, \
             state, worker_id, lease_until, ",
            row_error!(),
            ", attempt, version, counts, units, failures)"
        )
    };
}

macro_rules! page {
    () => {
        concat!("SELECT json_group_array(", row!(), ") FROM ")
    };
}

/// Chunks of the workspace that wait, or whose lease is over.
macro_rules! free {
    () => {
        "FROM run_chunk INDEXED BY run_chunk_at_work WHERE workspace_id = ?1 \
         AND state IN ('waiting', 'leased') AND (state = 'waiting' OR lease_until <= ?2) "
    };
}

macro_rules! lease {
    ($only:literal) => {
        concat!(
            "UPDATE run_chunk SET state = 'leased', worker_id = ?3, lease_until = ?4, \
             attempt = attempt + 1, version = version + 1 \
             WHERE workspace_id = ?1 AND chunk_id = (SELECT chunk_id ",
            free!(),
            $only,
            "ORDER BY run_id, chunk_number LIMIT 1) RETURNING json_array(",
            row!(),
            ")"
        )
    };
}

statements! {
    CHUNKS_OF_RUN = page!(),
        "(SELECT * FROM run_chunk INDEXED BY run_chunk_number WHERE workspace_id = ?1 \
         AND run_id = ?2 AND chunk_number > ?3 ORDER BY chunk_number LIMIT ?4)";
    CHUNKS_ENDED = page!(),
        "(SELECT * FROM run_chunk INDEXED BY run_chunk_ended WHERE workspace_id = ?1 \
         AND run_id = ?2 AND state IN ('done', 'failed') ORDER BY chunk_number LIMIT ?3)";
    /// Whether there is anything to be taken up, before anybody waits for the right to write.
    FREE_CHUNKS = "SELECT json_array(count(*)) FROM (SELECT 1 ", free!(), "LIMIT 1)";
    FREE_CHUNKS_OF_RUN =
        "SELECT json_array(count(*)) FROM (SELECT 1 ", free!(), "AND run_id = ?3 LIMIT 1)";
    LEASE_CHUNK = lease!("");
    LEASE_CHUNK_OF_RUN = lease!("AND run_id = ?5 ");
    RENEW_LEASE =
        "UPDATE run_chunk SET lease_until = ?4 WHERE workspace_id = ?1 AND chunk_id = ?2 \
         AND attempt = ?3 AND state = 'leased'";
    WORKSPACES_AT_WORK =
        "SELECT json_group_array(workspace_id) FROM (SELECT w.workspace_id FROM workspace w \
         WHERE EXISTS (SELECT 1 FROM run_chunk INDEXED BY run_chunk_at_work \
         WHERE run_chunk.workspace_id = w.workspace_id AND state IN ('waiting', 'leased') \
         AND (state = 'waiting' OR lease_until <= ?1)) ORDER BY w.workspace_id LIMIT -1)";
    REMOVE_CHUNKS =
        "DELETE FROM run_chunk WHERE workspace_id = ?1 \
         AND chunk_id IN (SELECT unhex(value) FROM json_each(?2))";
    WORK_CHUNK =
        "UPDATE run_chunk SET task = ?3, counts = ?4, units = ?5, failures = ?6, \
         version = version + 1 WHERE workspace_id = ?1 AND chunk_id = ?2";
    END_CHUNK =
        "UPDATE run_chunk SET task = ?3, counts = ?4, units = ?5, failures = ?6, \
         state = ?7, worker_id = ?8, lease_until = ?9, error_reason = ?10, error_text = ?11, \
         version = version + 1 WHERE workspace_id = ?1 AND chunk_id = ?2";
}

bulks! {
    INSERT_CHUNKS = 17,
        "INSERT INTO run_chunk (workspace_id, chunk_id, run_id, chunk_number, actor_id, \
         request_id, task, state, worker_id, lease_until, error_reason, error_text, attempt, \
         version, counts, units, failures) VALUES ",
        "";
}
