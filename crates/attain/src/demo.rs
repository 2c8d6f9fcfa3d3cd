//! `attain demo`: the example company from its first order to its third pay day.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use attain_app::{ApplyMode, RunRequest, WhenBusy};
use attain_demo::{Options, documents_folder, transactions_file, write_company};
use attain_domain::ports::ChunkSize;
use attain_domain::run::Process;
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

use crate::address::StoreAddress;
use crate::apply::{finding_texts, read_all};
use crate::args::{Demo, Global, ImportFile, Output};
use crate::failure::Failure;
use crate::import;
use crate::output::Listing;
use crate::pay::{create, sums};
use crate::run::{follow, print_counts};
use crate::session::Session;
use crate::store::open_address;

/// The months that are run and paid.
const MONTHS: [&str; 3] = ["2026-01", "2026-02", "2026-03"];

/// Makes the company, and pays its first quarter.
pub(crate) async fn demo(global: &Global, demo: &Demo) -> Result<(), Failure> {
    let own = demo.folder.join("company.sqlite");
    if global.store.is_none() && own.exists() {
        let text = format!(
            "{} is there already: remove it, or name another --folder",
            own.display()
        );
        return Err(Failure::Other(anyhow!(text)));
    }
    let address = global.store.clone().unwrap_or(StoreAddress::Sqlite(own));
    let mut stages = Stages::new();
    write(demo)?;
    stages.end("write files", 0);
    let store = open_address(&address, &global.postgres, true).await?;
    let session = Session::over(store, global)?;
    refuse_if_used(&session, &address).await?;
    let definitions = apply(&session, &demo.folder).await?;
    stages.end("apply", definitions);
    let imported = import_orders(&session, &demo.folder).await?;
    stages.end("import", imported.report.counts.read);
    import::print_report(&imported, Output::Table)?;
    let mut paid = Vec::new();
    for month in MONTHS {
        println!("\n{month}: run all");
        let run = run_month(&session, month).await?;
        stages.end("run", run.counts.taken);
        print_counts(&run, Output::Table)?;
        let (total, lines) = pay_month(&session, month).await?;
        stages.end("pay", lines);
        paid.push(total);
    }
    println!("\npaid");
    print_paid(&paid)?;
    println!("\ntime and memory");
    stages.print()?;
    print_where_next(&session, &address).await?;
    session.close().await;
    Ok(())
}

/// The company is made in a workspace of its own, never among somebody's data.
async fn refuse_if_used(session: &Session, address: &StoreAddress) -> Result<(), Failure> {
    let definitions = session.engine.export(&session.caller).await;
    if definitions.is_ok_and(|definitions| !definitions.is_empty()) {
        let text = format!("{address} is in use already: name another --workspace");
        return Err(Failure::Other(anyhow!(text)));
    }
    Ok(())
}

fn write(demo: &Demo) -> Result<(), Failure> {
    let scale_thousandths = thousandths(&demo.scale)?;
    let options = Options {
        scale_thousandths,
        folder: demo.folder.clone(),
    };
    let summary = write_company(&options).context("writing the example company")?;
    println!(
        "{}: {} participants, {} orders, {} returned lines, {} messy rows",
        demo.folder.display(),
        summary.participants,
        summary.orders,
        summary.returns,
        summary.messy,
    );
    println!(
        "{} percent of what is sold comes back; {} lines after the quarter (returns-later.csv)",
        summary.returned_percent(),
        summary.returns_later,
    );
    Ok(())
}

fn thousandths(scale: &str) -> Result<u32, Failure> {
    let wrong = || anyhow!("--scale {scale}: a number from 0.001 to 100, such as 1 or 0.1");
    let scale: Decimal = scale.parse().map_err(|_| wrong())?;
    let thousandths = scale.checked_mul(Decimal::ONE_THOUSAND).ok_or_else(wrong)?;
    if !thousandths.fract().is_zero() {
        return Err(wrong().into());
    }
    let thousandths: u32 = thousandths
        .normalize()
        .to_string()
        .parse()
        .map_err(|_| wrong())?;
    if !(1..=100_000).contains(&thousandths) {
        return Err(wrong().into());
    }
    Ok(thousandths)
}

async fn apply(session: &Session, folder: &Path) -> Result<u64, Failure> {
    let definitions = read_all(&[documents_folder(folder)])?;
    session
        .engine
        .create_workspace(&session.caller.workspace)
        .await?;
    let plan = session
        .engine
        .apply(&session.caller, &definitions, &[], ApplyMode::Write)
        .await?;
    for text in finding_texts(&plan) {
        println!("lint: {text}");
    }
    Ok(plan.definitions.len() as u64)
}

async fn import_orders(session: &Session, folder: &Path) -> Result<import::Imported, Failure> {
    let file = transactions_file(folder);
    println!("\nimport {}", file.display());
    let file = ImportFile {
        file,
        rejected: None,
        format: None,
    };
    import::transactions(session, &file).await
}

