//! `attain clear`: forgives what participants owe, undoes that, lists what was forgiven.

use attain_app::{ClearAsked, ClearOutcome, ClearView};
use attain_domain::ids::{ClearId, ParticipantId};
use attain_domain::refusal::Refusal;
use attain_domain::reward::ClearOrigin;

use crate::args::{Clear, Global, Output};
use crate::failure::Failure;
use crate::output::Listing;
use crate::reward::{version_of, whose};
use crate::session::{Session, argument, date};

/// Carries out one command about clearings.
pub(crate) async fn clear(session: &Session, global: &Global, deed: &Clear) -> Result<(), Failure> {
    let (engine, caller, output) = (&session.engine, &session.caller, global.output);
    let day = |text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| date("--date", text)).transpose()
    };
    match deed {
        Clear::Balance {
            participants,
            reason,
            date,
            dry_run,
        } => {
            let participants = participants.iter().map(|text| whose(text));
            let asked = ClearAsked {
                participants: participants.collect::<Result<Vec<ParticipantId>, Failure>>()?,
                date: day(date)?,
                reason: reason.clone(),
            };
            let report = if *dry_run {
                engine.preview_clear(caller, &asked).await?
            } else {
                engine.clear_balances(caller, &asked).await?
            };
            print_outcomes(report.outcomes, *dry_run, output)
        }
        Clear::Undo {
            id,
            reason,
            date,
            version,
        } => {
            let id = ClearId::parse(id).map_err(|error| argument("ID", &error))?;
            let (date, version) = (day(date)?, version_of(version.as_deref())?);
            let view = engine.undo_clear(caller, id, date, reason, version).await?;
            print_views(std::slice::from_ref(&view), output)
        }
        Clear::List { participant } => {
            let views = engine.clears(caller, &whose(participant)?).await?;
            print_views(&views, output)
        }
    }
}

/// Who was forgiven how much. Refused ones are told in the end.
fn print_outcomes(
    outcomes: Vec<ClearOutcome>,
    is_preview: bool,
    output: Output,
) -> Result<(), Failure> {
    let mut listing = Listing::new(&["participant", "clear", "date", "forgiven", "rewards"]);
    let mut refusals: Vec<Refusal> = Vec::new();
    for ClearOutcome {
        participant,
        result,
    } in outcomes
    {
        match result {
            // The id of one that is only shown would not be found again.
            Ok(Some(clear)) => listing.row([
                participant.to_string(),
                if is_preview {
                    "would be made".to_owned()
                } else {
                    clear.id.to_string()
                },
                clear.date.to_string(),
                clear.forgiven.to_string(),
                clear.rewards.len().to_string(),
            ]),
            Ok(None) => listing.row([
                participant.to_string(),
                "nothing is owed".to_owned(),
                String::new(),
                String::new(),
                String::new(),
            ]),
            Err(refusal) => refusals.push(refusal),
        }
    }
    listing.print(output)?;
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals.into())
    }
}

fn print_views(views: &[ClearView], output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&[
        "clear", "date", "forgiven", "rewards", "from", "by", "reason", "undone", "because",
    ]);
    for ClearView { clear, undo } in views {
        let from = match &clear.origin {
            ClearOrigin::ByHand => "by hand".to_owned(),
            ClearOrigin::Waived { plan, .. } => format!("payment plan {plan}"),
        };
        let (undone, because) = undo
            .as_ref()
            .map(|undo| (undo.date.to_string(), undo.reason.clone()))
            .unzip();
        listing.row([
            clear.id.to_string(),
            clear.date.to_string(),
            clear.forgiven.to_string(),
            clear.rewards.len().to_string(),
            from,
            clear.by.to_string(),
            clear.reason.clone(),
            undone.unwrap_or_default(),
            because.unwrap_or_default(),
        ]);
    }
    Ok(listing.print(output)?)
}
