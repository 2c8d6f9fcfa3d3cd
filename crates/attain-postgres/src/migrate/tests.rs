//! The steps add up to the recorded schema, none is forgotten, and no two programs take one twice.

use std::fmt::Write as _;

use attain_domain::ports::StoreErrorKind;

use super::*;
use crate::database::Database;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres");

/// Set to write the recorded schema instead of comparing it.
const REWRITE: &str = "ATTAIN_REWRITE_SCHEMA";

#[test]
fn every_step_in_the_folder_is_taken_in_order() {
    let files = std::fs::read_dir(FOLDER).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "schema.sql").collect();
    names.sort();
    let steps: Vec<String> = STEPS
        .iter()
        .map(|step| format!("{}.sql", step.name))
        .collect();
    assert_eq!(names, steps);
    for (expected, step) in (1..).zip(STEPS) {
        assert_eq!(step.number, expected);
        assert!(
            step.name.starts_with(&format!("{expected:04}_")),
            "{}",
            step.name
        );
    }
}

#[test]
fn every_step_has_the_name_that_it_has_on_sqlite() {
    let folder = format!("{FOLDER}/../sqlite");
    for step in STEPS {
        let twin = format!("{folder}/{}.sql", step.name);
        assert!(std::fs::exists(&twin).unwrap(), "{twin}");
    }
}

/// Each object of the schema on a line, as the server describes it; every version of the server
/// since the oldest describes these alike.
const DESCRIBED: &[(&str, &str)] = &[
    (
        "columns",
        "SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
         CASE WHEN co.collname IS NULL OR co.collname = 'default' THEN '' \
         ELSE ' COLLATE ' || quote_ident(co.collname) END, \
         CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END) \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         LEFT JOIN pg_collation co ON co.oid = a.attcollation \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
         AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
    ),
    (
        "partitioned tables",
        "SELECT format('%s BY %s', partrelid::regclass, pg_get_partkeydef(partrelid)) \
         FROM pg_partitioned_table ORDER BY 1",
    ),
    (
        "options",
        "SELECT format('%s %s', relname, array_to_string(reloptions, ', ')) FROM pg_class \
         WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL ORDER BY 1",
    ),
    (
        "constraints",
        "SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' \
         ORDER BY 1",
    ),
    (
        "indexes",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    ),
    (
        "policies",
        "SELECT format('%s %s %s %s USING %s CHECK %s', tablename, policyname, permissive, cmd, \
         qual, with_check) FROM pg_policies WHERE schemaname = 'public' ORDER BY 1",
    ),
    (
        "tables with row security",
        "SELECT relname::text FROM pg_class \
         WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1",
    ),
    (
        "rights on tables",
        "SELECT format('%s %s %s', table_name, grantee, string_agg(privilege_type, ', ' \
         ORDER BY privilege_type)) FROM information_schema.role_table_grants \
         WHERE table_schema = 'public' AND grantee IN ('PUBLIC', 'attain_app', 'attain_writer') \
         GROUP BY table_name, grantee ORDER BY 1",
    ),
    (
        "functions",
        "SELECT pg_get_functiondef(oid) FROM pg_proc \
         WHERE pronamespace = 'public'::regnamespace ORDER BY proname",
    ),
    (
        "rights on functions",
        "SELECT format('%s %s', routine_name, grantee) \
         FROM information_schema.role_routine_grants \
         WHERE routine_schema = 'public' AND grantee IN ('PUBLIC', 'attain_app', 'attain_writer') \
         ORDER BY 1",
    ),
];

async fn described(database: &Database) -> String {
    let mut connection = database.connect().await;
    let mut schema = String::from(
        "-- What all steps add up to, as the server describes it. Written by a test, which \
         compares\n-- it: run it with ATTAIN_REWRITE_SCHEMA=1 to write it anew.\n",
    );
    for (what, query) in DESCRIBED {
        let lines: Vec<String> = sqlx::query_scalar(*query)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        write!(schema, "\n-- {what}\n").unwrap();
        for line in lines {
            writeln!(schema, "{}", line.trim_end()).unwrap();
        }
    }
    schema
}

