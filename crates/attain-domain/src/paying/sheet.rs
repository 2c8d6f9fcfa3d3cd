//! The states of a paysheet: `Unpaid → Locked → Submitted → Approved`. Rejected sheets are unpaid
//! again, so that lines can be held or the batch refreshed. Approval is no condition of payment.

use super::decided::Decided;
use crate::payment::{Paysheet, PaysheetStatus};
use crate::refusal::{Reason, Refusal};
use crate::working::Circumstances;

/// What people do with a paysheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaysheetAction {
    /// Close it for holds and refreshes.
    Lock,
    /// Ask for approval.
    Submit,
    /// Approve it; never one's own.
    Approve,
    /// Send it back: it is unpaid again.
    Reject,
}

impl PaysheetAction {
    /// Its name, for refusals and request contents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    /// The state it leads to.
    #[must_use]
    pub fn target(self) -> PaysheetStatus {
        match self {
            Self::Lock => PaysheetStatus::Locked,
            Self::Submit => PaysheetStatus::Submitted,
            Self::Approve => PaysheetStatus::Approved,
            Self::Reject => PaysheetStatus::Unpaid,
        }
    }

    fn is_allowed(self, status: PaysheetStatus) -> bool {
        match self {
            Self::Lock => status == PaysheetStatus::Unpaid,
            Self::Submit => status == PaysheetStatus::Locked,
            Self::Approve => status == PaysheetStatus::Submitted,
            Self::Reject => {
                status == PaysheetStatus::Submitted || status == PaysheetStatus::Approved
            }
        }
    }
}

/// The name of a state, for refusals.
fn name_of(status: PaysheetStatus) -> &'static str {
    match status {
        PaysheetStatus::Unpaid => "unpaid",
        PaysheetStatus::Locked => "locked",
        PaysheetStatus::Submitted => "submitted",
        PaysheetStatus::Approved => "approved",
        PaysheetStatus::Paid => "paid",
    }
}

/// Moves a sheet on.
///
/// # Errors
/// `WRONG_STATE` with the state and the action; `OWN_APPROVAL`.
pub fn act_on_sheet(
    sheet: &Paysheet,
    action: PaysheetAction,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    if !action.is_allowed(sheet.status) {
        return Err(wrong_state(sheet, action.name()));
    }
    if action == PaysheetAction::Approve && sheet.participant.text() == circumstances.actor.text() {
        let text = format!("`{}` cannot approve the own paysheet", sheet.participant);
        return Err(Refusal::new(Reason::OwnApproval, text).with("paysheet", sheet.id));
    }
    let now = Paysheet {
        status: action.target(),
        stamp: circumstances.touch(&sheet.stamp),
        ..sheet.clone()
    };
    decided.write_sheet(sheet, now);
    Ok(())
}

pub(super) fn wrong_state(sheet: &Paysheet, action: &'static str) -> Refusal {
    let state = name_of(sheet.status);
    let text = format!(
        "paysheet {} of `{}` is {state}: it does not allow to {action}",
        sheet.id, sheet.participant
    );
    Refusal::new(Reason::WrongState, text)
        .with("paysheet", sheet.id)
        .with("state", state)
        .with("action", action)
}
