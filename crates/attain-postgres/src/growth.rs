//! How much a process has written: after much, the server is to look at its tables again.

use std::sync::atomic::{AtomicU64, Ordering};

use attain_domain::change::Changes;

/// So many rows make a table worth a look. Below, any plan is quick enough.
const FIRST: u64 = 10_000;
/// And then each time that there are so many times as many.
const TIMES: u64 = 8;

/// Counts the rows of the large tables.
#[derive(Default)]
pub(crate) struct Growth {
    written: AtomicU64,
    looked_at: AtomicU64,
}

impl Growth {
    /// Counts the new rows of a commit. True when there are many more than at the last time that it
    /// was.
    pub(crate) fn is_much(&self, changes: &Changes) -> bool {
        let rows = changes.transactions.len() + changes.credits.len() + changes.earnings.len();
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        let written = self
            .written
            .fetch_add(rows, Ordering::Relaxed)
            .saturating_add(rows);
        let before = self.looked_at.load(Ordering::Relaxed);
        let due = before.saturating_mul(TIMES).max(FIRST);
        // Of two commits at once, one looks.
        written >= due
            && self
                .looked_at
                .compare_exchange(before, written, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use attain_domain::testing::credit;

    use super::*;

    #[test]
    fn few_rows_are_not_much_and_each_look_waits_for_many_more() {
        let growth = Growth::default();
        let rows = |count: u64| Changes {
            credits: (0..count).map(credit).collect(),
            ..Changes::default()
        };
        assert!(!growth.is_much(&rows(9_999)));
        assert!(growth.is_much(&rows(1)));
        assert!(!growth.is_much(&rows(60_000)));
        assert!(growth.is_much(&rows(10_000)));
        assert!(!growth.is_much(&rows(10_000)));
    }
}
