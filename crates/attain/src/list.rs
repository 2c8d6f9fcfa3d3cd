//! `attain list`: pages through records.

use attain_domain::credit::{CreditPosition, CreditStatus};
use attain_domain::definition::Definition;
use attain_domain::earning::{Earning, EarningOutcome};
use attain_domain::ids::ParticipantId;
use attain_domain::ports::{ChunkSize, EarningPosition};
use attain_domain::time::DateRange;
use attain_domain::transaction::TransactionStatus;

use crate::args::{Global, List, ListOf, Output};
use crate::failure::Failure;
use crate::log::{self, Entries};
use crate::output::Listing;
use crate::session::{Session, argument, dates};

/// Lists one kind of record.
pub(crate) async fn list(session: &Session, global: &Global, list: &List) -> Result<(), Failure> {
    let output = global.output;
    match list {
        List::Transactions(of) => {
            transactions(session, dates(session, &of.dates).await?, output).await
        }
        List::Credits(of) => credits(session, of, output).await,
        List::Earnings(of) => earnings(session, of, output).await,
        List::Runs => log::runs(session, None, None, output).await,
        List::RunLog { run } => log::run_log(session, run, None, output).await,
        List::Activities => log::activities(session, &Entries::default(), output).await,
    }
}

async fn transactions(session: &Session, range: DateRange, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&[
        "transaction",
        "type",
        "number",
        "date",
        "amount",
        "status",
        "reason",
    ]);
    let mut after = None;
    loop {
        let page = session
            .engine
            .transactions(&session.caller, range, after, ChunkSize::largest())
            .await?;
        after = page.last().map(|row| row.id);
        for row in &page {
            let (status, reason) = match &row.status {
                TransactionStatus::New => ("New", String::new()),
                TransactionStatus::Classified => ("Classified", String::new()),
                TransactionStatus::Credited => ("Credited", String::new()),
                TransactionStatus::Error(error) => ("Error", error.to_string()),
                TransactionStatus::Obsolete => ("Obsolete", String::new()),
                TransactionStatus::Cancelled => ("Cancelled", String::new()),
            };
            listing.row([
                row.id.to_string(),
                row.key.kind.to_string(),
                row.key.number.to_string(),
                row.event_date.to_string(),
                row.amount.to_string(),
                status.to_owned(),
                reason,
            ]);
        }
        if page.len() < ChunkSize::largest().rows() {
            return Ok(listing.print(output)?);
        }
    }
}

async fn credits(session: &Session, of: &ListOf, output: Output) -> Result<(), Failure> {
    let range = dates(session, &of.dates).await?;
    let people = match &of.participant {
        Some(id) => vec![participant(id)?],
        None => everybody(session).await?,
    };
    let mut listing = Listing::new(&[
        "credit",
        "participant",
        "kind",
        "type",
        "number",
        "date",
        "amount",
        "status",
    ]);
    for chunk in people.chunks(ChunkSize::largest().rows()) {
        let mut after: Option<CreditPosition> = None;
        loop {
            let page = session
                .engine
                .credits(
                    &session.caller,
                    chunk,
                    range,
                    after.as_ref(),
                    ChunkSize::largest(),
                )
                .await?;
            after = page.last().map(CreditPosition::of);
            for credit in &page {
                let status = match &credit.status {
                    CreditStatus::Credited => "Credited".to_owned(),
                    CreditStatus::Eligible => "Eligible".to_owned(),
                    CreditStatus::Error(error) => error.to_string(),
                };
                listing.row([
                    credit.id.to_string(),
                    credit.participant.to_string(),
                    format!("{:?}", credit.kind),
                    credit.key.kind.to_string(),
                    credit.key.number.to_string(),
                    credit.credit_date.to_string(),
                    credit.amount.to_string(),
                    status,
                ]);
            }
            if page.len() < ChunkSize::largest().rows() {
                break;
            }
        }
    }
    Ok(listing.print(output)?)
}

async fn everybody(session: &Session) -> Result<Vec<ParticipantId>, Failure> {
    let records = session.engine.export(&session.caller).await?;
    let mut people = Vec::new();
    for record in records {
        if let Definition::Participant(participant) = record.body {
            people.push(participant.id);
        }
    }
    Ok(people)
}

fn participant(text: &str) -> Result<ParticipantId, Failure> {
    ParticipantId::parse(text).map_err(|error| argument("--participant", &error))
}

async fn earnings(session: &Session, of: &ListOf, output: Output) -> Result<(), Failure> {
    let range = dates(session, &of.dates).await?;
    let who = of.participant.as_deref().map(participant).transpose()?;
    let mut listing = Listing::new(&[
        "earning",
        "participant",
        "plan",
        "component",
        "interval",
        "date",
        "amount",
        "state",
        "of",
    ]);
    let mut after: Option<EarningPosition> = None;
    loop {
        let page = session
            .engine
            .earnings(
                &session.caller,
                who.as_ref(),
                range,
                after.as_ref(),
                ChunkSize::largest(),
            )
            .await?;
        after = page.last().map(|earning| EarningPosition {
            participant: earning.key.participant.clone(),
            date: earning.date,
            id: earning.id,
        });
        page.iter()
            .for_each(|earning| earning_row(&mut listing, earning));
        if page.len() < ChunkSize::largest().rows() {
            return Ok(listing.print(output)?);
        }
    }
}

/// How far its payment has come. A reversal that waits is not merely unpaid: no sheet takes it yet.
pub(crate) fn payment_state(earning: &Earning) -> String {
    if earning.awaits_calculation {
        "awaits calculation".to_owned()
    } else {
        format!("{:?}", earning.instalments.state())
    }
}

fn earning_row(listing: &mut Listing, earning: &Earning) {
    let amount = match &earning.outcome {
        EarningOutcome::Amount(money) => money.to_string(),
        EarningOutcome::Error(error) => error.to_string(),
    };
    let of = match earning.reversal_of {
        Some(original) => format!("reverses {original}"),
        None => earning
            .transaction
            .map(|id| id.to_string())
            .unwrap_or_default(),
    };
    listing.row([
        earning.id.to_string(),
        earning.key.participant.to_string(),
        earning.key.plan.to_string(),
        earning.key.component.to_string(),
        earning.key.interval.to_string(),
        earning.date.to_string(),
        amount,
        payment_state(earning),
        of,
    ]);
}