async fn run_month(session: &Session, month: &str) -> Result<attain_domain::run::Run, Failure> {
    let period = session.engine.period(&session.caller, month).await?;
    let range = DateRange::between(period.start, period.end);
    let request = RunRequest {
        process: Process::RunAll,
        range,
        when_busy: WhenBusy::Refuse,
    };
    follow(session, &request).await
}

/// What a month paid: its batch's sums, and by plan.
struct Paid {
    month: &'static str,
    sheets: u64,
    totals: String,
    plans: BTreeMap<String, Decimal>,
}

async fn pay_month(session: &Session, month: &'static str) -> Result<(Paid, u64), Failure> {
    let (engine, caller) = (&session.engine, &session.caller);
    let made = create(session, "everybody", month, None).await?;
    engine.freeze_batch(caller, made.batch.id, None).await?;
    let view = engine.pay_batch(caller, made.batch.id, None).await?;
    let mut plans: BTreeMap<String, Decimal> = BTreeMap::new();
    let (mut lines, mut after) = (0, None);
    loop {
        let page = engine
            .paysheets(caller, made.batch.id, after.as_ref(), ChunkSize::new(500))
            .await?;
        let Some(last) = page.last() else { break };
        after = Some(attain_domain::ports::PaysheetPosition {
            participant: last.participant.clone(),
            id: last.id,
        });
        let ids: Vec<_> = page.iter().map(|sheet| sheet.id).collect();
        for line in engine.paysheet_lines(caller, &ids).await? {
            lines += 1;
            let sum = plans.entry(line.plan.to_string()).or_default();
            *sum = attain_domain::money::add(*sum, line.amount.amount).map_err(|e| anyhow!(e))?;
        }
    }
    let (sheets, totals) = (view.sheet_count(), sums(&view.totals));
    Ok((
        Paid {
            month,
            sheets,
            totals,
            plans,
        },
        lines,
    ))
}

fn print_paid(paid: &[Paid]) -> Result<(), Failure> {
    let mut listing = Listing::new(&["period", "plan", "paid (operating currency)"]);
    for month in paid {
        for (plan, sum) in &month.plans {
            listing.row([month.month.to_owned(), plan.clone(), format!("{sum:.2}")]);
        }
    }
    listing.print(Output::Table)?;
    let mut listing = Listing::new(&["period", "paysheets", "paid out"]);
    for month in paid {
        listing.row([
            month.month.to_owned(),
            month.sheets.to_string(),
            month.totals.clone(),
        ]);
    }
    listing.print(Output::Table)?;
    Ok(())
}

/// Time, rows and peak memory of each stage.
struct Stages {
    begun: Instant,
    rows: Vec<[String; 5]>,
}

impl Stages {
    fn new() -> Self {
        Self {
            begun: now(),
            rows: Vec::new(),
        }
    }

    fn end(&mut self, stage: &str, rows: u64) {
        let elapsed = now() - self.begun;
        let millis = elapsed.as_millis();
        let rate = u128::from(rows) * 1_000 / millis.max(1);
        let rate = if rows == 0 {
            String::new()
        } else {
            rate.to_string()
        };
        let seconds = format!("{}.{:03}", millis / 1_000, millis % 1_000);
        self.rows.push([
            stage.to_owned(),
            seconds,
            rows.to_string(),
            rate,
            peak_memory(),
        ]);
        self.begun = now();
    }

    fn print(self) -> Result<(), Failure> {
        let mut listing =
            Listing::new(&["stage", "seconds", "rows", "rows/s", "peak memory so far"]);
        self.rows.into_iter().for_each(|row| listing.row(row));
        Ok(listing.print(Output::Table)?)
    }
}

fn now() -> Instant {
    Instant::now()
}

/// The highest memory use of this process so far, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

async fn print_where_next(session: &Session, store: &StoreAddress) -> Result<(), Failure> {
    let who = "Clerk#000000001";
    println!("\nwhere to look next");
    println!("  attain --store {store} statement {who} --period 2026-03");
    println!("  attain --store {store} list earnings -p {who} --period 2026-01");
    println!("  attain --store {store} list transactions --period 2026-02 -o csv");
    let batches = session
        .engine
        .batches(&session.caller, None, ChunkSize::largest())
        .await?;
    if let Some(batch) = batches.last() {
        println!("  attain --store {store} pay sheets {}", batch.id);
    }
    let participant = attain_domain::ids::ParticipantId::parse(who);
    if let Ok(participant) = participant {
        let earnings = session
            .engine
            .earnings(
                &session.caller,
                Some(&participant),
                DateRange::ALWAYS,
                None,
                ChunkSize::new(1),
            )
            .await?;
        if let Some(earning) = earnings.first() {
            println!("  attain --store {store} explain {}", earning.id);
        }
    }
    println!("  attain --store {store} list activities");
    Ok(())
}
