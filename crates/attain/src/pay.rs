//! `attain pay`.

use attain_app::{BatchView, HoldOf, LineAction, PaysheetAction, PaysheetView};
use attain_domain::ids::{BatchId, LineId, PayGroupId, PaysheetId, PeriodId, RewardId};
use attain_domain::money::Money;
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, PaysheetPosition};

use crate::args::{Global, Output, Pay, SheetMove};
use crate::failure::Failure;
use crate::output::Listing;
use crate::reward::origin_text;
use crate::session::{Session, argument, date};
use crate::settlement::{outcome_text, plan_texts};

/// Carries out one payment command.
pub(crate) async fn pay(session: &Session, global: &Global, pay: &Pay) -> Result<(), Failure> {
    let (engine, caller, output) = (&session.engine, &session.caller, global.output);
    match pay {
        Pay::Create {
            group,
            period,
            pay_date,
        } => {
            let view = create(session, group, period, pay_date.as_deref()).await?;
            print_batch(&view, output)
        }
        Pay::Refresh { batch } => print_batch(
            &engine.refresh_batch(caller, batch_id(batch)?, None).await?,
            output,
        ),
        Pay::Edit { batch, pay_date } => {
            let pay_date = date("--pay-date", pay_date)?;
            let batch = batch_id(batch)?;
            print_batch(
                &engine.edit_batch(caller, batch, pay_date, None).await?,
                output,
            )
        }
        Pay::Freeze { batch } => print_batch(
            &engine.freeze_batch(caller, batch_id(batch)?, None).await?,
            output,
        ),
        Pay::Run { batch } => print_batch(
            &engine.pay_batch(caller, batch_id(batch)?, None).await?,
            output,
        ),
        Pay::Delete { batch } => {
            engine.delete_batch(caller, batch_id(batch)?, None).await?;
            eprintln!("deleted; what was on it is payable again");
            Ok(())
        }
        Pay::Batches => batches(session, output).await,
        Pay::Sheets { batch } => sheets(session, batch_id(batch)?, output).await,
        Pay::Sheet { sheet } => {
            let view = engine.paysheet(caller, sheet_id(sheet)?).await?;
            print_sheet(&view, output)
        }
        Pay::Move { sheet, action } => {
            let action = action_of(*action);
            let sheet = engine
                .paysheet_action(caller, sheet_id(sheet)?, action, None)
                .await?;
            print_sheets(std::slice::from_ref(&sheet), output)
        }
        Pay::Hold { line } => hold(session, line, LineAction::Hold, output).await,
        Pay::Release { line } => hold(session, line, LineAction::Release, output).await,
    }
}

/// Makes a batch.
pub(crate) async fn create(
    session: &Session,
    group: &str,
    period: &str,
    pay_date: Option<&str>,
) -> Result<BatchView, Failure> {
    let group = PayGroupId::parse(group).map_err(|error| argument("--group", &error))?;
    let period = PeriodId::parse(period).map_err(|error| argument("--period", &error))?;
    let pay_date = pay_date.map(|text| date("--pay-date", text)).transpose()?;
    Ok(session
        .engine
        .create_batch(&session.caller, &group, &period, pay_date)
        .await?)
}

fn action_of(action: SheetMove) -> PaysheetAction {
    match action {
        SheetMove::Lock => PaysheetAction::Lock,
        SheetMove::Submit => PaysheetAction::Submit,
        SheetMove::Approve => PaysheetAction::Approve,
        SheetMove::Reject => PaysheetAction::Reject,
    }
}

fn batch_id(text: &str) -> Result<BatchId, Failure> {
    BatchId::parse(text).map_err(|error| argument("BATCH", &error))
}

fn sheet_id(text: &str) -> Result<PaysheetId, Failure> {
    PaysheetId::parse(text).map_err(|error| argument("SHEET", &error))
}

async fn hold(
    session: &Session,
    line: &str,
    action: LineAction,
    output: Output,
) -> Result<(), Failure> {
    let of = match RewardId::parse(line) {
        Ok(id) => HoldOf::Reward(id),
        Err(_) => HoldOf::Line(LineId::parse(line).map_err(|error| argument("LINE", &error))?),
    };
    let outcome = session
        .engine
        .line_action(&session.caller, of, action, None)
        .await?;
    print_sheets(std::slice::from_ref(&outcome.sheet), output)
}

