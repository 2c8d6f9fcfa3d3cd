//! Workspaces and definitions.

macro_rules! page {
    () => {
        concat!(
            "SELECT json_group_array(json_array(kind, document, live, ",
            stamp!(),
            ")) FROM "
        )
    };
}

statements! {
    CREATE_WORKSPACE =
        "INSERT INTO workspace (workspace_id, created_at, definitions_mark) VALUES (?1, ?2, 0) \
         ON CONFLICT (workspace_id) DO NOTHING";
    WORKSPACES =
        "SELECT json_group_array(workspace_id) \
         FROM (SELECT workspace_id FROM workspace ORDER BY workspace_id LIMIT -1)";
    /// No row: no such workspace.
    DEFINITIONS_MARK =
        "SELECT json_group_array(definitions_mark) FROM workspace WHERE workspace_id = ?1";
    RAISE_MARK =
        "UPDATE workspace SET definitions_mark = definitions_mark + ?2 WHERE workspace_id = ?1";
    DEFINITIONS_AFTER = page!(),
        "(SELECT * FROM definition \
         WHERE workspace_id = ?1 AND kind = ?2 AND definition_id > ?3 AND live = 1 \
         ORDER BY definition_id LIMIT ?4)";
    DEFINITION = page!(),
        "definition WHERE workspace_id = ?1 AND kind = ?2 AND definition_id = ?3 AND live = 1";
    DEFINITION_AT = page!(),
        "definition WHERE workspace_id = ?1 AND kind = ?2 AND definition_id = ?3 AND version = ?4 \
         AND document IS NOT NULL";
    DEFINITION_VERSION =
        "SELECT json_array(ifnull(max(version), 0)) FROM definition \
         WHERE workspace_id = ?1 AND kind = ?2 AND definition_id = ?3";
    /// Kind, id, highest version and live version (0 for none) of these kinds and ids.
    DEFINITION_STATES =
        "SELECT json_group_array(json_array(kind, definition_id, highest, live)) FROM (\
         SELECT d.kind, d.definition_id, max(d.version) AS highest, \
         max(iif(d.live = 1, d.version, 0)) AS live \
         FROM (SELECT DISTINCT value ->> 0 AS kind, value ->> 1 AS id FROM json_each(?2)) k \
         CROSS JOIN definition d \
         ON d.workspace_id = ?1 AND d.kind = k.kind AND d.definition_id = k.id \
         GROUP BY d.kind, d.definition_id)";
    END_LIVE =
        "UPDATE definition SET live = 0 WHERE workspace_id = ?1 AND live = 1 \
         AND (kind, definition_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))";
}

bulks! {
    INSERT_DEFINITIONS = 9,
        "INSERT INTO definition (workspace_id, kind, definition_id, document, live, \
         version, created_at, updated_at, actor_id) VALUES ",
        "";
}
