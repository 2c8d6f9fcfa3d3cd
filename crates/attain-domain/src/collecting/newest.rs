//! De-duplication within an import: of the rows of one key the latest wins.

use std::cmp::Ordering;

use crate::time::Instant;

/// A row with its line or index in the import.
pub(super) type Row<T> = (u64, T);

/// Whether a row changed at `next` is older than one changed at `before`. A row that does not say
/// when counts as newer than what came before it.
pub(super) fn is_older(next: Option<Instant>, before: Option<Instant>) -> bool {
    matches!((next, before), (Some(next), Some(before)) if next < before)
}

/// The winners, in the order of the rows, and how many rows lost. The latest change wins; of equal
/// ones, or where a row does not say, the later row.
pub(super) fn newest<T>(
    rows: Vec<Row<T>>,
    by_key: impl Fn(&T, &T) -> Ordering,
    updated_at: impl Fn(&T) -> Option<Instant>,
) -> (Vec<Row<T>>, u64) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by(|a, b| by_key(&rows[*a].1, &rows[*b].1).then(a.cmp(b)));
    let mut wins = vec![false; rows.len()];
    let mut best: Option<usize> = None;
    for next in order {
        let before = best.filter(|best| by_key(&rows[*best].1, &rows[next].1).is_eq());
        best = match before {
            Some(before) if is_older(updated_at(&rows[next].1), updated_at(&rows[before].1)) => {
                Some(before)
            }
            Some(before) => {
                wins[before] = false;
                Some(next)
            }
            None => Some(next),
        };
        if let Some(best) = best {
            wins[best] = true;
        }
    }
    let read = rows.len();
    let winners: Vec<Row<T>> = rows
        .into_iter()
        .zip(wins)
        .filter_map(|(row, wins)| wins.then_some(row))
        .collect();
    let lost = read - winners.len();
    (winners, lost as u64)
}
