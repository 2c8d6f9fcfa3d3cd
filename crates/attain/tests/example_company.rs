//! The example company, from its first order to its third pay day, on the embedded store: what is
//! paid each month under each plan, to the cent, is what a separate and naive calculation says.
//!
//! The company is a small one: 1 000 clerks still, but a seventeenth of the orders. Quotas, tiers
//! and caps are made as much smaller, so that every tier, cap and bonus comes into play.

#[path = "example_company/reference.rs"]
mod reference;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use attain_app::{ApplyMode, Caller, Engine, RunRequest, SystemClock, TimeOrderedIds, WhenBusy};
use attain_demo::{Options, documents_folder, transactions_file, write_company};
use attain_documents::read_documents;
use attain_documents::table::Header;
use attain_domain::collecting::RawTransaction;
use attain_domain::definition::Definition;
use attain_domain::ids::{ActorId, BatchId, PayGroupId, PeriodId, WorkspaceId};
use attain_domain::money::Currency;
use attain_domain::payment::BatchStatus;
use attain_domain::plan::{Axis, Limit, Plan, Spread};
use attain_domain::ports::ChunkSize;
use attain_domain::run::Process;
use attain_domain::time::DateRange;
use attain_sqlite::{Durability, SqliteStore};
use rust_decimal::Decimal;

use reference::{Paid, Reference, SCALE, work_out};

const MONTHS: [&str; 3] = ["2026-01", "2026-02", "2026-03"];

#[tokio::test]
async fn what_is_paid_is_what_a_naive_calculation_says() {
    let folder = tempfile::tempdir().expect("a folder for the company");
    let scale_thousandths = u32::try_from(SCALE).expect("a small number");
    let options = Options {
        scale_thousandths,
        folder: folder.path().to_owned(),
    };
    let written = write_company(&options).expect("the company is written");
    let text = std::fs::read_to_string(transactions_file(folder.path())).expect("it is there");
    let expected = work_out(&text);
    check_variety(&expected);

    let company = Company::open(folder.path()).await;
    company.define(&documents_folder(folder.path())).await;
    let rejected = company.import(&text).await;
    assert_eq!(
        rejected,
        owned(&expected.rejected),
        "rows refused, by reason"
    );
    let (mut paid, mut failed, mut transactions) = (BTreeMap::new(), BTreeMap::new(), 0);
    for (month, name) in MONTHS.into_iter().enumerate() {
        let run = company.run(name).await;
        for (reason, count) in run.counts.errors {
            *failed.entry(reason.code().to_owned()).or_default() += count;
        }
        transactions += run.counts.outcomes["transactions_classified"];
        let batch = company.pay(name).await;
        for (key, total) in company.paid(month, batch).await {
            paid.insert(key, total);
        }
    }
    assert_eq!(
        failed,
        owned(&expected.failed),
        "transactions in error, by reason"
    );
    assert_eq!(
        transactions, expected.credited,
        "every other good row is credited"
    );
    assert!(transactions <= written.rows);
    assert_eq!(
        paid,
        with_names(&expected),
        "paid, by month, plan and currency"
    );
}

/// The company is worth the comparison: every plan pays in every currency, rows are refused for
/// every reason, and not all is plain.
fn check_variety(expected: &Reference) {
    let reasons: Vec<&str> = expected.rejected.keys().copied().collect();
    let all = [
        "MALFORMED_VALUE",
        "MISSING_CURRENCY_RATE",
        "MISSING_VALUE",
        "PERIOD_NOT_OPEN",
        "UNKNOWN_CURRENCY",
    ];
    assert_eq!(reasons, all);
    assert!(expected.failed.contains_key("UNKNOWN_PARTICIPANT"));
    let bonus = |currency| expected.totals[&(2, "bonus", currency)].earned;
    assert!(
        ["USD", "EUR", "JPY"]
            .into_iter()
            .all(|currency| bonus(currency) > 0)
    );
    let (first, last) = (
        expected.totals[&(0, "rep", "USD")],
        expected.totals[&(2, "rep", "USD")],
    );
    assert!(
        last.earned > first.earned,
        "accelerators are reached late in the quarter"
    );
}

fn owned(counts: &BTreeMap<&'static str, u64>) -> BTreeMap<String, u64> {
    counts
        .iter()
        .map(|(reason, count)| ((*reason).to_owned(), *count))
        .collect()
}

type Named = BTreeMap<(usize, String, String), Paid>;

fn with_names(expected: &Reference) -> Named {
    let totals = expected.totals.iter();
    totals
        .map(|((month, plan, currency), paid)| {
            ((*month, (*plan).to_owned(), (*currency).to_owned()), *paid)
        })
        .collect()
}

/// The company in a database file of its own.
struct Company {
    engine: Engine,
    caller: Caller,
}

impl Company {
    async fn open(folder: &Path) -> Self {
        let options = attain_sqlite::Options {
            migrate: true,
            durability: Durability::ProcessEnd,
            ..attain_sqlite::Options::default()
        };
        let store = SqliteStore::open(folder.join("company.sqlite"), options).await;
        let store = Arc::new(store.expect("a new database"));
        let ids = Arc::new(TimeOrderedIds::default());
        let engine = Engine::new(store, Arc::new(SystemClock), ids);
        let workspace = WorkspaceId::parse("example").expect("a name");
        engine
            .create_workspace(&workspace)
            .await
            .expect("a new workspace");
        let caller = Caller::new(workspace, ActorId::parse("tester").expect("a name"));
        Self { engine, caller }
    }

