//! `attain statement`.

use attain_domain::ids::{ParticipantId, PeriodId};

use crate::args::{Global, Output, Statement as Of};
use crate::failure::Failure;
use crate::output::Listing;
use crate::session::{Session, argument};

/// Prints one participant's period.
pub(crate) async fn statement(session: &Session, global: &Global, of: &Of) -> Result<(), Failure> {
    let who =
        ParticipantId::parse(&of.participant).map_err(|error| argument("PARTICIPANT", &error))?;
    let period = PeriodId::parse(&of.period).map_err(|error| argument("--period", &error))?;
    let statement = session
        .engine
        .statement(&session.caller, &who, &period)
        .await?;
    let parts = parts(&statement);
    if global.output == Output::Json {
        let parts = parts
            .iter()
            .map(|(name, listing)| ((*name).to_owned(), listing.json()));
        let json = serde_json::Value::Object(parts.collect());
        println!(
            "{}",
            serde_json::to_string_pretty(&json).map_err(anyhow::Error::from)?
        );
        return Ok(());
    }
    println!(
        "{} ({}), {}: {} to {}{}",
        statement.name,
        statement.participant,
        statement.period,
        statement.from,
        statement.through,
        if statement.is_draft {
            ", not released"
        } else {
            ""
        },
    );
    for (name, listing) in parts {
        println!("\n{name}");
        listing.print(global.output)?;
    }
    Ok(())
}

fn parts(statement: &attain_app::Statement) -> Vec<(&'static str, Listing)> {
    vec![
        ("credits", credits(statement)),
        ("attainment", attainment(statement)),
        ("earnings", earnings(statement)),
        ("payments", payments(statement)),
        ("totals", totals(statement)),
        ("owed balance", balance(statement)),
    ]
}

fn credits(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&["kind", "count", "amount"]);
    for (kind, summary) in &statement.credits.kinds {
        let (count, amount) = (summary.count.to_string(), summary.amount.to_string());
        listing.row([format!("{kind:?}"), count, amount]);
    }
    listing
}

fn attainment(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&[
        "plan",
        "component",
        "measure",
        "interval",
        "value",
        "goal",
        "percent",
    ]);
    for row in &statement.attainment {
        listing.row([
            row.plan.to_string(),
            row.component.to_string(),
            row.measure.to_string(),
            row.interval.to_string(),
            row.value.to_string(),
            row.goal.map(|goal| goal.to_string()).unwrap_or_default(),
            row.percent
                .map(|percent| percent.round_dp(2).to_string())
                .unwrap_or_default(),
        ]);
    }
    listing
}

fn earnings(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&[
        "plan",
        "component",
        "count",
        "amount",
        "in error",
        "withheld",
    ]);
    for row in &statement.earnings {
        listing.row([
            row.plan.to_string(),
            row.component.to_string(),
            row.count.to_string(),
            row.amount.to_string(),
            row.in_error.to_string(),
            row.withheld.to_string(),
        ]);
    }
    listing
}

fn payments(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&[
        "sheet",
        "pay date",
        "batch status",
        "lines",
        "advanced",
        "recovered",
        "other rewards",
        "total",
        "held",
    ]);
    for row in &statement.payments {
        listing.row([
            row.sheet.id.to_string(),
            row.batch.pay_date.to_string(),
            format!("{:?}", row.batch.status),
            row.line_count.to_string(),
            row.advanced.to_string(),
            row.recovered.to_string(),
            row.other_rewards.to_string(),
            row.sheet.total.to_string(),
            row.sheet.held.to_string(),
        ]);
    }
    listing
}

fn balance(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&["as of", "owed"]);
    let balance = &statement.balance;
    let at_end = statement.through.to_string();
    listing.row([at_end, balance.at_end.to_string()]);
    listing.row(["now".to_owned(), balance.now.to_string()]);
    listing
}

fn totals(statement: &attain_app::Statement) -> Listing {
    let mut listing = Listing::new(&["earned", "paid", "on sheets", "liability"]);
    let totals = &statement.totals;
    listing.row([
        totals.earned.to_string(),
        totals.paid.to_string(),
        totals.on_sheets.to_string(),
        totals.liability.to_string(),
    ]);
    listing
}
