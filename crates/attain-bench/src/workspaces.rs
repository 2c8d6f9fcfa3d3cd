//! Many workspaces at work at the same time on one Postgres: each imports its sales, runs and pays
//! its months, while readers ask for statements all the time.
//!
//! One workspace has a hundred times the sales of the others. Were one workspace's run in the way
//! of another's, the small ones would end after the large one; how long each takes tells.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use attain_app::{ApplyMode, Caller, Engine, RunRequest, SystemClock, TimeOrderedIds, WhenBusy};
use attain_documents::read_documents;
use attain_domain::collecting::RawTransaction;
use attain_domain::definition::Definition;
use attain_domain::ids::{ActorId, ParticipantId, PeriodId, WorkspaceId};
use attain_domain::refusal::Refusal;
use attain_domain::run::Process;
use attain_domain::time::{Date, DateRange};
use attain_postgres::{Options, PostgresStore};
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::task::JoinSet;

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct Workspaces {
    /// The database, which is migrated first; workspaces are made in it.
    #[arg(long)]
    store: String,
    /// How many workspaces.
    #[arg(long, default_value_t = 200)]
    workspaces: u32,
    /// Sales of each of them in a month.
    #[arg(long, default_value_t = 500)]
    sales: u32,
    /// How many times as many the first one has.
    #[arg(long, default_value_t = 100)]
    large: u32,
    /// How many readers ask for statements all the time.
    #[arg(long, default_value_t = 8)]
    readers: u32,
    /// The company of each workspace.
    #[arg(long, default_value = "examples/small/documents")]
    documents: std::path::PathBuf,
}

/// Runs it, and prints one line of JSON.
pub(crate) fn run(asked: &Workspaces) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(asked))
}

async fn measure(asked: &Workspaces) -> anyhow::Result<()> {
    let options = Options {
        migrate: true,
        patience: Duration::from_secs(120),
        ..Options::default()
    };
    let store = Arc::new(PostgresStore::open(&asked.store, options).await?);
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::default()));
    let engine = Engine::new(store, clock, ids);
    let definitions = company(&asked.documents)?;
    let callers = (0..asked.workspaces).map(caller);
    let callers = callers.collect::<anyhow::Result<Vec<_>>>()?;
    let begun = Instant::now();
    for caller in &callers {
        engine.create_workspace(&caller.workspace).await?;
        let applied = engine.apply(caller, &definitions, &[], ApplyMode::Write);
        applied.await.map_err(all)?;
    }
    let made = begun.elapsed();
    let over = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for number in 0..asked.readers {
        let (engine, callers, over) = (engine.clone(), callers.clone(), Arc::clone(&over));
        readers.spawn(async move { read(&engine, &callers, number, &over).await });
    }
    let begun = Instant::now();
    let mut work = JoinSet::new();
    for (number, caller) in callers.iter().cloned().enumerate() {
        let engine = engine.clone();
        let sales = if number == 0 {
            asked.sales * asked.large
        } else {
            asked.sales
        };
        work.spawn(async move {
            month(&engine, &caller, sales).await?;
            anyhow::Ok((number, begun.elapsed()))
        });
    }
    let (mut small, mut large) = (Vec::new(), Duration::ZERO);
    while let Some(done) = work.join_next().await {
        match done?? {
            (0, took) => large = took,
            (_, took) => small.push(took),
        }
    }
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    let mut reads = Histogram::<u64>::new(3)?;
    while let Some(read) = readers.join_next().await {
        reads.add(read??)?;
    }
    small.sort_unstable();
    report(asked, made, took, large, &small, &reads);
    Ok(())
}

fn report(
    asked: &Workspaces,
    made: Duration,
    took: Duration,
    large: Duration,
    small: &[Duration],
    reads: &Histogram<u64>,
) {
    let sales = u64::from(asked.sales) * u64::from(asked.workspaces + asked.large - 1);
    let seconds = |duration: Duration| format!("{:.2}", duration.as_secs_f64());
    let of = |share: usize| small.get(small.len() * share / 100).copied();
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let line = json!({
        "workspaces": asked.workspaces,
        "sales": sales,
        "apply_seconds": seconds(made),
        "seconds": seconds(took),
        "sales_per_second": sales * 1_000 / millis,
        "small_median_seconds": seconds(of(50).unwrap_or_default()),
        "small_last_seconds": seconds(small.last().copied().unwrap_or_default()),
        "large_seconds": seconds(large),
        "reads": reads.len(),
        "read_p50_micros": reads.value_at_quantile(0.5),
        "read_p99_micros": reads.value_at_quantile(0.99),
        "read_max_micros": reads.max(),
    });
    println!("{line}");
}

fn company(folder: &Path) -> anyhow::Result<Vec<Definition>> {
    let mut definitions = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        definitions.extend(read_documents(&path.display().to_string(), &text).map_err(all)?);
    }
    Ok(definitions)
}

fn all(refusals: Vec<Refusal>) -> anyhow::Error {
    let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    anyhow!(texts.join("; "))
}

fn caller(number: u32) -> anyhow::Result<Caller> {
    let workspace = WorkspaceId::parse(&format!("company-{number}"))?;
    Ok(Caller::new(workspace, ActorId::parse("bench")?))
}

/// Imports a month's sales, runs the month, and pays it.
async fn month(engine: &Engine, caller: &Caller, sales: u32) -> anyhow::Result<()> {
    let reps = ["ana", "ben", "cat", "dan"];
    let rows: Vec<(u64, RawTransaction)> = (0..sales)
        .zip(reps.into_iter().cycle())
        .map(|(number, rep)| {
            let row = RawTransaction {
                number: Some(number.to_string()),
                kind: Some("ORDER".to_owned()),
                event_date: Some(format!("2026-01-{:02}", number % 28 + 1)),
                amount: Some(format!("{}.{:02}", number % 997 + 1, number % 100)),
                currency: Some("USD".to_owned()),
                attributes: [("rep".to_owned(), rep.to_owned())].into(),
                ..RawTransaction::default()
            };
            (u64::from(number), row)
        })
        .collect();
    for chunk in rows.chunks(engine.import_chunk_rows()) {
        engine.import_transactions(caller, chunk).await?;
    }
    let first = Date::from_ymd_opt(2026, 1, 1).context("a date")?;
    let end = Date::from_ymd_opt(2026, 2, 1).context("a date")?;
    let request = RunRequest {
        process: Process::RunAll,
        range: DateRange::between(first, end),
        when_busy: WhenBusy::Refuse,
    };
    engine.run_to_end(caller, &request).await?;
    let group = attain_domain::ids::PayGroupId::parse("everybody")?;
    let period = PeriodId::parse("2026-01")?;
    let batch = engine.create_batch(caller, &group, &period, None).await?;
    engine.freeze_batch(caller, batch.batch.id, None).await?;
    engine.pay_batch(caller, batch.batch.id, None).await?;
    Ok(())
}

/// Asks for one statement after the other, of all workspaces in turn; how long each took.
async fn read(
    engine: &Engine,
    callers: &[Caller],
    number: u32,
    over: &AtomicBool,
) -> anyhow::Result<Histogram<u64>> {
    let mut took = Histogram::new(3)?;
    let who = ParticipantId::parse("ana")?;
    let period = PeriodId::parse("2026-01")?;
    for caller in callers.iter().cycle().skip(usize::try_from(number)? * 25) {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        engine.statement(caller, &who, &period).await?;
        took.record(u64::try_from(begun.elapsed().as_micros())?)?;
    }
    Ok(took)
}
