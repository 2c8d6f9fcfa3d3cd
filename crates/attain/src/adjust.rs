//! `attain adjust`: one credit, one transaction, or a file of both.

mod desk;
mod file;
pub(crate) mod words;

use attain_app::{AdjustPreview, PayChange};
use attain_domain::adjusting::{Adjustment, Outcome};
use attain_domain::refusal::Refusal;

use self::desk::Desk;
use self::words::Words;
use crate::args::{Adjust, AdjustCredit, AdjustTransaction, Deed, Global, Output};
use crate::failure::Failure;
use crate::output::Listing;
use crate::session::Session;

/// Adjusts, or says what that would do.
pub(crate) async fn adjust(
    session: &Session,
    global: &Global,
    adjust: Adjust,
) -> Result<(), Failure> {
    let (words, deed) = match adjust {
        Adjust::Credit(credit) => of_credit(credit),
        Adjust::Transaction(transaction) => of_transaction(transaction),
        Adjust::File(file) => return file::adjust_file(session, global, &file).await,
    };
    let desk = Desk::open(session, std::iter::once(&words)).await?;
    let adjustment = desk.adjustment(&words)?;
    if deed.dry_run {
        return preview(session, &[adjustment], &deed.reason, global.output).await;
    }
    let (engine, caller) = (&session.engine, &session.caller);
    let report = engine.adjust(caller, &[adjustment], &deed.reason).await?;
    for outcome in report.outcomes {
        print_outcome(&outcome?, global.output)?;
    }
    Ok(())
}

fn of_credit(credit: AdjustCredit) -> (Words, Deed) {
    let AdjustCredit {
        id,
        amount,
        quantity,
        percent,
        category,
        date,
        roll_up_date,
        revenue,
        rolls_up,
        to,
        split,
        cancel,
        version,
        deed,
    } = credit;
    let words = Words {
        credit: Some(id),
        version,
        amount,
        quantity,
        percent,
        category,
        date,
        roll_up_date,
        revenue,
        rolls_up,
        to,
        split,
        cancel: cancel.then(|| "true".to_owned()),
        ..Words::default()
    };
    (words, deed)
}

fn of_transaction(transaction: AdjustTransaction) -> (Words, Deed) {
    let attributes = transaction.attributes();
    let AdjustTransaction {
        kind,
        number,
        amount,
        date,
        quantity,
        attribute: _,
        remove_attribute,
        hold,
        cancel,
        preserve_credits,
        version,
        deed,
    } = transaction;
    let removed = (!remove_attribute.is_empty()).then(|| remove_attribute.join(" "));
    let words = Words {
        kind: Some(kind),
        number: Some(number),
        version,
        amount,
        date,
        quantity,
        hold,
        cancel: cancel.then(|| "true".to_owned()),
        preserve_credits,
        remove_attributes: removed,
        attributes,
        ..Words::default()
    };
    (words, deed)
}

fn print_outcome(outcome: &Outcome, output: Output) -> Result<(), Failure> {
    let Outcome {
        obsolete,
        made,
        transaction,
        changed,
    } = outcome;
    let mut listing = Listing::new(&["record", "id", "became"]);
    let mut row = |record: &str, id: String, became: &str| {
        listing.row([record.to_owned(), id, became.to_owned()]);
    };
    for id in obsolete {
        row("credit", id.to_string(), "obsolete");
    }
    for id in made {
        row("credit", id.to_string(), "made");
    }
    if let Some(id) = transaction {
        row("transaction", id.to_string(), "made");
    }
    listing.print(output)?;
    if !changed {
        eprintln!("nothing has changed: what is stored says so already");
    } else if !obsolete.is_empty() {
        eprintln!("what is obsolete waits for `attain revert`, or `attain run all`");
    }
    Ok(())
}

/// What adjustments would do. Refused ones are told in the end.
async fn preview(
    session: &Session,
    adjustments: &[Adjustment],
    reason: &str,
    output: Output,
) -> Result<(), Failure> {
    let (engine, caller) = (&session.engine, &session.caller);
    let preview = engine.preview_adjust(caller, adjustments, reason).await?;
    let AdjustPreview {
        outcomes,
        credits,
        reversals,
        pay,
    } = preview;
    let mut listing = Listing::new(&["what", "of", "before", "after"]);
    let mut row = |what: &str, of: String, before: String, after: String| {
        listing.row([what.to_owned(), of, before, after]);
    };
    for id in outcomes.iter().flatten().flat_map(|done| &done.obsolete) {
        row(
            "obsolete credit",
            id.to_string(),
            String::new(),
            String::new(),
        );
    }
    for credit in credits {
        let of = format!("{} {}", credit.participant, credit.key);
        row("credit", of, String::new(), credit.amount.to_string());
    }
    for (id, amount) in reversals {
        row(
            "reversal",
            id.to_string(),
            String::new(),
            amount.to_string(),
        );
    }
    for (who, PayChange { before, after }) in pay {
        row(
            "earnings",
            who.to_string(),
            before.to_string(),
            after.to_string(),
        );
    }
    listing.print(output)?;
    let refusals: Vec<Refusal> = outcomes.into_iter().filter_map(Result::err).collect();
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals.into())
    }
}