#[tokio::test]
async fn all_steps_in_order_give_the_recorded_schema() {
    let database = Database::empty().await;
    migrate(&database.url(), &Options::default()).await.unwrap();
    let schema = described(&database).await;
    let recorded = format!("{FOLDER}/schema.sql");
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&recorded, &schema).unwrap();
    }
    let recorded = std::fs::read_to_string(&recorded).unwrap();
    assert!(
        recorded == schema,
        "the schema changed: set {REWRITE}=1 and run this again"
    );
}

#[tokio::test]
async fn two_migrations_at_once_take_every_step_once() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), Options::default());
    let (one, other) = tokio::join!(migrate(&url, &options), migrate(&url, &options));
    let mut taken = one.unwrap();
    taken.extend(other.unwrap());
    taken.sort_unstable();
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    assert_eq!(taken, names);
    assert!(migrate(&url, &options).await.unwrap().is_empty());
}

#[tokio::test]
async fn rows_outlive_the_last_step() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), Options::default());
    let (_, before) = STEPS.split_last().unwrap();
    migrate_to(&url, &options, before).await.unwrap();
    let mut connection = database.connect().await;
    let put = "SELECT attain_create_workspace('acme', '2026-01-01T00:00:00Z'); \
               INSERT INTO work_item VALUES ('acme', gen_random_uuid(), 'credit', '2026-01', \
               gen_random_uuid(), gen_random_uuid())";
    sqlx::raw_sql(put).execute(&mut connection).await.unwrap();
    let error = refusal(&url).await;
    assert!(error.text.contains("attain migrate"), "{error}");
    let taken = migrate(&url, &options).await.unwrap();
    assert_eq!(taken, [STEPS.last().unwrap().name]);
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM work_item JOIN workspace USING (workspace_id)")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(kept, 1);
    let store = crate::PostgresStore::open(&url, options).await.unwrap();
    store.close().await;
}

/// Why a database is not opened.
async fn refusal(url: &str) -> StoreError {
    let opened = crate::PostgresStore::open(url, Options::default()).await;
    let error = opened.err().expect("it is refused");
    assert_eq!(error.kind, StoreErrorKind::Version, "{error}");
    error
}

async fn change_steps(database: &Database, change: &'static str) {
    let mut connection = database.connect().await;
    sqlx::query(change).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_database_without_a_schema_is_refused() {
    let database = Database::empty().await;
    let error = refusal(&database.url()).await;
    assert!(error.text.contains("attain migrate"), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let database = Database::fresh().await;
    change_steps(
        &database,
        "INSERT INTO schema_step VALUES (9000, '9000_later', '')",
    )
    .await;
    let error = refusal(&database.url()).await;
    assert!(error.text.contains("newer"), "{error}");
    let error = migrate(&database.url(), &Options::default()).await;
    assert_eq!(error.unwrap_err().kind, StoreErrorKind::Version);
}

#[tokio::test]
async fn a_database_of_another_build_is_refused() {
    let database = Database::fresh().await;
    change_steps(
        &database,
        "UPDATE schema_step SET checksum = 'x' WHERE number = 2",
    )
    .await;
    let error = refusal(&database.url()).await;
    assert!(error.text.contains("step 2"), "{error}");
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_behind() {
    static BROKEN: [Step; 1] = [Step {
        number: 1,
        name: "0001_broken",
        text: "CREATE TABLE half (done integer); SELECT 1 / 0",
    }];
    let database = Database::empty().await;
    let failed = migrate_to(&database.url(), &Options::default(), &BROKEN).await;
    assert!(failed.is_err());
    let mut connection = database.connect().await;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(tables, 0);
}

#[tokio::test]
async fn a_server_without_citus_says_how_to_get_it() {
    let database = Database::fresh().await;
    let (_, has_citus) = look(&mut database.connect().await).await.unwrap();
    if has_citus {
        return;
    }
    let error = distribute(&database.url(), &Options::default()).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Version);
    assert!(error.text.contains("CREATE EXTENSION"), "{error}");
}