/// Sums in the order of their currencies, such as `1,200.00 EUR + 3.00 USD`.
pub(crate) fn sums(totals: &[Money]) -> String {
    let totals: Vec<String> = totals.iter().map(ToString::to_string).collect();
    totals.join(" + ")
}

fn print_batch(view: &BatchView, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&[
        "batch",
        "pay group",
        "period",
        "pay date",
        "status",
        "sheets",
        "total",
    ]);
    listing.row([
        view.batch.id.to_string(),
        view.batch.pay_group.to_string(),
        view.batch.period.to_string(),
        view.batch.pay_date.to_string(),
        format!("{:?}", view.batch.status),
        view.sheet_count().to_string(),
        sums(&view.totals),
    ]);
    listing.print(output)?;
    for left_out in &view.left_out {
        eprintln!("left out: {}: {}", left_out.subject, left_out.error);
    }
    if view.left_out.is_empty() {
        Ok(())
    } else {
        Err(Failure::RowsInError)
    }
}

async fn batches(session: &Session, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["batch", "pay group", "period", "pay date", "status"]);
    let mut after = None;
    loop {
        let page = session
            .engine
            .batches(&session.caller, after, ChunkSize::largest())
            .await?;
        after = page.last().map(|batch| batch.id);
        for batch in page {
            listing.row([
                batch.id.to_string(),
                batch.pay_group.to_string(),
                batch.period.to_string(),
                batch.pay_date.to_string(),
                format!("{:?}", batch.status),
            ]);
        }
        if after.is_none() {
            return Ok(listing.print(output)?);
        }
    }
}

async fn sheets(session: &Session, batch: BatchId, output: Output) -> Result<(), Failure> {
    let mut all: Vec<Paysheet> = Vec::new();
    loop {
        let after = all.last().map(|sheet| PaysheetPosition {
            participant: sheet.participant.clone(),
            id: sheet.id,
        });
        let page = session
            .engine
            .paysheets(&session.caller, batch, after.as_ref(), ChunkSize::largest())
            .await?;
        let last = page.len() < ChunkSize::largest().rows();
        all.extend(page);
        if last {
            return print_sheets(&all, output);
        }
    }
}

fn print_sheets(sheets: &[Paysheet], output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["sheet", "participant", "status", "total", "held"]);
    for sheet in sheets {
        listing.row([
            sheet.id.to_string(),
            sheet.participant.to_string(),
            format!("{:?}", sheet.status),
            sheet.total.to_string(),
            sheet.held.to_string(),
        ]);
    }
    Ok(listing.print(output)?)
}

/// A sheet: its lines, then its rewards; what payment plans made of it is said beside them.
fn print_sheet(view: &PaysheetView, output: Output) -> Result<(), Failure> {
    let columns = [
        "line",
        "kind",
        "plan",
        "component",
        "date",
        "pays",
        "amount",
        "paid as",
        "held",
    ];
    let mut listing = Listing::new(&columns);
    let held = |is_held: bool| if is_held { "held" } else { "" }.to_owned();
    for line in &view.lines {
        listing.row([
            line.id.to_string(),
            format!("{:?}", line.kind),
            line.plan.to_string(),
            line.component.to_string(),
            line.date.to_string(),
            line.earning.to_string(),
            line.amount.to_string(),
            line.pay_amount.to_string(),
            held(line.held),
        ]);
    }
    for reward in &view.rewards {
        let Some(line) = reward.line() else { continue };
        let (plan, component) = reward.component.clone().unzip();
        listing.row([
            reward.id.to_string(),
            format!("{:?}", reward.kind),
            plan.map(|plan| plan.to_string()).unwrap_or_default(),
            component.map(|id| id.to_string()).unwrap_or_default(),
            reward.date.to_string(),
            origin_text(&reward.origin),
            reward.amount.to_string(),
            line.pay_amount.to_string(),
            held(line.held),
        ]);
    }
    listing.print(output)?;
    if let Some(settlement) = &view.sheet.settlement {
        for (plan, text) in plan_texts(settlement) {
            eprintln!("payment plan {plan}: {text}");
        }
        eprintln!("{}", outcome_text(settlement));
    }
    Ok(())
}
