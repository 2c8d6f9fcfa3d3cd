//! What Citus asks of a schema: read from the catalog of a migrated database.

use sqlx::{PgConnection, Row};

use crate::database::Database;

/// Each query names what breaks one rule; the tables are those of the workspaces.
const RULES: &[(&str, &str)] = &[
    (
        "a key or unique index that does not begin with workspace_id",
        "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         JOIN pg_class t ON t.oid = i.indrelid JOIN tenant ON tenant.oid = t.oid \
         WHERE i.indisunique AND (i.indkey[0] = 0 OR (SELECT a.attname FROM pg_attribute a \
         WHERE a.attrelid = t.oid AND a.attnum = i.indkey[0]) <> 'workspace_id')",
    ),
    (
        "a table without a primary key",
        "SELECT t.relname::text FROM pg_class t JOIN tenant ON tenant.oid = t.oid WHERE NOT EXISTS \
         (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)",
    ),
    (
        "a workspace_id of another type or collation",
        "SELECT t.relname::text FROM pg_class t JOIN tenant ON tenant.oid = t.oid \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'workspace_id' \
         JOIN pg_collation c ON c.oid = a.attcollation \
         WHERE a.atttypid <> 'text'::regtype OR c.collname <> 'C' OR NOT a.attnotnull \
         OR a.attgenerated <> ''",
    ),
    (
        "a trigger",
        "SELECT tgname::text FROM pg_trigger g JOIN tenant ON tenant.oid = g.tgrelid \
         WHERE NOT tgisinternal",
    ),
    (
        "a rule",
        "SELECT rulename::text FROM pg_rewrite r JOIN tenant ON tenant.oid = r.ev_class",
    ),
    (
        "a restrictive policy, which Citus makes a permissive one",
        "SELECT polname::text FROM pg_policy p JOIN tenant ON tenant.oid = p.polrelid \
         WHERE NOT polpermissive",
    ),
    (
        "a policy with a subquery",
        "SELECT polname::text FROM pg_policy p JOIN tenant ON tenant.oid = p.polrelid \
         WHERE pg_get_expr(polqual, polrelid) ILIKE '%select%'",
    ),
    (
        "a table without a policy",
        "SELECT t.relname::text FROM pg_class t JOIN tenant ON tenant.oid = t.oid \
         WHERE NOT t.relispartition AND (NOT t.relrowsecurity OR NOT EXISTS \
         (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid))",
    ),
    (
        "a table that is not logged",
        "SELECT t.relname::text FROM pg_class t JOIN tenant ON tenant.oid = t.oid \
         WHERE t.relpersistence <> 'p'",
    ),
    (
        "a foreign key without workspace_id",
        "SELECT k.conname::text FROM pg_constraint k JOIN tenant ON tenant.oid = k.conrelid \
         WHERE k.contype = 'f' AND (SELECT a.attname FROM pg_attribute a \
         WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) <> 'workspace_id'",
    ),
    (
        "a name that is too long for a shard's suffix",
        // The server names the indexes of partitions, and Citus those of their shards.
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace \
         AND NOT (c.relkind = 'i' AND c.relispartition) AND length(c.relname) > 54",
    ),
];

/// The tables of the workspaces, partitions included: all but the list of steps.
const TENANT: &str = "WITH tenant AS (SELECT oid FROM pg_class \
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
    AND relname <> 'schema_step') ";

async fn broken(connection: &mut PgConnection) -> Vec<String> {
    let mut found = Vec::new();
    for (rule, query) in RULES {
        let query = sqlx::AssertSqlSafe(format!("{TENANT}{query}"));
        let rows = sqlx::query(query)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        for row in rows {
            found.push(format!("{rule}: {}", row.get::<String, _>(0)));
        }
    }
    found
}

#[tokio::test]
async fn the_schema_can_be_distributed() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    assert_eq!(broken(&mut connection).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_is_spread_by_its_workspace() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    let query = format!(
        "{TENANT}SELECT t.relname::text FROM pg_class t JOIN tenant ON tenant.oid = t.oid \
         WHERE NOT t.relispartition"
    );
    let tables: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let distribute = include_str!("../../../../../migrations/citus/0001_distribute.sql");
    for table in tables {
        assert!(distribute.contains(&format!("'public.{table}'")), "{table}");
    }
}

#[tokio::test]
async fn what_cannot_be_distributed_is_found() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    let bad = "CREATE UNLOGGED TABLE bad (workspace_id varchar, number integer UNIQUE); \
        CREATE RULE bad_rule AS ON DELETE TO bad DO INSTEAD NOTHING; \
        CREATE POLICY bad_policy ON bad AS RESTRICTIVE USING (EXISTS (SELECT 1 FROM request))";
    sqlx::raw_sql(bad).execute(&mut connection).await.unwrap();
    let found = broken(&mut connection).await.join("\n");
    for about in [
        "bad_number_key",
        "without a primary key: bad",
        "type or collation: bad",
        "a rule: bad_rule",
        "permissive one: bad_policy",
        "subquery: bad_policy",
        "without a policy: bad",
        "not logged: bad",
    ] {
        assert!(found.contains(about), "{about} is not in {found}");
    }
}
