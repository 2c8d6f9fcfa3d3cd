//! The tiered-commission job: 80 / 15 / 5 percent up a 2-level hierarchy, marginal tiers on
//! attainment, every line rounded half up to a cent before it is added up.
//!
//! The engine works as in production: the plan is compiled to a [`PlanBook`], every person has a
//! [`ParticipantFold`], every credit becomes an [`EarningDraft`] with its whole trace. Drafts are
//! added up and dropped one by one: 30 million of them would not fit.

mod company;
mod input;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use attain_domain::calculation::{CreditInput, EarningDraft, ParticipantFold, PlanBook};
use attain_domain::credit::{Credit, CreditKind};
use attain_domain::earning::EarningOutcome;
use attain_domain::money::Money;
use attain_domain::plan::Phase;
use attain_domain::time::Date;
use rayon::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use self::company::Company;
use self::input::{Columns, Sale, grouped, in_order};
use crate::usage::{peak_memory_mb, processor_ticks};

/// The prime that checksums are taken modulo of: 2^61 - 1.
const MODULUS: i128 = (1 << 61) - 1;

/// What one person got.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    lines: i64,
    credit_e4: i64,
    pay_cents: i64,
}

pub(crate) fn run(dir: &Path, threads: usize, repeat: u32) -> anyhow::Result<()> {
    let columns = Columns::load(&dir.join("raw")).context("cannot read the columns")?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    for _ in 0..repeat {
        let (started, ticks) = (Instant::now(), processor_ticks());
        let sums = pool.install(|| calculate(&columns))?;
        let seconds = started.elapsed();
        let cpu = processor_ticks() - ticks;
        report(&sums, threads, seconds.as_millis(), cpu);
    }
    Ok(())
}

fn report(sums: &[Sums], threads: usize, milliseconds: u128, cpu: u64) {
    let total = |field: fn(&Sums) -> i64| sums.iter().map(field).sum::<i64>();
    let weighted = sums
        .iter()
        .zip(1_i128..)
        .map(|(sums, weight)| i128::from(sums.pay_cents) * weight);
    let line = json!({
        "engine": "attain",
        "threads": threads,
        "seconds": format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000),
        "cpu_seconds": format!("{}.{:02}", cpu / 100, cpu % 100),
        "max_rss_mb": peak_memory_mb(),
        "participants": sums.len(),
        "lines": total(|sums| sums.lines),
        "credit_e4": total(|sums| sums.credit_e4),
        "pay_cents": total(|sums| sums.pay_cents),
        "weighted": i64::try_from(weighted.sum::<i128>() % MODULUS).unwrap_or_default(),
    });
    println!("{line}");
}

/// Everything that is timed: ordering the sales, compiling the plan, every line.
fn calculate(columns: &Columns) -> anyhow::Result<Vec<Sums>> {
    let company = Company::new(columns)?;
    let book = match PlanBook::compile(&company.set) {
        Ok(book) => book,
        Err(refusals) => bail!("the plan is refused: {refusals:?}"),
    };
    let subtrees = columns.by_subtree();
    let parts: Vec<Vec<(usize, Sums)>> = subtrees
        .par_iter()
        .map(|sales| calculate_subtree(columns, &company, &book, &in_order(sales)))
        .collect::<anyhow::Result<_>>()?;
    let mut sums = vec![Sums::default(); columns.participants()];
    for (participant, part) in parts.into_iter().flatten() {
        sums[participant] = part;
    }
    Ok(sums)
}

/// The sales below one director: theirs, then those of every manager, then those of every rep.
fn calculate_subtree(
    columns: &Columns,
    company: &Company,
    book: &PlanBook,
    sales: &[Sale],
) -> anyhow::Result<Vec<(usize, Sums)>> {
    let mut done = Vec::new();
    let Some(first) = sales.first() else {
        return Ok(done);
    };
    let manager = columns.parent(first.rep());
    let director = columns.parent(manager);
    done.push((
        director,
        calculate_person(company, book, director, (5, INDIRECT), sales)?,
    ));
    for (manager, sales) in grouped(sales, |sale| columns.parent(sale.rep())) {
        done.push((
            manager,
            calculate_person(company, book, manager, (15, INDIRECT), &sales)?,
        ));
        for (rep, sales) in grouped(&sales, Sale::rep) {
            done.push((
                rep,
                calculate_person(company, book, rep, (80, DIRECT), &sales)?,
            ));
        }
    }
    Ok(done)
}

const DIRECT: CreditKind = CreditKind::Direct;
const INDIRECT: CreditKind = CreditKind::Indirect;

/// Everything that one person gets from sales in the order of days: a share of each.
fn calculate_person(
    company: &Company,
    book: &PlanBook,
    who: usize,
    (share, kind): (i64, CreditKind),
    sales: &[Sale],
) -> anyhow::Result<Sums> {
    let participant = &company.set.participants[&company.ids[who]];
    let window = company.window();
    let mut fold =
        ParticipantFold::begin(book, &company.set, participant, window, Phase::First, &[]);
    let mut credit = Credit {
        kind,
        ..company.credit()
    };
    let mut drafts: Vec<EarningDraft> = Vec::with_capacity(1);
    let mut sums = Sums::default();
    for sale in sales {
        let credit_e4 = i64::from(sale.cents) * share;
        set_credit(
            &mut credit,
            sale,
            company.dates[usize::from(sale.day)],
            credit_e4,
        );
        fold.credit(
            &CreditInput {
                credit: &credit,
                transaction: None,
            },
            &mut drafts,
        );
        for draft in &drafts {
            sums.lines += 1;
            sums.credit_e4 += credit_e4;
            sums.pay_cents += cents(draft)?;
        }
        drafts.clear();
    }
    fold.finish(&mut drafts);
    Ok(sums)
}

fn set_credit(credit: &mut Credit, sale: &Sale, date: Date, credit_e4: i64) {
    let id = Uuid::from_u128(u128::from(sale.number));
    credit.id.0 = id;
    credit.lineage.0 = id;
    credit.credit_date = date;
    credit.amount = Money::new(Decimal::new(credit_e4, 4), credit.amount.currency);
}

/// The amount of a draft in cents.
fn cents(draft: &EarningDraft) -> anyhow::Result<i64> {
    match &draft.outcome {
        EarningOutcome::Amount(money) => {
            let amount = money.amount;
            let missing = 2_u32
                .checked_sub(amount.scale())
                .context("more digits than cents")?;
            let cents = amount.mantissa() * 10_i128.pow(missing);
            Ok(i64::try_from(cents)?)
        }
        EarningOutcome::Error(error) => bail!("a line is in error: {error}"),
    }
}
