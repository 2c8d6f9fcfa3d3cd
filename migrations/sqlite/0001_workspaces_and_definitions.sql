-- Why: a workspace is the tenant, and everything else belongs to one, so its name begins every key.
-- A definition keeps all its versions; the end of one is a version without a document. Ids are
-- texts compared byte by byte, instants are microseconds since 1970.
CREATE TABLE workspace (
    workspace_id     TEXT    NOT NULL PRIMARY KEY,
    created_at       INTEGER NOT NULL,
    -- Counts the writes and deletions of definitions.
    definitions_mark INTEGER NOT NULL
) STRICT;

CREATE TABLE definition (
    workspace_id  TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    definition_id TEXT    NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    live          INTEGER NOT NULL CHECK (live IN (0, 1)),
    -- JSON; none for a deletion.
    document      TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    actor_id      TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, kind, definition_id, version),
    CHECK (live = 0 OR document IS NOT NULL)
) STRICT;

-- At most one version of a definition is live.
CREATE UNIQUE INDEX definition_live ON definition (workspace_id, kind, definition_id)
WHERE live = 1;
