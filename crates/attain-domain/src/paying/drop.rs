//! What becomes of a whole sheet: paid, or dropped with its batch.

use std::collections::BTreeMap;

use super::book::PartBook;
use super::decided::Decided;
use crate::change::Guard;
use crate::ids::EarningId;
use crate::payment::{PaymentLine, Paysheet, PaysheetStatus};
use crate::refusal::{Reason, Refusal};
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

/// Pays what a sheet shows. Held lines stay on it, unpaid, until they are released.
///
/// # Errors
/// `STORE_CORRUPT` when the earning of a line is not there.
pub fn pay_sheet(
    sheet: &Paysheet,
    lines: &[PaymentLine],
    books: &mut BTreeMap<EarningId, PartBook>,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    if sheet.status == PaysheetStatus::Paid {
        return Ok(());
    }
    for line in lines.iter().filter(|line| !line.held) {
        book_of(books, line)?.pay();
    }
    let now = Paysheet {
        status: PaysheetStatus::Paid,
        stamp: circumstances.touch(&sheet.stamp),
        ..sheet.clone()
    };
    decided.write_sheet(sheet, now);
    Ok(())
}

/// Drops a sheet of an unpaid batch: every part goes back.
///
/// # Errors
/// `STORE_CORRUPT` when the earning of a line is not there.
pub fn drop_sheet(
    sheet: &Paysheet,
    lines: &[PaymentLine],
    books: &mut BTreeMap<EarningId, PartBook>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    for line in lines {
        book_of(books, line)?.put_back(line.instalment);
        decided.changes.lines_deleted.push(line.id);
    }
    decided
        .guards
        .push(Guard::PaysheetAt(sheet.id, sheet.stamp.version));
    decided.changes.paysheets_deleted.push(sheet.id);
    Ok(())
}
