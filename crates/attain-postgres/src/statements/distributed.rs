//! What Citus asks of a statement and can be seen without a cluster. A statement that keeps these
//! rules reaches one shard, whatever workspace it is about.

mod rules;
mod schema;

use super::tests::LISTS;

#[test]
fn every_statement_stays_on_one_shard() {
    let mut found = Vec::new();
    for (name, text) in LISTS.iter().copied().flatten() {
        if is_of_no_workspace(name) {
            continue;
        }
        for broken in rules::broken_by(text) {
            found.push(format!("{name}: {broken}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The administrative statements: about the schema, or about which workspaces there are.
fn is_of_no_workspace(name: &str) -> bool {
    super::schema::LIST.iter().any(|(other, _)| *other == name)
        || super::tests::OF_NO_WORKSPACE.contains(&name)
}

/// Each rule is broken by the statement beside it, and would be found.
#[test]
fn broken_rules_are_found() {
    let cases = [
        ("SELECT * FROM credit WHERE credit_id = $2", "credit"),
        (
            "SELECT * FROM credit WHERE workspace_id = $1 OR credit_id = $2",
            "credit",
        ),
        (
            "SELECT * FROM credit c JOIN earning e ON e.credit_id = c.credit_id \
             WHERE c.workspace_id = $1",
            "`e`",
        ),
        (
            "SELECT * FROM credit WHERE workspace_id = current_setting('a.b')",
            "credit",
        ),
        (
            "SELECT 1 FROM credit WHERE workspace_id = $1 AND EXISTS (SELECT 1 FROM earning)",
            "earning",
        ),
        (
            "UPDATE credit SET amount = $2 WHERE credit_id = $3",
            "credit",
        ),
        (
            "UPDATE credit SET (a, b) = (SELECT 1, 2) WHERE workspace_id = $1",
            "several columns",
        ),
        (
            "UPDATE credit SET updated_at = clock_timestamp() WHERE workspace_id = $1",
            "clock_timestamp",
        ),
        (
            "DELETE FROM credit USING earning e WHERE credit.workspace_id = $1",
            "`e`",
        ),
        ("INSERT INTO credit (credit_id) VALUES ($2)", "workspace_id"),
        ("COPY credit (credit_id) FROM STDIN", "workspace_id"),
        (
            "INSERT INTO request (workspace_id, request_id) VALUES ($2, $1)",
            "$1",
        ),
        (
            "INSERT INTO request (workspace_id, request_id) VALUES ($1, $2) \
             ON CONFLICT (request_id) DO NOTHING",
            "conflict",
        ),
        (
            "MERGE INTO credit USING earning ON true WHEN MATCHED THEN DELETE",
            "MERGE",
        ),
        (
            "WITH gone AS (DELETE FROM credit RETURNING *) SELECT * FROM gone",
            "credit",
        ),
    ];
    for (text, about) in cases {
        let found = rules::broken_by(text);
        assert!(
            found.iter().any(|broken| broken.contains(about)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn statements_that_keep_the_rules_pass() {
    let cases = [
        "SELECT * FROM credit WHERE workspace_id = $1 AND credit_id = ANY ($2::uuid[])",
        "SELECT * FROM credit c JOIN earning e ON e.workspace_id = $1 \
         WHERE c.workspace_id = $1::text",
        "WITH gone AS (DELETE FROM credit WHERE workspace_id = $1 RETURNING *) \
         INSERT INTO credit_history (workspace_id, credit_id) SELECT $1::text, credit_id FROM gone",
        "INSERT INTO change_log (workspace_id, period_id) \
         SELECT $1::text, u.* FROM unnest($2::text[]) u \
         ON CONFLICT (workspace_id, period_id) DO NOTHING",
    ];
    for text in cases {
        assert_eq!(rules::broken_by(text), Vec::<String>::new(), "{text}");
    }
}
