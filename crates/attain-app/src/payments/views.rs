//! What callers see of batches and sheets.

use std::collections::BTreeMap;

use attain_domain::money::{Currency, Money, add};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;
use attain_domain::working::RowFailure;

/// Most of those left out of a batch, or refused an action, that an answer names.
pub(super) const FAILURES_NAMED_MAX: usize = 1_000;

/// A batch with what it comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchView {
    /// The batch.
    pub batch: PaymentBatch,
    /// How many sheets it has, by their state.
    pub sheets: BTreeMap<PaysheetStatus, u64>,
    /// What is paid: one sum for each pay currency, in the order of their codes.
    pub totals: Vec<Money>,
    /// What is held, likewise.
    pub held: Vec<Money>,
    /// Who was due and could not be taken, and why (the first 1 000). Filled when the batch was
    /// just made, refreshed or edited; see `Engine::left_out` for later.
    pub left_out: Vec<RowFailure>,
}

impl BatchView {
    /// How many sheets it has.
    #[must_use]
    pub fn sheet_count(&self) -> u64 {
        self.sheets.values().sum()
    }

    /// Adds up sheets.
    pub(super) fn add(&mut self, sheets: &[Paysheet]) -> Result<(), Refusal> {
        for sheet in sheets {
            *self.sheets.entry(sheet.status).or_default() += 1;
            add_to(&mut self.totals, sheet.total)?;
            add_to(&mut self.held, sheet.held)?;
        }
        Ok(())
    }
}

fn add_to(sums: &mut Vec<Money>, money: Money) -> Result<(), Refusal> {
    let code = |sum: &Money| -> Currency { sum.currency };
    match sums.binary_search_by_key(&money.currency, code) {
        Ok(at) => {
            let sum = add(sums[at].amount, money.amount);
            let sum = sum.map_err(|error| {
                Refusal::new(Reason::Overflow, format!("the sum of a batch: {error}"))
            })?;
            sums[at].amount = sum.normalize();
        }
        Err(at) => sums.insert(at, money),
    }
    Ok(())
}

/// A paysheet with its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct PaysheetView {
    /// The sheet.
    pub sheet: Paysheet,
    /// Its batch.
    pub batch: PaymentBatch,
    /// Its lines, held ones included, by date and id.
    pub lines: Vec<PaymentLine>,
    /// The rewards that it shows, held ones included, by date and id.
    pub rewards: Vec<Reward>,
}

/// What became of a line or a reward.
#[derive(Clone, Debug, PartialEq)]
pub struct LineOutcome {
    /// The line; none once it was released from a paid batch: the next batch takes it.
    pub line: Option<PaymentLine>,
    /// The reward, likewise.
    pub reward: Option<Reward>,
    /// Its sheet, with the new sums.
    pub sheet: Paysheet,
}

/// What became of the sheets of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetsOutcome {
    /// How many sheets are in the state that was asked for.
    pub there: u64,
    /// How many could not be brought there.
    pub refused: u64,
    /// The first 1 000 of these, and why.
    pub failures: Vec<RowFailure>,
}
