//! The steps add up to the recorded schema, and none is forgotten.

use sqlx::ConnectOptions;
use tempfile::TempDir;

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");

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

#[tokio::test]
async fn all_steps_in_order_give_the_recorded_schema() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("attain.db");
    let options = Options::default();
    migrate(&path, &options).await.unwrap();
    let mut connection = options.plain(&path).connect().await.unwrap();
    let statements: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL \
         ORDER BY tbl_name, iif(type = 'table', 0, 1), name",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut schema = String::from(
        "-- What all steps add up to. Written by a test, which compares it: run it with\n\
         -- ATTAIN_REWRITE_SCHEMA=1 to write it anew.\n",
    );
    for statement in statements {
        schema.push_str(&format!("\n{statement};\n"));
    }
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
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("attain.db");
    let options = Options::default();
    let (one, other) = tokio::join!(migrate(&path, &options), migrate(&path, &options));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.len() + other.len(), STEPS.len(), "{one:?} {other:?}");
}
