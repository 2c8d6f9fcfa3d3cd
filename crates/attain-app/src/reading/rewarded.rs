//! What rewards make of one paysheet, for its statement.

use attain_domain::ids::PaysheetId;
use attain_domain::refusal::Refusal;
use attain_domain::reward::Reward;
use rust_decimal::Decimal;

use super::amounts::Sum;
use super::statement::STATEMENT_ROWS_MAX;

/// The rewards of one sheet. Held ones are among them, and not in the sums.
pub(super) struct SheetRewards {
    pub(super) count: u64,
    /// The first 1 000.
    pub(super) first: Vec<Reward>,
    pub(super) advanced: Sum,
    /// What is paid back, as a positive amount.
    pub(super) recovered: Sum,
    pub(super) others: Sum,
}

impl SheetRewards {
    /// Reads those of a sheet among the rewards of many.
    ///
    /// # Errors
    /// `OVERFLOW`.
    pub(super) fn read(rewards: &[Reward], sheet: PaysheetId) -> Result<Self, Refusal> {
        let mut read = Self {
            count: 0,
            first: Vec::new(),
            advanced: Sum::NOTHING,
            recovered: Sum::NOTHING,
            others: Sum::NOTHING,
        };
        for reward in rewards {
            let Some(line) = reward.line().filter(|line| line.paysheet == sheet) else {
                continue;
            };
            read.count += 1;
            if read.first.len() < STATEMENT_ROWS_MAX {
                read.first.push(reward.clone());
            }
            if line.held {
                continue;
            }
            let amount = reward.amount.amount;
            match (reward.recoverable, amount > Decimal::ZERO) {
                (true, true) => read.advanced.add(amount)?,
                (true, false) => read.recovered.add(-amount)?,
                (false, _) => read.others.add(amount)?,
            }
        }
        Ok(read)
    }
}
