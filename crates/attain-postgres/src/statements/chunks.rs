//! Chunks of runs, and who has taken them up.

macro_rules! columns {
    () => {
        "chunk_id, run_id, chunk_number, actor_id, request_id, task, state, worker_id, \
         lease_until, error_reason, error_text, attempt, version, counts, units, failures"
    };
}

macro_rules! lease {
    ($only:literal) => {
        concat!(
            "WITH free AS (SELECT chunk_id AS free_id FROM run_chunk WHERE workspace_id = $1 \
             AND state IN ('waiting', 'leased') AND (state = 'waiting' OR lease_until <= $2) ",
            $only,
            "ORDER BY run_id, chunk_number LIMIT 1 FOR UPDATE SKIP LOCKED) \
             UPDATE run_chunk SET state = 'leased', worker_id = $3, lease_until = $4, \
             attempt = attempt + 1, version = version + 1 FROM free \
             WHERE run_chunk.workspace_id = $1 AND chunk_id = free_id RETURNING ",
            columns!()
        )
    };
}

statements! {
    CHUNKS_OF_RUN =
        "SELECT ", columns!(), " FROM run_chunk WHERE workspace_id = $1 AND run_id = $2 \
         AND chunk_number > $3 ORDER BY chunk_number LIMIT $4";
    CHUNKS_ENDED =
        "SELECT ", columns!(), " FROM run_chunk WHERE workspace_id = $1 AND run_id = $2 \
         AND state IN ('done', 'failed') ORDER BY chunk_number LIMIT $3";
    /// What others are about to take up is passed over.
    LEASE_CHUNK = lease!("");
    LEASE_CHUNK_OF_RUN = lease!("AND run_id = $5 ");
    RENEW_LEASE =
        "UPDATE run_chunk SET lease_until = $4 WHERE workspace_id = $1 AND chunk_id = $2 \
         AND attempt = $3 AND state = 'leased'";
    WORKSPACES_AT_WORK = "SELECT attain_workspaces_at_work($1)";
    REMOVE_CHUNKS =
        "DELETE FROM run_chunk WHERE workspace_id = $1 AND chunk_id = ANY ($2::uuid[])";
    /// A chunk that has not ended keeps its lease.
    WORK_CHUNKS =
        "UPDATE run_chunk c SET task = u.task, counts = u.counts, units = u.units, \
         failures = u.failures, version = c.version + 1, \
         state = coalesce(u.state, c.state), \
         worker_id = CASE WHEN u.state IS NULL THEN c.worker_id END, \
         lease_until = CASE WHEN u.state IS NULL THEN c.lease_until END, \
         error_reason = u.error_reason, error_text = u.error_text \
         FROM unnest($2::uuid[], $3::json[], $4::json[], $5::bigint[], $6::json[], $7::text[], \
         $8::text[], $9::text[]) \
         AS u (chunk_id, task, counts, units, failures, state, error_reason, error_text) \
         WHERE c.workspace_id = $1 AND c.chunk_id = u.chunk_id";
    INSERT_CHUNKS =
        "INSERT INTO run_chunk (workspace_id, ", columns!(), ") \
         SELECT $1::text, u.* FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[], \
         $6::text[], $7::json[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], \
         $12::text[], $13::bigint[], $14::bigint[], $15::json[], $16::bigint[], $17::json[]) u";
}
