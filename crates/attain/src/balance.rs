//! `attain balance`, and `attain export participants`: what is owed, now or as of a past date.

use std::io::Write;

use attain_app::{BalanceAsked, BalanceView, ParticipantBalance};
use attain_domain::ids::ParticipantId;
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::Refusal;
use attain_domain::reward::Account;

use crate::args::{Balance, BalanceThen, ExportFormat, ExportParticipants, Global, Output};
use crate::failure::Failure;
use crate::output::Listing;
use crate::reward::{reward_listing, whose};
use crate::session::{Session, date, instant};

/// Participants of one page.
const PAGE_ROWS: u32 = 1_000;
/// The columns of the export of all participants.
const COLUMNS: [&str; 7] = [
    "participant",
    "name",
    "start",
    "end",
    "owed_balance",
    "currency",
    "rewards",
];

/// Prints what somebody owes, by account, and the rewards that make it up.
pub(crate) async fn balance(
    session: &Session,
    global: &Global,
    of: &Balance,
) -> Result<(), Failure> {
    let whose = whose(&of.participant)?;
    let asked = asked(&of.then)?;
    let view = session.engine.balance(&session.caller, &whose, asked);
    let view = view.await?;
    let (accounts, rewards) = (accounts(&view), reward_listing(&view.rewards));
    if global.output == Output::Json {
        let json = serde_json::json!({
            "participant": view.participant.to_string(),
            "balance": view.balance.to_string(),
            "accounts": accounts.json(),
            "rewards": rewards.json(),
        });
        let text = serde_json::to_string_pretty(&json).map_err(anyhow::Error::from)?;
        println!("{text}");
        return Ok(());
    }
    println!("{} owes {}", view.participant, view.balance);
    println!("\naccounts");
    accounts.print(global.output)?;
    println!("\nrewards");
    rewards.print(global.output)?;
    Ok(())
}

fn accounts(view: &BalanceView) -> Listing {
    let mut listing = Listing::new(&["account", "owed"]);
    for of_account in &view.accounts {
        let account = match &of_account.account {
            Account::General => "general".to_owned(),
            Account::PaymentPlan(plan) => format!("payment plan {plan}"),
        };
        listing.row([account, of_account.balance.to_string()]);
    }
    listing
}

fn asked(then: &BalanceThen) -> Result<BalanceAsked, Refusal> {
    let (day, known_at) = (then.as_of.as_deref(), then.known_at.as_deref());
    Ok(BalanceAsked {
        date: day.map(|text| date("--as-of", text)).transpose()?,
        known_at: known_at
            .map(|text| instant("--known-at", text))
            .transpose()?,
    })
}

/// Writes all participants with what each owes, as they are read: however many there are, one page
/// is in memory.
pub(crate) async fn export_participants(
    session: &Session,
    global: &Global,
    of: &ExportParticipants,
) -> Result<(), Failure> {
    let asked = asked(&of.then)?;
    let format = of.format.unwrap_or(match global.output {
        Output::Json => ExportFormat::Json,
        Output::Table | Output::Csv => ExportFormat::Csv,
    });
    let mut writer = Writer::new(format)?;
    let mut after: Option<ParticipantId> = None;
    loop {
        let chunk = ChunkSize::new(PAGE_ROWS);
        let page =
            session
                .engine
                .participant_balances(&session.caller, asked, after.as_ref(), chunk);
        let page = page.await?;
        for row in &page {
            writer.write(&cells(row))?;
        }
        if page.len() < chunk.rows() {
            return writer.end();
        }
        after = page.last().map(|row| row.participant.id.clone());
    }
}

fn cells(row: &ParticipantBalance) -> [String; COLUMNS.len()] {
    let person = &row.participant;
    let digits = row.balance.currency.digits() as usize;
    [
        person.id.to_string(),
        person.name.clone(),
        person.start.map(|day| day.to_string()).unwrap_or_default(),
        person.end.map(|day| day.to_string()).unwrap_or_default(),
        format!("{:.digits$}", row.balance.amount),
        row.balance.currency.to_string(),
        row.rewards.to_string(),
    ]
}

/// Standard output, row by row.
enum Writer {
    Csv(Box<csv::Writer<std::io::Stdout>>),
    /// How many rows there were.
    Json(u64),
}

impl Writer {
    fn new(format: ExportFormat) -> Result<Self, Failure> {
        match format {
            ExportFormat::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout());
                writer.write_record(COLUMNS).map_err(anyhow::Error::from)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            ExportFormat::Json => {
                write!(std::io::stdout(), "[")?;
                Ok(Self::Json(0))
            }
        }
    }

    fn write(&mut self, cells: &[String; COLUMNS.len()]) -> Result<(), Failure> {
        match self {
            Self::Csv(writer) => {
                writer.write_record(cells).map_err(anyhow::Error::from)?;
            }
            Self::Json(rows) => {
                let pairs = COLUMNS.iter().zip(cells);
                let pairs = pairs.map(|(name, cell)| ((*name).to_owned(), cell.clone().into()));
                let row = serde_json::Value::Object(pairs.collect());
                let between = if *rows == 0 { "" } else { "," };
                write!(std::io::stdout(), "{between}\n  {row}")?;
                *rows += 1;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Json(_) => writeln!(std::io::stdout(), "\n]")?,
        }
        Ok(())
    }
}
