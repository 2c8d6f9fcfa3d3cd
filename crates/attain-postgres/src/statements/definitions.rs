//! Workspaces and definitions.

macro_rules! page {
    () => {
        concat!(
            "SELECT kind, document, live, ",
            stamp!(),
            " FROM definition "
        )
    };
}

statements! {
    /// Of all workspaces.
    CREATE_WORKSPACE = "SELECT attain_create_workspace($1::text, $2::timestamptz)";
    /// Of all workspaces.
    WORKSPACES = "SELECT w FROM attain_workspaces() w ORDER BY w COLLATE \"C\"";
    /// No row: no such workspace.
    DEFINITIONS_MARK = "SELECT definitions_mark FROM workspace WHERE workspace_id = $1";
    /// The mark, for a commit that may go on beside others.
    SHARE_WORKSPACE =
        "SELECT definitions_mark FROM workspace WHERE workspace_id = $1 FOR SHARE";
    /// The mark, for a commit that is about the whole workspace.
    TAKE_WORKSPACE =
        "SELECT definitions_mark FROM workspace WHERE workspace_id = $1 FOR UPDATE";
    RAISE_MARK =
        "UPDATE workspace SET definitions_mark = definitions_mark + $2 WHERE workspace_id = $1";
    DEFINITIONS_AFTER = page!(),
        "WHERE workspace_id = $1 AND kind = $2 AND definition_id > $3 AND live \
         ORDER BY definition_id LIMIT $4";
    DEFINITION = page!(),
        "WHERE workspace_id = $1 AND kind = $2 AND definition_id = $3 AND live";
    DEFINITION_AT = page!(),
        "WHERE workspace_id = $1 AND kind = $2 AND definition_id = $3 AND version = $4 \
         AND document IS NOT NULL";
    DEFINITION_VERSION =
        "SELECT coalesce(max(version), 0) FROM definition \
         WHERE workspace_id = $1 AND kind = $2 AND definition_id = $3";
    /// Kind, id, highest version and live version (0 for none) of these kinds and ids.
    DEFINITION_STATES =
        "SELECT kind, definition_id, max(version), coalesce(max(version) FILTER (WHERE live), 0) \
         FROM definition WHERE workspace_id = $1 \
         AND (kind, definition_id) IN (SELECT * FROM unnest($2::text[], $3::text[])) \
         GROUP BY kind, definition_id";
    END_LIVE =
        "UPDATE definition SET live = false WHERE workspace_id = $1 AND live \
         AND (kind, definition_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))";
    INSERT_DEFINITIONS =
        "INSERT INTO definition (workspace_id, kind, definition_id, document, live, \
         version, created_at, updated_at, actor_id) \
         SELECT $1::text, u.* FROM unnest($2::text[], $3::text[], $4::json[], $5::boolean[], \
         $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[]) u";
}
