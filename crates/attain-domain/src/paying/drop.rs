//! What becomes of a whole sheet: paid, or dropped with its batch.

use std::collections::BTreeMap;

use super::book::PartBook;
use super::decided::Decided;
use super::rewards::RewardFacts;
use super::settling::drop_rewards;
use crate::change::Guard;
use crate::ids::EarningId;
use crate::payment::{PaymentLine, Paysheet, PaysheetStatus};
use crate::refusal::{Reason, Refusal};
use crate::rewarding::pay;
use crate::working::Circumstances;

/// The books of the earnings that a decision is about.
pub(super) type Books = BTreeMap<EarningId, PartBook>;

pub(super) fn book_of<'a>(
    books: &'a mut Books,
    line: &PaymentLine,
) -> Result<&'a mut PartBook, Refusal> {
    books.get_mut(&line.earning).ok_or_else(|| {
        let text = format!("line {} pays {}, which is not there", line.id, line.earning);
        Refusal::new(Reason::StoreCorrupt, text).with("line", line.id)
    })
}

/// A sheet with all that it shows.
#[derive(Clone, Copy, Debug)]
pub struct WholeSheet<'a> {
    /// The sheet.
    pub sheet: &'a Paysheet,
    /// Its lines.
    pub lines: &'a [PaymentLine],
    /// Its rewards; to drop it, all of the participant's, and the clearings.
    pub rewards: &'a RewardFacts,
}

/// Pays what a sheet shows. What is held stays on it, unpaid, until it is released.
///
/// # Errors
/// `STORE_CORRUPT` when the earning of a line is not there.
pub fn pay_sheet(
    whole: WholeSheet<'_>,
    books: &mut BTreeMap<EarningId, PartBook>,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let sheet = whole.sheet;
    if sheet.status == PaysheetStatus::Paid {
        return Ok(());
    }
    for line in whole.lines.iter().filter(|line| !line.held) {
        book_of(books, line)?.pay();
    }
    for row in whole.rewards.rewards.iter().filter(|row| !row.is_held()) {
        decided
            .guards
            .push(Guard::RewardAt(row.id, row.stamp.version));
        decided.changes.rewards.push(pay(row, circumstances)?);
    }
    let now = Paysheet {
        status: PaysheetStatus::Paid,
        stamp: circumstances.touch(&sheet.stamp),
        ..sheet.clone()
    };
    decided.write_sheet(sheet, now);
    Ok(())
}

/// Drops a sheet of an unpaid batch: every part goes back, and every reward that was assigned by
/// hand; those that were made for the batch are withdrawn.
///
/// # Errors
/// `STORE_CORRUPT` when the earning of a line is not there.
pub fn drop_sheet(
    whole: WholeSheet<'_>,
    books: &mut BTreeMap<EarningId, PartBook>,
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let sheet = whole.sheet;
    for line in whole.lines {
        book_of(books, line)?.put_back(line.instalment);
        decided.changes.lines_deleted.push(line.id);
    }
    drop_rewards(sheet, whole.rewards, circumstances, decided)?;
    decided
        .guards
        .push(Guard::PaysheetAt(sheet.id, sheet.stamp.version));
    decided.changes.paysheets_deleted.push(sheet.id);
    Ok(())
}
