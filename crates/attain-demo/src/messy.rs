//! Rows as source systems really send them: wrong, late, or twice. Each stands beside a good row.

use crate::sales::Row;

/// Every how many orders a messy row stands beside the good one.
const EVERY: u64 = 400;

/// The messy rows beside the n-th order; most orders have none.
pub(crate) fn beside(good: &Row, number: u64) -> Vec<Row> {
    if !number.is_multiple_of(EVERY) {
        return Vec::new();
    }
    let mut row = good.clone();
    row.number = format!("{}-M", good.number);
    match (number / EVERY) % 8 {
        0 => row.clerk = "Clerk#999999999".to_owned(),
        1 => row.currency = String::new(),
        2 => row.currency = "GBP".to_owned(),
        3 => row.date = "2026-02-31".to_owned(),
        4 => row.date = "2025-12-31".to_owned(),
        5 => row.amount = "1e400".to_owned(),
        6 => row.currency = "XXX".to_owned(),
        // The same order as it was an hour before: the newer row wins.
        _ => {
            row = good.clone();
            row.updated_at = good.updated_at.replace("T18:", "T17:");
            row.amount = "1.00".to_owned();
            if good.currency == "JPY" {
                row.amount = "1".to_owned();
            }
        }
    }
    vec![row]
}
