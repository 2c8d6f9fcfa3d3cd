//! The small company of the examples.

use attain_client::proto::{DateRange, DefinitionFile, TransactionRow};
use attain_client::{ApplyMode, Client, values};

macro_rules! document {
    ($name:literal) => {
        DefinitionFile {
            name: $name.to_owned(),
            text: include_str!(concat!("../../../../examples/small/documents/", $name)).to_owned(),
        }
    };
}

const TRANSACTIONS: &str = include_str!("../../../../examples/small/transactions.csv");

pub(crate) fn documents() -> Vec<DefinitionFile> {
    vec![
        document!("workspace.yaml"),
        document!("people.yaml"),
        document!("plans.yaml"),
        document!("rules.yaml"),
    ]
}

/// The rows of the file of transactions; no cell of it is quoted.
pub(crate) fn rows() -> Vec<TransactionRow> {
    TRANSACTIONS.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> TransactionRow {
    let mut cells = line.split(',').map(str::to_owned);
    let mut cell = || cells.next().unwrap_or_default();
    TransactionRow {
        number: cell(),
        r#type: cell(),
        event_date: cell(),
        amount: cell(),
        currency: cell(),
        attributes: [("rep".to_owned(), cell()), ("partner".to_owned(), cell())].into(),
        ..TransactionRow::default()
    }
}

pub(crate) async fn found(client: &Client) {
    assert!(client.create_workspace().await.expect("made"));
    client
        .apply(documents(), Vec::new(), ApplyMode::Write)
        .await
        .expect("valid documents");
}

pub(crate) fn first_quarter() -> DateRange {
    values::dates("2026-01-01", "2026-04-01").expect("dates")
}
