//! One earning and its parts: which are on paysheets, how many are paid, and what becomes of the
//! earning when that changes.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::decided::Decided;
use super::parts::due_date;
use crate::change::{Departure, Guard};
use crate::definition::Calendar;
use crate::earning::{Earning, EarningOutcome, EarningPayment, Instalments, Trace};
use crate::ids::EarningId;
use crate::money::{Money, add};
use crate::payment::PaymentLine;
use crate::refusal::{Reason, Refusal};
use crate::time::Date;
use crate::working::Circumstances;

/// An earning with its parts, while something is decided about them.
#[derive(Clone, Debug)]
pub struct PartBook {
    earning: Earning,
    /// Parts on paysheets, paid ones included, with what each is in operating currency.
    taken: BTreeMap<u16, Decimal>,
    paid: u16,
    touched: bool,
}

impl PartBook {
    /// An earning and the lines of all sheets that pay it. An earning that is paid at once needs no
    /// lines: what is taken of it is all of it.
    ///
    /// # Errors
    /// `STORE_CORRUPT` when lines and earning contradict each other.
    pub fn open(earning: Earning, lines: &[PaymentLine]) -> Result<Self, Refusal> {
        let Instalments {
            count, taken, paid, ..
        } = earning.instalments;
        let parts: BTreeMap<u16, Decimal> = if count > 1 {
            let own = lines.iter().filter(|line| line.earning == earning.id);
            own.map(|line| (line.instalment, line.amount.amount))
                .collect()
        } else {
            let whole = earning.amount().filter(|_| taken > 0);
            whole.map(|amount| (0, amount.amount)).into_iter().collect()
        };
        if parts.len() != usize::from(taken) || paid > taken {
            let text = format!(
                "{} has {taken} parts on paysheets and {paid} paid, and {} lines",
                earning.id,
                parts.len()
            );
            return Err(Refusal::new(Reason::StoreCorrupt, text).with("earning", earning.id));
        }
        Ok(Self {
            earning,
            taken: parts,
            paid,
            touched: false,
        })
    }

    /// Whether the lines of all sheets are needed to open a book on an earning.
    #[must_use]
    pub fn needs_lines(earning: &Earning) -> bool {
        earning.instalments.count > 1 && earning.instalments.taken > 0
    }

    /// The earning, as it was read.
    #[must_use]
    pub fn earning(&self) -> &Earning {
        &self.earning
    }

    /// The id of the earning.
    #[must_use]
    pub fn id(&self) -> EarningId {
        self.earning.id
    }

    /// The parts that are due on or before a date and on no sheet but one that has `on_sheet`.
    pub(super) fn payable_parts(
        &self,
        calendar: &Calendar,
        by: Date,
        on_sheet: &BTreeSet<u16>,
    ) -> Vec<u16> {
        if self.earning.obsolete.is_some() {
            return Vec::new();
        }
        let free = |part: &u16| !self.taken.contains_key(part) || on_sheet.contains(part);
        (0..self.earning.instalments.count)
            .filter(free)
            .take_while(|part| due_date(calendar, self.earning.date, *part) <= by)
            .collect()
    }

    pub(super) fn take(&mut self, part: u16, amount: Money) {
        self.touched |= self.taken.insert(part, amount.amount).is_none();
    }

    pub(super) fn put_back(&mut self, part: u16) {
        self.touched |= self.taken.remove(&part).is_some();
    }

    pub(super) fn pay(&mut self) {
        self.paid = self.paid.saturating_add(1);
        self.touched = true;
    }

    /// Decides what becomes of the earning. An obsolete one whose parts are all paid or back leaves:
    /// with a reversal of exactly what was paid, if anything was.
    ///
    /// # Errors
    /// `OVERFLOW`.
    pub fn close(
        self,
        calendar: &Calendar,
        archive_unpaid: bool,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        if !self.touched {
            return Ok(());
        }
        let all_settled = self.taken.len() == usize::from(self.paid);
        match &self.earning.obsolete {
            Some(mark) if all_settled => {
                let because = mark.because;
                let version = self.earning.stamp.version;
                decided
                    .guards
                    .push(Guard::EarningAt(self.earning.id, version));
                decided.changes.earnings_departed.push(Departure {
                    id: self.earning.id,
                    because,
                    archive: archive_unpaid || self.paid > 0,
                    at: circumstances.at,
                    actor: circumstances.actor.clone(),
                });
                if self.paid > 0 {
                    let paid = self.sum_taken()?;
                    decided
                        .changes
                        .earnings
                        .push(reversal(&self.earning, paid, circumstances));
                }
            }
            _ => {
                let instalments = self.instalments(calendar);
                decided.changes.earnings_paid.push(EarningPayment {
                    id: self.earning.id,
                    version_read: self.earning.stamp.version,
                    instalments,
                    stamp: circumstances.touch(&self.earning.stamp),
                });
            }
        }
        Ok(())
    }

    fn instalments(&self, calendar: &Calendar) -> Instalments {
        let before = self.earning.instalments;
        let last = before.count.saturating_sub(1);
        let next = (0..before.count)
            .find(|part| !self.taken.contains_key(part))
            .unwrap_or(last);
        Instalments {
            count: before.count,
            taken: u16::try_from(self.taken.len()).unwrap_or(u16::MAX),
            paid: self.paid,
            next_due: due_date(calendar, self.earning.date, next),
        }
    }

    fn sum_taken(&self) -> Result<Money, Refusal> {
        let currency = self.earning.amount().map(|amount| amount.currency);
        let sum = self
            .taken
            .values()
            .try_fold(Decimal::ZERO, |sum, part| add(sum, *part));
        match (currency, sum) {
            (Some(currency), Ok(sum)) => Ok(Money::new(sum, currency)),
            _ => {
                let text = format!("what was paid of {} cannot be added up", self.earning.id);
                Err(Refusal::new(Reason::Overflow, text).with("earning", self.earning.id))
            }
        }
    }
}

/// The record that takes back what was paid of an earning: its exact negative, of the same key,
/// period and date, so that the next batch takes it.
#[must_use]
pub fn reversal(earning: &Earning, paid: Money, circumstances: &mut Circumstances<'_>) -> Earning {
    let amount = paid.negated();
    Earning {
        id: EarningId(circumstances.id()),
        key: earning.key.clone(),
        period: earning.period.clone(),
        date: earning.date,
        credit: earning.credit,
        transaction: earning.transaction,
        outcome: EarningOutcome::Amount(amount),
        instalments: Instalments::at_once(earning.date),
        obsolete: None,
        reversal_of: Some(earning.id),
        awaits_calculation: false,
        calculation: earning.calculation,
        trace: Trace {
            plan_version: earning.trace.plan_version,
            measures: Vec::new(),
            rate: None,
            factors: Vec::new(),
            threshold_reached: None,
            unrounded: amount.amount,
            withheld: Decimal::ZERO,
            lifted: Decimal::ZERO,
        },
        stamp: circumstances.stamp(),
    }
}
