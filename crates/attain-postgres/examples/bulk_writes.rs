//! How fast 200 000 credits go into the real table with its indexes: through COPY by a role that
//! passes by policies, through COPY into a staging table and INSERT … SELECT from there, and as
//! arrays; each beside plain COPY by a superuser. Decision 0006 gives the ratios.
//!
//! `cargo run --release -p attain-postgres --example bulk_writes [URL of a server]`

use std::error::Error;
use std::time::{Duration, Instant};

use attain_domain::change::ChangeSet;
use attain_domain::credit::{Credit, CreditOrigin};
use attain_domain::ids::{CreditId, LineageId, TransactionId};
use attain_domain::ports::Store;
use attain_domain::testing::{at, credit, decimal, name, usd, uuid};
use attain_postgres::{Options, PostgresStore};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const COMMITS: u64 = 20;
/// As many as a page has, and so a commit at most.
const ROWS: u64 = 10_000;
const ROUNDS: usize = 3;
const DATABASE: &str = "attain_bulk_writes";

/// Credits as months have them: a thousand people, in no order of theirs.
fn credit_of_month(number: u64) -> Credit {
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut row = credit(number);
    row.id = CreditId(uuid(number));
    row.lineage = LineageId(uuid(spread));
    row.transaction = Some(TransactionId(uuid(number / 4)));
    row.participant = name(&format!("participant-{:05}", spread % 1_000));
    row.credit_date = row.credit_date + chrono::Days::new(spread % 16);
    row.origin = CreditOrigin::Rule {
        set: name("by region"),
        rule: name(&format!("region {}", spread % 40)),
    };
    row.amount = usd(&format!("{}.{:02}", spread % 100_000, spread % 100));
    row.percent = decimal("33.34");
    row
}

async fn run(connection: &mut PgConnection, text: &str) -> Outcome<()> {
    let query = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    query.execute(connection).await?;
    Ok(())
}

/// Through the store, as every process writes.
async fn through_store(url: &str, writer_copy: bool) -> Outcome<Duration> {
    let options = Options {
        writer_copy,
        ..Options::default()
    };
    let store = PostgresStore::open(url, options).await?;
    store.create_workspace(&name("acme"), at(0)).await?;
    let mut took = Duration::ZERO;
    for number in 0..COMMITS {
        let first = number * ROWS;
        let mut set = ChangeSet::new(name("acme"));
        set.changes.credits = (first..first + ROWS).map(credit_of_month).collect();
        let begun = Instant::now();
        store.commit(set).await?;
        took += begun.elapsed();
    }
    store.close().await;
    Ok(took)
}

/// The rows of every commit as COPY gives them.
async fn copied_out(connection: &mut PgConnection) -> Outcome<Vec<Vec<u8>>> {
    use futures::TryStreamExt;
    let mut parts = Vec::new();
    for number in 0..COMMITS {
        let first = number * ROWS;
        let copy = format!(
            "COPY (SELECT * FROM credit ORDER BY credit_id LIMIT {ROWS} \
             OFFSET {first}) TO STDOUT (FORMAT binary)"
        );
        let mut stream = connection.copy_out_raw(&copy).await?;
        let mut part = Vec::new();
        while let Some(bytes) = stream.try_next().await? {
            part.extend_from_slice(&bytes);
        }
        parts.push(part);
    }
    Ok(parts)
}

/// Each part in a transaction: a beginning, a COPY, an end.
async fn plain(
    connection: &mut PgConnection,
    parts: &[Vec<u8>],
    [begin, copy, end]: [&str; 3],
) -> Outcome<Duration> {
    let begun = Instant::now();
    for part in parts {
        run(connection, begin).await?;
        let mut sink = connection.copy_in_raw(copy).await?;
        for bytes in part.chunks(256 * 1024) {
            sink.send(bytes).await?;
        }
        sink.finish().await?;
        run(connection, end).await?;
    }
    Ok(begun.elapsed())
}

const PLAIN: [&str; 3] = ["BEGIN", "COPY credit FROM STDIN (FORMAT binary)", "COMMIT"];
/// Policies do not hold for a temporary table, so COPY into it needs no role of its own.
const STAGED: [&str; 3] = [
    "BEGIN; SET LOCAL ROLE attain_app; SET LOCAL attain.workspace_id = 'acme'; \
     CREATE TEMP TABLE staging (LIKE credit) ON COMMIT DROP",
    "COPY staging FROM STDIN (FORMAT binary)",
    "INSERT INTO credit SELECT * FROM staging; COMMIT",
];

/// The least of some rounds, each into an empty table.
async fn measure(url: &str) -> Outcome<[Duration; 4]> {
    let mut connection = PgConnection::connect(url).await?;
    let mut least = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        let empty = "TRUNCATE credit; CHECKPOINT";
        let mut took = [Duration::ZERO; 4];
        run(&mut connection, empty).await?;
        took[3] = through_store(url, false).await?;
        run(&mut connection, empty).await?;
        took[1] = through_store(url, true).await?;
        let parts = copied_out(&mut connection).await?;
        run(&mut connection, empty).await?;
        took[2] = plain(&mut connection, &parts, STAGED).await?;
        run(&mut connection, empty).await?;
        took[0] = plain(&mut connection, &parts, PLAIN).await?;
        for (least, took) in least.iter_mut().zip(took) {
            *least = took.min(*least);
        }
    }
    Ok(least)
}

fn print(least: [Duration; 4]) {
    let names = [
        "plain COPY by a superuser",
        "COPY by the writer role, through the store",
        "staging and INSERT SELECT",
        "arrays, through the store",
    ];
    for (what, took) in names.iter().zip(least) {
        let ratio = took.as_millis() * 100 / least[0].as_millis().max(1);
        println!("{what:45} {}.{:02}", ratio / 100, ratio % 100);
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let own;
    let (admin, url) = match std::env::args().nth(1) {
        Some(server) => {
            let (place, _) = server
                .rsplit_once('/')
                .ok_or("a URL ends with a database")?;
            (server.clone(), format!("{place}/{DATABASE}"))
        }
        None => {
            own = tokio::task::spawn_blocking(attain_local_postgres::test_server).await?;
            (own.url().to_owned(), own.url_of(DATABASE))
        }
    };
    let mut admin = PgConnection::connect(&admin).await?;
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    run(&mut admin, &drop).await?;
    run(&mut admin, &format!("CREATE DATABASE {DATABASE}")).await?;
    PostgresStore::migrate(&url).await?;
    let least = measure(&url).await;
    run(&mut admin, &drop).await?;
    print(least?);
    Ok(())
}
