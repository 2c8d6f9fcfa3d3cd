//! The steps add up to the recorded schema, none is forgotten, and no two programs take one twice.

use std::fmt::Write as _;

use attain_documents::stored::encode_trace;
use attain_domain::ids::TransactionId;
use attain_domain::ports::{ChunkSize, Store, StoreErrorKind};
use attain_domain::testing::{at, credit, date, earning, name, obsolete, transaction, uuid};
use attain_domain::time::DateRange;
use attain_domain::transaction::TransactionStatus;

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

/// What the version before corrections stored: a sale that was replaced and its credit, an earning,
/// and one that had gone to history.
fn rows_before_corrections() -> String {
    let [one, two] = [1, 2].map(|number| format!("'{}'", uuid(number)));
    let stamp = format!("1, '{}', '{}', 'tester'", at(0), at(1));
    let mark = format!("'{}', 'tester', 'recredited'", at(60));
    let left = format!("'recalculated', '{}', 'tester'", at(60));
    let trace = encode_trace(&earning(1).trace);
    let earned = |id: &str| {
        format!(
            "'acme', {id}, 'ann', 'reps', 'commission', '2026-01', {id}, '2026-01', \
             '2026-01-15', {id}, {id}, 100, 'USD', NULL, NULL, 1, 0, 0, '2026-01-15', NULL, NULL, \
             NULL, NULL, {one}, {stamp}, '{trace}'"
        )
    };
    [
        "SELECT attain_create_workspace('acme', '2026-01-01T00:00:00Z')".to_owned(),
        "SELECT attain_open_partitions('2025-01-01', '2026-12-31')".to_owned(),
        format!(
            "INSERT INTO base_transaction VALUES ('acme', {one}, '000001', 'ORDER', \
             '2026-01-15', '2026-01', 'obsolete', NULL, NULL, NULL, false, false, false, false, \
             false, NULL, {two}, {stamp}, 1000, 'USD', 1000, 'USD', 1, 1, NULL, '{{}}')"
        ),
        format!(
            "INSERT INTO credit VALUES ('acme', {one}, {one}, {one}, '000001', 'ORDER', 'ann', \
             'direct', 'given', NULL, NULL, NULL, NULL, 1000, 'USD', 1, 100, true, true, true, \
             '2026-01-15', '2026-01-15', '2026-01', 'hardware', 'credited', NULL, NULL, {mark}, \
             {stamp})"
        ),
        format!("INSERT INTO earning VALUES ({})", earned(&one)),
        format!(
            "INSERT INTO earning_history VALUES ({}, {left})",
            earned(&two)
        ),
    ]
    .join("; ")
}

#[tokio::test]
async fn what_was_stored_before_corrections_can_be_corrected() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), Options::default());
    migrate_to(&url, &options, &STEPS[..8]).await.unwrap();
    let mut connection = database.connect().await;
    batch(&mut connection, &rows_before_corrections())
        .await
        .unwrap();
    assert_eq!(
        migrate(&url, &options).await.unwrap(),
        ["0009_corrections", "0010_rewards"]
    );
    let store = crate::PostgresStore::open(&url, options).await.unwrap();
    let view = store.snapshot(&name("acme")).await.unwrap();
    let (always, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let pending = view.pending(always).await.unwrap();
    let counts = (pending.transactions, pending.credits, pending.earnings);
    assert_eq!(counts, (1, 1, 0));
    let mut sale = transaction(1);
    sale.status = TransactionStatus::Obsolete;
    sale.replaced_by = Some(TransactionId(uuid(2)));
    let sales = view.obsolete_transactions(always, None, chunk).await;
    assert_eq!(sales.unwrap(), [sale]);
    let mut part = credit(1);
    part.obsolete = Some(obsolete());
    let parts = view.obsolete_credits(always, None, chunk).await;
    assert_eq!(parts.unwrap(), [part]);
    let due = view.payable_earnings(date("2026-12-31"), None, chunk);
    assert_eq!(due.await.unwrap(), [earning(1)]);
    let ann = name("ann");
    let past = view.past_earnings_of_participant(&ann, always, None, chunk);
    assert_eq!(past.await.unwrap()[0].earning, earning(2));
    drop(view);
    store.close().await;
}

/// A year that had its partitions has them as one that gets them now.
#[tokio::test]
async fn years_from_before_corrections_have_what_later_ones_have() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), Options::default());
    migrate_to(&url, &options, &STEPS[..8]).await.unwrap();
    let mut connection = database.connect().await;
    let open = "SELECT attain_open_partitions('2025-01-01', '2026-12-31')";
    batch(&mut connection, open).await.unwrap();
    migrate(&url, &options).await.unwrap();
    let open = "SELECT attain_open_partitions('2027-01-01', '2027-12-31')";
    batch(&mut connection, open).await.unwrap();
    let described = "SELECT replace(format('%s %s %s %s %s', c.relname, c.relkind, \
         array_to_string(c.reloptions, ','), pg_get_indexdef(i.indexrelid), (SELECT \
         a.attstattarget FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = \
         'workspace_id' AND c.relkind = 'r')), $1, 'YEAR') \
         FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE '%\\_y' || $1 || '%' \
         ORDER BY 1";
    let mut years = Vec::new();
    for year in ["2025", "2026", "2027"] {
        let lines = sqlx::query_scalar(described).bind(year);
        let lines: Vec<String> = lines.fetch_all(&mut connection).await.unwrap();
        years.push(lines.join("\n"));
    }
    assert!(years[2].contains("base_transaction_history_yYEAR_key"));
    assert_eq!(years[0], years[2]);
    assert_eq!(years[1], years[2]);
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
