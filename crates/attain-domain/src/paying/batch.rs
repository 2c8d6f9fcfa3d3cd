//! The states of a batch, and what each allows.

use crate::definition::DefinitionSet;
use crate::ids::{BatchId, PayGroupId, PeriodId};
use crate::payment::{BatchStatus, PaymentBatch};
use crate::refusal::{Reason, Refusal};
use crate::time::Date;
use crate::working::Circumstances;

/// What can be asked of a batch, or of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchAction {
    /// Fill it anew: it shows what a new batch would, with its holds kept.
    Refresh,
    /// Give it another pay date; it is filled anew for that date.
    Edit,
    /// Close it for changes.
    Freeze,
    /// Pay what it shows.
    Pay,
    /// Put everything back.
    Delete,
    /// Lock, submit, approve or reject its sheets.
    ActOnSheets,
    /// Hold a line.
    Hold,
    /// Release a held line.
    Release,
}

impl BatchAction {
    /// Its name, for refusals.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Edit => "edit",
            Self::Freeze => "freeze",
            Self::Pay => "pay",
            Self::Delete => "delete",
            Self::ActOnSheets => "act on sheets",
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }

    /// A sentence about where it is allowed.
    fn rule(self) -> &'static str {
        match self {
            Self::Refresh => "only an unpaid batch can be refreshed",
            Self::Edit => "only an unpaid batch can be edited",
            Self::Freeze => "only an unpaid batch can be frozen",
            Self::Pay => "only a frozen batch can be paid",
            Self::Delete => "only an unpaid batch can be deleted",
            Self::ActOnSheets => "sheets move on in unpaid and frozen batches only",
            Self::Hold => "lines can be held in an unpaid batch only",
            Self::Release => "lines can be released in an unpaid batch, or once it is paid",
        }
    }
}

/// The name of a state, for refusals.
fn name_of(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Building => "building",
        BatchStatus::Unpaid => "unpaid",
        BatchStatus::Frozen => "frozen",
        BatchStatus::Paying => "paying",
        BatchStatus::Paid => "paid",
        BatchStatus::Deleting => "deleting",
    }
}

/// Whether the state of a batch allows something.
///
/// # Errors
/// `WRONG_STATE` with the state and the action.
pub fn check_batch(batch: &PaymentBatch, action: BatchAction) -> Result<(), Refusal> {
    use BatchStatus::{Building, Deleting, Frozen, Paid, Paying, Unpaid};
    let allowed: &[BatchStatus] = match action {
        BatchAction::Refresh | BatchAction::Edit => &[Building, Unpaid],
        BatchAction::Freeze | BatchAction::Hold => &[Unpaid],
        BatchAction::Pay => &[Frozen, Paying],
        BatchAction::Delete => &[Building, Unpaid, Deleting],
        BatchAction::ActOnSheets => &[Unpaid, Frozen],
        BatchAction::Release => &[Unpaid, Paid],
    };
    if allowed.contains(&batch.status) {
        return Ok(());
    }
    let state = name_of(batch.status);
    let text = format!("batch {} is {state}: {}", batch.id, action.rule());
    Err(Refusal::new(Reason::WrongState, text)
        .with("batch", batch.id)
        .with("state", state)
        .with("action", action.name()))
}

/// A new batch, to be filled. Without a pay date it is the last day of the period.
///
/// # Errors
/// `UNKNOWN_REFERENCE` when the pay group or the period does not exist.
pub fn new_batch(
    set: &DefinitionSet,
    pay_group: PayGroupId,
    period: PeriodId,
    pay_date: Option<Date>,
    circumstances: &mut Circumstances<'_>,
) -> Result<PaymentBatch, Refusal> {
    if !set.pay_groups.contains_key(&pay_group) {
        let text = format!("there is no pay group `{pay_group}`");
        return Err(Refusal::new(Reason::UnknownReference, text).at("pay_group"));
    }
    let Some(of_calendar) = set.calendar.period(&period) else {
        let text = format!("the calendar has no period `{period}`");
        return Err(Refusal::new(Reason::UnknownReference, text).at("period"));
    };
    Ok(PaymentBatch {
        id: BatchId(circumstances.id()),
        pay_group,
        pay_date: pay_date.unwrap_or_else(|| of_calendar.last_date()),
        period,
        status: BatchStatus::Building,
        stamp: circumstances.stamp(),
    })
}

/// The batch after one more write.
#[must_use]
pub fn next_batch(
    batch: &PaymentBatch,
    status: BatchStatus,
    circumstances: &Circumstances<'_>,
) -> PaymentBatch {
    PaymentBatch {
        status,
        stamp: circumstances.touch(&batch.stamp),
        ..batch.clone()
    }
}