    async fn define(&self, documents: &Path) {
        let mut definitions = Vec::new();
        for entry in std::fs::read_dir(documents).expect("documents") {
            let path = entry.expect("a document").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let read = read_documents(&path.to_string_lossy(), &text);
            definitions.extend(read.expect("the company's documents are well formed"));
        }
        definitions.iter_mut().for_each(make_smaller);
        definitions.sort_by_key(Definition::kind);
        let applied = self
            .engine
            .apply(&self.caller, &definitions, &[], ApplyMode::Write)
            .await;
        applied.expect("the company can be defined");
    }

    /// Imports the file; says how many rows were refused for which reason.
    async fn import(&self, text: &str) -> BTreeMap<String, u64> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut records = reader
            .records()
            .map(|record| record.expect("a line of the file"));
        let header = records.next().expect("a header");
        let header = Header::parse::<RawTransaction>(header.iter()).expect("known columns");
        let row = |record: csv::StringRecord| header.row(record.iter()).expect("as many cells");
        let rows: Vec<(u64, RawTransaction)> = (2..).zip(records.map(row)).collect();
        let mut rejected = BTreeMap::new();
        for chunk in rows.chunks(self.engine.import_chunk_rows()) {
            let report = self.engine.import_transactions(&self.caller, chunk).await;
            for row in report.expect("bad rows stop nothing").rejected {
                *rejected
                    .entry(row.refusal.reason.code().to_owned())
                    .or_default() += 1;
            }
        }
        rejected
    }

    async fn run(&self, month: &str) -> attain_domain::run::Run {
        let period = self
            .engine
            .period(&self.caller, month)
            .await
            .expect("a month");
        let request = RunRequest {
            process: Process::RunAll,
            range: DateRange::between(period.start, period.end),
            when_busy: WhenBusy::Refuse,
        };
        let run = self
            .engine
            .run_to_end(&self.caller, &request)
            .await
            .expect("nothing is amiss");
        let counts = &run.counts;
        assert_eq!(counts.taken, counts.done + counts.skipped + counts.failed);
        run
    }

    async fn pay(&self, month: &str) -> BatchId {
        let (engine, caller) = (&self.engine, &self.caller);
        let group = PayGroupId::parse("everybody").expect("a name");
        let period = PeriodId::parse(month).expect("a name");
        let made = engine
            .create_batch(caller, &group, &period, None)
            .await
            .expect("a batch");
        assert_eq!(made.left_out, Vec::new(), "nobody is left out");
        let id = made.batch.id;
        engine
            .freeze_batch(caller, id, None)
            .await
            .expect("it is unpaid");
        let paid = engine
            .pay_batch(caller, id, None)
            .await
            .expect("it is frozen");
        assert_eq!(paid.batch.status, BatchStatus::Paid);
        id
    }

    /// What the lines of a batch come to.
    async fn paid(&self, month: usize, batch: BatchId) -> Named {
        let (engine, caller) = (&self.engine, &self.caller);
        let sheets = engine
            .paysheets(caller, batch, None, ChunkSize::largest())
            .await;
        let sheets: Vec<_> = sheets
            .expect("sheets")
            .into_iter()
            .map(|sheet| sheet.id)
            .collect();
        let mut totals = Named::new();
        for some in sheets.chunks(100) {
            for line in engine.paysheet_lines(caller, some).await.expect("lines") {
                let currency = line.pay_amount.currency;
                let key = (month, line.plan.to_string(), currency.code().to_owned());
                let total = totals.entry(key).or_default();
                total.lines += 1;
                total.earned += units(line.amount.amount, line.amount.currency);
                total.paid += units(line.pay_amount.amount, currency);
            }
        }
        totals
    }
}

/// An amount in the smallest unit of its currency.
fn units(amount: Decimal, currency: Currency) -> i128 {
    let mut amount = amount;
    amount.rescale(currency.digits());
    amount.mantissa()
}

/// Quotas, tiers and caps as much smaller as the company.
fn make_smaller(definition: &mut Definition) {
    let scale = Decimal::new(i64::try_from(SCALE).expect("a small number"), 3);
    match definition {
        Definition::Participant(participant) => {
            let assignments = participant.assignments.iter_mut();
            for goal in assignments.flat_map(|assignment| assignment.goals.values_mut()) {
                if let Spread::Each { amount, .. } = &mut goal.spread {
                    *amount = (*amount * scale).normalize();
                }
            }
        }
        Definition::Plan(plan) if plan.id.as_str() == "manager" => make_plan_smaller(plan, scale),
        Definition::Plan(_)
        | Definition::Settings(_)
        | Definition::Attributes(_)
        | Definition::Calendar(_)
        | Definition::Rates(_)
        | Definition::Categories(_)
        | Definition::CategoryRules(_)
        | Definition::PayGroup(_)
        | Definition::Team(_)
        | Definition::RuleSet(_)
        | Definition::PaymentPlan(_) => {}
    }
}

fn make_plan_smaller(plan: &mut Plan, scale: Decimal) {
    let tables = plan.rate_tables.iter_mut();
    for dimension in tables.flat_map(|table| &mut table.dimensions) {
        if let Axis::Tiers(tiers) = &mut dimension.axis {
            for tier in tiers {
                tier.from = (tier.from * scale).normalize();
                tier.to = tier.to.map(|to| (to * scale).normalize());
            }
        }
    }
    for component in &mut plan.components {
        if let Some(Limit::Amount(amount)) = &mut component.cap {
            *amount = (*amount * scale).normalize();
        }
    }
}
